"""What the package says otherwise than R4 4.0.1 is said as R4 says it: by the data elements that R4 publishes of its elements.

The package carries R4's definitions with elements of later releases put into some. R4's data elements lie beside them as they
were published: one for each element that holds a value, though not for all that are deep inside.
"""

from __future__ import annotations

from typing import Any, Final

Json = dict[str, Any]

# Not in 4.0.1, with all below; no data element tells of them, and of some that are in 4.0.1 neither.
_LATER: Final = (
    "Binary.url",
    "DeviceDefinition.bodySite",
    "DeviceDefinition.classification",
    "EvidenceVariable.characteristic.definitionByCombination",
    "EvidenceVariable.characteristic.definitionByTypeAndValue",
    "EvidenceVariable.characteristic.definitionCanonical",
    "EvidenceVariable.characteristic.definitionCodeableConcept",
    "EvidenceVariable.characteristic.definitionExpression",
    "EvidenceVariable.characteristic.definitionId",
    "EvidenceVariable.characteristic.definitionReference",
    "EvidenceVariable.characteristic.duration[x]",
    "EvidenceVariable.characteristic.instances[x]",
    "EvidenceVariable.characteristic.linkId",
    "EvidenceVariable.characteristic.note",
    "EvidenceVariable.characteristic.timeFromEvent",
    "ObservationDefinition.publisher",
    "ResearchStudy.associatedParty",
    "ResearchStudy.classifier",
    "ResearchStudy.comparisonGroup",
    "ResearchStudy.descriptionSummary",
    "ResearchStudy.label",
    "ResearchStudy.name",
    "ResearchStudy.objective.description",
    "ResearchStudy.outcomeMeasure",
    "ResearchStudy.progressStatus",
    "ResearchStudy.recruitment",
    "ResearchStudy.region",
    "ResearchStudy.result",
    "ResearchStudy.studyDesign",
    "ResearchStudy.whyStopped",
)
_SAID: Final = ("type", "binding", "min", "max")


def as_published(definitions: list[Json], data_elements: list[Json]) -> list[Json]:
    """The definitions with the elements that R4 has. Raises SystemExit where one of `_LATER` is not there: it is settled then."""
    published = {element["path"]: element for one in data_elements for element in one["snapshot"]["element"][:1]}
    paths = {element["path"] for definition in definitions for element in definition["snapshot"]["element"]}
    if gone := [path for path in _LATER if path not in paths]:
        raise SystemExit(f"no longer in the package, so take them out of `_LATER`: {', '.join(gone)}")
    return [_corrected(definition, published) for definition in definitions]


def _corrected(definition: Json, published: dict[str, Json]) -> Json:
    if definition["kind"] != "resource" or definition.get("derivation") == "constraint":
        return definition
    elements = [_as_said(element, published) for element in definition["snapshot"]["element"] if not _is_later(element["path"])]
    for path in published:
        if path.startswith(f"{definition['id']}.") and path not in [element["path"] for element in elements]:
            elements.insert(_place(path, elements, published), published[path])
    return {**definition, "snapshot": {"element": elements}}


def _place(path: str, elements: list[Json], published: dict[str, Json]) -> int:
    """Behind the element that comes before it in R4 (and all below that), which is how they stand in XML."""
    order, parent = list(published), path.rpartition(".")[0]
    before = [other for other in order[: order.index(path)] if other.rpartition(".")[0] == parent]
    return max(place for place, element in enumerate(elements) if f"{element['path']}.".startswith(f"{before[-1]}.")) + 1


def _is_later(path: str) -> bool:
    return any(path == later or path.startswith(f"{later}.") for later in _LATER)


def _as_said(element: Json, published: dict[str, Json]) -> Json:
    said = published.get(element["path"])
    if said is None or all(said.get(key) == element.get(key) for key in _SAID):
        return element
    kept = {key: value for key, value in element.items() if key not in _SAID}
    return {**kept, **{key: said[key] for key in _SAID if key in said}}
