"""What is asked for: under which law it is kept, by whom, and its marks."""

from __future__ import annotations

from typing import Final

from kedja.access import asker as conditions
from kedja.access.custody import Label, Regime
from kedja.access.vocabulary.predicate import About, Predicate, kept
from kedja.search.condition import Column

PREDICATES: Final[dict[str, Predicate]] = {
    "health": kept("a health record", "en patientjournal", Regime.HEALTH),
    "social": kept("a social care record", "omsorgsdokumentation", Regime.SOCIAL),
    "social-other": kept("another social services record", "annan socialtjänstdokumentation", Regime.SOCIAL_OTHER),
    "registry": kept("a quality registry", "ett kvalitetsregister", Regime.REGISTRY),
    "biobank": kept("a biobank", "en biobank", Regime.BIOBANK),
    "wellness": kept("the person's own account", "personens eget konto", Regime.WELLNESS),
    "control": kept("the person's consents and blocks", "personens samtycken och spärrar", Regime.CONTROL),
    "directory": kept("a directory about no person", "en katalog som inte rör någon person", Regime.DIRECTORY),
    "bookable-times": Predicate(
        About.RESOURCE,
        "It is a time that a unit offers.",
        "It is no time that a unit offers.",
        "Uppgiften är en tid som en enhet erbjuder.",
        "Uppgiften är inte en tid som en enhet erbjuder.",
        lambda asker: Column("type", "in", ("Schedule", "Slot")),
    ),
    "own-person": Predicate(
        About.RESOURCE,
        "It is about the one who asks.",
        "It is about somebody else.",
        "Uppgiften rör den som frågar.",
        "Uppgiften rör någon annan.",
        conditions.own_person,
    ),
    "same-provider": Predicate(
        About.HOLDER,
        "The own provider holds it.",
        "The own provider does not hold it.",
        "Den egna vårdgivaren har uppgiften.",
        "Den egna vårdgivaren har inte uppgiften.",
        conditions.same_provider,
    ),
    "own-unit": Predicate(
        About.HOLDER,
        "It was documented at the own unit.",
        "It was documented at another unit.",
        "Uppgiften dokumenterades på den egna enheten.",
        "Uppgiften dokumenterades på en annan enhet.",
        conditions.own_unit,
    ),
    "own-source": Predicate(
        About.HOLDER,
        "The own source delivered it.",
        "The own source did not deliver it.",
        "Den egna källan har lämnat uppgiften.",
        "Den egna källan har inte lämnat uppgiften.",
        conditions.own_source,
    ),
    "held-by-another": Predicate(
        About.HOLDER,
        "Another provider holds it.",
        "No other provider holds it.",
        "En annan vårdgivare eller omsorgsgivare har uppgiften.",
        "Ingen annan vårdgivare eller omsorgsgivare har uppgiften.",
        conditions.held_by_another,
    ),
    "reading-within-assignment": Predicate(
        About.RESOURCE,
        "The assignment's rights to read reach it.",
        "The assignment's rights to read do not reach it.",
        "Uppdragets läsrättigheter omfattar uppgiften.",
        "Uppdragets läsrättigheter omfattar inte uppgiften.",
        conditions.within_assignment("läsa"),
    ),
    "writing-within-assignment": Predicate(
        About.RESOURCE,
        "The assignment's rights to write reach it.",
        "The assignment's rights to write do not reach it.",
        "Uppdragets skrivrättigheter omfattar uppgiften.",
        "Uppdragets skrivrättigheter omfattar inte uppgiften.",
        conditions.within_assignment("skriva"),
    ),
    "not-for-patient": Predicate(
        About.RESOURCE,
        "It is not approved to be shown to the patient.",
        "It is approved to be shown to the patient.",
        "Uppgiften är inte godkänd att visas för patienten.",
        "Uppgiften är godkänd att visas för patienten.",
        conditions.label(Label.NOPATIENT),
    ),
    "third-party-statement": Predicate(
        About.RESOURCE,
        "It comes from somebody who would be at risk if it were shown.",
        "It does not come from somebody at risk.",
        "Uppgiften kommer från någon som kan råka illa ut om den visas.",
        "Uppgiften kommer inte från någon som kan råka illa ut.",
        conditions.label(Label.THIRD_PARTY),
    ),
    "attitude-clarified": Predicate(
        About.RESOURCE,
        "It was made available for one who cannot decide.",
        "It was not made available for one who cannot decide.",
        "Uppgiften gjordes tillgänglig för någon som inte kan ta ställning.",
        "Uppgiften gjordes inte tillgänglig för någon som inte kan ta ställning.",
        conditions.label(Label.INCAPACITY),
    ),
    "insurance-assessment": Predicate(
        About.RESOURCE,
        "It belongs to an insurance-medicine assessment.",
        "It does not belong to an insurance-medicine assessment.",
        "Uppgiften hör till en försäkringsmedicinsk utredning.",
        "Uppgiften hör inte till en försäkringsmedicinsk utredning.",
        conditions.label(Label.INSURANCE),
    ),
    "draft": Predicate(
        About.RESOURCE,
        "It has not been sent.",
        "It has been sent.",
        "Uppgiften är inte skickad.",
        "Uppgiften är skickad.",
        conditions.label(Label.DRAFT),
    ),
}
