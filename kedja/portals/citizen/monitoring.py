"""/me/monitoring: technique that monitors at home, asked of the person and of who lives there; each answers for themselves."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from kedja.care.monitoring import main_of
from kedja.outcome import refuse
from kedja.portals.shared import ask, ask_monitoring
from kedja.portals.shared.monitoring_words import shown
from kedja.portals.shared.page import Visit, redirect, render

_ANSWERS: Final = ("yes", "no", "withdraw")


async def monitoring(visit: Visit) -> Response:
    found, directory, now = await ask_monitoring.asked(visit, visit.actor.person), await ask.directory(visit), visit.door.clock()
    made = [shown(each, directory, visit._, cohabitant=bool(main_of(each.consent)), over=False) for each in found]
    rows = [(one, one.until is not None and one.until.at <= now) for one in made]
    words = {
        "yes": visit._("Your yes is kept. Nothing starts until everybody who is asked has said yes."),
        "no": visit._("Your no is kept. The technique is not used."),
        "withdraw": visit._("It is taken back. The technique must not be used from now on."),
    }
    return render(
        visit,
        "citizen/monitoring.html",
        asked=[one for one, over in rows if one.status == "proposed" and not over],
        given=[one for one, over in rows if one.status == "active" and not over],
        earlier=[one for one, over in rows if over or one.status in ("rejected", "inactive")],
        done=words.get(visit.request.query_params.get("done", ""), ""),
    )


async def answer(visit: Visit) -> Response:
    form = await visit.form()
    said, id = str(form.get("answer", "")), str(form.get("consent", ""))
    if said not in _ANSWERS or not id or len(id) > 64 or not id.isprintable():
        raise refuse(422, "value", visit._("Choose yes or no."))
    await ask_monitoring.answer(visit, id, said)
    return redirect(f"/me/monitoring?done={said}#done")
