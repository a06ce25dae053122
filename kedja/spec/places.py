"""Where R4 says where somebody lives, is reached or is met: types, codes and elements (OSL 21 kap. 3 §, 22 kap. 1 §).

What follows from the types of elements is found in their definitions; the tables here hold what no type tells.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from kedja.spec.parameters import search_parameters
from kedja.spec.structure import elements, is_known

REACHED_BY: Final = frozenset({"Address", "ContactPoint"})
"""Datatypes that are an address or a number to call."""

PLACES: Final = frozenset(
    {
        "Endpoint", "HealthcareService", "Location", "Organization", "OrganizationAffiliation", "PractitionerRole",
        "Schedule", "Slot",
    }
)  # fmt: skip
"""Resource types that say where something is, or lead to what says it: to refer to one is to tell a place."""

NO_PLACE: Final = frozenset({"manufacturer", "authority"})
"""Elements that refer to an organisation which nobody is near to: who made a vaccine, who recommends it."""

PLACE_ELEMENTS: Final = frozenset(
    {
        "BiologicallyDerivedProduct.collection.source", "Encounter.location.physicalType", "Meta.source",
        "ServiceRequest.locationCode", "VerificationResult.targetLocation",
    }
)  # fmt: skip
"""Paths of elements that tell a place though their type does not."""

PLACE_SYSTEMS: Final = frozenset(
    {
        "urn:oid:1.2.752.129.2.2.1.17",  # municipalities
        "urn:oid:1.2.752.129.2.2.1.18",  # counties
        "urn:oid:1.2.752.29.4.19",  # HSA-ids: units and organisations
        "urn:oid:1.2.752.129.2.1.4.1",
        "urn:oid:2.5.4.97",  # organisation numbers
        "urn:iso:std:iso:3166:-2",
        "https://www.scb.se/kommuner",
    }
)
"""Code systems of municipalities, counties and units."""

PLACE_EXTENSIONS: Final = frozenset(
    {
        "http://hl7.org/fhir/StructureDefinition/geolocation",
        "http://hl7.org/fhir/StructureDefinition/patient-birthPlace",
        "http://hl7.se/fhir/ig/base/StructureDefinition/SEBaseAddressPersonExtension",
    }
)
"""Extensions that are a place, whatever their value is."""


_ASKS_FOR_PLACE: Final = frozenset({"_content", "_tag", "_text", "near"})
"""Search parameters that are met by the text of a place, or by the mark of a unit."""


@cache
def asks_for_place(resource_type: str, code: str) -> bool:
    """Whether who searches by this parameter asks where somebody lives, is reached or is met; so does any that is not R4's.

    Not told of a reference parameter that can also lead elsewhere: there it is the value that does.
    """
    parameter = search_parameters(resource_type).get(code)
    if parameter is None or code in _ASKS_FOR_PLACE:
        return True
    if parameter.target and set(parameter.target) <= PLACES:
        return True
    expressions = (parameter.expression, *(component.expression for component in parameter.components))
    return any(_is_place(part.strip(" ()")) for text in expressions for part in text.split("|"))


def _is_place(expression: str) -> bool:
    """Whether the path `Encounter.location.period` goes through an element of a place. Functions end the path."""
    type_name, *steps = expression.split(".")
    for name in steps:
        if not is_known(type_name) or name not in elements(type_name):
            return False
        element = elements(type_name)[name]
        if element.type in REACHED_BY or element.path in PLACE_ELEMENTS or _only_places(element.targets):
            return True
        type_name = element.type
    return False


def _only_places(targets: tuple[str, ...]) -> bool:
    return bool(targets) and set(targets) <= PLACES
