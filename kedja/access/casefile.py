"""Cases of the law as JSON: a request as a lawyer or a test would write it, and the decision as an answer to it.

The request has `actor`, `subject`, `resource`, `context` and `policy`; what is missing means none. Ids are any texts: who asks
is the person whom it is about when `actor.person_id` is `subject.person_id`. Blocks of the person stand in `subject.blocks`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final, cast

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.asker import Context
from kedja.access.custody import Custody, Label, Regime
from kedja.access.decide import Request, decide
from kedja.access.decision import Decision
from kedja.access.rows import BlockFact, CareRelation, ConsentFact, FactRow
from kedja.access.rule import Ruleset
from kedja.outcome import OutcomeError, refuse

Json = Mapping[str, Any]

_SUBJECT, _ANOTHER = 1, 2  # person keys of whom it is about, and of anybody else
_REGIMES: Final = {
    "PDL_INTERNAL": Regime.HEALTH,
    "SVOD": Regime.HEALTH,
    "REGISTRY": Regime.REGISTRY,
    "BIOBANK": Regime.BIOBANK,
    "WELLNESS": Regime.WELLNESS,
    "SOCIAL_OTHER": Regime.SOCIAL_OTHER,
    "CONTROL": Regime.CONTROL,
}
_LABELS: Final = {
    "NOPATIENT": Label.NOPATIENT,
    "PROTECTED": Label.PROTECTED,
    "INSURANCE": Label.INSURANCE,
    "THIRD_PARTY": Label.THIRD_PARTY,
}
_INFO_TYPES: Final = {"lak": Label.ORDINATION, "upp": Label.ALERT, "other": Label.NONE}
_CONSENTS: Final = {"Consent": "svod", "Emergency": "emergency", "Wellness": "wellness-share"}
_SECTIONS: Final = ("actor", "subject", "resource", "context", "policy", "action")


def request_of(case: Json) -> Request:
    """The request that a case describes. Raises OutcomeError 400 that names the member which is not understood."""
    for name in case:
        _one_of("", name, _SECTIONS)
    sections = {name: _section(case, name) for name in _SECTIONS[:-1]}
    actor = _actor(sections["actor"], sections["subject"])
    now = _now(sections["context"], sections["policy"])
    action = str(case.get("action", "read"))
    facts = _facts(actor, sections["subject"], sections["context"])
    return Request(actor, action, _custody(sections["resource"], sections["subject"]), facts, now, _declared(sections["context"]))


def answer(case: Json, ruleset: Ruleset | None = None) -> dict[str, Any]:
    """The decision on a case: decision, rule_ids, reveal, obligations, citation, reasons (in English)."""
    return as_json(decide(request_of(case), ruleset))


def as_json(decision: Decision) -> dict[str, Any]:
    return {
        "decision": decision.outcome.value,
        "rule_ids": list(decision.rule_ids),
        "reveal": decision.reveal.name,
        "obligations": [obligation.value for obligation in decision.obligations],
        "citation": decision.cite,
        "reasons": [reason.en for reason in decision.reasons],
    }


def _actor(actor: Json, subject: Json) -> Actor:
    kind = Kind(_one_of("actor.kind", actor.get("kind", ""), [kind.value for kind in Kind]))
    assignment = _assignment(_section(actor, "assignment"))
    own = bool(actor.get("person_id")) and actor.get("person_id") == subject.get("person_id")
    person = (_SUBJECT if own else _ANOTHER) if actor.get("person_id") else 0
    hsa_id = str(actor.get("hsa_person_id", ""))
    name = hsa_id or str(actor.get("person_id", "")) or "somebody"
    return Actor(name, kind, person=person, hsa_id=hsa_id, prescriber=actor.get("prescriber") is True, assignment=assignment)


def _assignment(given: Json) -> Assignment | None:
    if not given:
        return None
    purpose = Purpose(_one_of("actor.assignment.purpose", given.get("purpose", "care"), [purpose.value for purpose in Purpose]))
    rights = tuple(str(right) for right in cast("Sequence[object]", given.get("rights", ())))
    return Assignment(
        str(given.get("id", "assignment")),
        purpose,
        str(given.get("care_provider_hsa", "")),
        str(given.get("unit_hsa", "")),
        rights,
    )


def _custody(resource: Json, subject: Json) -> Custody:
    producer = _section(resource, "producer")
    regime = _REGIMES[_one_of("resource.regime", resource.get("regime", ""), _REGIMES)]
    provider = str(producer.get("care_provider_hsa") or producer.get("omsorgsgivare_id") or "")
    if regime is Regime.HEALTH and producer.get("omsorgsgivare_id"):
        regime = Regime.SOCIAL
    labels = _INFO_TYPES[_one_of("resource.info_type", resource.get("info_type", "other"), _INFO_TYPES)]
    for name in cast("Sequence[Any]", resource.get("labels", ())):
        labels |= _LABELS[_one_of("resource.labels", name, _LABELS)]
    if resource.get("made_available_basis") == "2:6":
        labels |= Label.INCAPACITY
    start, end = _span("resource.documented", resource.get("documented"))
    person = _SUBJECT if subject else 0
    return Custody(
        regime, person, provider, str(producer.get("unit_hsa", "")), start, end, labels, str(resource.get("source", ""))
    )


def _facts(actor: Actor, subject: Json, context: Json) -> list[FactRow]:
    facts: list[FactRow] = []
    provider = actor.assignment.provider if actor.assignment else ""
    unit = actor.assignment.unit if actor.assignment else ""
    relation = _one_of("context.patient_relation", context.get("patient_relation", "none"), ("current", "earlier", "none"))
    omsorg = _one_of("context.omsorg_relation", context.get("omsorg_relation", "none"), _OMSORG)
    if provider and (relation == "current" or omsorg != "none"):
        facts.append(CareRelation(_SUBJECT, provider, unit))
    consent = context.get("consent")
    if isinstance(consent, dict):
        facts.append(_consent(cast("Json", consent), provider))
    blocks = cast("Sequence[Any]", subject.get("blocks", ()))
    return facts + [_block(cast("Json", block), place) for place, block in enumerate(blocks)]


_OMSORG: Final = ("receives", "under_investigation", "none")


def _consent(consent: Json, provider: str) -> ConsentFact:
    kind = _CONSENTS[_one_of("context.consent.type", consent.get("type", "Consent"), _CONSENTS)]
    start = _instant("context.consent.start", consent.get("start"))
    end = _instant("context.consent.end", consent.get("end"))
    unit, employee = consent.get("unit"), consent.get("employee")
    return ConsentFact(_SUBJECT, kind, str(consent.get("provider", provider)), unit, employee, start, end)


def _block(block: Json, place: int) -> BlockFact:
    where = f"subject.blocks[{place}]"
    kind = _one_of(f"{where}.type", block.get("type", ""), ("Inner", "Outer", "Registry")).lower()
    start, end = _span(f"{where}.period", block.get("period"))
    excluded = Label.NONE
    for name in cast("Sequence[Any]", block.get("exclusions", ())):
        excluded |= _INFO_TYPES[_one_of(f"{where}.exclusions", name, ("lak", "upp"))]
    return BlockFact(_SUBJECT, kind, str(block.get("care_provider_hsa", "")), block.get("unit_hsa"), start, end, excluded)


def _declared(context: Json) -> Context:
    obtainable = context.get("consent_obtainable", True)
    return Context(danger=context.get("danger_to_life_or_health") is True, consent_unobtainable=obtainable is False)


def _now(context: Json, policy: Json) -> datetime:
    """`context.now`; else the day of the rules; else now."""
    return (
        _instant("context.now", context.get("now"))
        or _instant("policy.ruleset_date", policy.get("ruleset_date"))
        or datetime.now(UTC)
    )


def _span(where: str, given: Any) -> tuple[datetime | None, datetime | None]:
    if given is None:
        return None, None
    if not isinstance(given, list) or len(cast("list[Any]", given)) != 2:
        raise _wrong(where, "two dates, or null for an open end")
    return _instant(where, given[0]), _instant(where, given[1], last=True)


def _instant(where: str, text: Any, *, last: bool = False) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise _wrong(where, "a date or an instant, as 2026-03-15 or 2026-03-15T10:00:00Z") from None
    if last and len(text) == len("2026-03-15"):
        found = datetime.combine(found.date(), time.max)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _section(holder: Json, name: str) -> Json:
    found = holder.get(name)
    if found is None or found == "none":
        return {}
    if not isinstance(found, dict):
        raise _wrong(name, "an object")
    return cast("Json", found)


def _one_of(where: str, value: Any, allowed: Sequence[str] | Mapping[str, Any]) -> str:
    if value not in allowed:
        raise _wrong(where or str(value), f"one of {', '.join(allowed)}")
    return value


def _wrong(where: str, wanted: str) -> OutcomeError:
    return refuse(400, "value", f"`{where}` in the case should be {wanted}", where)
