"""history of one resource, of a type and of everything (FHIR R4 3.1.0.12): versions, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from kedja import exactjson, spec
from kedja.gate.history import Entry, Window, of_resource, of_types
from kedja.interactions.call import Answer, Call, is_id, known_type
from kedja.outcome import refuse
from kedja.search.cursor import open_, seal
from kedja.search.extract_dates import date_range

_KNOWN: Final = ("_since", "_at", "_count", "_cursor")
_DEFAULT, _MOST = 100, 1000
_STATUS: Final = {"DELETE": "204", "POST": "201", "PUT": "200"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """`place` is what the history is of, below our address; `pairs` what was asked, without the cursor."""

    place: str
    window: Window
    count: int
    pairs: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return f"{self.place}?{urlencode(self.pairs, quote_via=quote, safe=':/,')}" if self.pairs else self.place


async def history(call: Call, resource_type: str, id: str) -> Answer:
    """The versions of one resource; its deletions are entries without a resource. 404 for what may not be seen."""
    known_type(resource_type)
    if not is_id(id):
        raise refuse(404, "not-found", f"`{id[:80]}` is no id: ids are 1 to 64 of A-Z a-z 0-9 - .")
    asked = _asked(call, f"{resource_type}/{id}/_history")
    entries, total = await of_resource(call.door, call.actor, resource_type, id, asked.window, asked.count + 1, call.request)
    return _answer(call, asked, entries, total)


async def history_of_type(call: Call, resource_type: str) -> Answer:
    return await _of_types(call, (known_type(resource_type),), f"{resource_type}/_history")


async def history_of_all(call: Call) -> Answer:
    return await _of_types(call, spec.TYPES, "_history")


async def _of_types(call: Call, types: Sequence[str], place: str) -> Answer:
    asked = _asked(call, place)
    entries = await of_types(call.door, call.actor, types, asked.window, asked.count + 1, call.request, asked.text)
    return _answer(call, asked, entries, None)


def _asked(call: Call, place: str) -> _Asked:
    """Raises OutcomeError 400 for what a history does not take."""
    given: dict[str, str] = {}
    for name, value in call.params:
        if name not in _KNOWN:
            told = f"a history takes {', '.join(f'`{known}`' for known in _KNOWN[:3])}, not `{name[:80]}`"
            raise refuse(400, "not-supported", told, f"?{name[:80]}")
        if name in given:
            raise refuse(400, "value", f"`{name}` stands twice: keep one", f"?{name}")
        given[name] = value
    cursor = given.pop("_cursor", "")
    since = _range("_since", given["_since"])[0] if "_since" in given else None
    start, end = _range("_at", given["_at"]) if "_at" in given else (None, None)
    asked = _Asked(place, Window(since, start, end), _count(given.get("_count", str(_DEFAULT))), tuple(given.items()))
    if not cursor:
        return asked
    updated, key, version = open_(cursor, call.secret, call.actor.id, asked.text)
    after = (datetime.fromisoformat(updated), int(key), int(version))
    return _Asked(place, Window(since, start, end, after), asked.count, asked.pairs)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise refuse(400, "value", f"`_count` is `{text[:40]}`: send a whole number", "?_count")
    return min(max(int(text), 1), _MOST)


def _range(name: str, text: str) -> tuple[datetime, datetime]:
    try:
        return date_range(text)
    except ValueError:
        raise refuse(
            400, "value", f"`{name}` is `{text[:40]}`: send a date or time, as 2026-05-04T10:00:00Z", f"?{name}"
        ) from None


def _answer(call: Call, asked: _Asked, entries: Sequence[Entry], total: int | None) -> Answer:
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "history"}
    if total is not None:
        bundle["total"] = total
    links = [{"relation": "self", "url": f"{call.base}/{asked.text}"}]
    if len(entries) > asked.count:
        last = entries[asked.count - 1]
        cursor = seal([last.updated.isoformat(), last.key, last.version], call.secret, call.actor.id, asked.text)
        mark = "&" if asked.pairs else "?"
        links.append({"relation": "next", "url": f"{call.base}/{asked.text}{mark}_cursor={cursor}"})
    head = exactjson.dumps({**bundle, "link": links})
    parts = b",".join(_entry(call.base, entry) for entry in entries[: asked.count])
    return Answer(200, head[:-1] + b',"entry":[' + parts + b"]}" if parts else head)


def _entry(base: str, entry: Entry) -> bytes:
    """One entry; the stored text goes in as it is."""
    method = "DELETE" if entry.deleted else "POST" if entry.version == 1 else "PUT"
    place = f"{entry.type}/{entry.id}"
    updated = entry.updated.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    tail = exactjson.dumps(
        {
            "request": {"method": method, "url": entry.type if method == "POST" else place},
            "response": {
                "status": "201" if entry.revived and method == "PUT" else _STATUS[method],
                "etag": f'W/"{entry.version}"',
                "lastModified": updated,
            },
        }
    )
    head = b'{"fullUrl":' + exactjson.dumps(f"{base}/{place}")
    resource = b"" if entry.deleted else b',"resource":' + entry.body.encode()
    return head + resource + b"," + tail[1:]
