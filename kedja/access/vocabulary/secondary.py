"""Registries, biobanks, research and secondary use, monitoring in the home: what persons have said, what a sample is."""

from __future__ import annotations

from typing import Final

from kedja.access import asker as conditions
from kedja.access.actor import Kind, Purpose
from kedja.access.asker import Asker, Build, known
from kedja.access.custody import Label, Regime
from kedja.access.vocabulary.care import judged_by_holder
from kedja.access.vocabulary.predicate import About, Predicate, asks, for_purpose, kept
from kedja.search.condition import NOTHING, Aged, All, AnyOf, Column, Condition, Fact, Is, Recent, Same

_IDENTITY: Final = ("Patient", "Person", "RelatedPerson")
_CATEGORIES: Final = tuple(
    regime.value for regime in (Regime.HEALTH, Regime.NLL, Regime.REGISTRY, Regime.BIOBANK, Regime.WELLNESS)
)
_NINE_MONTHS: Final = 9  # BBL 1:4


def _sample_consent(kind: str) -> Build:
    return lambda asker: Fact("consent", asker.now, (Is("kind", "=", kind), Same("provider", "provider")))


def _limited(kind: str) -> Build:
    """The donor has said so to every biobank, or to the one that keeps the sample."""

    def build(asker: Asker) -> Condition:
        everywhere = Fact("block", asker.now, (Is("kind", "=", kind), Is("provider", "=", "")))
        return AnyOf((everywhere, Fact("block", asker.now, (Is("kind", "=", kind), Same("provider", "provider")))))

    return build


def _opted_out_before(asker: Asker) -> Condition:
    """The opt-out began no later than the permit was approved; one without a beginning did."""
    approved = asker.context.approved
    if approved is None:
        return NOTHING
    kind = Is("kind", "=", "secondary-use")
    begun = Fact("block", asker.now, (kind, Is("starts", "<=", approved)))
    return AnyOf((begun, Fact("block", asker.now, (kind, Is("starts", "null-or", approved)))))


def _secondary_category(asker: Asker) -> Condition:
    """EHDS art. 51: health records, prescriptions, registries, biobanks, wellness applications."""
    return Column("regime", "in", _CATEGORIES)


def _tells_who(asker: Asker) -> Condition:
    return Column("type", "in", _IDENTITY)


def _destruction_order(asker: Asker) -> Condition:
    """`samples.destruction`: a Task of the biobank's that names nobody."""
    return All((Column("type", "=", "Task"), Column("person", "=", 0)))


def _of_no_unit(asker: Asker) -> Condition:
    return Column("unit", "=", "")


def _within_nine_months(asker: Asker) -> Condition:
    return Recent(_NINE_MONTHS, asker.now)


def _permit_approved(asker: Asker) -> Condition:
    return known(asker.context.approved is not None)


def _adult(asker: Asker) -> Condition:
    return Fact("subject_state", asker.now, (Is("kind", "=", "born"), Aged(least=18)))


def _limit(en: str, sv: str, purpose: str) -> Predicate:
    return Predicate(
        About.FACT,
        f"The donor does not want the sample to be used for {en}.",
        f"The donor does not oppose that the sample is used for {en}.",
        f"Provgivaren vill inte att provet används för {sv}.",
        f"Provgivaren motsätter sig inte att provet används för {sv}.",
        _limited(f"biobank-{purpose}"),
    )


