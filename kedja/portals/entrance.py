"""The pages before sign-in: what Kedja is, signing in and out, and the language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from kedja.access.actor import Kind, Purpose
from kedja.gate.sessions import note
from kedja.outcome import refuse
from kedja.portals.provider import offered
from kedja.portals.shared import ask
from kedja.portals.shared import language as languages
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, home_of, is_secure, local, redirect, render, told
from kedja.signin import demo
from kedja.signin.session import close_session, open_session

_YEAR: Final = 365 * 24 * 3600
_SHOWN: Final = (
    frozenset({Kind.CITIZEN}),
    frozenset({Kind.PROFESSIONAL}),
    frozenset({Kind.CARE_WORKER}),
    frozenset({Kind.PARTNER}),
)


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    citizens: bool
    logins: tuple[demo.Login, ...]


async def home(visit: Visit) -> Response:
    return render(visit, "home.html")


async def sign_in(visit: Visit) -> Response:
    progress = await ask.demo_progress(visit.door) if visit.demo else None
    if progress is not None:
        return render(visit, "shared/loading.html", 503, done=progress[0], total=progress[1])
    found = demo.logins(await ask.demo_logins(visit.door)) if visit.demo else []
    next = local(visit.request.query_params.get("next", ""), "")
    return render(visit, "sign_in.html", groups=_groups(found, visit._), next=next, providers=offered(visit, next))


async def open_as(visit: Visit) -> Response:
    """The demo provider: whoever picks a login is signed in as it. Not there unless this is a demo."""
    if not visit.demo:
        return told(visit, 404)
    form = await visit.form()
    login = demo.find(await ask.demo_logins(visit.door), str(form.get("login", "")))
    if login is None or _group(login) is None:
        raise refuse(422, "value", "there is no such demo login: choose one of the list")
    actor = await ask.demo_actor(visit.door, login)
    response = redirect(local(str(form.get("next", "")), home_of(actor)))
    proof = demo.proof_of(login, actor, int(visit.door.clock().timestamp()))
    await open_session(visit.request, response, proof, actor)
    await note(visit.door, "signed-in", proof.issuer, proof.human)
    return response


async def sign_out(visit: Visit) -> Response:
    response = redirect("/")
    response.headers["Clear-Site-Data"] = '"storage"'  # what a tab keeps for reading without a connection
    await close_session(visit.request, response)
    if visit.session is not None:
        await note(visit.door, "signed-out", visit.session.proof.issuer, visit.session.proof.human)
    return response


async def choose_language(visit: Visit) -> Response:
    """Keep the language in a cookie and go back to the page."""
    code = visit.request.path_params["code"]
    if code not in languages.CODES:
        return told(visit, 404)
    response = redirect(local(visit.request.query_params.get("next", ""), "/"))
    secure = is_secure(visit.request)
    response.set_cookie(languages.COOKIE, code, max_age=_YEAR, path="/", httponly=True, samesite="lax", secure=secure)
    return response


async def nowhere(visit: Visit) -> Response:
    return told(visit, 404)


def _groups(logins: Sequence[demo.Login], _: Language) -> list[Group]:
    names = (_("Citizens"), _("Health care"), _("Social care"), _("Innovation"))
    groups = (
        Group(name, Kind.CITIZEN in kinds, tuple(login for login in logins if _group(login) == kinds))
        for name, kinds in zip(names, _SHOWN)
    )
    return [group for group in groups if group.logins]


def _group(login: demo.Login) -> frozenset[Kind] | None:
    """Under which heading a login stands; None: it is no person's who visits pages."""
    if login.assignment and login.assignment.purpose is Purpose.INNOVATION:
        return _SHOWN[-1]
    return next((kinds for kinds in _SHOWN if login.kind in kinds), None)
