"""/me/forms: what units have asked the person to answer; the answers, saved as one goes, looked over, sent and changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from kedja.forms import check
from kedja.forms.fields import Taken, name_of, place_of, take
from kedja.forms.filled import MOST_INSTANCES, Filled
from kedja.forms.form import Form
from kedja.forms.scores import calculate
from kedja.outcome import OutcomeError, refuse
from kedja.portals.shared import ask_forms, form_view
from kedja.portals.shared.ask_forms import Asked
from kedja.portals.shared.form_view import Troubles
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.security import HEADERS, PRIVATE


async def forms(visit: Visit) -> Response:
    found = await ask_forms.asked(visit)
    by_state = {state: [one for one in found if one.state == state] for state in ("asked", "begun", "sent")}
    return render(visit, "citizen/forms.html", done=_done(visit), **by_state)


async def form(visit: Visit) -> Response:
    """A page of the form; what was sent, where it was sent and is not being changed."""
    one = await _one(visit)
    query = visit.request.query_params
    if one.sent and one.draft is None and "step" not in query:
        return _sent(visit, one)
    number = _number(query.get("step", ""), len(form_view.steps_of(_form_of(one))))
    filled = _with_more(_form_of(one), await ask_forms.start(visit, one), query.getlist("count"))
    return _page(visit, one, filled, number, fresh="new" in query)


async def save(visit: Visit) -> Response:
    """Keep what is on the page, and go where the button says. What cannot be read stays on the page, with why."""
    form, one = await visit.form(), await _one(visit)
    if one.state == "over":
        raise refuse(409, "conflict", "the unit has taken this form back: nothing is to be answered any more")
    of, number = _form_of(one), _number(str(form.get("step", "")), len(form_view.steps_of(_form_of(one))))
    counts = [str(each) for each in form.getlist("count")]
    filled, go = _with_more(of, await ask_forms.start(visit, one), counts), str(form.get("go", "next"))
    asked = [place for name in form.getlist("asked") if (place := place_of(str(name))) is not None]
    taken = take(of, filled, lambda name: [str(each) for each in form.getlist(name)], asked)
    filled, counts = _moved(of, taken.filled, go, counts)
    try:
        await ask_forms.save(visit, one, filled)
    except OutcomeError as error:
        if error.status != 409:
            raise
        return _page(visit, one, filled, number, taken=taken, status=409, conflict=True)
    if go == "quiet":
        return Response(status_code=204, headers={**HEADERS, **PRIVATE})
    if taken.unread:
        return _page(visit, one, filled, number, taken=taken, status=422)
    return redirect(_next(visit, of, filled, number, go, {str(each) for each in form.getlist("seen")}, counts))


async def review(visit: Visit) -> Response:
    one = await _one(visit)
    return _review(visit, one, await ask_forms.start(visit, one))


async def send(visit: Visit) -> Response:
    """Send the answers, if nothing is wrong with them."""
    one = await _one(visit)
    filled = await ask_forms.start(visit, one)
    if one.sent is None and not one.is_open:
        raise refuse(409, "conflict", "the unit has taken this form back: nothing is to be answered any more")
    if check.faults(_form_of(one), filled):
        return _review(visit, one, filled, status=422)
    if one.draft is None and one.sent is not None:
        return redirect(f"/me/forms/{one.id}")
    await ask_forms.send(visit, one, filled)
    return redirect(f"/me/forms/{one.id}?sent=1#done")


async def discard(visit: Visit) -> Response:
    """Throw away what was begun; what was sent stays as it was sent."""
    one = await _one(visit)
    await ask_forms.discard(visit, one)
    return redirect(f"/me/forms/{one.id}" if one.sent else "/me/forms?done=discarded#done")


async def _one(visit: Visit) -> Asked:
    """The form of the address. Raises OutcomeError 404 for what was not asked of this person, or cannot be filled in here."""
    id = visit.request.path_params["id"]
    one = next((one for one in await ask_forms.asked(visit) if one.id == id), None)
    if one is None or one.form is None:
        raise refuse(404, "not-found", "no such form is asked for here")
    return one


def _form_of(one: Asked) -> Form:
    assert one.form is not None
    return one.form


def _page(
    visit: Visit,
    one: Asked,
    filled: Filled,
    number: int,
    *,
    taken: Taken | None = None,
    status: int = 200,
    fresh: bool = False,
    conflict: bool = False,
) -> Response:
    troubles = Troubles(unread=taken.unread if taken else {})
    step = form_view.step_of(_form_of(one), filled, number, troubles, visit._)
    wrong = [each for each in _flat(step.fields) if each.wrong]
    return render(visit, "citizen/form.html", status, one=one, step=step, wrong=wrong, fresh=fresh, conflict=conflict)


def _review(visit: Visit, one: Asked, filled: Filled, *, status: int = 200) -> Response:
    form = _form_of(one)
    filled = calculate(form, filled)
    steps = {item.link_id: number for number, some in enumerate(form_view.steps_of(form)) for item in _walk(some)}
    missing = [
        (form.by_link[fault.place[0]].words.of(visit._.code), form_view.wrong_words(fault, visit._), steps[fault.place[0]])
        for fault in check.faults(form, filled)
    ]
    answers = form_view.answers(form, filled, visit._)
    return render(visit, "citizen/form_review.html", status, one=one, answers=answers, missing=missing)


def _sent(visit: Visit, one: Asked) -> Response:
    form = _form_of(one)
    answers = form_view.answers(form, one.filled, visit._)
    return render(visit, "citizen/form_sent.html", one=one, answers=answers, done="sent" in visit.request.query_params)


def _next(visit: Visit, form: Form, filled: Filled, number: int, go: str, seen: set[str], counts: Sequence[str]) -> str:
    """Where to go after a save: on, back, or the same page where something more is asked on it now."""
    path = visit.request.url.path
    step = form_view.step_of(form, filled, number, Troubles(), visit._)
    new = set(step.seen) - seen
    if go.startswith(("add:", "remove:")):
        return f"{path}?{urlencode({'step': number, 'count': list(counts)}, doseq=True)}#{_anchor(step, go)}"
    if go == "next" and new:
        first = next(each for each in _flat(step.fields) if each.name in new)
        return f"{path}?step={number}&new=1#{first.id}"
    if go == "later":
        return "/me/forms?done=kept#done"
    if go == "back":
        return f"{path}?step={max(0, number - 1)}"
    return f"{path}?step={number + 1}" if number + 1 < step.steps else f"{path}/review"


def _anchor(step: form_view.Step, go: str) -> str:
    link = go.partition(":")[2].partition("~")[0]
    groups = [each for each in _flat(step.fields) if each.item.link_id == link]
    return groups[-1].id if groups else "main"


def _moved(form: Form, filled: Filled, go: str, counts: Sequence[str]) -> tuple[Filled, list[str]]:
    """With one instance of a group more, or less, as the button says; and how many there are then."""
    action, _, name = go.partition(":")
    if action not in ("add", "remove"):
        return filled, list(counts)
    place = place_of(name)
    item = form.by_link.get(place[0]) if place else None
    if place is None or item is None or not item.repeats or not item.is_group or (action == "remove" and not place[1]):
        return filled, list(counts)
    outer = (place[0], place[1][:-1] if action == "remove" else place[1])
    filled = filled.without(item, outer, place[1][-1]) if action == "remove" else filled.with_one_more(outer)
    return filled, [f"{name_of(at)}:{number}" for at, number in filled.counts.items()]


def _with_more(form: Form, filled: Filled, counts: Sequence[str]) -> Filled:
    """The answers with as many instances of repeating groups as the page has, `goal~:3`; empty ones are not kept."""
    for each in counts:
        name, _, number = each.rpartition(":")
        place = place_of(name)
        item = form.by_link.get(place[0]) if place else None
        if place is None or item is None or not (item.is_group and item.repeats) or not number.isdecimal() or len(number) > 3:
            continue
        filled = Filled(filled.answers, {**filled.counts, place: max(filled.count(place), min(int(number), MOST_INSTANCES))})
    return filled


def _number(text: str, steps: int) -> int:
    return min(int(text), steps - 1) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


def _flat(fields: Sequence[form_view.Field]) -> list[form_view.Field]:
    return [found for each in fields for found in (each, *_flat(each.inside))]


def _walk(some: Sequence[Any]) -> list[Any]:
    return [found for item in some for found in (item, *_walk(item.items))]


def _done(visit: Visit) -> str:
    words = {
        "kept": visit._("Your answers are kept. You can go on whenever you like, on any device."),
        "discarded": visit._("What you had begun is thrown away."),
    }
    return words.get(visit.request.query_params.get("done", ""), "")
