"""The named predicates that rules are written with: each a condition on custody and facts, for one who asks.

What depends on the asker alone becomes EVERYTHING or NOTHING when a rule is compiled; the rest stays a condition.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from kedja.access.actor import Actor, Kind, Purpose
from kedja.access.custody import Label, Regime
from kedja.access.rights import Reach, reach
from kedja.search.condition import (
    EVERYTHING,
    NOTHING,
    All,
    AnyOf,
    Column,
    Condition,
    Fact,
    Is,
    LacksLabelsOf,
    Overlaps,
    Same,
)


@dataclass(frozen=True, slots=True)
class Context:
    """What the asker declares in the moment (SVOD 3:5-6); whoever shows the answer also asks for the reason."""

    danger: bool = False  # danger to life or serious risk to health
    consent_unobtainable: bool = False


class About(StrEnum):
    """What a predicate looks at."""

    ASKER = "asker"
    REGIME = "regime"
    RESOURCE = "resource"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, with what they declare, when."""

    actor: Actor
    context: Context
    now: datetime

    @property
    def provider(self) -> str:
        return self.actor.assignment.provider if self.actor.assignment else ""

    @property
    def unit(self) -> str:
        return self.actor.assignment.unit if self.actor.assignment else ""

    @property
    def purpose(self) -> Purpose | None:
        return self.actor.assignment.purpose if self.actor.assignment else None

    @property
    def employee(self) -> str:
        """The name under which consents know this member of staff."""
        return self.actor.hsa_id or self.actor.id


Build = Callable[[Asker], Condition]


@dataclass(frozen=True, slots=True)
class Predicate:
    """One line of vocabulary; the glosses complete the sentence "it is so that ..." (sv: "det är så att ...")."""

    about: About
    gloss_en: str
    gloss_sv: str
    build: Build


def _when(holds: bool) -> Condition:
    return EVERYTHING if holds else NOTHING


def _kind(kind: Kind) -> Build:
    return lambda asker: _when(asker.actor.kind is kind and asker.actor.id != "")


def _purpose(purpose: Purpose) -> Build:
    return lambda asker: _when(asker.purpose is purpose)


def _regime(regime: Regime) -> Build:
    return lambda asker: Column("regime", "=", regime.value)


def _label(label: Label) -> Build:
    return lambda asker: Column("labels", "has", int(label))


def _own_person(asker: Asker) -> Condition:
    return Column("person", "=", asker.actor.person) if asker.actor.person > 0 else NOTHING


def _same_provider(asker: Asker) -> Condition:
    return Column("provider", "=", asker.provider) if asker.provider else NOTHING


def _own_unit(asker: Asker) -> Condition:
    return All((_same_provider(asker), Column("unit", "=", asker.unit))) if asker.provider and asker.unit else NOTHING


def _own_source(asker: Asker) -> Condition:
    name = asker.actor.assignment.id if asker.actor.assignment else ""
    return Column("source", "=", name) if name else NOTHING


def _held_by_another(asker: Asker) -> Condition:
    """Another provider's, or the social record for a vårdgivare and the health record for an omsorgsgivare (SVOD 1:3, 2:1)."""
    if not asker.provider:
        return NOTHING
    other_side = Regime.HEALTH if asker.actor.kind is Kind.CARE_WORKER else Regime.SOCIAL
    foreign = AnyOf((Column("provider", "<>", asker.provider), Column("regime", "=", other_side.value)))
    return All((Column("provider", "<>", ""), foreign))


def _within_assignment(asker: Asker) -> Condition:
    """PDL 4:2: a right of scope VE reaches the own unit, VG the own provider, SJF what is shared between providers."""
    match reach(asker.actor.assignment.rights if asker.actor.assignment else (), "läsa"):
        case Reach.SHARED | Reach.UNSTATED:
            return EVERYTHING
        case Reach.PROVIDER:
            return _same_provider(asker)
        case Reach.UNIT:
            return _own_unit(asker)
        case Reach.NOWHERE:
            return NOTHING


