"""`Patient/$access-preview` and `Patient/$open`: stepwise disclosure for staff in care (SVOD 2:4-5, 3:1, 3:6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from kedja import exactjson
from kedja.access.asker import Context
from kedja.access.consents import emergency_consent, svod_consent
from kedja.access.disclosure import Step
from kedja.access.rules import limit
from kedja.gate import Change, new_id
from kedja.gate.disclosure import preview
from kedja.gate.everything import person_of_patient
from kedja.gate.people import Identity, identify, person_of
from kedja.gate.writes import write
from kedja.interactions.call import Answer, Call
from kedja.operations.parameters import Inputs, inputs, output
from kedja.outcome import refuse

Resource = dict[str, Any]
_WHOM: Final = ("identifier", "danger", "consentUnobtainable")
_LEAST_REASON, _MOST_REASON = 5, 500
_CONSENT_DAYS: Final = 366  # a consent that is recorded for staff is looked over at least once a year
_RULE: Final = "https://kedja.example/fhir/rule"


async def access_preview(call: Call, resource_type: str, id: str) -> Answer:
    """Parameters with a `step` for each thing that the caller may be told of what is held about the person, in their order.

    The person is that of Patient `id`, or of `identifier` (`system|value`). Raises 403 for who does not give care.
    """
    given = inputs(call, _WHOM)
    person = (await _patient(call, given, id)).person
    return await _steps(call, person, _context(given), [])


async def open_(call: Call, resource_type: str, id: str) -> Answer:
    """Records what opens the record: `kind` `consent` (the patient said yes) or `emergency`; then the steps as they are now.

    An emergency opening is the caller's own, for `hours` (at most the law's limit), with a `reason`, and both `danger` and
    `consentUnobtainable` must be declared. A consent is for the caller's unit, or with `onlyMe` for the caller, for `days`.
    """
    given = inputs(call, (*_WHOM, "kind", "reason", "hours", "days", "onlyMe"))
    makers = {"consent": _consent, "emergency": _emergency}
    kind = given.text("kind") or ""
    if kind not in makers:
        raise refuse(400, "value", f"`kind` is one of {', '.join(makers)}", "?kind")
    identity = await _patient(call, given, id)
    if not identity.patient:
        raise refuse(404, "not-found", "the person has no Patient here to record it on")
    consent = makers[kind](call, given, identity, call.door.clock())
    (written,) = await write(call.door, call.actor, [Change("Consent", new_id(), consent, fresh=True)], call.request, call.base)
    opened = {"name": "opening", "valueReference": {"reference": f"Consent/{written.id}"}}
    return await _steps(call, identity.person, _context(given), [opened])


async def _patient(call: Call, given: Inputs, id: str) -> Identity:
    """Who the person is. The look-up is logged; only staff who give care make one."""
    if id:
        person = await person_of_patient(call.door, call.actor, id, call.request)
    else:
        system, bar, value = (given.text("identifier") or "").rpartition("|")
        if not bar or not value:
            raise refuse(400, "required", "name the person: `identifier=system|value`, or call it on a Patient", "?identifier")
        person = await person_of(call.door, system, value)
    identity = await identify(call.door, call.actor, person, call.request)
    if identity is None:
        raise refuse(404, "not-found", "nobody with this number is a patient here")
    return identity


def _context(given: Inputs) -> Context:
    return Context(danger=given.flag("danger") or False, consent_unobtainable=given.flag("consentUnobtainable") or False)


def _consent(call: Call, given: Inputs, identity: Identity, now: datetime) -> Resource:
    assignment = call.actor.assignment
    assert assignment is not None  # `identify` lets nobody else by
    days = given.number("days") or 1
    if days > _CONSENT_DAYS:
        raise refuse(400, "value", f"`days` is {days}: a consent is recorded for {_CONSENT_DAYS} days at most", "?days")
    return svod_consent(
        f"Patient/{identity.patient}",
        assignment.provider,
        dated=now,
        unit=assignment.unit,
        employee=(call.actor.hsa_id or call.actor.id) if given.flag("onlyMe") else None,
        starts=now,
        ends=now + timedelta(days=days),
    )


def _emergency(call: Call, given: Inputs, identity: Identity, now: datetime) -> Resource:
    assignment = call.actor.assignment
    assert assignment is not None
    reason = " ".join((given.text("reason") or "").split())
    if not _LEAST_REASON <= len(reason) <= _MOST_REASON:
        raise refuse(400, "required", f"`reason` says in {_LEAST_REASON} to {_MOST_REASON} characters why", "?reason")
    if not (given.flag("danger") and given.flag("consentUnobtainable")):
        text = "both `danger` and `consentUnobtainable` must be true for an emergency opening (SFS 2022:913 3 kap. 6 §)"
        raise refuse(422, "business-rule", text, "?danger")
    most = limit("emergency-hours")
    hours = given.number("hours") or min(12, most)
    if hours > most:
        raise refuse(400, "value", f"`hours` is {hours}: an emergency opening lasts {most} hours at most", "?hours")
    return emergency_consent(
        f"Patient/{identity.patient}",
        assignment.provider,
        employee=call.actor.hsa_id or call.actor.id,
        unit=assignment.unit,
        reason=reason,
        starts=now,
        ends=now + timedelta(hours=hours),
    )


async def _steps(call: Call, person: int, context: Context, parts: list[Resource]) -> Answer:
    told = await preview(call.door, call.actor, person, call.request, context)
    return Answer(200, exactjson.dumps(output(*parts, *({"name": "step", "part": list(_parts(step))} for step in told.steps))))


def _parts(step: Step) -> Iterable[Resource]:
    rule = step.rule
    yield {"name": "key", "valueCode": step.key}
    yield {"name": "rule", "valueUri": f"{_RULE}/{rule.id}"}
    yield {"name": "citation", "valueString": rule.cite}
    yield {"name": "title", "valueString": rule.title_en}
    yield {"name": "title-sv", "valueString": rule.title_sv}
    yield {"name": "reveal", "valueCode": step.reveal.name.lower()}
    for obligation in step.obligations:
        yield {"name": "obligation", "valueCode": obligation.value}
    for provider in step.providers:
        yield {"name": "provider", "valueString": provider}
    for holding in step.holdings:
        held = [("regime", holding.regime.value), ("provider", holding.provider), ("unit", holding.unit)]
        yield {"name": "holding", "part": [{"name": name, "valueString": text} for name, text in held if text]}
    for reason in step.reasons:
        yield {"name": "reason", "valueString": reason.en}
