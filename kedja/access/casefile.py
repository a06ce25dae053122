"""Cases of the law as JSON: a request as a lawyer or a test would write it, and the decision as an answer to it.

The request has `actor`, `subject`, `resource`, `context` and `policy`; what is missing means none. Ids are any texts: who asks
is the person whom it is about when `actor.person_id` is `subject.person_id`. docs/reference/law.md lists every member.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, cast

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.asker import Context
from kedja.access.case_facts import INFO_TYPES, Case, facts
from kedja.access.case_values import Json, flag, instant, one_of, section, span, text, texts
from kedja.access.check import ACTIONS
from kedja.access.custody import Custody, Label, Regime
from kedja.access.decide import Request, decide
from kedja.access.decision import Decision
from kedja.access.rule import Ruleset
from kedja.access.rules import standard

_NOBODY, _SUBJECT, _ANOTHER = 0, 1, 2  # person keys of whom it is about, and of anybody else
_REGIMES: Final = {
    "PDL_INTERNAL": Regime.HEALTH,
    "SVOD": Regime.HEALTH,
    "SIP": Regime.HEALTH,
    "NLL": Regime.NLL,
    "REGISTRY": Regime.REGISTRY,
    "BIOBANK": Regime.BIOBANK,
    "WELLNESS": Regime.WELLNESS,
    "SOCIAL_OTHER": Regime.SOCIAL_OTHER,
    "RESEARCH": Regime.RESEARCH,
    "CONTROL": Regime.CONTROL,
    "DIRECTORY": Regime.DIRECTORY,
}
_LABELS: Final = {
    "NOPATIENT": Label.NOPATIENT,
    "PROTECTED": Label.PROTECTED,
    "INSURANCE": Label.INSURANCE,
    "THIRD_PARTY": Label.THIRD_PARTY,
    "NARCOTIC": Label.NARCOTIC,
    "SAMPLE_INCAPACITY": Label.SAMPLE_INCAPACITY,
    "RESEARCH_CONSENT": Label.RESEARCH_CONSENT,
}
_PURPOSES: Final = (*(purpose.value for purpose in Purpose), "certificate")
_PROTECTED: Final = ("none", "sekretessmarkering", "skyddad_folkbokforing")
_SECTIONS: Final = ("actor", "subject", "resource", "context", "policy", "action")


def request_of(case: Json) -> Request:
    """The request that a case describes. Raises OutcomeError 400 that names the member which is not understood."""
    for name in case:
        one_of("", name, _SECTIONS)
    actor, subject, resource, context, policy = (section(case, name) for name in _SECTIONS[:-1])
    custody = _custody(resource, subject)
    who = _actor(actor, subject, context, custody)
    now = _now(context, policy)
    stated = facts(Case(who, custody, _SUBJECT, now), actor, subject, context) if subject or context else []
    type = text("resource.type", resource.get("type")) or ""
    return Request(who, _action(case, who, context), custody, stated, now, _declared(context, subject), type)


def answer(case: Json, ruleset: Ruleset | None = None) -> dict[str, Any]:
    """The decision on a case: decision, rule_ids, reveal, obligations, citation, reasons (in English)."""
    law = ruleset or standard()
    day = instant("policy.ruleset_date", section(case, "policy").get("ruleset_date"))
    return as_json(decide(request_of(case), law.as_of(day.date()) if day else law))


def as_json(decision: Decision) -> dict[str, Any]:
    return {
        "decision": decision.outcome.value,
        "rule_ids": list(decision.rule_ids),
        "reveal": decision.reveal.name,
        "obligations": [obligation.value for obligation in decision.obligations],
        "citation": decision.cite,
        "reasons": [reason.en for reason in decision.reasons],
    }


def _action(case: Json, who: Actor, context: Json) -> str:
    """What is asked when it is not said: a search where there are terms, a number where that is the purpose, else to read."""
    if "action" in case:
        return one_of("action", case["action"], ACTIONS)
    if context.get("search_terms"):
        return "search"
    return "count" if who.assignment and who.assignment.purpose is Purpose.COUNT else "read"


def _actor(actor: Json, subject: Json, context: Json, custody: Custody) -> Actor:
    kind = Kind(one_of("actor.kind", actor.get("kind", ""), [kind.value for kind in Kind]))
    own = bool(actor.get("person_id")) and actor.get("person_id") == subject.get("person_id")
    acting = kind in (Kind.GUARDIAN, Kind.PROXY)
    person = _SUBJECT if own and not acting else _ANOTHER if actor.get("person_id") or acting else _NOBODY
    hsa_id = text("actor.hsa_person_id", actor.get("hsa_person_id")) or ""
    return Actor(
        hsa_id or text("actor.person_id", actor.get("person_id")) or "somebody",
        kind,
        person=person,
        hsa_id=hsa_id,
        prescriber=flag("actor.prescriber", actor.get("prescriber", False)),
        licences=texts("actor.licence", actor.get("licence")),
        assignment=_assignment(section(actor, "assignment"), context, custody),
        acts_for=_SUBJECT if acting else 0,
    )


def _assignment(given: Json, context: Json, custody: Custody) -> Assignment | None:
    """Who asks for a number without an assignment is given what the holder counts for them (PDL 5 kap. 7 §)."""
    said = one_of("context.purpose", context.get("purpose", "care"), _PURPOSES)
    purpose = Purpose.CARE if said == "certificate" else Purpose(said)
    if not given:
        return Assignment("", purpose, custody.provider, "") if purpose is Purpose.COUNT else None
    purpose = Purpose(one_of("actor.assignment.purpose", given.get("purpose", purpose.value), list(Purpose)))
    return Assignment(
        text("actor.assignment.id", given.get("id")) or "assignment",
        purpose,
        text("actor.assignment.care_provider_hsa", given.get("care_provider_hsa")) or "",
        text("actor.assignment.unit_hsa", given.get("unit_hsa")) or "",
        texts("actor.assignment.rights", given.get("rights")),
    )


def _custody(resource: Json, subject: Json) -> Custody:
    producer = section(resource, "producer")
    regime = _REGIMES[one_of("resource.regime", resource.get("regime", ""), _REGIMES)]
    provider = str(producer.get("care_provider_hsa") or producer.get("omsorgsgivare_id") or "")
    if regime is Regime.HEALTH and producer.get("omsorgsgivare_id"):
        regime = Regime.SOCIAL
    labels = INFO_TYPES[one_of("resource.info_type", resource.get("info_type", "other"), INFO_TYPES)]
    for name in cast("Sequence[Any]", resource.get("labels", ())):
        labels |= _LABELS[one_of("resource.labels", name, _LABELS)]
    if one_of("resource.made_available_basis", resource.get("made_available_basis", "none"), ("2:4", "2:6", "none")) == "2:6":
        labels |= Label.INCAPACITY
    if one_of("subject.protected", subject.get("protected", "none"), _PROTECTED) != "none":
        labels |= Label.SHIELDED
    start, end = span("resource.documented", resource.get("documented"))
    person = _SUBJECT if subject else _NOBODY
    unit = str(producer.get("unit_hsa", ""))
    return Custody(regime, person, provider, unit, start, end, labels, str(resource.get("source", "")))


def _declared(context: Json, subject: Json) -> Context:
    """One resource is asked for by who its person is, unless it is said that it was found otherwise."""
    return Context(
        danger=flag("context.danger_to_life_or_health", context.get("danger_to_life_or_health", False)),
        consent_unobtainable=not flag("context.consent_obtainable", context.get("consent_obtainable", True)),
        certificate=context.get("purpose") == "certificate",
        exactly=flag("context.exactly", context.get("exactly", bool(subject))),
        terms=frozenset(texts("context.search_terms", context.get("search_terms"))),
        declared=frozenset(texts("context.declared", context.get("declared"))),
        approved=instant("context.approved", context.get("approved")),
    )


def _now(context: Json, policy: Json) -> datetime:
    return (
        instant("context.now", context.get("now"))
        or instant("policy.ruleset_date", policy.get("ruleset_date"))
        or datetime.now(UTC)
    )
