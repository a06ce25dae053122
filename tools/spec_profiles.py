"""The profiles and extensions that R4 itself publishes, cut down to what a value is held against."""

from __future__ import annotations

from typing import Any

from spec_constraints import rows_of
from spec_structure import STRUCTURES, type_row

Json = dict[str, Any]
_KEPT = ("sliceName", "slicing", "contentReference", "maxLength")
_VALUED = ("fixed", "pattern", "minValue", "maxValue")
# Contexts that 4.0.1 leaves out although its own definitions use them.
_CONTEXTS = {
    "regex": "ElementDefinition.type",
    "structuredefinition-fhir-type": "ElementDefinition.type",
    "structuredefinition-normative-version": "Element",
}
_HEADER = ("url", "version", "name", "kind", "type", "derivation", "context", "contextInvariant")


def profile_table(definitions: list[Json], types: dict[str, Json], constraints: dict[str, dict[str, Any]]) -> dict[str, Json]:
    """{canonical: StructureDefinition}; its snapshot keeps of each element only what goes beyond the type it constrains.

    `baseDefinition` is the type itself, since a snapshot holds everything of the profiles between.
    """
    known = {row[0] for paths in constraints.values() for rows in paths.values() for row in rows}
    table: dict[str, Json] = {}
    for definition in definitions:
        if definition.get("derivation") != "constraint" or definition.get("fhirVersion") != "4.0.1":
            continue
        elements: list[Json] = definition["snapshot"]["element"]
        sliced = {element["id"].rpartition(":")[0] for element in elements if "sliceName" in element}
        kept = [_pruned(element, types, known, sliced) for element in elements]
        if definition["id"] in _CONTEXTS:
            definition["context"].append({"type": "element", "expression": _CONTEXTS[definition["id"]]})
        table[definition["url"]] = {
            "resourceType": "StructureDefinition",
            **{name: definition[name] for name in _HEADER if name in definition},
            "baseDefinition": STRUCTURES + definition["type"],
            "snapshot": {"element": [element for element in kept if len(element) > 2 or element["path"].count(".") == 0]},
        }
    return dict(sorted(table.items()))


def _pruned(element: Json, types: dict[str, Json], known: set[str], sliced: set[str]) -> Json:
    kept: Json = {"id": element["id"], "path": element["path"]}
    for name, value in element.items():
        if name in _KEPT or name.startswith(_VALUED):
            kept[name] = value
    if element["id"] not in sliced:
        kept.pop("slicing", None)
    base: Json = element.get("base", {})
    row = type_row(types, base.get("path", "")) if base else None
    for name in ("min", "max"):
        if element[name] != base.get(name) or "sliceName" in element:
            kept[name] = element[name]
    kept |= _types(element, row) | _binding(element, row)
    rows = [list(row) for row in rows_of(element) if row[0] not in known]
    if rows:
        kept["constraint"] = [dict(zip(("key", "severity", "human", "expression"), row)) for row in rows]
    if element.get("isModifier") and element["path"] == "Extension":
        kept["isModifier"] = True
    return kept


def _types(element: Json, row: list[Any] | None) -> Json:
    entries = [
        {name: entry[name] for name in ("code", "profile", "targetProfile", "aggregation") if name in entry}
        for entry in element.get("type", [])
    ]
    if not entries or any(entry["code"].startswith("http://hl7.org/fhirpath/") for entry in entries):
        return {}
    if row is not None and not any("profile" in entry or "aggregation" in entry for entry in entries):
        said = [[entry["code"], *(t.removeprefix(STRUCTURES) for t in entry.get("targetProfile", []))] for entry in entries]
        plain = [[code, *([] if "Resource" in targets else targets)] for code, *targets in said]
        if plain == row[1] or [entry["code"] for entry in entries] in (["BackboneElement"], ["Element"]):
            return {}
    return {"type": entries}


def _binding(element: Json, row: list[Any] | None) -> Json:
    binding: Json = element.get("binding", {})
    url = binding.get("valueSet", "").partition("|")[0]
    if not url or binding["strength"] in ("example", "preferred") or (row and row[5:] == [binding["strength"], url]):
        return {}
    return {"binding": {"strength": binding["strength"], "valueSet": url}}
