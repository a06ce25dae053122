"""A record to resources that are ready for the gate: brought to FHIR, identified, normalised and validated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from kedja import exactjson, spec
from kedja.access.custody import Custody
from kedja.identity import custody_of, normalised
from kedja.outcome import Issue, OutcomeError, refuse
from kedja.sources import applehealth, mapping, openmhealth
from kedja.sources.local import localised
from kedja.sources.mapping import TableMapping, mapping_of, resource_id
from kedja.sources.source import Source
from kedja.sources.template import near
from kedja.validation import validate

Resource = dict[str, Any]
# What a law goes by must be sure: a consent or a block that is half there is refused whatever the source says.
_LAW: Final = frozenset({"Consent"})


@dataclass(frozen=True, slots=True)
class Converter:
    """What a worker needs of a source to convert its records."""

    source: Source
    mapping: TableMapping | None

    def resources(self, payload: Any, number: str = "") -> list[Resource]:
        """The resources of one record; `number` is whose its file is, where the file says that. Raises OutcomeError."""
        return _CONVERTERS[self.source.kind](self, payload, number)

    def checked(self, resource: Resource) -> Resource:
        """The resource, its numbers normalised. Raises OutcomeError 422 with one issue for each thing that is wrong."""
        type_name = resource.get("resourceType")
        if self.source.types is not None and type_name not in self.source.types:
            allowed = ", ".join(sorted(self.source.types))
            raise refuse(422, "business-rule", f"the source delivers {allowed}, not {type_name}: extend its `types`")
        strict = self.source.validation == "strict" or type_name in _LAW
        if issues := validate(resource, level="full" if strict else "shape"):
            raise OutcomeError(422, *issues)
        return normalised(resource) if type_name == "Patient" else resource

    def advice(self, resource: Resource) -> tuple[Issue, ...]:
        """What is wrong with a resource that is stored all the same, where the source says `validation = "warn"`."""
        if self.source.validation != "warn":
            return ()
        return tuple(replace(issue, severity="warning") for issue in validate(resource))

    def custody(self, resource: Resource, person: int) -> Custody:
        """The custody that the source's registration gives a resource about this person."""
        source = self.source
        custody = custody_of(
            resource,
            regime=source.regime,
            provider=source.provider,
            unit=source.unit,
            source=source.name,
            person=person,
            tagged_unit=source.unit_from_tag,
        )
        return replace(custody, labels=custody.labels | source.labels) if source.labels else custody


def converter_of(source: Source) -> Converter:
    """Raises OutcomeError 422 when the source's mapping is faulty."""
    return Converter(source, mapping_of(source.mapping) if source.mapping is not None else None)


def subject_number(source: Source, file_stem: str, folder: str) -> str | None:
    """The number that names whose a wellness file is; None where each data point says it."""
    subject = source.subject
    if subject is None:
        return None
    return {"user-id": None, "file": file_stem, "folder": folder, "fixed": subject.number}[subject.by]


def _fhir(converter: Converter, payload: bytes, _number: str) -> list[Resource]:
    resource = exactjson.loads(payload)
    if not isinstance(resource, dict):
        raise refuse(422, "structure", "the record is no JSON object: each is one resource")
    type_name = resource.get("resourceType")
    if type_name not in spec.TYPES:
        raise refuse(
            422, "structure", f"`{type_name}` is no resource type of FHIR R4{near(str(type_name), spec.TYPES)}", "resourceType"
        )
    if "id" not in resource:
        resource["id"] = _made_id(converter.source.name, resource)
    return [localised(resource, converter.source)]


def _made_id(source: str, resource: Resource) -> str:
    """The same for the same record each time: by its first identifier, or else by all that it says."""
    identifiers = resource.get("identifier")
    first = identifiers[0] if isinstance(identifiers, list) and identifiers else identifiers
    if isinstance(first, dict) and first.get("system") and first.get("value"):
        return resource_id(source, resource["resourceType"], str(first["system"]), str(first["value"]))
    return resource_id(source, resource["resourceType"], exactjson.canonical(resource).decode())


def _table(converter: Converter, payload: Any, _number: str) -> list[Resource]:
    assert converter.mapping is not None
    return mapping.resources_of(converter.mapping, payload, converter.source.name)


def _open_mhealth(converter: Converter, payload: bytes, number: str) -> list[Resource]:
    return openmhealth.resources_of(exactjson.loads(payload), converter.source.name, number or None)


def _apple_health(converter: Converter, payload: Any, number: str) -> list[Resource]:
    return applehealth.resources_of(payload, converter.source.name, number)


_CONVERTERS: Final[dict[str, Callable[[Converter, Any, str], list[Resource]]]] = {
    "fhir": _fhir,
    "table": _table,
    "open-mhealth": _open_mhealth,
    "apple-health": _apple_health,
}
