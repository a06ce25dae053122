"""Code systems, compiled: codes, their hierarchy, and what is known of codes that are not listed (R4 4.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, cast

Json = dict[str, Any]
Check = Callable[[str], bool | None]

_PROPERTIES: Final = "http://hl7.org/fhir/concept-properties#"
_INACTIVE: Final = ("retired", "inactive", "withdrawn")
_UP: Final = ("parent", "subsumedBy")


class Untold(Exception):
    """What was asked cannot be told from what is here; the text says what is missing."""


class Broken(Untold):
    """A definition is wrong in itself; the text says where."""


@dataclass(frozen=True, slots=True, eq=False)
class Concept:
    """`source` is the concept as its resource has it: definition, designation, property."""

    code: str
    display: str
    source: Json = field(repr=False)
    inactive: bool = False
    abstract: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """`complete`: every code is among `concepts`. `other` tells whether a code that is not among them is of the system.

    `subsuming`: the hierarchy says what is a kind of what. `folded` has the codes by their lower case where case is of no
    meaning.
    """

    url: str
    version: str
    concepts: Mapping[str, Concept]
    parents: Mapping[str, frozenset[str]]
    children: Mapping[str, frozenset[str]]
    complete: bool
    subsuming: bool
    other: Check
    folded: Mapping[str, str] | None = None
    source: Json = field(default_factory=dict[str, Any], repr=False)

    @property
    def canonical(self) -> str:
        return f"{self.url}|{self.version}" if self.version else self.url

    def find(self, code: str) -> Concept | None:
        found = self.concepts.get(code)
        if found is None and self.folded is not None:
            return self.concepts.get(self.folded.get(code.lower(), ""))
        return found

    def has(self, code: str) -> bool | None:
        """Whether the system has this code; None where only a part of it is here."""
        return True if self.find(code) is not None else self.other(code)

    def below(self, code: str) -> frozenset[str]:
        """The code and all that is under it."""
        return _closure(self.children, code)

    def above(self, code: str) -> frozenset[str]:
        """The code and all that it is under."""
        return _closure(self.parents, code)


def _closure(edges: Mapping[str, frozenset[str]], code: str) -> frozenset[str]:
    found, waiting = {code}, [code]
    while waiting:
        more = edges.get(waiting.pop(), frozenset[str]()) - found
        found |= more
        waiting += more
    return frozenset(found)


def no(code: str) -> bool | None:
    return False


def untold(code: str) -> bool | None:
    return None


def compiled(resource: Json) -> System:
    """The system of a CodeSystem. Of an example, a fragment or a system without content, other codes cannot be told."""
    names = _names(resource)
    concepts: dict[str, Concept] = {}
    parents: dict[str, set[str]] = {}
    for source, over in _walk(resource.get("concept", []), ""):
        concept = _concept(source, names)
        concepts[concept.code] = concept
        above = parents.setdefault(concept.code, set())
        above.update([over] if over else [])
        above.update(str(value) for name, value in properties(source) if name in names["parent"])
        for name, value in properties(source):
            if name in names["child"]:
                parents.setdefault(str(value), set()).add(concept.code)
    complete = resource.get("content") == "complete"
    return System(
        str(resource["url"]),
        str(resource.get("version", "")),
        concepts,
        {code: frozenset(above) for code, above in parents.items() if above},
        _turned(parents),
        complete,
        resource.get("hierarchyMeaning", "is-a") == "is-a",
        no if complete else untold,
        {code.lower(): code for code in concepts} if resource.get("caseSensitive") is False else None,
        resource,
    )


def _walk(concepts: list[Json], over: str) -> Iterator[tuple[Json, str]]:
    for concept in concepts:
        if not isinstance(concept.get("code"), str):
            continue
        yield concept, over
        yield from _walk(concept.get("concept", []), str(concept["code"]))


def _turned(parents: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    children: dict[str, set[str]] = {}
    for code, above in parents.items():
        for each in above:
            children.setdefault(each, set()).add(code)
    return {code: frozenset(below) for code, below in children.items()}


def _names(resource: Json) -> dict[str, frozenset[str]]:
    """How this system calls the properties that FHIR defines (R4 4.8.10)."""
    declared: list[Json] = resource.get("property", [])
    named = {
        kind: {str(each.get("code")) for each in declared if each.get("uri") == f"{_PROPERTIES}{kind}"}
        for kind in ("parent", "child", "notSelectable", "inactive", "status")
    }
    named["parent"].update(_UP)
    named["child"].add("child")
    named["notSelectable"].update(["notSelectable", "abstract"])
    return {kind: frozenset(names | {kind}) if not names else frozenset(names) for kind, names in named.items()}


def properties(source: Json) -> Iterator[tuple[str, object]]:
    """(code, value) of each property of a concept; of a Coding its code."""
    for each in cast("list[Json]", source.get("property", [])):
        for name, value in each.items():
            if name.startswith("value"):
                yield str(each.get("code")), cast("Json", value).get("code") if isinstance(value, dict) else value


def _concept(source: Json, names: Mapping[str, frozenset[str]]) -> Concept:
    code = str(source["code"])
    inactive = abstract = False
    for name, value in properties(source):
        inactive |= (name in names["inactive"] and value is True) or (name in names["status"] and value in _INACTIVE)
        abstract |= name in names["notSelectable"] and value is True
    return Concept(code, str(source.get("display", code)), source, inactive, abstract)


@cache
def grammar(url: str, check: Check) -> System:
    """A system whose codes follow a grammar and cannot be listed."""
    return System(url, "", {}, {}, {}, False, False, check)
