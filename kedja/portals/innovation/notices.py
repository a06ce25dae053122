"""/innovation/notices: what one was told of, and whether by e-mail too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from kedja.gate import innovation_notices as gate
from kedja.innovation.catalogue import kinds
from kedja.portals.innovation.forms import text
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, redirect, render


@dataclass(frozen=True, slots=True)
class Notice:
    href: str
    title: str
    number: int
    what: str
    at: datetime
    new: bool


async def notices(visit: Visit) -> Response:
    found = await gate.inbox(visit.door, visit.actor, visit.id)
    rows = [
        Notice(
            f"/innovation/cases/{row['case_id']}",
            row["title"],
            row["number"],
            _what(row["kind"], visit._),
            row["at"],
            row["seen"] is None,
        )
        for row in found.notices
    ]
    told = [
        (f"/innovation/library/{row['kind']}/{row['number']}", row["title"], row["fits"], row["at"], kinds()[row["kind"]])
        for row in found.told
    ]
    mails = bool(visit.request.app.state.config.smtp)
    done = visit.request.query_params.get("done", "")
    return render(visit, "innovation/notices.html", found=rows, told=told, email=found.email, mails=mails, done=done)


async def address(visit: Visit) -> Response:
    form = await visit.form()
    await gate.address(visit.door, visit.actor, text(form, "email", 260), visit._.code, visit.id)
    return redirect("/innovation/notices?done=email")


def _what(kind: str, _: Language) -> str:
    words = {
        "wait": _("It waits on you now"),
        "decision": _("A decision was taken"),
        "settled": _("It was taken in"),
        "message": _("Somebody has written"),
        "changed": _("The description was changed"),
        "signal": _("Signal of negative evidence"),
        "asked": _("A follow-up is asked for"),
        "payment-decided": _("It was decided who pays"),
        "payment-asked": _("A follow-up is asked for"),
        "result": _("There is a new result"),
    }
    return words.get(kind, _("Something has happened"))
