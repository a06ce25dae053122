"""One visit to a page: who, in which language; and the page, the redirect or the refusal that it gets."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import asyncpg
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from kedja.access.actor import Actor, Kind, Purpose
from kedja.gate import Door, new_id
from kedja.gate.sessions import Proof, Reading, note
from kedja.outcome import OutcomeError
from kedja.portals.shared import incoming, security
from kedja.portals.shared import language as languages
from kedja.portals.shared.assets import asset
from kedja.portals.shared.language import Language
from kedja.signin.oidc.settings import LEAST
from kedja.signin.session import Session, form_token, is_secure, is_visitor, keep_visitor, place_of, session_of, visitor_of

log = logging.getLogger(__name__)
CITIZENS: Final = frozenset({Kind.CITIZEN})
PERSONS: Final = frozenset({Kind.CITIZEN, Kind.GUARDIAN, Kind.PROXY})  # for themselves, or for somebody
STAFF: Final = frozenset({Kind.PROFESSIONAL, Kind.CARE_WORKER})
ANYONE: Final = frozenset(Kind)  # who is signed in
HOME: Final = {**dict.fromkeys(PERSONS, "/me"), Kind.PROFESSIONAL: "/staff", Kind.CARE_WORKER: "/staff"}
_FOLDER: Final = Path(__file__).parent.parent
_SAFE: Final = ("GET", "HEAD")
__all__ = [
    "ANYONE",
    "CITIZENS",
    "HOME",
    "PERSONS",
    "STAFF",
    "Page",
    "Visit",
    "home_of",
    "is_secure",
    "local",
    "redirect",
    "render",
    "route",
    "told",
]


@dataclass(frozen=True)
class Visit:
    """A request, who sent it, and the words to answer in."""

    request: Request
    session: Session | None
    visitor: str
    _: Language
    id: str  # of the request, for the log
    sent: FormData = field(default_factory=FormData)  # once its token is checked

    @property
    def actor(self) -> Actor:
        """Only on pages that ask for sign-in."""
        assert self.session is not None
        return self.session.actor

    @property
    def door(self) -> Door:
        return self.request.app.state.door

    @property
    def secret(self) -> bytes:
        return self.request.app.state.secret

    @property
    def demo(self) -> bool:
        return self.request.app.state.config.demo

    def least(self, path: str) -> int:
        """The level of assurance that this installation asks for the page at this address; 0: no more than the page itself."""
        return self.request.app.state.sign_in.levels.get(path, 0)

    @property
    def form_id(self) -> str:
        """Whose forms these are: the session's, or the visitor's."""
        return self.session.id if self.session else self.visitor

    @property
    def form_token(self) -> str:
        return form_token(self.form_id, self.secret)

    async def form(self) -> FormData:
        """The form that was sent. `route` has checked its token before the page began."""
        return self.sent


Page = Callable[[Visit], Awaitable[Response]]
Kinds = frozenset[Kind] | None


def render(visit: Visit, template: str, status: int = 200, /, **context: Any) -> Response:
    """The page in the visitor's language, with what keeps it safe."""
    body = (
        _environment(visit._.code, visit._.easy)
        .get_template(template)
        .render(
            visit=visit,
            actor=visit.session.actor if visit.session else None,
            lang=visit._.code,
            path=visit.request.url.path,
            here=_path_with_query(visit.request),
            form_token=visit.form_token,
            demo=visit.demo,
            home=home_of(visit.session.actor) if visit.session else "/",
            languages=languages.NAMES,
            reading=visit.session.reading if visit.session else Reading(),
            printed=visit.door.clock(),
            **context,
        )
    )
    response = HTMLResponse(body, status, headers={**security.HEADERS, **security.PRIVATE, "Content-Language": visit._.code})
    response.headers["Vary"] = "Accept-Language, Cookie"
    if visit.session is None and not is_visitor(visit.request, visit.visitor):
        keep_visitor(visit.request, response, visit.visitor)
    return response


def home_of(actor: Actor) -> str:
    """Where somebody begins: whose assignment is for innovation, and who takes part from outside of care, among the cases."""
    innovates = actor.kind is Kind.PARTNER or (actor.assignment is not None and actor.assignment.purpose is Purpose.INNOVATION)
    return "/innovation" if innovates else HOME.get(actor.kind, "/")


def redirect(path: str) -> Response:
    """See Other, to a page of ours."""
    return RedirectResponse(path, 303, headers={**security.HEADERS, **security.PRIVATE})


