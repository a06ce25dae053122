"""Children, guardians, holders of mandates, and those who are appointed for somebody."""

from __future__ import annotations

from typing import Final

from kedja.access import asker as conditions
from kedja.access.actor import Kind
from kedja.access.asker import Asker, Build, known
from kedja.access.mandate import TYPES
from kedja.access.rights import Reach, reach
from kedja.access.vocabulary.predicate import About, Predicate, asks
from kedja.search.condition import NOTHING, Aged, All, AnyOf, Column, Condition, Fact, Is, Not, Same

ADULT, READING, GUARDED = "adult-age", "child-reading-age", "guardian-age"  # limits, in whole years


def acted_for(asker: Asker) -> Condition:
    return Column("person", "=", asker.actor.acts_for) if asker.actor.acts_for > 0 else NOTHING


def represents(kind: str) -> Build:
    def build(asker: Asker) -> Condition:
        return _representation(asker, kind) if asker.actor.person > 0 else NOTHING

    return build


def mandate_covers(asker: Asker) -> Condition:
    """A mandate in force of a matter that the type of the resource belongs to; a type of no matter is never covered."""
    if asker.actor.person <= 0:
        return NOTHING
    matters = (
        All((Column("type", "in", types), _representation(asker, "proxy", Is("classes", "has", int(matter)))))
        for matter, types in TYPES.items()
    )
    return AnyOf(tuple(matters))


def _representation(asker: Asker, kind: str, *where: Is) -> Fact:
    return Fact("representation", asker.now, (Is("kind", "=", kind), Is("representative", "=", asker.actor.person), *where))


def below(age: str) -> Build:
    """Some record that knows the birth date says so."""
    return lambda asker: _born(asker, Aged(below=asker.limit(age)))


def surely_below(age: str) -> Build:
    """Every record that knows the birth date says so, and one does: what opens the record to somebody else."""

    def build(asker: Asker) -> Condition:
        years = asker.limit(age)
        return All((_born(asker, Aged(below=years)), Not(_born(asker, Aged(least=years)))))

    return build


def _born(asker: Asker, aged: Aged) -> Fact:
    return Fact("subject_state", asker.now, (Is("kind", "=", "born"), aged))


def dead(asker: Asker) -> Condition:
    return Fact("subject_state", asker.now, (Is("kind", "=", "dead"),))


def decided(kind: str) -> Build:
    """A decision of the unit that holds the resource, on what it holds itself."""
    where = (Is("kind", "=", kind), Same("provider", "provider"), Same("unit", "unit"))
    return lambda asker: Fact("consent", asker.now, where)


def restricted_somewhere(asker: Asker) -> Condition:
    return Fact("block", asker.now, (Is("kind", "=", "guardian"),))


def head_of_unit(asker: Asker) -> Condition:
    """The right `Besluta;alla;VE` (or wider), which must be stated: to decide is not a part of every assignment."""
    rights = asker.actor.assignment.rights if asker.actor.assignment else ()
    return known(reach(rights, "besluta") in (Reach.UNIT, Reach.PROVIDER, Reach.SHARED))


PREDICATES: Final[dict[str, Predicate]] = {
    "proxy": asks("somebody's proxy", "ombud", Kind.PROXY),
    "head-of-unit": Predicate(
        About.ASKER,
        "The assignment gives the right to decide for the unit.",
        "The assignment gives no right to decide for the unit.",
        "Uppdraget ger rätt att besluta för enheten.",
        "Uppdraget ger inte rätt att besluta för enheten.",
        head_of_unit,
    ),
    "acted-for": Predicate(
        About.RESOURCE,
        "It is about the one for whom they act.",
        "It is about somebody for whom they do not act now.",
        "Uppgiften rör den som man agerar för.",
        "Uppgiften rör någon som man inte agerar för nu.",
        acted_for,
    ),
    "custody-of-child": Predicate(
        About.FACT,
        "The one who asks has custody of the person.",
        "The one who asks is not known to have custody of the person.",
        "Den som frågar har vårdnaden om personen.",
        "Det finns ingen uppgift om att den som frågar har vårdnaden om personen.",
        represents("guardian"),
    ),
    "trustee": Predicate(
        About.FACT,
        "The one who asks is the person's god man or förvaltare.",
        "The one who asks is not known as the person's god man or förvaltare.",
        "Den som frågar är personens gode man eller förvaltare.",
        "Det finns ingen uppgift om att den som frågar är personens gode man eller förvaltare.",
        represents("trustee"),
    ),
    "mandate-covers": Predicate(
        About.FACT,
        "The person's mandate covers it.",
        "No mandate of the person covers it.",
        "Personens fullmakt omfattar uppgiften.",
        "Ingen fullmakt från personen omfattar uppgiften.",
        mandate_covers,
    ),
    "minor": Predicate(
        About.FACT,
        "The person is a minor.",
        "The person is not known to be a minor.",
        "Personen är minderårig.",
        "Det finns ingen uppgift om att personen är minderårig.",
        below(ADULT),
    ),
    "below-reading-age": Predicate(
        About.FACT,
        "The person is too young to read for themselves.",
        "The person is not too young to read for themselves.",
        "Personen är för ung för att läsa själv.",
        "Personen är inte för ung för att läsa själv.",
        below(READING),
    ),
    "in-custody": Predicate(
        About.FACT,
        "The person is still a child.",
        "The person is not surely still a child.",
        "Personen är fortfarande barn.",
        "Det är inte säkert att personen fortfarande är barn.",
        surely_below(ADULT),
    ),
    "small-child": Predicate(
        About.FACT,
        "The person is so young that guardians read.",
        "The person is not surely so young that guardians read.",
        "Personen är så ung att vårdnadshavare läser.",
        "Det är inte säkert att personen är så ung att vårdnadshavare läser.",
        surely_below(GUARDED),
    ),
    "dead": Predicate(About.FACT, "The person has died.", "The person lives.", "Personen har avlidit.", "Personen lever.", dead),
    "guardian-access": Predicate(
        About.FACT,
        "The head of the unit has decided that whoever represents the person may read.",
        "No head of the unit has decided that whoever represents the person may read.",
        "Enhetens chef har beslutat att den som företräder personen får läsa.",
        "Enhetens chef har inte beslutat att den som företräder personen får läsa.",
        decided("guardian-access"),
    ),
    "child-access": Predicate(
        About.FACT,
        "The head of the unit has decided that the child may read.",
        "No head of the unit has decided that the child may read.",
        "Enhetens chef har beslutat att barnet får läsa.",
        "Enhetens chef har inte beslutat att barnet får läsa.",
        decided("child-access"),
    ),
    "guardian-restricted": Predicate(
        About.FACT,
        "Health staff have decided that guardians do not read it.",
        "Nobody has decided that guardians do not read it.",
        "Vårdpersonal har beslutat att vårdnadshavare inte läser uppgiften.",
        "Ingen har beslutat att vårdnadshavare inte läser uppgiften.",
        conditions.block("guardian"),
    ),
    "guardian-restricted-somewhere": Predicate(
        About.FACT,
        "Something about the child is closed to guardians.",
        "Nothing about the child is closed to guardians.",
        "Någon uppgift om barnet är stängd för vårdnadshavare.",
        "Ingen uppgift om barnet är stängd för vårdnadshavare.",
        restricted_somewhere,
    ),
}
