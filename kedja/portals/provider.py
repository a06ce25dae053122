"""/sign-in/...: to an OpenID provider and back, and the choice of what to act as: oneself, or one of one's assignments."""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from kedja.access.actor import Purpose
from kedja.gate.sessions import Proof, note
from kedja.outcome import refuse
from kedja.portals.shared import security
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import HOME, Visit, local, redirect, render
from kedja.signin import demo, who
from kedja.signin.oidc import flow as flows
from kedja.signin.oidc.claims import UnclearClaims
from kedja.signin.oidc.fetch import Down, Refused
from kedja.signin.oidc.flow import Flow
from kedja.signin.oidc.provider import Provider
from kedja.signin.oidc.verify import Untrusted
from kedja.signin.session import (
    Pending,
    Session,
    change_session,
    cookie_of,
    drop_cookie,
    open_session,
    pending_of,
    set_cookie,
)
from kedja.signin.who import Choice

log = logging.getLogger(__name__)
_LONGEST_COOKIE: Final = 3000
_LONGEST_NEXT: Final = 500


@dataclass(frozen=True, slots=True)
class Offered:
    """A provider as the sign-in page offers it."""

    address: str
    title: str


def offered(visit: Visit, next: str) -> list[Offered]:
    providers: dict[str, Provider] = visit.request.app.state.providers
    query = f"?next={quote(next)}" if next else ""
    return [Offered(f"/sign-in/with/{name}{query}", title_of(each, visit)) for name, each in providers.items()]


def title_of(provider: Provider, visit: Visit) -> str:
    return provider.settings.title_sv if visit._.code == "sv" else provider.settings.title_en


async def start(visit: Visit) -> Response:
    """To the provider. `level`: the least that is needed there, where it is more than the provider's own."""
    provider = _provider(visit)
    query, now = visit.request.query_params, _now(visit)
    wanted = query.get("level", "")
    level = max(provider.settings.least, int(wanted) if wanted in ("1", "2", "3", "4") else 0)
    next = local(query.get("next", "")[:_LONGEST_NEXT], "")
    flow = flows.begin(provider.settings.name, next, level, bool(wanted), now)
    try:
        address = await provider.start(flow, visit.secret, visit._.code)
    except Down as error:
        return await _failed(visit, "down", provider, next, error)
    response = RedirectResponse(address, 303, headers={**security.HEADERS, **security.PRIVATE})
    set_cookie(visit.request, response, flows.COOKIE, flows.kept(flow, visit.secret), flows.LASTS)
    return response


async def back(visit: Visit) -> Response:
    """Back from the provider: with a code that tells who it is, or with what went wrong there."""
    provider, query, now = _provider(visit), visit.request.query_params, _now(visit)
    flow = flows.read(cookie_of(visit.request, flows.COOKIE, _LONGEST_COOKIE), visit.secret, now)
    same = flow is not None and flow.provider == provider.settings.name
    if flow is None or not same or not hmac.compare_digest(query.get("state", "").encode(), flow.state.encode()):
        return await _failed(visit, "elsewhere", provider, "")
    if query.get("iss", provider.settings.issuer) != provider.settings.issuer:  # RFC 9207: an answer of another provider
        return await _failed(visit, "untrusted", provider, flow.next, "the answer is of another issuer")
    if "error" in query or not query.get("code"):
        why = "cancelled" if query.get("error") in ("access_denied", "login_required") else "refused"
        return await _failed(visit, why, provider, flow.next, quote(query.get("error", "no code")[:100]))
    try:
        claims = await provider.finish(flow, query["code"], visit.secret, now)
        proof = await who.proof_of(visit.door, provider.settings.issuer, claims, provider.claims, visit.door.clock())
    except Down as error:
        return await _failed(visit, "down", provider, flow.next, error)
    except Refused as error:
        return await _failed(visit, "refused", provider, flow.next, error)
    except (Untrusted, UnclearClaims) as error:
        return await _failed(visit, "untrusted", provider, flow.next, error)
    return await _let_in(visit, provider, flow, proof)


async def choose(visit: Visit) -> Response:
    """The page where somebody says as what they act."""
    found = await _chooser(visit)
    next = local(visit.request.query_params.get("next", "")[:_LONGEST_NEXT], "")
    choices = await who.choices(visit.door, found.proof, HOME)
    now = found.actor.assignment.id if isinstance(found, Session) and found.actor.assignment else ""
    return render(visit, "sign_in_as.html", choices=choices, purposes=_purposes(visit._), chosen=now, next=next)


