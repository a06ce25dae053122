"""What becomes of a sample whose donor has withdrawn (BBL 4:13): an order to destroy it, or what is left without the donor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from kedja.access.consents import HSA_SYSTEM
from kedja.access.instants import text_of

Resource = dict[str, Any]

TASK_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/biobank-task"
DESTROY: Final = "destroy-sample"
_LEFT: Final = ("resourceType", "status", "type", "container", "processing")


def destruction(specimen: Resource, provider: str, unit: str, at: datetime) -> Resource:
    """A Task for the biobank: this tube, by its codes and where it stands, is destroyed now. It names nobody."""
    found = [{"type": _code(name), "valueString": text} for name, text in _codes(specimen)]
    return {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "priority": "stat",
        "code": _code(DESTROY),
        "description": "Förstör provet: provgivaren har återkallat samtycket (BBL 4 kap. 13 §).",
        "authoredOn": text_of(at),
        "owner": {"type": "Organization", "identifier": {"system": HSA_SYSTEM, "value": unit or provider}},
        "input": found or [{"type": _code("sample"), "valueString": specimen["id"]}],
    }


def is_order(resource: Mapping[str, Any]) -> bool:
    """Whether it is such an order."""
    codings = resource.get("code", {}).get("coding", ()) if resource.get("resourceType") == "Task" else ()
    return any(each.get("system") == TASK_SYSTEM and each.get("code") == DESTROY for each in codings)


def deidentified(specimen: Resource) -> Resource:
    """The material, how it was handled and where it stands; nothing that leads to the donor, not even when it was taken."""
    left = {name: value for name, value in specimen.items() if name in _LEFT}
    containers = [{name: value for name, value in one.items() if name != "specimenQuantity"} for one in left.get("container", ())]
    steps = [
        {name: value for name, value in one.items() if name in ("description", "procedure", "extension", "additive")}
        for one in left.get("processing", ())
    ]
    return left | ({"container": containers} if containers else {}) | ({"processing": steps} if steps else {})


def containers(specimen: Resource) -> list[str]:
    """The containers that it stands in, as `system|value`: one that others' samples share cannot be destroyed."""
    found = [identifier for one in specimen.get("container", ()) for identifier in one.get("identifier", ())]
    return [f"{one.get('system', '')}|{one['value']}" for one in found if one.get("value")]


def _codes(specimen: Resource) -> list[tuple[str, str]]:
    numbers = [*specimen.get("identifier", ()), *([specimen["accessionIdentifier"]] if "accessionIdentifier" in specimen else ())]
    found = [("sample", str(one["value"])) for one in numbers if one.get("value") and "donor" not in str(one.get("system", ""))]
    places = [str(one["description"]) for one in specimen.get("container", ()) if one.get("description")]
    return found + [("position", place) for place in places]


def _code(code: str) -> Resource:
    return {"coding": [{"system": TASK_SYSTEM, "code": code}]}