PREDICATES: Final[dict[str, Predicate]] = {
    "authority": asks("an authority", "en myndighet", Kind.AUTHORITY),
    "purpose-statistics": for_purpose("statistics", "statistik", Purpose.STATISTICS),
    "purpose-research": for_purpose("research", "forskning", Purpose.RESEARCH),
    "purpose-education": for_purpose("training in health care", "utbildning i vården", Purpose.EDUCATION),
    "research": kept("a research project", "ett forskningsprojekt", Regime.RESEARCH),
    "secondary-category": Predicate(
        About.REGIME,
        "It is of a kind that secondary use may reach.",
        "It is of no kind that secondary use may reach.",
        "Uppgiften är av ett slag som får användas sekundärt.",
        "Uppgiften är inte av ett slag som får användas sekundärt.",
        _secondary_category,
    ),
    "permit-approved": Predicate(
        About.ASKER,
        "A data permit has been approved.",
        "No data permit has been approved.",
        "Ett datatillstånd är beviljat.",
        "Inget datatillstånd är beviljat.",
        _permit_approved,
    ),
    "tells-who": Predicate(
        About.RESOURCE,
        "It says who the person is.",
        "It does not say who the person is.",
        "Uppgiften säger vem personen är.",
        "Uppgiften säger inte vem personen är.",
        _tells_who,
    ),
    "of-no-unit": Predicate(
        About.HOLDER,
        "The provider holds it as a whole, no unit of it.",
        "A unit holds it.",
        "Vårdgivaren som helhet har uppgiften, ingen särskild enhet.",
        "En enhet har uppgiften.",
        _of_no_unit,
    ),
    "destruction-order": Predicate(
        About.RESOURCE,
        "It is an order to destroy a sample.",
        "It is no order to destroy a sample.",
        "Det är ett uppdrag att förstöra ett prov.",
        "Det är inget uppdrag att förstöra ett prov.",
        _destruction_order,
    ),
    "sample-of-incapable": Predicate(
        About.RESOURCE,
        "The sample is of one who could not consent.",
        "The sample is not of one who could not consent.",
        "Provet är från någon som inte kunde ta ställning.",
        "Provet är inte från någon som inte kunde ta ställning.",
        conditions.label(Label.SAMPLE_INCAPACITY),
    ),
    "taken-for-research": Predicate(
        About.RESOURCE,
        "The sample was taken for research, with the donor's consent.",
        "The sample was not taken for research.",
        "Provet togs för forskning, med provgivarens samtycke.",
        "Provet togs inte för forskning.",
        conditions.label(Label.RESEARCH_CONSENT),
    ),
    "within-nine-months": Predicate(
        About.RESOURCE,
        "The sample was taken within the last nine months.",
        "The sample was taken more than nine months ago.",
        "Provet togs under de senaste nio månaderna.",
        "Provet togs för mer än nio månader sedan.",
        _within_nine_months,
    ),
    "not-informed-of-registry": Predicate(
        About.FACT,
        "The person has not been informed of the registry.",
        "Nothing says that the person has not been informed of the registry.",
        "Personen har inte informerats om registret.",
        "Det finns ingen uppgift om att personen inte har informerats om registret.",
        judged_by_holder("not-informed-registry"),
    ),
    "unable-says-holder": Predicate(
        About.FACT,
        "Whoever holds it has judged that the person, not only for a time, cannot decide.",
        "Whoever holds it has not judged that the person, not only for a time, cannot decide.",
        "Den som har uppgiften har bedömt att personen inte endast tillfälligt saknar förmåga att ta ställning.",
        "Den som har uppgiften har inte bedömt att personen mer än tillfälligt saknar förmåga att ta ställning.",
        judged_by_holder("not-only-temporarily-unable"),
    ),
    "research-consent": Predicate(
        About.FACT,
        "The donor consents to research on the sample.",
        "The donor's consent to research on the sample is missing.",
        "Provgivaren samtycker till forskning på provet.",
        "Provgivarens samtycke till forskning på provet saknas.",
        _sample_consent("biobank-research"),
    ),
    "limited-for-care": _limit("care", "vård", "care"),
    "limited-for-quality": _limit("quality work", "kvalitetsarbete", "quality"),
    "limited-for-education": _limit("training", "utbildning", "education"),
    "limited-for-research": _limit("research", "forskning", "research"),
    "adult": Predicate(
        About.FACT,
        "The person has come of age.",
        "The person has not come of age, or the age is not known.",
        "Personen är myndig.",
        "Personen är inte myndig, eller åldern är inte känd.",
        _adult,
    ),
    "opted-out-before-permit": Predicate(
        About.FACT,
        "The person opted out of secondary use before the permit was approved.",
        "The person had not opted out of secondary use when the permit was approved.",
        "Personen hade motsatt sig sekundäranvändning när tillståndet beviljades.",
        "Personen hade inte motsatt sig sekundäranvändning när tillståndet beviljades.",
        _opted_out_before,
    ),
    "monitoring-consent": Predicate(
        About.FACT,
        "The person consents to the monitoring.",
        "The person's consent to the monitoring is missing.",
        "Personen samtycker till tekniken.",
        "Personens samtycke till tekniken saknas.",
        conditions.consent("monitoring"),
    ),
}