async def chosen(visit: Visit) -> Response:
    """Act as what was chosen, which is asked of the directory anew. Raises 403 for what is not, or no longer, theirs."""
    found, form = await _chooser(visit), await visit.form()
    choices = await who.choices(visit.door, found.proof, HOME)
    choice = next((one for one in choices if one.id == form.get("choice")), None)
    if choice is None:
        raise refuse(403, "forbidden", "this assignment is not, or no longer, yours: choose among those that are listed")
    response = redirect(local(str(form.get("next", "")), HOME[choice.actor.kind]))
    response.headers["Clear-Site-Data"] = '"storage"'  # what a tab keeps is of the assignment that opened it
    await change_session(visit.request, response, found, choice.actor)
    await note(visit.door, "acts-as", choice.id, found.proof.human)
    return response


async def _let_in(visit: Visit, provider: Provider, flow: Flow, proof: Proof) -> Response:
    """A session for who has proved enough and may act as something; where that is several things, they choose."""
    if proof.level < flow.level:
        return await _failed(visit, "level", provider, flow.next, f"{proof.level} of {flow.level}", flow.level)
    choices = await who.choices(visit.door, proof, HOME)
    if not choices:
        return await _failed(visit, "nobody", provider, flow.next, "no assignment and no personal number")
    proof = replace(proof, choices=len(choices))
    only = _standing(visit, proof, choices) or (choices[0] if len(choices) == 1 else None)
    place = local(flow.next, HOME[only.actor.kind]) if only else f"/sign-in/as{f'?next={quote(flow.next)}' if flow.next else ''}"
    response = redirect(place)
    drop_cookie(visit.request, response, flows.COOKIE)
    await open_session(visit.request, response, proof, only.actor if only else None)
    await note(visit.door, "signed-in", proof.issuer, proof.human)
    return response


def _standing(visit: Visit, proof: Proof, choices: list[Choice]) -> Choice | None:
    """What the same human acted as until now: who proves more goes on with it."""
    session = visit.session
    if session is None or session.proof.human != proof.human or session.actor.acts_for:
        return None
    return next((one for one in choices if one.actor == replace(session.actor, name=one.actor.name)), None)


async def _chooser(visit: Visit) -> Session | Pending:
    found = visit.session or await pending_of(visit.request)
    if found is None or found.proof.issuer == demo.ISSUER:
        raise refuse(401, "login", "sign in first, then choose what you act as")
    return found


async def _failed(visit: Visit, why: str, provider: Provider, next: str, detail: object = "", level: int = 0) -> Response:
    """The page that says what went wrong and what to do; the operator's log has the details, `sign_in_log` that it happened."""
    log.warning("sign-in with %s: %s: %s, request %s", provider.settings.name, why, detail, visit.id)
    await note(visit.door, f"sign-in-{why}", provider.settings.issuer)
    query = "&".join([f"next={quote(next)}"] * bool(next) + [f"level={level}"] * bool(level))
    again = f"/sign-in/with/{provider.settings.name}{'?' + query if query else ''}"
    status = {"down": 503, "elsewhere": 400}.get(why, 403)
    response = render(visit, "sign_in_failed.html", status, why=why, title=title_of(provider, visit), again=again)
    if status == 503:
        response.headers["Retry-After"] = "10"
    return response


def _purposes(_: Language) -> dict[Purpose, str]:
    return {
        Purpose.CARE: _("care and treatment"),
        Purpose.ADMINISTRATION: _("administration"),
        Purpose.STATUTORY: _("other documentation that the law asks for"),
        Purpose.QUALITY: _("quality work"),
        Purpose.PLANNING: _("planning, follow-up and supervision"),
        Purpose.STATISTICS: _("statistics"),
        Purpose.COUNT: _("counting before research"),
        Purpose.RESEARCH: _("research"),
        Purpose.DISPENSING: _("dispensing"),
        Purpose.EDUCATION: _("training"),
    }


def _provider(visit: Visit) -> Provider:
    found = visit.request.app.state.providers.get(visit.request.path_params["provider"])
    if found is None:
        raise refuse(404, "not-found", "no such provider is connected")
    return found


def _now(visit: Visit) -> int:
    return int(visit.door.clock().timestamp())
