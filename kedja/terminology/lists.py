"""The codes of a value set, listed: its compose over the code systems that are here (R4 4.9.7.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from kedja.terminology.filters import test
from kedja.terminology.systems import Concept, System, Untold

if TYPE_CHECKING:
    from kedja.terminology.view import View

Json = dict[str, Any]
Key = tuple[str, str]  # system, code


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One code of a value set. `concept` is None where its system is not here."""

    system: str
    version: str
    code: str
    display: str
    concept: Concept | None
    inactive: bool = False
    abstract: bool = False
    designations: tuple[Json, ...] = ()


Listing = dict[Key, Entry]
Within = tuple[str, ...]  # canonicals of the value sets that import the one at hand


def listed(view: View, valueset: Json, within: Within) -> Listing:
    """Every code, in the order of the compose. Raises Untold where a part cannot be listed and no full expansion is stored."""
    try:
        return _composed(view, valueset, within)
    except Untold:
        stored = _stored(valueset)
        if stored is None:
            raise
        return stored


def _composed(view: View, valueset: Json, within: Within) -> Listing:
    compose = cast("Json | None", valueset.get("compose"))
    if compose is None:
        raise Untold(f"the value set {name_of(valueset)} has no `compose`")
    found: Listing = {}
    for part in cast("list[Json]", compose.get("include", [])):
        for key, entry in _part(view, part, within).items():
            found.setdefault(key, entry)
    for part in cast("list[Json]", compose.get("exclude", [])):
        for key in _part(view, part, within):
            found.pop(key, None)
    if compose.get("inactive") is False:
        return {key: entry for key, entry in found.items() if not entry.inactive}
    return found


def name_of(valueset: Json) -> str:
    return f"`{valueset.get('url', 'without url')}`"


def _part(view: View, part: Json, within: Within) -> Listing:
    """The intersection of the system's codes and those of every value set that the part names."""
    imports = [view.listing(str(canonical), within) for canonical in cast("list[str]", part.get("valueSet", []))]
    if "system" in part:
        imports.insert(0, _of_system(view, part))
    if not imports:
        raise Untold("a part of the compose names neither a system nor a value set")
    first, *others = imports
    return {key: entry for key, entry in first.items() if all(key in other for other in others)}


def _of_system(view: View, part: Json) -> Listing:
    url = str(part["system"])
    system = view.system(url, str(part.get("version", "")))
    if "concept" in part:
        return {(url, entry.code): entry for entry in _named(system, url, part)}
    known = whole(system, part)
    tests = [test(known, condition) for condition in cast("list[Json]", part.get("filter", []))]
    concepts = [concept for concept in known.concepts.values() if all(meets(concept) for meets in tests)]
    return {(url, concept.code): entry_of(known, concept) for concept in concepts}


def whole(system: System | None, part: Json) -> System:
    """The system, whose codes are all here. Raises Untold with the reason why they are not."""
    name = "|".join([str(part["system"]), *([str(part["version"])] if "version" in part else [])])
    if system is None:
        raise Untold(f"the code system `{name}` is not here: store it, or add a package that has it")
    if not system.complete:
        content = system.source.get("content")
        why = f"only a part of it is here (content `{content}`)" if content else "its codes follow a grammar"
        raise Untold(f"the codes of `{name}` cannot be listed: {why}")
    return system


def entry_of(system: System, concept: Concept) -> Entry:
    return Entry(
        system.url,
        system.version,
        concept.code,
        concept.display,
        concept,
        concept.inactive,
        concept.abstract,
        _designations(concept),
    )


def _designations(concept: Concept) -> tuple[Json, ...]:
    return tuple(cast("list[Json]", concept.source.get("designation", [])))


def _named(system: System | None, url: str, part: Json) -> Iterator[Entry]:
    """The codes that are listed by name; one that its system does not have is of no value set."""
    for reference in cast("list[Json]", part["concept"]):
        code = str(reference.get("code"))
        concept = None if system is None else system.find(code)
        if system is not None and concept is not None:
            entry = entry_of(system, concept)
        elif system is None or system.has(code) is not False:
            entry = Entry(url, str(part.get("version", "")), code, str(reference.get("display", code)), None)
        else:
            continue
        own = tuple(cast("list[Json]", reference.get("designation", [])))
        yield replace(entry, display=str(reference.get("display", entry.display)), designations=own + entry.designations)


def _stored(valueset: Json) -> Listing | None:
    """The expansion that the value set carries, where it is all of it."""
    expansion = cast("Json | None", valueset.get("expansion"))
    if expansion is None or expansion.get("offset"):
        return None
    found: Listing = {}
    for each in _flat(cast("list[Json]", expansion.get("contains", []))):
        if "system" in each and "code" in each and not each.get("abstract"):
            code = str(each["code"])
            entry = Entry(str(each["system"]), str(each.get("version", "")), code, str(each.get("display", code)), None)
            found[entry.system, code] = replace(entry, inactive=each.get("inactive") is True)
    total = expansion.get("total")
    return found if total is None or total <= len(found) else None


def _flat(contains: list[Json]) -> Iterator[Json]:
    for each in contains:
        yield each
        yield from _flat(cast("list[Json]", each.get("contains", [])))
