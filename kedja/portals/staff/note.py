"""/staff/patient/{handle}/note/{id}: a note with its versions; it is signed here, and a correction of it is begun.
/staff/notes: what one has begun and not finished, and what waits for one's signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from kedja.documentation.note import CORRECTION, author_of, narrative, signed, template_of
from kedja.outcome import OutcomeError, refuse
from kedja.portals.shared.entry import Resource, When
from kedja.portals.shared.markup import plain_text
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.read import items, objects, text, when
from kedja.portals.staff import ask_notes, notes
from kedja.portals.staff.band import employee_of, header, href, identity_of
from kedja.portals.staff.handle import handle, person_of


@dataclass(frozen=True, slots=True)
class Told:
    """A version of a note in words. `signed_by` is '' while it is not signed."""

    title: str
    status: str
    at: When | None
    author: str
    where: str
    signed_by: str
    signed_at: When | None
    reason: str
    sections: tuple[tuple[str, str], ...]


async def note(visit: Visit) -> Response:
    """The note as it stands, or an earlier version of it with `?version=`."""
    return await _page(visit)


async def act(visit: Visit) -> Response:
    """`do`: `sign` what was shown, or begin to `correct` it."""
    form, person, id = await visit.form(), person_of(visit), visit.request.path_params["id"]
    found = await ask_notes.note(visit, person, id)
    if form.get("do") == "correct":
        if text(found.composition, "status") == "preliminary" and author_of(found.composition) != employee_of(visit):
            raise refuse(403, "forbidden", visit._("A note that is not signed is changed by its author."))
        body = notes.of_note(found.composition, list(found.resources))
        if body is None:
            raise refuse(
                422,
                "business-rule",
                visit._("This note was written elsewhere, and is corrected there."),
            )
        draft = ask_notes.new()
        corrects = f"Composition/{id}/_history/{found.version}"
        await ask_notes.keep(visit, person, draft, text(found.composition, "subject", "reference"), body, corrects)
        return redirect(f"{href(visit, person)}/notes/{draft}")
    if form.get("do") != "sign":
        raise refuse(422, "value", visit._("Choose what to do with the note."))
    if text(found.composition, "status") != "preliminary":
        return await _page(visit, visit._("The note is signed already."), 409)
    if author_of(found.composition) != employee_of(visit):
        raise refuse(403, "forbidden", visit._("A note is signed by its author (PDL 3 kap. 10 §)."))
    if str(form.get("version", "")) != str(found.version):
        return await _page(visit, visit._("The note was changed since you read it. Read it again before you sign."), 409)
    try:
        made = signed(found.resources, ask_notes.author(visit), visit.door.clock())
        await ask_notes.change(visit, found.resources, made, found.version)
    except OutcomeError as error:
        if error.status != 412:
            raise
        return await _page(visit, visit._("The note was changed since you read it. Read it again before you sign."), 409)
    return redirect(f"{href(visit, person)}/note/{id}?done=signed#done")


async def mine(visit: Visit) -> Response:
    """Drafts and unsigned notes of one's own, whoever they are about."""
    drafts, waiting = await ask_notes.drafts(visit), await ask_notes.unsigned(visit)
    return render(
        visit,
        "staff/notes_mine.html",
        dense=True,
        drafts=[(_address(visit, each.person, f"notes/{each.id}"), notes.titled(each, visit._), each.updated) for each in drafts],
        unsigned=[
            (
                _address(visit, each.person, f"note/{each.composition['id']}"),
                each.patient,
                text(each.composition, "title"),
                when(text(each.composition, "date")),
            )
            for each in waiting
        ],
    )


async def _page(visit: Visit, wrong: str = "", status: int = 200) -> Response:
    person, id = person_of(visit), visit.request.path_params["id"]
    identity = await identity_of(visit)
    found = await ask_notes.note(visit, person, id)
    version = _version(visit, found.version)
    composition = found.composition if version == found.version else await ask_notes.earlier(visit, person, id, version)
    unsigned = text(found.composition, "status") == "preliminary"
    own = author_of(found.composition) == employee_of(visit)
    return render(
        visit,
        "staff/note.html",
        status,
        dense=True,
        patient=header(visit, identity),
        note=told(composition),
        version=version,
        newest=found.version,
        may_sign=unsigned and own and version == found.version,
        may_correct=(own or not unsigned) and version == found.version and notes.of_note(found.composition, []) is not None,
        wrong=wrong,
        done=visit.request.query_params.get("done", ""),
    )


def told(composition: Resource) -> Told:
    """A Composition in words."""
    attester = next((each for each in objects(composition, "attester") if text(each, "mode") == "legal"), {})
    extensions = objects(composition, "extension")
    return Told(
        title=text(composition, "title"),
        status=text(composition, "status"),
        at=when(text(composition, "date")),
        author=", ".join(each for each in items(composition, "author", "display") if isinstance(each, str)),
        where=text(composition, "custodian", "display"),
        signed_by=text(attester, "party", "display"),
        signed_at=when(text(attester, "time")),
        reason=next((text(each, "valueString") for each in extensions if text(each, "url") == CORRECTION), ""),
        sections=_sections(objects(composition, "section"), ours=bool(template_of(composition))),
    )


def _sections(sections: Sequence[Resource], *, ours: bool) -> tuple[tuple[str, str], ...]:
    return tuple((text(each, "title"), narrative(each) if ours else plain_text(text(each, "text", "div"))) for each in sections)


def _version(visit: Visit, newest: int) -> int:
    asked = visit.request.query_params.get("version", "")
    if not asked:
        return newest
    if not asked.isascii() or not asked.isdigit() or not 0 < int(asked[:9]) <= newest:
        raise refuse(404, "not-found", visit._("There is no such version of the note."))
    return int(asked[:9])


def _address(visit: Visit, person: int, place: str) -> str:
    return f"/staff/patient/{handle(visit, person)}/{place}"
