"""/staff/patient/{handle}/notes: a note is begun by a template, written as a draft, and saved or signed.

What is typed is kept at each step, also where it cannot be saved as a note yet; a script keeps it meanwhile, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from kedja.documentation.note import answers_of, compose, corrected, signed, template_of
from kedja.documentation.template import Choice, Template, check, templates
from kedja.gate.drafts import Draft
from kedja.outcome import OutcomeError, refuse
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.read import text
from kedja.portals.staff import ask_notes
from kedja.portals.staff.band import header, href, identity_of, reason_of
from kedja.portals.staff.handle import person_of

QUESTIONNAIRE: Final = "https://kedja.example/fhir/Questionnaire/note-"
BECAUSE: Final = "because"  # why a note is corrected: a name that no field of a template has


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as the form shows it, in the visitor's language."""

    id: str
    label: str
    kind: str
    required: bool
    unit: str
    typed: str
    wrong: str
    choices: tuple[tuple[str, str], ...]


async def begin(visit: Visit) -> Response:
    """Which kind of note; and the drafts that one has about the patient already."""
    identity = await identity_of(visit)
    mine = await ask_notes.drafts(visit, patient=f"Patient/{identity.patient}")
    return render(
        visit,
        "staff/notes.html",
        dense=True,
        patient=header(visit, identity),
        templates=[(each.id, title(each, visit._)) for each in templates().values()],
        drafts=[(each, titled(each, visit._)) for each in mine],
        done=visit.request.query_params.get("done", ""),
    )


async def start(visit: Visit) -> Response:
    form, person = await visit.form(), person_of(visit)
    template = templates().get(str(form.get("template", "")))
    if template is None:
        raise refuse(422, "value", visit._("Choose which kind of note you are writing."))
    identity, id = await identity_of(visit), ask_notes.new()
    await ask_notes.keep(visit, person, id, f"Patient/{identity.patient}", body(template, {}, identity.patient))
    return redirect(f"{href(visit, person)}/notes/{id}")


async def write(visit: Visit) -> Response:
    draft = await ask_notes.draft(visit, person_of(visit), visit.request.path_params["id"])
    return await _page(visit, draft, *read(draft.body), kept=visit.request.query_params.get("kept") == "1")


async def keep(visit: Visit) -> Response:
    """`do`: `draft`, `auto` (by the script), `save`, `sign`, `discard`. Whatever it is, what was typed is kept first."""
    form, person = await visit.form(), person_of(visit)
    draft = await ask_notes.draft(visit, person, visit.request.path_params["id"])
    template, _ = read(draft.body)
    answers = {field.id: str(form.get(field.id, ""))[:100_000] for field in template.fields}
    deed, reason = str(form.get("do", "draft")), reason_of(form.get(BECAUSE))
    if deed == "discard":
        await ask_notes.drop(visit, person, draft.id)
        return redirect(f"{href(visit, person)}/notes?done=discarded#done")
    kept = body(template, answers, draft.patient.removeprefix("Patient/"), str(form.get(BECAUSE, "")))
    await ask_notes.keep(visit, person, draft.id, draft.patient, kept, draft.corrects)
    if deed == "auto":
        return Response(status_code=204)
    if deed not in ("save", "sign"):
        return redirect(f"{visit.request.url.path}?kept=1#done")
    wrong = dict[str, str](check(template, answers)) | ({BECAUSE: "required"} if draft.corrects and not reason else {})
    if wrong:
        return await _page(visit, draft, template, answers, wrong=wrong, reason=str(form.get(BECAUSE, "")))
    try:
        id = await (_correct if draft.corrects else _save)(visit, draft, template, answers, reason, sign=deed == "sign")
    except OutcomeError as error:
        if error.status not in (409, 412):
            raise
        told = visit._("Somebody changed the note meanwhile. Your text is kept: open the note, and correct it as it is now.")
        return await _page(visit, draft, template, answers, reason=reason, told=told, status=409)
    await ask_notes.drop(visit, person, draft.id)
    return redirect(f"{href(visit, person)}/note/{id}?done={'signed' if deed == 'sign' or draft.corrects else 'saved'}#done")