def route(
    path: str, page: Page, *, methods: Sequence[str] = ("GET",), kinds: Kinds = None, level: int = LEAST, files: int = 0
) -> Route:
    """A route to a page. `kinds`: who may open it; without a session the visitor is sent to sign in and back.

    `level`: the least level of assurance of such a page, of which an installation may ask more (`[levels]`); who has proved less
    is sent to prove more, and back. A form is checked to be of this session before the page begins; `files`: how many it brings.
    """

    @wraps(page)
    async def endpoint(request: Request) -> Response:
        visit = Visit(request, None, visitor_of(request), languages.pick(request), new_id())
        try:
            visit = _as_wanted(replace(visit, session=await session_of(request)))
            return await _answered(visit, page, kinds, max(level, visit.least(path)), files)
        except (asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.InterfaceError, OSError):
            log.exception("the store does not answer, request %s", visit.id)
            return told(visit, 503)
        except Exception:
            log.exception("request %s failed", visit.id)
            return told(visit, 500)

    return Route(path, endpoint, methods=list(methods))


def _as_wanted(visit: Visit) -> Visit:
    """In the words that the human wants: easy to read, where they have chosen that."""
    easy = visit.session is not None and visit.session.reading.easy
    return replace(visit, _=languages.language(visit._.code, easy=True)) if easy else visit


async def _answered(visit: Visit, page: Page, kinds: Kinds, level: int, files: int) -> Response:
    """The page, or why not; what somebody tries who may not is logged to them."""
    try:
        if kinds is not None and visit.session is None:
            return redirect(f"/sign-in?next={quote(_path_with_query(visit.request))}")
        if kinds is not None and visit.actor.kind not in kinds:
            await _log_refusal(visit, 403)
            return _wrong_door(visit)
        if kinds is not None and visit.session is not None and visit.session.proof.level < level:
            await _log_refusal(visit, 403)
            return _step_up(visit, visit.session.proof, level)
        if visit.request.method not in _SAFE:
            visit = replace(visit, sent=await incoming.form(visit.request, visit.form_id, visit.secret, files))
        answer = await page(visit) if incoming.can_be_kept(visit.request) else told(visit, 404)
        if kinds is not None and answer.status_code in (403, 404):
            await _log_refusal(visit, answer.status_code)
        return answer
    except OutcomeError as error:
        if error.status in (403, 404):
            await _log_refusal(visit, error.status)
        return told(visit, error.status, [issue.diagnostics for issue in error.issues])
    except HTTPException as error:  # of the reader of forms
        return told(visit, error.status_code, [error.detail])


async def _log_refusal(visit: Visit, status: int) -> None:
    place = f"{visit.request.method} {quote(visit.request.url.path)[:200]}: {status}"
    if visit.session is not None:
        await visit.door.denied(visit.actor, 0, "page", [], [], visit.id, place)
    else:
        await note(visit.door, "no-form", f"{visit.request.method} {place_of(visit.request)}")


def told(visit: Visit, status: int, details: Sequence[str] = ()) -> Response:
    """The page for a status, spoken like a human: what happened, what to do. `details` are the words of other rooms."""
    return render(visit, "shared/refusal.html", status, code=status, details=details)


def local(path: str, otherwise: str) -> str:
    """`path` if it is a path of ours, else `otherwise`: nobody is sent to another site from here."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and "\\" not in path and path.isprintable()
    return path if safe else otherwise


def _wrong_door(visit: Visit) -> Response:
    return render(visit, "shared/wrong_door.html", 403)


def _step_up(visit: Visit, proof: Proof, level: int) -> Response:
    providers = visit.request.app.state.providers
    name = next((name for name, each in providers.items() if each.settings.issuer == proof.issuer), "")
    next_page = quote(_path_with_query(visit.request) if visit.request.method in _SAFE else HOME[visit.actor.kind])
    address = f"/sign-in/with/{name}?level={level}&next={next_page}" if name else f"/sign-in?next={next_page}"
    return render(visit, "shared/step_up.html", 403, level=proof.level, needed=level, address=address)


def _path_with_query(request: Request) -> str:
    query = request.url.query
    return request.url.path + (f"?{query}" if query and request.method == "GET" else "")


@lru_cache
def _environment(code: str, easy: bool) -> Environment:
    """One environment for each language: the words of a template are looked up as it is rendered."""
    words = languages.language(code, easy=easy)
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(words.catalogue.gettext, words.catalogue.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["asset"] = asset
    environment.filters |= {
        "day": words.day,
        "short_day": words.short_day,
        "clock": words.clock,
        "moment": words.moment,
        "month": words.month,
        "number": words.number,
    }
    return environment
