"""Value sets of required bindings -> the codes of each system (R4 4.9.5, the expansion of `compose`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
Codes = dict[str, set[str]]  # system -> codes


class NotEnumerable(Exception):
    """The value set leans on a code system whose codes are not in the package, or on a grammar."""


class Expander:
    """Expands value sets over the code systems of one package."""

    def __init__(self, resources: list[Json]) -> None:
        self.valuesets = {r["url"]: r for r in resources if r["resourceType"] == "ValueSet"}
        self.systems = {r["url"]: r for r in resources if r["resourceType"] == "CodeSystem"}

    def expand(self, url: str) -> Codes:
        """Raises NotEnumerable, with what was missing."""
        url = url.partition("|")[0]
        if url not in self.valuesets:
            raise NotEnumerable(url)
        compose: Json = self.valuesets[url].get("compose", {})
        codes: Codes = {}
        for include in compose.get("include", []):
            for system, found in self._included(include).items():
                codes.setdefault(system, set()).update(found)
        for exclude in compose.get("exclude", []):
            for system, found in self._included(exclude).items():
                codes.setdefault(system, set()).difference_update(found)
        return codes

    def _included(self, include: Json) -> Codes:
        parts = [self.expand(url) for url in include.get("valueSet", [])]
        if "system" in include:
            parts.append({include["system"]: self._of_system(include)})
        shared = set.intersection(*(set(part) for part in parts))
        return {system: set.intersection(*(part[system] for part in parts)) for system in shared}

    def _of_system(self, include: Json) -> set[str]:
        if "concept" in include:
            return {concept["code"] for concept in include["concept"]}
        system = self.systems.get(include["system"])
        if system is None or system["content"] != "complete" or not system.get("concept"):
            raise NotEnumerable(include["system"])
        concepts = list(_walk(system["concept"], ()))
        codes = {code for code, _, _ in concepts}
        for condition in include.get("filter", []):
            codes &= _filtered(concepts, condition, system["url"])
        return codes


Concept = tuple[str, frozenset[str], Json]  # code, its ancestors and itself, the concept


def _walk(concepts: list[Json], above: tuple[str, ...]) -> Iterator[Concept]:
    for concept in concepts:
        line = (*above, concept["code"])
        yield concept["code"], frozenset(line), concept
        yield from _walk(concept.get("concept", []), line)


def _filtered(concepts: list[Concept], condition: Json, system: str) -> set[str]:
    operator, value = condition["op"], condition["value"]
    if condition["property"] == "concept" and operator in ("is-a", "descendent-of", "is-not-a"):
        below = _below(concepts, value)
        if operator == "is-not-a":
            return {code for code, _, _ in concepts} - below
        return below - ({value} if operator == "descendent-of" else set())
    raise NotEnumerable(f"{system} {condition['property']} {operator} {value}")


def _below(concepts: list[Concept], root: str) -> set[str]:
    """Codes under `root`, by nesting and by the property subsumedBy (as the v3 code systems say it)."""
    parents: dict[str, set[str]] = {}
    for code, line, concept in concepts:
        up = {prop["valueCode"] for prop in concept.get("property", []) if prop["code"] == "subsumedBy"}
        parents.setdefault(code, set()).update(up | (line - {code}))
    below, growing = {root}, True
    while growing:
        more = {code for code, up in parents.items() if code not in below and up & below}
        below |= more
        growing = bool(more)
    return below