async def _save(visit: Visit, draft: Draft, template: Template, answers: Mapping[str, str], reason: str, *, sign: bool) -> str:
    now, author = visit.door.clock(), ask_notes.author(visit)
    made = compose(template, answers, author, draft.patient, now, ask_notes.new)
    await ask_notes.create(visit, signed(made, author, now) if sign else made)
    return made[0]["id"]


async def _correct(visit: Visit, draft: Draft, template: Template, answers: Mapping[str, str], reason: str, *, sign: bool) -> str:
    """A correction stands once it is signed, by who makes it: there is no other version to show until then."""
    _, id, _, version = draft.corrects.split("/")
    note = await ask_notes.note(visit, draft.person, id)
    now, author = visit.door.clock(), ask_notes.author(visit)
    made = corrected(note.resources, template, answers, author, now, reason, ask_notes.new)
    await ask_notes.change(visit, note.resources, made, int(version))
    return id


async def _page(
    visit: Visit,
    draft: Draft,
    template: Template,
    answers: Mapping[str, str],
    *,
    wrong: Mapping[str, str] | None = None,
    reason: str | None = None,
    told: str = "",
    kept: bool = False,
    status: int = 200,
) -> Response:
    wrong = wrong or {}
    words = wrong_words(visit._)
    return render(
        visit,
        "staff/note_form.html",
        422 if wrong else status,
        dense=True,
        patient=header(visit, await identity_of(visit)),
        draft=draft,
        title=title(template, visit._),
        fields=shown(template, answers, {id: words.get(each, each) for id, each in wrong.items()}, visit._),
        wrong=len(wrong),
        wrong_reason=words["required"] if BECAUSE in wrong else "",
        reason=reason_typed(draft.body) if reason is None else reason,
        told=told,
        kept=kept,
    )


def shown(template: Template, answers: Mapping[str, str], wrong: Mapping[str, str], _: Language) -> list[Shown]:
    """The fields as the form shows them."""
    return [
        Shown(
            field.id,
            _label(field.label_sv, field.label_en, _),
            field.kind,
            field.required,
            field.unit_words,
            answers.get(field.id, ""),
            wrong.get(field.id, ""),
            tuple((each.value, _choice(each, _)) for each in field.choices),
        )
        for field in template.fields
    ]


def body(template: Template, answers: Mapping[str, str], patient: str, reason: str = "") -> Resource:
    """What was typed, as a QuestionnaireResponse in progress."""
    typed = {**answers, **({BECAUSE: reason} if reason else {})}
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": QUESTIONNAIRE + template.id,
        "status": "in-progress",
        "subject": {"reference": f"Patient/{patient}"},
        "item": [{"linkId": id, "answer": [{"valueString": words}]} for id, words in typed.items() if words],
    }


def read(kept: Mapping[str, Any]) -> tuple[Template, dict[str, str]]:
    """The template and the answers of a draft's body."""
    template = templates()[str(kept["questionnaire"]).removeprefix(QUESTIONNAIRE)]
    return template, {each["linkId"]: each["answer"][0]["valueString"] for each in kept.get("item", ())}


def reason_typed(kept: Mapping[str, Any]) -> str:
    return read(kept)[1].get(BECAUSE, "")


def of_note(composition: Resource, resources: list[Resource]) -> Resource | None:
    """The body of a draft that corrects this note; None for a note that no template of ours made."""
    template = templates().get(template_of(composition))
    patient = text(composition, "subject", "reference").removeprefix("Patient/")
    return body(template, answers_of(template, resources), patient) if template else None


def title(template: Template, _: Language) -> str:
    return _label(template.title_sv, template.title_en, _)


def titled(draft: Draft, _: Language) -> str:
    return title(read(draft.body)[0], _)


def wrong_words(_: Language) -> dict[str, str]:
    return {
        "required": _("This must be filled in."),
        "number": _("Write a number, as 72 or 36.5."),
        "bounds": _("That number cannot be right. Check it."),
        "choice": _("Choose one of these."),
        "code": _("That is no code of ICD-10-SE: write it as I10.9."),
        "pair": _("Both numbers of a blood pressure belong together."),
        "long": _("This is longer than a note can be. Shorten it."),
    }


def _label(sv: str, en: str, _: Language) -> str:
    return sv if _.code == "sv" else en


def _choice(choice: Choice, _: Language) -> str:
    return _label(choice.label_sv, choice.label_en, _)
