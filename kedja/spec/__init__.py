"""FHIR R4 (4.0.1) as data: types, elements, search parameters, compartments, constraints and the codes of required bindings."""

from kedja.spec.codes import required_codes, required_systems
from kedja.spec.constraints import Constraint, constraints, known_constraints, profile, profiles
from kedja.spec.parameters import (
    Component,
    SearchParameter,
    compartment,
    is_domain_resource,
    search_parameters,
    subject_elements,
    subject_references,
)
from kedja.spec.structure import (
    DATATYPES,
    PRIMITIVES,
    TYPES,
    Binding,
    Element,
    base_type,
    choices,
    elements,
    is_known,
    is_resource_type,
    is_type,
)

__all__ = [
    "DATATYPES",
    "PRIMITIVES",
    "TYPES",
    "Binding",
    "Component",
    "Constraint",
    "Element",
    "SearchParameter",
    "base_type",
    "choices",
    "compartment",
    "constraints",
    "elements",
    "is_domain_resource",
    "is_known",
    "is_resource_type",
    "is_type",
    "known_constraints",
    "profile",
    "profiles",
    "required_codes",
    "required_systems",
    "search_parameters",
    "subject_elements",
    "subject_references",
]
