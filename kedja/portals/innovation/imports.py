"""/innovation/import: cases of a JSON or CSV file, looked through first, then filed in the pilot's own queue, all or none."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from kedja.gate import innovation_cases as gate
from kedja.innovation.acts import acts, may
from kedja.innovation.exchange import Examined, Unreadable, again, examine
from kedja.innovation.intake import fields
from kedja.innovation.machine import machines
from kedja.innovation.roles import viewer_of
from kedja.outcome import refuse
from kedja.portals.shared.page import Visit, redirect, render

_MOST: Final = 700_000  # bytes of a file: what was looked through is sent back by the form, which takes a megabyte


async def page(visit: Visit) -> Response:
    _allowed(visit)
    return _page(visit)


async def look(visit: Visit) -> Response:
    """Look through a file: what would be filed, and everything that is wrong with it by line. Nothing is kept."""
    _allowed(visit)
    sent = (await visit.form()).get("file")
    if not isinstance(sent, UploadFile) or not sent.size:
        return _page(visit, wrong=visit._("Choose a file first."))
    if sent.size > _MOST:
        return _page(visit, wrong=visit._("The file is larger than 700 kB: send it in parts."))
    try:
        found = await run_in_threadpool(examine, await sent.read())
    except Unreadable as error:
        return _page(visit, wrong=error.words.of(visit._.code))
    if not found.cases and not found.faults:
        return _page(visit, wrong=visit._("There is no case in the file."))
    return _page(visit, found=found, status=422 if found.faults else 200)


async def file(visit: Visit) -> Response:
    """File what was looked through. Raises 422 for what was not."""
    _allowed(visit)
    try:
        found = await run_in_threadpool(examine, str((await visit.form()).get("cases", "")).encode())
    except Unreadable as error:
        return _page(visit, wrong=error.words.of(visit._.code))
    if found.faults or not found.cases:
        return _page(visit, found=found if found.faults else None, wrong=visit._("Choose a file first."))
    at = visit.actor.assignment
    filed = await gate.take_in(visit.door, visit.actor, at.provider if at else "", found.cases, visit.id)
    return redirect(f"/innovation/import?done={filed}")


def _page(visit: Visit, *, found: Examined | None = None, wrong: str = "", status: int = 0) -> Response:
    done = visit.request.query_params.get("done", "") if visit.request.method == "GET" else ""
    ready = again(found.cases).decode() if found and not found.faults else ""
    names = {field.id: field.words for field in fields()}
    return render(
        visit,
        "innovation/import.html",
        status or (422 if wrong else 200),
        found=found,
        wrong=wrong,
        ready=ready,
        fields=fields(),
        names=names,
        machines=machines(),
        done=int(done) if done.isascii() and done.isdecimal() and len(done) < 5 else 0,
        where=visit.actor.assignment.provider_name if visit.actor.assignment else "",
    )


def _allowed(visit: Visit) -> None:
    """Raises 403 for whom the gate would refuse: nobody looks through a file that they could not send in."""
    if not may(viewer_of(visit.actor), "import"):
        raise refuse(403, "forbidden", f"{acts()['import'].words.of(visit._.code)} ({acts()['import'].id})")
