"""The named predicates that rules are written with: the whole vocabulary of the law's files, one entry each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kedja.access import asker as conditions
from kedja.access.actor import Kind, Purpose
from kedja.access.asker import Build
from kedja.access.custody import Label, Regime


class About(StrEnum):
    """What a predicate looks at."""

    ASKER = "asker"  # who asks, for what, and what they declare
    REGIME = "regime"  # under which law the resource is kept
    HOLDER = "holder"  # by whom it is kept
    RESOURCE = "resource"  # what it is, whose it is, whether the assignment reaches it
    FACT = "fact"  # relations, consents, blocks


@dataclass(frozen=True, slots=True)
class Predicate:
    """`en`/`sv` say in a sentence that it holds, `not_en`/`not_sv` that it does not: the words of a decision's reasons."""

    about: About
    en: str
    not_en: str
    sv: str
    not_sv: str
    build: Build


def _kept(en: str, sv: str, regime: Regime) -> Predicate:
    return Predicate(
        About.REGIME,
        f"It is kept in {en}.",
        f"It is not kept in {en}.",
        f"Uppgiften finns i {sv}.",
        f"Uppgiften finns inte i {sv}.",
        conditions.regime(regime),
    )


def _asks(en: str, sv: str, kind: Kind) -> Predicate:
    return Predicate(
        About.ASKER,
        f"The one who asks is {en}.",
        f"The one who asks is not {en}.",
        f"Den som frågar är {sv}.",
        f"Den som frågar är inte {sv}.",
        conditions.kind(kind),
    )


def _for(en: str, sv: str, purpose: Purpose) -> Predicate:
    return Predicate(
        About.ASKER,
        f"The assignment is for {en}.",
        f"The assignment is not for {en}.",
        f"Uppdraget gäller {sv}.",
        f"Uppdraget gäller inte {sv}.",
        conditions.purpose(purpose),
    )


PREDICATES: Final[dict[str, Predicate]] = {
    "signed-in": Predicate(
        About.ASKER,
        "Somebody is signed in.",
        "Nobody is signed in.",
        "Någon är inloggad.",
        "Ingen är inloggad.",
        conditions.signed_in,
    ),
    "citizen": _asks("a person asking for themselves", "en person som frågar för egen del", Kind.CITIZEN),
    "guardian": _asks("a guardian", "vårdnadshavare", Kind.GUARDIAN),
    "professional": _asks("health care staff", "hälso- och sjukvårdspersonal", Kind.PROFESSIONAL),
    "care-worker": _asks("social care staff", "omsorgspersonal", Kind.CARE_WORKER),
    "registry-staff": _asks("registry staff", "registerpersonal", Kind.REGISTRY_STAFF),
    "system": _asks("a provider's own system", "en vårdgivares eget system", Kind.SYSTEM),
    "purpose-care": _for("care", "vård och behandling", Purpose.CARE),
    "purpose-administration": _for("patient administration", "patientadministration", Purpose.ADMINISTRATION),
    "purpose-quality": _for("quality work", "kvalitetsarbete", Purpose.QUALITY),
    "for-whole-provider": Predicate(
        About.ASKER,
        "The assignment names the whole provider.",
        "The assignment does not name the whole provider.",
        "Uppdraget omfattar hela vårdgivaren.",
        "Uppdraget omfattar inte hela vårdgivaren.",
        conditions.for_whole_provider,
    ),
    "danger": Predicate(
        About.ASKER,
        "There is danger to life or a serious risk to health.",
        "No danger to life or serious risk to health has been declared.",
        "Det finns fara för liv eller allvarlig risk för hälsan.",
        "Ingen fara för liv eller allvarlig risk för hälsan har angetts.",
        conditions.danger,
    ),
    "consent-unobtainable": Predicate(
        About.ASKER,
        "Consent cannot be obtained.",
        "It has not been declared that consent cannot be obtained.",
        "Samtycke kan inte inhämtas.",
        "Det har inte angetts att samtycke inte kan inhämtas.",
        conditions.consent_unobtainable,
    ),
    "health": _kept("a health record", "en patientjournal", Regime.HEALTH),
    "social": _kept("a social care record", "omsorgsdokumentation", Regime.SOCIAL),
    "social-other": _kept("another social services record", "annan socialtjänstdokumentation", Regime.SOCIAL_OTHER),
    "registry": _kept("a quality registry", "ett kvalitetsregister", Regime.REGISTRY),
    "biobank": _kept("a biobank", "en biobank", Regime.BIOBANK),
    "wellness": _kept("the person's own account", "personens eget konto", Regime.WELLNESS),
    "control": _kept("the person's consents and blocks", "personens samtycken och spärrar", Regime.CONTROL),
    "directory": _kept("a directory about no person", "en katalog som inte rör någon person", Regime.DIRECTORY),
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
    "care-relation": Predicate(
        About.FACT,
        "The unit has a current care relation with the person.",
        "The unit has no current care relation with the person.",
        "Enheten har en aktuell vårdrelation till personen.",
        "Enheten saknar en aktuell vårdrelation till personen.",
        conditions.care_relation,
    ),
    "inner-blocked": Predicate(
        About.FACT,
        "The person has blocked it from other units.",
        "The person has not blocked it from other units.",
        "Personen har spärrat uppgiften för andra enheter.",
        "Personen har inte spärrat uppgiften för andra enheter.",
        conditions.block("inner"),
    ),
    "outer-blocked": Predicate(
        About.FACT,
        "The person has blocked it from other providers.",
        "The person has not blocked it from other providers.",
        "Personen har spärrat uppgiften för andra vårdgivare.",
        "Personen har inte spärrat uppgiften för andra vårdgivare.",
        conditions.block("outer"),
    ),
    "svod-consent": Predicate(
        About.FACT,
        "The person consents to shared documentation.",
        "The person's consent to shared documentation is missing.",
        "Personen samtycker till sammanhållen dokumentation.",
        "Personens samtycke till sammanhållen dokumentation saknas.",
        conditions.consent("svod"),
    ),
    "emergency-opening": Predicate(
        About.FACT,
        "An emergency opening is in force.",
        "No emergency opening is in force.",
        "En nödöppning gäller.",
        "Ingen nödöppning gäller.",
        conditions.emergency_opening,
    ),
    "wellness-shared": Predicate(
        About.FACT,
        "The person shares their own measurements for care.",
        "The person does not share their own measurements with the unit for care.",
        "Personen delar sina egna mätningar för vård.",
        "Personen delar inte sina egna mätningar med enheten för vård.",
        conditions.consent("wellness-share"),
    ),
    "wellness-shared-for-quality": Predicate(
        About.FACT,
        "The person shares their own measurements for quality work.",
        "The person does not share their own measurements with the unit for quality work.",
        "Personen delar sina egna mätningar för kvalitetsarbete.",
        "Personen delar inte sina egna mätningar med enheten för kvalitetsarbete.",
        conditions.consent("wellness-share-quality"),
    ),
    "registry-opposed": Predicate(
        About.FACT,
        "The person opposes being in the registry.",
        "The person does not oppose being in the registry.",
        "Personen motsätter sig att finnas i registret.",
        "Personen motsätter sig inte att finnas i registret.",
        conditions.registry_opposition,
    ),
}
