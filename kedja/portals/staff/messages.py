"""/staff/messages: what patients have written to the unit and nobody has answered; and the threads of one patient."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from kedja.outcome import refuse
from kedja.portals.shared import ask_messages
from kedja.portals.shared.ask_messages import Thread, Waiting
from kedja.portals.shared.attachment import KINDS, MOST_FILES
from kedja.portals.shared.message_form import Draft, disposition, draft_of
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.staff.band import employee_of, header, href, identity_of


@dataclass(frozen=True, slots=True)
class Row:
    """A thread of the unit's list, with the address of the thread for this actor."""

    waiting: Waiting
    href: str
    mine: bool


async def inbox(visit: Visit) -> Response:
    """What waits for an answer, one's own first."""
    me = employee_of(visit)
    rows = [
        Row(each, f"{href(visit, each.person)}/messages/{each.thread}", each.owner_id == me)
        for each in await ask_messages.waiting(visit)
    ]
    return render(visit, "staff/messages.html", dense=True, rows=sorted(rows, key=lambda row: not row.mine))


async def threads(visit: Visit) -> Response:
    return await _list(visit, Draft())


async def write(visit: Visit) -> Response:
    """A new thread with the patient."""
    identity, draft = await identity_of(visit), await draft_of(visit, new=True)
    if draft.wrong:
        return await _list(visit, draft, 422)
    id = await ask_messages.answer(visit, identity.person, identity.patient, draft.topic, draft.words, draft.files, None)
    return redirect(f"{href(visit, identity.person)}/messages/{id}?sent=1#done")


async def thread(visit: Visit) -> Response:
    return await _thread(visit, Draft())


async def reply(visit: Visit) -> Response:
    """Answer, or say who answers: `do` is `answer`, `take`, `release` or `close`."""
    identity, form = await identity_of(visit), await visit.form()
    one = await _own(visit, identity.person)
    action = str(form.get("do", "answer"))
    if action != "answer":
        await ask_messages.handle(visit, identity.person, one, action)
        return redirect(f"{href(visit, identity.person)}/messages/{one.id}")
    draft = await draft_of(visit, new=False)
    if draft.wrong:
        return await _thread(visit, draft, 422)
    await ask_messages.answer(visit, identity.person, identity.patient, one.topic, draft.words, draft.files, one)
    return redirect(f"{href(visit, identity.person)}/messages/{one.id}?sent=1#done")


async def file(visit: Visit) -> Response:
    identity = await identity_of(visit)
    found, content = await ask_messages.file(visit, await ask_messages.thread(visit, identity.person))
    return Response(content, 200, disposition(found["title"]), found["contentType"])


async def _own(visit: Visit, person: int) -> Thread:
    """The thread, where it is of the visitor's own unit. Raises OutcomeError 404, 403."""
    one = await ask_messages.thread(visit, person)
    if visit.actor.assignment is None or one.holder.unit != visit.actor.assignment.unit:
        raise refuse(403, "forbidden", "only the unit that was written to answers; you may read what the law lets you")
    return one


async def _thread(visit: Visit, draft: Draft, status: int = 200) -> Response:
    identity = await identity_of(visit)
    one = await ask_messages.thread(visit, identity.person)
    own = visit.actor.assignment is not None and one.holder.unit == visit.actor.assignment.unit
    context = {"one": one, "own": own, "draft": draft, "sent": "sent" in visit.request.query_params}
    patient = header(visit, identity)
    return render(visit, "staff/thread.html", status, dense=True, patient=patient, kinds=KINDS, most=MOST_FILES, **context)


async def _list(visit: Visit, draft: Draft, status: int = 200) -> Response:
    identity = await identity_of(visit)
    found = await ask_messages.threads(visit, identity.person)
    context = {"threads": found, "draft": draft, "kinds": KINDS, "most": MOST_FILES}
    return render(visit, "staff/patient_messages.html", status, dense=True, patient=header(visit, identity), **context)
