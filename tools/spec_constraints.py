"""StructureDefinitions -> constraints of types and of single elements (R4 2.27, ElementDefinition.constraint)."""

from __future__ import annotations

from typing import Any

from spec_structure import STRUCTURES

Json = dict[str, Any]
Rows = list[list[str]]  # [key, "error" or "warning", sentence, FHIRPath]

_ENABLED = "enableWhen.count() > {} implies enableBehavior.exists()"

# Misprints of 4.0.1 that later releases have corrected: (key, what it says, what it means).
_ERRATA = {
    ("que-7", "operator = 'exists' implies (answer is Boolean)"): "operator = 'exists' implies (answer is boolean)",
    ("que-12", _ENABLED.format(2)): _ENABLED.format(1),
}


def constraint_table(types: dict[str, Json], definitions: list[Json]) -> dict[str, dict[str, Rows]]:
    """{type: {path: rows}} of the types in the table of types.

    Where the path is the type, or an inline element, the constraints hold for each of its values. An element of another
    type has what is said of it beyond its type; a profile on its type (SimpleQuantity) is part of that.
    """
    by_url = {definition["url"]: definition for definition in definitions}
    own = {name: _root_rows(by_url[STRUCTURES + name]) for name in types}
    profiled = {url: _root_rows(found) for url, found in by_url.items() if found.get("derivation") == "constraint"}
    table: dict[str, dict[str, Rows]] = {}
    for name in types:
        paths = {path: rows for path, rows in _paths(by_url[STRUCTURES + name], own, profiled) if rows}
        if paths:
            table[name] = paths
    return table


def rows_of(element: Json) -> Rows:
    """The rows of an element's constraints that have an expression."""
    return [
        [constraint["key"], constraint["severity"], constraint["human"].strip(), _corrected(constraint)]
        for constraint in element.get("constraint", [])
        if "expression" in constraint
    ]


def _corrected(constraint: Json) -> str:
    expression: str = constraint["expression"]
    return _ERRATA.get((constraint["key"], expression), expression)


def _root_rows(definition: Json) -> Rows:
    return rows_of(definition["snapshot"]["element"][0])


def _paths(definition: Json, own: dict[str, Rows], profiled: dict[str, Rows]) -> list[tuple[str, Rows]]:
    inherited = own.get(definition.get("baseDefinition", "").removeprefix(STRUCTURES), [])
    found = [(definition["id"], [row for row in own[definition["id"]] if row not in inherited])]
    for element in definition["snapshot"]["element"][1:]:
        types = element.get("type", [])
        codes = [entry["code"] for entry in types] or ["Element"]  # a content reference has no type
        held = [row for code in codes for row in own.get(code, [])]
        beside = [row for entry in types for url in entry.get("profile", []) for row in profiled.get(url, [])]
        rows = [row for row in rows_of(element) + beside if row not in held]
        found.append((element["path"].removesuffix("[x]"), [row for number, row in enumerate(rows) if row not in rows[:number]]))
    return found
