"""What a case says of the person, of relations, consents, blocks and lifts, as facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from kedja.access.actor import Actor, Kind
from kedja.access.case_values import Json, flag, instant, items, one_of, section, span, text
from kedja.access.custody import Custody, Label, Regime
from kedja.access.mandate import CODES, EVERYTHING, Matter
from kedja.access.rows import BlockFact, CareRelation, ConsentFact, FactRow, LiftFact, Representation, SubjectState

INFO_TYPES: Final = {"lak": Label.ORDINATION, "upp": Label.ALERT, "other": Label.NONE}
_CONSENTS: Final = {
    "Consent": "svod",
    "Emergency": "emergency",
    "Certificate": "certificate",
    "Wellness": "wellness-share",
    "NLL": "nll",
    "NLLReason": "nll-reason",
    "NLLEmergency": "nll-emergency",
    "Monitoring": "monitoring",
    "GuardianAccess": "guardian-access",
    "ChildAccess": "child-access",
    "BiobankCare": "biobank-care",
    "BiobankQuality": "biobank-quality",
    "BiobankEducation": "biobank-education",
    "BiobankResearch": "biobank-research",
}
_OF_THE_LIST: Final = {"svod": "nll", "emergency": "nll-emergency"}  # what the same word means of the medication list
_OWN: Final = ("emergency", "certificate", "nll-emergency")
_HOLDERS: Final = ("guardian-access", "child-access", "biobank-care", "biobank-quality", "biobank-education", "biobank-research")
_BLOCKS: Final = {
    "Inner": "inner",
    "Outer": "outer",
    "Registry": "registry",
    "NLL": "nll",
    "Guardian": "guardian",
    "SecondaryUse": "secondary-use",
    "BiobankQuality": "biobank-quality",
    "BiobankEducation": "biobank-education",
    "BiobankResearch": "biobank-research",
}
_CAPACITIES: Final = ("able", "temporarily_unable", "not_only_temporarily_unable")
_RELATIONS: Final = ("current", "earlier", "none")
_OMSORG: Final = ("receives", "under_investigation", "none")
_REASONS: Final = ("PatientsConsent", "Emergency")


@dataclass(frozen=True, slots=True)
class Case:
    """Who asks for what, of which person (a key), at which time: what facts are read beside."""

    actor: Actor
    custody: Custody
    person: int
    now: datetime

    @property
    def provider(self) -> str:
        return self.actor.assignment.provider if self.actor.assignment else ""

    @property
    def unit(self) -> str:
        return self.actor.assignment.unit if self.actor.assignment else ""


def facts(case: Case, actor: Json, subject: Json, context: Json) -> list[FactRow]:
    """All that the case states as facts. Raises OutcomeError 400 that names the member which is not understood."""
    found: list[FactRow] = [*_states(case, subject), *_relations(case, context), *_represented(case, actor)]
    for place, consent in enumerate(_several(context, "consent", "consents")):
        found.append(_consent(case, consent, f"context.consent[{place}]"))
    found += [
        _block(case, one, f"subject.blocks[{place}]") for place, one in enumerate(items("subject.blocks", subject.get("blocks")))
    ]
    found += [
        _lift(case, one, f"subject.lifts[{place}]") for place, one in enumerate(items("subject.lifts", subject.get("lifts")))
    ]
    return found


def _states(case: Case, subject: Json) -> Iterator[SubjectState]:
    born = instant("subject.birth_date", subject.get("birth_date"))
    if born is not None:
        yield SubjectState(case.person, "born", starts=born)
    if subject.get("alive") is False:
        yield SubjectState(case.person, "dead")
    if subject.get("protected", "none") != "none":
        yield SubjectState(case.person, "protected")
    capacity = one_of("subject.capacity", subject.get("capacity", "able"), _CAPACITIES)
    if capacity != "able":
        yield SubjectState(case.person, capacity.replace("_", "-"), case.provider, case.unit)
    if one_of("subject.attitude", subject.get("attitude", "unknown"), ("clarified", "unknown")) == "clarified":
        yield SubjectState(case.person, "attitude-clarified", case.provider, case.unit)
    maturity = one_of("subject.child_maturity", subject.get("child_maturity", "unknown"), ("assessed_mature", "unknown"))
    if maturity == "assessed_mature":
        yield SubjectState(case.person, "assessed-mature", case.provider, case.unit)
    for name, kind in (("informed_svod", "not-informed-svod"), ("informed_registry", "not-informed-registry")):
        if not flag(f"subject.{name}", subject.get(name, True)):
            yield SubjectState(case.person, kind, case.custody.provider, case.custody.unit)
    if flag("subject.dose_dispensing", subject.get("dose_dispensing", False)):
        yield SubjectState(case.person, "dose-dispensing")


def _relations(case: Case, context: Json) -> Iterator[CareRelation]:
    relation = one_of("context.patient_relation", context.get("patient_relation", "none"), _RELATIONS)
    omsorg = one_of("context.omsorg_relation", context.get("omsorg_relation", "none"), _OMSORG)
    if not case.provider:
        return
    if relation == "current" or omsorg != "none":
        yield CareRelation(case.person, case.provider, case.unit)
    elif relation == "earlier":
        yield CareRelation(case.person, case.provider, case.unit, ends=case.now - timedelta(days=1))


def _represented(case: Case, actor: Json) -> Iterator[Representation]:
    """A guardian is one of the person; a proxy is one by a mandate alone."""
    if case.actor.kind is Kind.GUARDIAN:
        yield Representation(case.person, "guardian", case.actor.person, int(EVERYTHING))
    mandate = section(actor, "mandate")
    if mandate and case.actor.kind is Kind.PROXY:
        matters = Matter.NONE
        for name in cast("Sequence[Any]", mandate.get("matters", ())):
            matters |= CODES[one_of("actor.mandate.matters", name, CODES)]
        starts, ends = instant("actor.mandate.start", mandate.get("start")), instant("actor.mandate.end", mandate.get("end"))
        yield Representation(case.person, "proxy", case.actor.person, int(matters), starts, ends)


def _several(holder: Json, one: str, many: str) -> list[Json]:
    single = holder.get(one)
    singles = [cast("Json", single)] if isinstance(single, dict) else []
    return singles + items(f"context.{many}", holder.get(many))


def _consent(case: Case, consent: Json, where: str) -> ConsentFact:
    kind = _CONSENTS[one_of(f"{where}.type", consent.get("type", "Consent"), _CONSENTS)]
    if case.custody.regime is Regime.NLL:
        kind = _OF_THE_LIST.get(kind, kind)
    holds = kind in _HOLDERS
    provider = text(f"{where}.provider", consent.get("provider")) or (case.custody.provider if holds else case.provider)
    unit = text(f"{where}.unit", consent.get("unit")) or (case.custody.unit if holds else None)
    employee = text(f"{where}.employee", consent.get("employee"))
    if kind in _OWN and employee is None:
        employee = case.actor.hsa_id or case.actor.id
    starts, ends = instant(f"{where}.start", consent.get("start")), instant(f"{where}.end", consent.get("end"))
    return ConsentFact(case.person, kind, provider, unit, employee, starts, ends)


def _block(case: Case, block: Json, where: str) -> BlockFact:
    kind = _BLOCKS[one_of(f"{where}.type", block.get("type", ""), _BLOCKS)]
    first, last = span(f"{where}.period", block.get("period"))
    excluded = Label.NONE
    for name in cast("Sequence[Any]", block.get("exclusions", ())):
        excluded |= INFO_TYPES[one_of(f"{where}.exclusions", name, ("lak", "upp"))]
    starts, ends = instant(f"{where}.start", block.get("start")), instant(f"{where}.end", block.get("end"))
    provider = text(f"{where}.care_provider_hsa", block.get("care_provider_hsa")) or ""
    return BlockFact(
        case.person, kind, provider, text(f"{where}.unit_hsa", block.get("unit_hsa")), first, last, excluded, starts, ends
    )


def _lift(case: Case, lift: Json, where: str) -> LiftFact:
    """For the one who asks, unless it names others."""
    return LiftFact(
        case.person,
        one_of(f"{where}.type", lift.get("type", ""), ("Inner", "Outer")).lower(),
        text(f"{where}.care_provider_hsa", lift.get("care_provider_hsa")) or case.custody.provider,
        text(f"{where}.unit_hsa", lift.get("unit_hsa")),
        text(f"{where}.to_provider", lift.get("to_provider")) or case.provider,
        text(f"{where}.to_unit", lift.get("to_unit")),
        text(f"{where}.to_employee", lift.get("to_employee")),
        one_of(f"{where}.reason", lift.get("reason", "PatientsConsent"), _REASONS),
        instant(f"{where}.start", lift.get("start")),
        instant(f"{where}.end", lift.get("end")),
    )
