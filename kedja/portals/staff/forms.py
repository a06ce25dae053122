"""/staff/patient/{handle}/forms: ask the patient to answer a form; what they have answered, with its score."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from starlette.responses import Response

from kedja.gate.people import Identity
from kedja.outcome import refuse
from kedja.portals.shared import ask_forms, form_view
from kedja.portals.shared.ask_forms import Asked
from kedja.portals.shared.language import ZONE
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.staff.band import assignment_of, header, href, identity_of

_MOST_WORDS: Final = 500


async def forms(visit: Visit) -> Response:
    return await _page(visit, await identity_of(visit))


async def request(visit: Visit) -> Response:
    """Ask the patient to answer a form: it is on their page at once."""
    form, identity = await visit.form(), await identity_of(visit)
    assignment_of(visit)
    wanted = next((each for each in ask_forms.forms(visit._.code) if each.canonical == form.get("form")), None)
    why, due = " ".join(str(form.get("why", "")).split()), str(form.get("due", "")).strip()
    wrong = ""
    if wanted is None:
        wrong = visit._("Choose a form.")
    elif due and not _is_to_come(due, visit.door.clock().astimezone(ZONE).date()):
        wrong = visit._("The last day to answer cannot be over already.")
    elif len(why) > _MOST_WORDS:
        wrong = visit._("Write at most %(n)s characters.", n=_MOST_WORDS)
    if wrong or wanted is None:
        return await _page(visit, identity, wrong=wrong, draft={"form": form.get("form"), "why": why, "due": due}, status=422)
    await ask_forms.request(visit, identity.patient, wanted, why, due)
    return redirect(f"{href(visit, identity.person)}/forms?done=asked#done")


async def answers(visit: Visit) -> Response:
    """What the patient has answered, and what they answered before they changed it is in the history of the record."""
    identity = await identity_of(visit)
    one = await _one(visit, identity)
    found = form_view.answers(one.form, one.filled, visit._) if one.form and one.sent else []
    return render(visit, "staff/form.html", dense=True, patient=header(visit, identity), one=one, answers=found)


async def take_back(visit: Visit) -> Response:
    """The form need not be answered any more."""
    identity = await identity_of(visit)
    one = await _one(visit, identity)
    if not one.is_open or one.holder.unit != assignment_of(visit).unit:
        raise refuse(409, "conflict", "only the unit that has asked takes a form back, and only before it is answered")
    await ask_forms.take_back(visit, one)
    return redirect(f"{href(visit, identity.person)}/forms?done=taken-back#done")


async def _one(visit: Visit, identity: Identity) -> Asked:
    id = visit.request.path_params["id"]
    found = next((one for one in await ask_forms.asked(visit, identity.person) if one.id == id), None)
    if found is None:
        raise refuse(404, "not-found", "no such form is asked for here")
    return found


async def _page(
    visit: Visit, identity: Identity, *, wrong: str = "", draft: dict[str, Any] | None = None, status: int = 200
) -> Response:
    asked = await ask_forms.asked(visit, identity.person)
    return render(
        visit,
        "staff/forms.html",
        status,
        dense=True,
        patient=header(visit, identity),
        rows=[(one, _scores(one, visit)) for one in asked if one.state != "over"],
        forms=ask_forms.forms(visit._.code),
        unit=assignment_of(visit).unit,
        wrong=wrong,
        draft=draft or {"form": "", "why": "", "due": ""},
        done=_done(visit),
    )


def _scores(one: Asked, visit: Visit) -> Sequence[form_view.Answer]:
    return form_view.scores(one.form, one.filled, visit._) if one.form and one.sent else ()


def _is_to_come(day: str, today: date) -> bool:
    try:
        return date.fromisoformat(day) >= today and len(day) == 10
    except ValueError:
        return False


def _done(visit: Visit) -> str:
    words = {
        "asked": visit._("The patient has been asked. The form is on their page now."),
        "taken-back": visit._("The form is taken back. It need not be answered."),
    }
    return words.get(visit.request.query_params.get("done", ""), "")
