"""The expansion of a value set as a ValueSet resource: filtered by text, in pages (R4 4.9.8, ValueSet-expand)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from kedja.outcome import refuse
from kedja.terminology.grammars import LANGUAGES
from kedja.terminology.languages import displays
from kedja.terminology.lists import Entry
from kedja.terminology.systems import Untold
from kedja.terminology.view import View

Json = dict[str, Any]
MOST: Final = 10_000  # codes of one answer
_SHOWN: Final = ("url", "identifier", "version", "name", "title", "status", "experimental", "date", "publisher", "copyright")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to put into the answer. `words`: each must stand in the display, a designation or the code.

    `kinds`: which designations, as `urn:ietf:bcp:47|sv` or the system and code of their use; empty: all.
    """

    words: tuple[str, ...] = ()
    offset: int = 0
    count: int | None = None
    active: bool = False
    designations: bool = False
    kinds: tuple[str, ...] = ()
    definition: bool = False
    language: str = ""
    parameters: tuple[Json, ...] = ()  # told in the answer as they were asked for


def expansion(view: View, canonical: str, wanted: Wanted, now: datetime) -> Json:
    """The ValueSet with its expansion. Raises OutcomeError: 404 where it is not here, 422 where it cannot be expanded."""
    valueset = view.valueset(canonical)
    if valueset is None:
        raise refuse(404, "not-found", f"the value set `{canonical[:200]}` is not here: store it, or add a package that has it")
    try:
        entries = [entry for entry in view.listing(canonical).values() if _wanted(entry, wanted)]
    except Untold as reason:
        raise refuse(422, "not-supported", f"`{canonical[:200]}` cannot be expanded: {reason}") from None
    page = entries[wanted.offset :] if wanted.count is None else entries[wanted.offset : wanted.offset + wanted.count]
    if len(page) > MOST:
        text = f"these are {len(page)} codes; at most {MOST} are given at once: ask with `filter`, or with `count` and `offset`"
        raise refuse(422, "too-costly", text)
    shown = {name: valueset[name] for name in _SHOWN if name in valueset}
    if wanted.definition and "compose" in valueset:
        shown["compose"] = valueset["compose"]
    told: Json = {"identifier": f"urn:uuid:{uuid4()}", "timestamp": _instant(now), "total": len(entries)}
    if wanted.offset or wanted.count is not None:
        told["offset"] = wanted.offset
    if parameters := [*wanted.parameters, *_used(view, entries)]:
        told["parameter"] = parameters
    if page:
        told["contains"] = [_contained(view, entry, wanted) for entry in page]
    return {"resourceType": "ValueSet", **shown, "expansion": told}


def _instant(now: datetime) -> str:
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _wanted(entry: Entry, wanted: Wanted) -> bool:
    if wanted.active and entry.inactive:
        return False
    if not wanted.words:
        return True
    texts = [entry.display, entry.code, *(str(each.get("value", "")) for each in entry.designations)]
    return any(all(word in text.lower() for word in wanted.words) for text in texts)


def _used(view: View, entries: list[Entry]) -> list[Json]:
    """The versions of the systems that the codes are of."""
    used = dict.fromkeys((entry.system, entry.version) for entry in entries)
    return [
        {"name": "used-codesystem", "valueUri": f"{system}|{version}" if version else system} for system, version in sorted(used)
    ]


def _contained(view: View, entry: Entry, wanted: Wanted) -> Json:
    best, _ = displays(entry, wanted.language, view.system(entry.system, entry.version) or view.system(entry.system))
    contained: Json = {"system": entry.system}
    if entry.abstract:
        contained["abstract"] = True
    if entry.inactive:
        contained["inactive"] = True
    contained |= {"code": entry.code, "display": best}
    if wanted.designations and (designations := _designations(entry, best, wanted.kinds)):
        contained["designation"] = designations
    return contained


def _designations(entry: Entry, best: str, kinds: tuple[str, ...]) -> list[Json]:
    kept = ("language", "use", "value")
    every = [each for each in entry.designations if "value" in each and (not kinds or not _kinds(each).isdisjoint(kinds))]
    found: list[Json] = [{name: each[name] for name in kept if name in each} for each in every]
    if best != entry.display and not kinds:
        found.append({"value": entry.display})
    return found


def _kinds(designation: Json) -> set[str]:
    use: Json = designation.get("use", {})
    return {f"{LANGUAGES}|{designation.get('language')}", f"{use.get('system')}|{use.get('code')}"}
