"""/reading: how somebody who is signed in wants the pages: easy to read, with pictures, with large type and controls."""

from __future__ import annotations

from starlette.responses import Response

from kedja.gate.sessions import Reading, keep_reading
from kedja.portals.shared.page import Visit, local, redirect, render


async def reading(visit: Visit) -> Response:
    done = "done" in visit.request.query_params
    return render(visit, "reading.html", done=done, next=local(visit.request.query_params.get("next", ""), "/reading"))


async def keep(visit: Visit) -> Response:
    """Keep it for the person: it holds for this session and for those to come."""
    form = await visit.form()
    assert visit.session is not None
    wanted = Reading(easy=form.get("easy") == "yes", large=form.get("large") == "yes")
    await keep_reading(visit.door, visit.session.proof.human, wanted)
    return redirect("/reading?done=1#done")