def _for_whole_provider(asker: Asker) -> Condition:
    rights = asker.actor.assignment.rights if asker.actor.assignment else ()
    return _when(reach(rights, "läsa") in (Reach.PROVIDER, Reach.SHARED))


def _care_relation(asker: Asker) -> Condition:
    if not asker.provider:
        return NOTHING
    return Fact("care_relation", asker.now, (Is("provider", "=", asker.provider), Is("unit", "in", ("", asker.unit))))


def _consent(kind: str) -> Build:
    def build(asker: Asker) -> Condition:
        if not asker.provider:
            return NOTHING
        where = (
            Is("kind", "=", kind),
            Is("provider", "=", asker.provider),
            Is("unit", "null-or", asker.unit),
            Is("employee", "null-or", asker.employee),
        )
        return Fact("consent", asker.now, where)

    return build


def _emergency_opening(asker: Asker) -> Condition:
    if not asker.provider or not asker.employee:
        return NOTHING
    where = (
        Is("kind", "=", "emergency"),
        Is("provider", "=", asker.provider),
        Is("unit", "null-or", asker.unit),
        Is("employee", "=", asker.employee),
    )
    return Fact("consent", asker.now, where)


def _block(kind: str) -> Build:
    def build(asker: Asker) -> Condition:
        where = (
            Is("kind", "=", kind),
            Same("provider", "provider"),
            Same("unit", "unit", or_null=True),
            Overlaps("info_start", "info_end"),
            LacksLabelsOf("excluded"),
        )
        return Fact("block", asker.now, where)

    return build


def _registry_opposition(asker: Asker) -> Condition:
    return AnyOf(
        (
            Fact("block", asker.now, (Is("kind", "=", "registry"), Is("provider", "=", ""))),
            Fact("block", asker.now, (Is("kind", "=", "registry"), Same("provider", "source"))),
        )
    )


def _asker(en: str, sv: str, build: Build) -> Predicate:
    return Predicate(About.ASKER, en, sv, build)


def _kept_as(en: str, sv: str, regime: Regime) -> Predicate:
    return Predicate(About.REGIME, f"it is kept as {en}", f"uppgiften finns i {sv}", _regime(regime))


def _resource(en: str, sv: str, build: Build) -> Predicate:
    return Predicate(About.RESOURCE, en, sv, build)


def _fact(en: str, sv: str, build: Build) -> Predicate:
    return Predicate(About.FACT, en, sv, build)


