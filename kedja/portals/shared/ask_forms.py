"""What the pages of forms ask of the gate: what a unit has asked for, its draft, its answers; saved, sent, asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kedja.access.correspondence import FORM, KIND_SYSTEM, form_request, kind_of
from kedja.access.custody import Regime
from kedja.access.instants import text_of
from kedja.forms.enable import shown
from kedja.forms.filled import Filled, items_of, of_response
from kedja.forms.form import Form, read
from kedja.forms.populate import extracted, populated
from kedja.forms.scores import calculate
from kedja.forms.shipped import questionnaires, shipped
from kedja.gate import Door, new_id
from kedja.gate.correspondence import OWN, Holder, Piece, correspond
from kedja.outcome import OutcomeError
from kedja.portals.shared import ask
from kedja.portals.shared.entry import Held, Resource, When
from kedja.portals.shared.page import Visit
from kedja.portals.shared.read import text, when

ASKED: Final = "https://kedja.example/fhir/sid/form-request"
"""The system of the identifier by which a draft and an answer belong to the Task that asked for them."""
_TYPES: Final = ("Task", "QuestionnaireResponse")


@dataclass(frozen=True, slots=True)
class Asked:
    """A form that a unit has asked for. `draft` and `sent` are responses; a draft beside a sent one changes it."""

    id: str
    task: Resource
    holder: Holder
    form: Form | None
    unit: str
    by: str
    why: str
    at: When | None
    due: When | None
    draft: Resource | None
    sent: Resource | None

    @property
    def is_open(self) -> bool:
        return self.sent is None and text(self.task, "status") in ("requested", "in-progress")

    @property
    def state(self) -> str:
        """`asked`, `begun`, `sent`, or `over`: taken back without an answer."""
        if self.sent is not None:
            return "sent"
        return ("begun" if self.draft else "asked") if self.is_open else "over"

    def title(self, code: str) -> str:
        return self.form.title.of(code) if self.form else text(self.task, "code", "text")

    @property
    def sent_by(self) -> str:
        """Who answered, where it was not the person."""
        return text(self.sent, "author", "display") if self.sent else ""

    @property
    def sent_at(self) -> When | None:
        return when(self.sent.get("authored")) if self.sent else None

    @property
    def filled(self) -> Filled:
        """What has been answered: in the draft, else in what was sent."""
        response = self.draft or self.sent
        return of_response(self.form, response) if self.form and response else Filled()


async def asked(visit: Visit, person: int | None = None) -> list[Asked]:
    """All forms that were asked for of the person, or of whom the visitor acts for; newest first."""
    held = await ask.person_record(visit, visit.actor.subject if person is None else person, _TYPES)
    return gathered(held, await ask.directory(visit), visit.door)


def gathered(held: Sequence[Held], directory: Mapping[str, str], door: Door) -> list[Asked]:
    """The forms among resources of `_TYPES`. Pure but for the definitions that are kept in memory."""
    drafts: dict[str, Resource] = {}
    sent: dict[str, Resource] = {}
    for each in held:
        if text(each.resource, "identifier", "system") == ASKED:
            of = drafts if each.regime == Regime.WELLNESS else sent
            of[text(each.resource, "identifier", "value")] = each.resource
    tasks = [each for each in held if is_request(each.resource)]
    found = [_asked(each, directory, door, drafts, sent) for each in tasks]
    return sorted(found, key=lambda one: text(one.task, "authoredOn"), reverse=True)


def is_request(resource: Resource) -> bool:
    return kind_of(resource) == FORM


def _asked(
    held: Held, directory: Mapping[str, str], door: Door, drafts: Mapping[str, Resource], sent: Mapping[str, Resource]
) -> Asked:
    task = held.resource
    id = text(task, "id")
    return Asked(
        id=id,
        task=task,
        holder=Holder(Regime(held.regime), held.provider, held.unit),
        form=form_of(door, text(task, "input", "valueCanonical")),
        unit=directory.get(held.unit, held.unit) or text(task, "requester", "display"),
        by=text(task, "requester", "display"),
        why=text(task, "description"),
        at=when(task.get("authoredOn")),
        due=when(text(task, "restriction", "period", "end")),
        draft=drafts.get(id),
        sent=sent.get(id),
    )


def form_of(door: Door, canonical: str) -> Form | None:
    """The form of this address: one that is stored here, else one that comes along. None where there is none to be filled in."""
    stored = door.definitions.last.find("Questionnaire", canonical)
    if stored is None:
        return shipped(canonical)
    try:
        return read(stored)
    except OutcomeError:
        return None


def forms(_code: str) -> list[Form]:
    """The forms that can be asked for, by title in this language."""
    found = [form for each in questionnaires() if (form := shipped(each))]
    return sorted(found, key=lambda form: form.title.of(_code))


async def start(visit: Visit, one: Asked) -> Filled:
    """The answers that a form begins with: what was kept or sent, else what is known of it already."""
    if one.form is None or one.draft or one.sent or not any(item.populated for item in one.form.walk()):
        return one.filled
    goals = [each.resource for each in await ask.own_record(visit, ["Goal"])]
    own = [each for each in goals if text(each, "lifecycleStatus") == "active" and text(each, "expressedBy", "reference")]
    return populated(one.form, {"goals": sorted(own, key=lambda each: text(each, "startDate"))})


async def save(visit: Visit, one: Asked, filled: Filled) -> None:
    """Keep the answers as a draft in the person's own account. Raises OutcomeError 409 where it was changed meanwhile."""
    assert one.form is not None
    response = _response(visit, one, filled, "in-progress")
    seen = int(text(one.draft, "meta", "versionId")) if one.draft else 0
    id = text(one.draft, "id") if one.draft else new_id()
    await correspond(visit.door, visit.actor, [Piece("QuestionnaireResponse", id, response, OWN, seen)], visit.id)


