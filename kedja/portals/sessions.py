"""/sessions: where somebody is signed in, and the end of any of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from starlette.responses import Response

from kedja.gate import sessions as kept
from kedja.gate import sign_ins
from kedja.gate.sessions import note
from kedja.outcome import refuse
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, redirect, render
from kedja.signin.session import Session, close_session

# Edge and Opera name themselves Chrome too, Chrome names itself Safari too: the first that is there is the one.
_BROWSERS: Final = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One session as the page shows it. `where` '' for oneself, else the assignment's unit."""

    key: int
    browser: str
    where: str
    since: datetime
    used: datetime
    this: bool


async def sessions(visit: Visit) -> Response:
    session = _signed_in(visit)
    idle = timedelta(minutes=visit.request.app.state.config.session_idle)
    found = await kept.of(visit.door, session.proof.human, idle)
    shown = [Shown(one.key, browser(one.browser), _where(one), one.created, one.seen, one.key == session.key) for one in found]
    words = _deeds(visit._)
    history = [(each.minute, words.get(each.what, each.what)) for each in await sign_ins.own(visit.door, session.proof.human)]
    return render(visit, "sessions.html", sessions=shown, history=history, done="ended" in visit.request.query_params)


def _deeds(_: Language) -> Mapping[str, str]:
    return {
        "signed-in": _("Signed in"),
        "signed-out": _("Signed out"),
        "acts-as": _("Chose an assignment"),
        "sessions-ended": _("Ended sessions"),
    }


async def end(visit: Visit) -> Response:
    """End one of one's sessions (`session`), or all of them. Of this one there is nothing left but the way in."""
    session, wanted = _signed_in(visit), str((await visit.form()).get("session", ""))
    if wanted and not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 19):
        raise refuse(404, "not-found", "this session is not here: it may have ended already")
    key = int(wanted) if wanted else None
    ended = await kept.end_of(visit.door, session.proof.human, key)
    if key is not None and not ended:
        raise refuse(404, "not-found", "this session is not here: it may have ended already")
    await note(visit.door, "sessions-ended", session.proof.issuer, session.proof.human)
    if key is not None and key != session.key:
        return redirect("/sessions?ended=1#done")
    response = redirect("/sign-in")
    response.headers["Clear-Site-Data"] = '"storage"'
    await close_session(visit.request, response)
    return response


def browser(agent: str) -> str:
    """What a browser is called, by how it names itself; '' where that says nothing that people know."""
    found = (next((name for sign, name in table if sign in agent), "") for table in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in found if name)


def _where(one: kept.Listed) -> str:
    assignment = one.actor.assignment if one.actor else None
    return (assignment.unit_name or assignment.provider_name or assignment.unit) if assignment else ""


def _signed_in(visit: Visit) -> Session:
    if visit.session is None:
        raise refuse(401, "login", "sign in first")
    return visit.session
