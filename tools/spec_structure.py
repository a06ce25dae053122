"""StructureDefinitions -> rows of the table of types (R4 5.3, ElementDefinition 2.27)."""

from __future__ import annotations

from typing import Any

STRUCTURES = "http://hl7.org/fhir/StructureDefinition/"
FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
INLINE = ("Element", "BackboneElement")
SUMMARY, MODIFIER = 1, 2

Json = dict[str, Any]


def type_table(definitions: list[Json]) -> dict[str, Json]:
    """Of every specialisation of 4.0.1: kind, base, whether abstract, and rows of elements for each path in it."""
    table: dict[str, Json] = {}
    for definition in definitions:
        if definition.get("derivation") == "constraint" or definition["kind"] == "logical":
            continue
        if definition.get("fhirVersion") != "4.0.1" or not definition["url"].startswith(STRUCTURES):
            continue
        table[definition["id"]] = {
            "kind": definition["kind"],
            "base": definition.get("baseDefinition", "").removeprefix(STRUCTURES),
            "abstract": definition["abstract"],
            "elements": _paths(definition),
        }
    return dict(sorted(table.items()))


def type_row(table: dict[str, Json], path: str) -> list[Any] | None:
    """The row of the element at this path, as its base says it (`Observation.value[x]`)."""
    parent, _, name = path.rpartition(".")
    rows = table.get(parent.partition(".")[0], {}).get("elements", {}).get(parent, [])
    return next((row for row in rows if row[0] == name), None)


def _paths(definition: Json) -> dict[str, list[list[Any]]]:
    elements: list[Json] = definition["snapshot"]["element"]
    primitive = definition["kind"] == "primitive-type"
    paths: dict[str, list[list[Any]]] = {definition["id"]: []}
    for element in elements[1:]:
        parent, _, name = element["path"].rpartition(".")
        if element["max"] == "0" or (primitive and name == "value"):
            continue
        paths.setdefault(parent, []).append(_row(element, name))
    return paths


def _row(element: Json, name: str) -> list[Any]:
    """[name, [[type, target...]...], min, max or -1, flags, strength, value set]."""
    binding: Json = element.get("binding", {})
    flags = SUMMARY * bool(element.get("isSummary")) + MODIFIER * bool(element.get("isModifier"))
    row = [name, _types(element), element["min"], -1 if element["max"] == "*" else int(element["max"]), flags]
    if binding.get("valueSet"):
        row += [binding["strength"], binding["valueSet"].partition("|")[0]]
    return row


def _types(element: Json) -> list[list[str]]:
    if "contentReference" in element:
        return [[element["contentReference"].removeprefix("#")]]
    if element["base"]["path"] == "Resource.id":  # said to be a string in 4.0.1; R4 2.27.1 and later releases say id
        return [["id"]]
    types: list[list[str]] = []
    for entry in element["type"]:
        code = entry["code"]
        if code in INLINE and element["path"].count("."):
            code = element["path"]
        for extension in entry.get("extension", []):
            if extension["url"] == FHIR_TYPE:
                code = extension["valueUrl"]
        if code.startswith("http://hl7.org/fhirpath/System."):
            code = code.rpartition(".")[2].lower()
        targets = [target.removeprefix(STRUCTURES) for target in entry.get("targetProfile", [])]
        types.append([code, *([] if "Resource" in targets else targets)])
    return types