async def send(visit: Visit, one: Asked, filled: Filled) -> None:
    """Send the answers: they are the unit's from now on, the draft is gone, what was asked is done. All or nothing."""
    assert one.form is not None
    response = _response(visit, one, filled, "amended" if one.sent else "completed")
    stood = int(text(one.sent, "meta", "versionId")) if one.sent else 0
    id = text(one.sent, "id") if one.sent else new_id()
    pieces = [Piece("QuestionnaireResponse", id, response, one.holder, stood)]
    if one.draft:
        pieces.append(Piece("QuestionnaireResponse", text(one.draft, "id"), None, OWN, int(text(one.draft, "meta", "versionId"))))
    if not one.sent:
        pieces += [Piece("Task", one.id, _done(one, id), one.holder, int(text(one.task, "meta", "versionId")))]
        made = extracted(one.form, filled, visit.door.clock())
        pieces += [Piece(each["resourceType"], new_id(), _of_person(each, one), one.holder) for each in made]
    await correspond(visit.door, visit.actor, pieces, visit.id)


async def discard(visit: Visit, one: Asked) -> None:
    """Throw a draft away."""
    if one.draft:
        seen = int(text(one.draft, "meta", "versionId"))
        await correspond(
            visit.door, visit.actor, [Piece("QuestionnaireResponse", text(one.draft, "id"), None, OWN, seen)], visit.id
        )


async def request(visit: Visit, patient: str, form: Form, why: str, due: str) -> None:
    """As staff: ask a patient to answer a form. `patient` is an id, `due` an ISO date or ''."""
    assert visit.actor.assignment is not None
    by = ", ".join(filter(None, (visit.actor.name, visit.actor.assignment.unit_name)))
    task = form_request(
        patient=f"Patient/{patient}",
        form=form.canonical,
        title=form.title.text,
        by=by,
        now=visit.door.clock(),
        why=why,
        due=due,
    )
    await ask.put(visit, task)


async def take_back(visit: Visit, one: Asked) -> None:
    """As staff: what was asked for need not be answered."""
    await ask.put(visit, {**one.task, "status": "cancelled"})


def _response(visit: Visit, one: Asked, filled: Filled, status: str) -> Resource:
    assert one.form is not None
    filled = calculate(one.form, filled)
    patient = one.task["for"]
    author = {"display": visit.actor.name or visit.actor.id} if visit.actor.acts_for else patient
    made: Resource = {
        "resourceType": "QuestionnaireResponse",
        "identifier": {"system": ASKED, "value": one.id},
        "questionnaire": one.form.canonical,
        "status": status,
        "subject": patient,
        "authored": text_of(visit.door.clock()),
        "author": author,
    }
    found = items_of(one.form, filled, shown(one.form, filled))
    return made | ({"item": found} if found else {})


def _done(one: Asked, response: str) -> Resource:
    coding = {"system": KIND_SYSTEM, "code": FORM}
    output = [{"type": {"coding": [coding]}, "valueReference": {"reference": f"QuestionnaireResponse/{response}"}}]
    return {**one.task, "status": "completed", "output": output}


def _of_person(made: Resource, one: Asked) -> Resource:
    return {**made, "subject": one.task["for"], "expressedBy": one.task["for"]}
