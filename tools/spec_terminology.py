"""The code systems and value sets that R4 (4.0.1) carries itself, as lean CodeSystem and ValueSet resources (R4 4.8, 4.9)."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_SYSTEM = ("resourceType", "url", "version", "name", "content", "caseSensitive", "hierarchyMeaning", "supplements", "valueSet")
_VALUESET = ("resourceType", "url", "version", "name", "status", "copyright")
_LICENSED = ("http://snomed.info/sct", "http://loinc.org", "http://hl7.org/fhir/sid/icd-10")  # codes alone, and few of them
_FEW = 200
_PROPERTIES = ("status", "notSelectable", "abstract", "child", "partOf")  # of a concept; the others are history


def terminology_tables(resources: list[Json]) -> dict[str, dict[str, Json]]:
    """{table: {canonical URL: resource}}, without narratives, definitions and translations, which nothing here compares."""
    systems = {resource["url"]: _system(resource) for resource in resources if resource["resourceType"] == "CodeSystem"}
    valuesets = {
        resource["url"]: _valueset(resource)
        for resource in resources
        if resource["resourceType"] == "ValueSet" and not _copies_licensed(resource)
    }
    return {"codesystems.json": dict(sorted(systems.items())), "valuesets.json": dict(sorted(valuesets.items()))}


def _system(resource: Json) -> Json:
    lean = {name: resource[name] for name in _SYSTEM if name in resource}
    if resource["content"] == "complete" and not resource.get("concept"):
        lean["content"] = "not-present"  # R4 lists no code of these two
    if concepts := resource.get("concept"):
        lean["concept"] = [_concept(concept) for concept in concepts]
    return lean


def _concept(concept: Json) -> Json:
    lean: Json = {"code": concept["code"]}
    if concept.get("display", concept["code"]) != concept["code"]:
        lean["display"] = concept["display"]
    if properties := [each for each in concept.get("property", []) if each["code"] in _PROPERTIES]:
        lean["property"] = properties
    if below := concept.get("concept"):
        lean["concept"] = [_concept(each) for each in below]
    return lean


def _copies_licensed(resource: Json) -> bool:
    """Whether the value set lists a good part of a code system that is under licence (two do)."""
    parts: list[Json] = resource["compose"]["include"]
    return any(part.get("system") in _LICENSED and len(part.get("concept", [])) > _FEW for part in parts)


def _valueset(resource: Json) -> Json:
    lean = {name: resource[name] for name in _VALUESET if name in resource}
    compose: Json = resource.get("compose", {})
    lean["compose"] = {name: compose[name] for name in ("inactive", "lockedDate") if name in compose}
    for part in ("include", "exclude"):
        if part in compose:
            lean["compose"][part] = [_part(each) for each in compose[part]]
    return lean


def _part(part: Json) -> Json:
    lean = {name: part[name] for name in ("system", "version", "filter", "valueSet") if name in part}
    if "concept" in part:
        kept = ("code",) if part["system"] in _LICENSED else ("code", "display")
        lean["concept"] = [{name: each[name] for name in kept if name in each} for each in part["concept"]]
    return lean
