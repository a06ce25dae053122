"""/staff/sign-ins: what was tried at sign-in, and with forged or ended sessions, by nobody who is known here."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from kedja.gate import sign_ins as gate_sign_ins
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, render


async def attempts(visit: Visit) -> Response:
    found = await gate_sign_ins.attempts(visit.door, visit.actor, visit.id)
    words = tried(visit._)
    rows = [(each.day, words.get(each.what, each.what), each.place, each.times, each.latest) for each in found]
    return render(visit, "staff/sign_ins.html", dense=True, rows=rows)


def tried(_: Language) -> Mapping[str, str]:
    """What was tried, in words; a reason that a provider gives is told as it is."""
    return {
        "no-session": _("A session that has ended, or is none"),
        "no-token": _("A token that is not valid"),
        "no-form": _("A form of another session"),
    }
