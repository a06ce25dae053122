"""Protected identity, and who may change what the service is."""

from __future__ import annotations

from typing import Final

from kedja.access import asker as conditions
from kedja.access.asker import Asker, Build, known
from kedja.access.custody import Label
from kedja.access.rights import holds
from kedja.access.vocabulary.predicate import About, Predicate
from kedja.search.condition import Column, Condition

DEFINING: Final = ("CodeSystem", "ConceptMap", "SearchParameter", "StructureDefinition", "ValueSet")
"""Types of which each changes what the service accepts, understands or is searched by, for everybody."""


def named_exactly(asker: Asker) -> Condition:
    return known(asker.context.exactly)


def writes(information: str) -> Build:
    """The assignment names the right to write this class of information."""
    return lambda asker: known(asker.actor.assignment is not None and holds(asker.actor.assignment.rights, "skriva", information))


def defines_service(asker: Asker) -> Condition:
    return Column("type", "in", DEFINING)


PREDICATES: Final[dict[str, Predicate]] = {
    "protected-identity": Predicate(
        About.RESOURCE,
        "The person has protected identity.",
        "The person does not have protected identity.",
        "Personen har skyddade personuppgifter.",
        "Personen har inte skyddade personuppgifter.",
        conditions.label(Label.SHIELDED),
    ),
    "named-exactly": Predicate(
        About.ASKER,
        "The person is named exactly, and no place is asked for.",
        "The person is not named exactly, or a place is asked for.",
        "Personen anges exakt, och ingen plats efterfrågas.",
        "Personen anges inte exakt, eller en plats efterfrågas.",
        named_exactly,
    ),
    "may-lift-protection": Predicate(
        About.ASKER,
        "The assignment has the right to write protection of identity.",
        "The assignment does not have the right to write protection of identity.",
        "Uppdraget ger rätt att ändra skyddade personuppgifter.",
        "Uppdraget ger inte rätt att ändra skyddade personuppgifter.",
        writes("skyddade personuppgifter"),
    ),
    "defines-service": Predicate(
        About.RESOURCE,
        "It is a definition that changes the service.",
        "It is no definition that changes the service.",
        "Det är en definition som ändrar tjänsten.",
        "Det är ingen definition som ändrar tjänsten.",
        defines_service,
    ),
    "may-define": Predicate(
        About.ASKER,
        "The assignment has the right to write definitions.",
        "The assignment does not have the right to write definitions.",
        "Uppdraget ger rätt att ändra definitioner.",
        "Uppdraget ger inte rätt att ändra definitioner.",
        writes("definitioner"),
    ),
}
