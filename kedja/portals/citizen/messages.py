"""/me/messages: the person's threads with units: what is new, a message to a unit, an answer, files."""

from __future__ import annotations

from starlette.responses import Response

from kedja.portals.shared import ask_messages
from kedja.portals.shared.ask_messages import Thread
from kedja.portals.shared.attachment import KINDS, MOST_FILES
from kedja.portals.shared.message_form import Draft, disposition, draft_of
from kedja.portals.shared.page import Visit, redirect, render


async def messages(visit: Visit) -> Response:
    return render(visit, "citizen/messages.html", threads=await ask_messages.threads(visit))


async def new(visit: Visit) -> Response:
    return await _new(visit, Draft(unit=visit.request.query_params.get("unit", "")))


async def send(visit: Visit) -> Response:
    """A new thread. What is wrong is told at the form, with all that was written."""
    draft = await draft_of(visit, new=True)
    found = next(((name, holder) for name, holder in await ask_messages.units(visit) if holder.unit == draft.unit), None)
    if found is None:
        return await _new(visit, draft, visit._("Choose whom you write to."))
    if draft.wrong:
        return await _new(visit, draft, draft.wrong)
    id = await ask_messages.write(visit, found[1], found[0], draft.topic, draft.words, draft.files, None)
    return redirect(f"/me/messages/{id}?sent=1#done")


async def thread(visit: Visit) -> Response:
    """The thread; to open it is to have read it."""
    one = await ask_messages.thread(visit)
    await ask_messages.opened(visit, one)
    return _thread(visit, one, Draft())


async def reply(visit: Visit) -> Response:
    one, draft = await ask_messages.thread(visit), await draft_of(visit, new=False)
    if draft.wrong:
        return _thread(visit, one, draft, 422)
    await ask_messages.write(visit, one.holder, one.unit, one.topic, draft.words, draft.files, one)
    return redirect(f"/me/messages/{one.id}?sent=1#done")


async def file(visit: Visit) -> Response:
    found, content = await ask_messages.file(visit, await ask_messages.thread(visit))
    return Response(content, 200, disposition(found["title"]), found["contentType"])


def _thread(visit: Visit, one: Thread, draft: Draft, status: int = 200) -> Response:
    sent = "sent" in visit.request.query_params
    context = {"one": one, "draft": draft, "sent": sent, "kinds": KINDS, "most": MOST_FILES}
    return render(visit, "citizen/thread.html", status, **context)


async def _new(visit: Visit, draft: Draft, wrong: str = "") -> Response:
    units = await ask_messages.units(visit)
    context = {"units": units, "draft": draft, "wrong": wrong, "kinds": KINDS, "most": MOST_FILES}
    return render(visit, "citizen/message_new.html", 422 if wrong else 200, **context)