PREDICATES: Final[dict[str, Predicate]] = {
    "signed-in": _asker("somebody is signed in", "någon är inloggad", lambda asker: _when(asker.actor.id != "")),
    "citizen": _asker("the person asks for themselves", "den enskilde själv frågar", _kind(Kind.CITIZEN)),
    "guardian": _asker("a guardian asks", "en vårdnadshavare frågar", _kind(Kind.GUARDIAN)),
    "professional": _asker("health care staff ask", "hälso- och sjukvårdspersonal frågar", _kind(Kind.PROFESSIONAL)),
    "care-worker": _asker("social care staff ask", "omsorgspersonal frågar", _kind(Kind.CARE_WORKER)),
    "registry-staff": _asker("registry staff ask", "registerpersonal frågar", _kind(Kind.REGISTRY_STAFF)),
    "system": _asker("a provider's own system asks", "vårdgivarens eget system frågar", _kind(Kind.SYSTEM)),
    "purpose-care": _asker("the assignment is for care", "uppdraget gäller vård och behandling", _purpose(Purpose.CARE)),
    "purpose-administration": _asker(
        "the assignment is for patient administration", "uppdraget gäller patientadministration", _purpose(Purpose.ADMINISTRATION)
    ),
    "purpose-quality": _asker(
        "the assignment is for quality work", "uppdraget gäller kvalitetsarbete", _purpose(Purpose.QUALITY)
    ),
    "for-whole-provider": _asker(
        "the assignment names the whole provider", "uppdraget omfattar uttryckligen hela vårdgivaren", _for_whole_provider
    ),
    "danger": _asker(
        "there is danger to life or a serious risk to health",
        "det finns fara för liv eller allvarlig risk för hälsan",
        lambda asker: _when(asker.context.danger),
    ),
    "consent-unobtainable": _asker(
        "consent cannot be obtained", "samtycke inte kan inhämtas", lambda asker: _when(asker.context.consent_unobtainable)
    ),
    "health": _kept_as("a health record", "patientjournal", Regime.HEALTH),
    "social": _kept_as("a social care record", "omsorgsdokumentation", Regime.SOCIAL),
    "social-other": _kept_as("another social services record", "annan socialtjänstdokumentation", Regime.SOCIAL_OTHER),
    "registry": _kept_as("a quality registry", "kvalitetsregister", Regime.REGISTRY),
    "biobank": _kept_as("a biobank", "biobank", Regime.BIOBANK),
    "wellness": _kept_as("the person's own account", "personens eget konto", Regime.WELLNESS),
    "control": _kept_as("the person's consents and blocks", "personens samtycken och spärrar", Regime.CONTROL),
    "directory": _kept_as("a directory about no person", "katalog som inte rör någon person", Regime.DIRECTORY),
    "own-person": _resource("it is about the one who asks", "uppgiften rör den som frågar", _own_person),
    "same-provider": _resource("the own provider holds it", "den egna vårdgivaren har uppgiften", _same_provider),
    "own-unit": _resource("it was documented at the own unit", "uppgiften dokumenterades på den egna enheten", _own_unit),
    "own-source": _resource("the own source delivered it", "den egna källan har lämnat uppgiften", _own_source),
    "held-by-another": _resource(
        "another care or social care provider holds it", "en annan vårdgivare eller omsorgsgivare har uppgiften", _held_by_another
    ),
    "within-assignment": _resource("the assignment reaches it", "uppdraget omfattar uppgiften", _within_assignment),
    "not-for-patient": _resource(
        "it is not approved for the patient", "uppgiften är inte godkänd att visas för patienten", _label(Label.NOPATIENT)
    ),
    "third-party-statement": _resource(
        "it has somebody else's statement, which would put them at risk",
        "uppgiften kommer från någon annan som kan råka illa ut",
        _label(Label.THIRD_PARTY),
    ),
    "attitude-clarified": _resource(
        "it was made available for one who cannot decide",
        "uppgiften gjordes tillgänglig för någon som inte kan ta ställning",
        _label(Label.INCAPACITY),
    ),
    "insurance-assessment": _resource(
        "it belongs to an insurance-medicine assessment",
        "uppgiften hör till en försäkringsmedicinsk utredning",
        _label(Label.INSURANCE),
    ),
    "care-relation": _fact(
        "the unit has a current care relation with the person",
        "enheten har en aktuell vårdrelation till personen",
        _care_relation,
    ),
    "inner-blocked": _fact(
        "the person has blocked it within the provider", "personen har spärrat uppgiften inom vårdgivaren", _block("inner")
    ),
    "outer-blocked": _fact(
        "the person has blocked it from other providers", "personen har spärrat uppgiften för andra vårdgivare", _block("outer")
    ),
    "svod-consent": _fact(
        "the person consents to shared documentation", "personen samtycker till sammanhållen dokumentation", _consent("svod")
    ),
    "emergency-opening": _fact("an emergency opening is in force", "en nödöppning gäller", _emergency_opening),
    "wellness-shared": _fact(
        "the person shares their own measurements for care", "personen delar egna mätningar för vård", _consent("wellness-share")
    ),
    "wellness-shared-for-quality": _fact(
        "the person shares their own measurements for quality work",
        "personen delar egna mätningar för kvalitetsarbete",
        _consent("wellness-share-quality"),
    ),
    "registry-opposed": _fact(
        "the person opposes being in the registry", "personen motsätter sig registrering i registret", _registry_opposition
    ),
}
