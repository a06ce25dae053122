"""Names of parameters to their definitions."""

from __future__ import annotations

from kedja import spec
from kedja.outcome import Issue, OutcomeError, refuse
from kedja.search.indexed import waiting
from kedja.search.parameters import parameters_of
from kedja.search.suggest import did_you_mean
from kedja.spec import SearchParameter

__all__ = ["UnknownParameter", "check_type", "definition_of", "leads_to_own", "parameters_of", "reference_of", "says_whose"]


class UnknownParameter(OutcomeError):
    """Nothing of this name is defined, or not yet indexed: the one refusal that lenient handling lifts."""

    def __init__(self, name: str, diagnostics: str, code: str = "not-supported") -> None:
        super().__init__(400, Issue(code, diagnostics, (f"?{name}",)))


def definition_of(resource_type: str, code: str, name: str) -> SearchParameter:
    """The definition of this parameter; `name` is how it was written. Raises UnknownParameter."""
    known = parameters_of(resource_type)
    found = known.get(code)
    if found is None:
        raise UnknownParameter(name, f"unknown parameter `{code}` of {resource_type}{did_you_mean(code, known)}")
    if far := waiting(resource_type, code):
        text = f"`{code}` of {resource_type} was added and is being indexed: {far}; search by it when all are"
        raise UnknownParameter(name, text, "transient")
    return found


def check_type(resource_type: str, name: str) -> str:
    """The type itself. Raises OutcomeError 400 when FHIR has no such resource."""
    if not spec.is_resource_type(resource_type):
        near = did_you_mean(resource_type, spec.TYPES)
        raise refuse(400, "value", f"`{resource_type[:80]}` is no resource type of FHIR R4{near}", f"?{name}")
    return resource_type


def reference_of(resource_type: str, code: str, name: str) -> SearchParameter:
    """As `definition_of`, of a parameter that must be a reference. Raises OutcomeError 400 when it is another."""
    found = definition_of(resource_type, code, name)
    if found.type != "reference":
        raise refuse(
            400, "value", f"`{code}` of {resource_type} is a {found.type}, not a reference: it leads nowhere", f"?{name}"
        )
    return found


def says_whose(resource_type: str, definition: SearchParameter) -> bool:
    """Whether the parameter is the element by which the store decides whose a resource is (`Observation.subject`)."""
    strongest = spec.subject_elements(resource_type)[:1]
    path = definition.expression
    return any(path == whole or path.startswith(f"{whole}.where(") for whole in (f"{resource_type}.{name}" for name in strongest))


def leads_to_own(resource_type: str, definition: SearchParameter) -> bool:
    """Whether whatever the parameter refers to is the Patient whose the resource is: the element does not repeat."""
    elements = [spec.elements(resource_type)[name] for name in spec.subject_elements(resource_type)[:1]]
    return says_whose(resource_type, definition) and all(element.max == 1 for element in elements)
