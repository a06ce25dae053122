"""`Patient/$access-preview` and `Patient/$open`: stepwise disclosure for staff in care (PDL 4:4-5, SVOD 2:4-5, 3:1-6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from kedja import exactjson
from kedja.access.asker import Context
from kedja.access.disclosure import Step
from kedja.access.vocabulary.care import INDISPENSABLE
from kedja.gate import Change, new_id
from kedja.gate.disclosure import preview
from kedja.gate.everything import person_of_patient
from kedja.gate.people import Identity, identify, person_of
from kedja.gate.writes import write
from kedja.interactions.call import Answer, Call
from kedja.operations.openings import NAMES, Asked, opening
from kedja.operations.parameters import Inputs, inputs, output
from kedja.outcome import refuse

Resource = dict[str, Any]
_WHOM: Final = ("identifier", "danger", "consentUnobtainable", "indispensable", "certificate")
_RULE: Final = "https://kedja.example/fhir/rule"


async def access_preview(call: Call, resource_type: str, id: str) -> Answer:
    """Parameters with a `step` for each thing that the caller may be told of what is held about the person, in their order.

    The person is that of Patient `id`, or of `identifier` (`system|value`). Raises 403 for who does not give care.
    """
    given = inputs(call, _WHOM)
    person = (await _patient(call, given, id)).person
    return await _steps(call, person, _context(given), [])


async def open_(call: Call, resource_type: str, id: str) -> Answer:
    """Records what opens the record, by its `kind`; then the steps as they are now.

    `consent` (the patient said yes): for the caller's unit, or with `onlyMe` for the caller, for `days`. `emergency` and
    `certificate`: the caller's own, for `hours` (at most the law's limit), with a `reason`; in an emergency both `danger` and
    `consentUnobtainable` must be declared. `lift`: a block on what the caller's provider holds (at `unit`) is lifted, for the
    caller's unit or for `forProvider`, `forUnit`, `forEmployee`: with consent for `days`; with `consentUnobtainable` for
    `hours`, with a `reason`, where the care is `indispensable` or there is `danger`. `medication-list-consent`: as `consent`, for
    the medication list; `medication-list`: as `emergency`, what is blocked there too.
    """
    given = inputs(call, (*_WHOM, *NAMES))
    identity = await _patient(call, given, id)
    if not identity.patient:
        raise refuse(404, "not-found", "the person has no Patient here to record it on")
    consent = opening(Asked(call.actor, f"Patient/{identity.patient}", given, call.door.clock()))
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
    return Context(
        danger=given.flag("danger") or False,
        consent_unobtainable=given.flag("consentUnobtainable") or False,
        certificate=given.flag("certificate") or False,
        declared=frozenset({INDISPENSABLE} if given.flag("indispensable") else ()),
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
