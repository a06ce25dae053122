"""`$everything` of a Patient: all that is held about the person, with what it refers to in the directory, a page at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from kedja import exactjson, spec
from kedja.access.custody import DIRECTORY_TYPES
from kedja.gate.everything import Kept, Page, Wanted, directory, person_of_patient
from kedja.gate.everything import everything as of_person
from kedja.interactions.call import Answer, Call
from kedja.operations.parameters import Inputs, inputs
from kedja.outcome import refuse
from kedja.search.cursor import open_, seal
from kedja.search.extract_dates import date_range

_KNOWN: Final = ("start", "end", "_since", "_type", "_count", "_cursor")
_DEFAULT, _MOST = 100, 1000
_DIRECTORY: Final = "|".join(sorted(DIRECTORY_TYPES))
_REFERENCE: Final = re.compile(rf'"reference":"({_DIRECTORY})/([A-Za-z0-9.-]{{1,64}})"')


@dataclass(frozen=True, slots=True)
class _Asked:
    wanted: Wanted
    count: int
    cursor: str
    pairs: tuple[tuple[str, str], ...]  # as understood, without the cursor

    @property
    def detail(self) -> str:
        return f"$everything?{urlencode(self.pairs)}" if self.pairs else "$everything"


async def everything(call: Call, resource_type: str, id: str) -> Answer:
    """A searchset Bundle: the Patients of the person, then what was stored last, newest first; directory entries included.

    On the type itself (`Patient/$everything`) it is the record of the caller, or of whom they act for (FHIR R4
    Patient-everything). What the law withholds is not there. Raises 404 for a Patient that may not be seen.
    """
    asked = _asked(inputs(call, _KNOWN))
    person = await person_of_patient(call.door, call.actor, id, call.request) if id else _own(call)
    place = f"{call.base}/Patient/{id}/$everything" if id else f"{call.base}/Patient/$everything"
    search = f"Patient/{id}/{asked.detail}"
    after = open_(asked.cursor, call.secret, call.actor.id, search) if asked.cursor else None
    page = await of_person(call.door, call.actor, person, asked.wanted, asked.count, after, call.request, asked.detail)
    others = (
        []
        if asked.wanted.types
        else await directory(call.door, call.actor, _directory_places(page.entries), call.request, asked.detail)
    )
    head = {"resourceType": "Bundle", "type": "searchset", "link": _links(call, place, asked, page, search)}
    entries = [*_entries(call.base, page.entries, b"match"), *_entries(call.base, others, b"include")]
    text = exactjson.dumps(head)
    return Answer(200, text[:-1] + b',"entry":[' + b",".join(entries) + b"]}" if entries else text)


def _own(call: Call) -> int:
    if not call.actor.subject:
        raise refuse(
            400, "too-costly", "`Patient/$everything` is a person's own record: name the patient, as in `Patient/ID/$everything`"
        )
    return call.actor.subject


def _asked(given: Inputs) -> _Asked:
    count = given.number("_count")
    size = _DEFAULT if count is None else min(max(count, 1), _MOST)
    types = tuple(sorted({name for value in given.all("_type") for name in str(value).split(",")}))
    for name in types:
        if not spec.is_resource_type(name):
            raise refuse(400, "value", f"`{name[:80]}` is no resource type of FHIR R4", "?_type")
    since, start, end = (given.text(name) for name in ("_since", "start", "end"))
    wanted = Wanted(
        types or None,
        since=_instant("_since", since)[0] if since else None,
        start=_instant("start", start)[0] if start else None,
        end=_instant("end", end)[1] if end else None,
    )
    pairs = [("start", start), ("end", end), ("_since", since), ("_type", ",".join(types)), ("_count", str(size))]
    return _Asked(wanted, size, given.text("_cursor") or "", tuple((name, text) for name, text in pairs if text))


def _instant(name: str, text: str) -> tuple[datetime, datetime]:
    """[lo, hi) of a date."""
    try:
        return date_range(text)
    except ValueError:
        raise refuse(400, "value", f"`{name}` is `{text[:40]}`: give a date or an instant, as 2026-05-04", f"?{name}") from None


def _directory_places(entries: Iterable[Kept]) -> list[tuple[str, str]]:
    """What the entries refer to of the types of the directory, found in their text as it is stored."""
    return sorted({(match[1], match[2]) for entry in entries for match in _REFERENCE.finditer(entry.body)})


def _links(call: Call, place: str, asked: _Asked, page: Page, search: str) -> list[dict[str, str]]:
    def link(relation: str, cursor: str) -> dict[str, str]:
        pairs = [*asked.pairs, ("_cursor", cursor)] if cursor else asked.pairs
        return {"relation": relation, "url": f"{place}?{urlencode(pairs)}"}

    links = [link("self", asked.cursor)]
    if page.last:
        links.append(link("next", seal(list(page.last), call.secret, call.actor.id, search)))
    return links


def _entries(base: str, entries: Sequence[Kept], mode: bytes) -> list[bytes]:
    return [
        b'{"fullUrl":%b,"resource":%b,"search":{"mode":"%b"}}'
        % (exactjson.dumps(f"{base}/{entry.type}/{entry.id}"), entry.body.encode(), mode)
        for entry in entries
    ]
