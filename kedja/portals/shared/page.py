"""One visit to a page: who, in which language; and the page, the redirect or the refusal that it gets."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import asyncpg
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from kedja.access.actor import Actor, Kind
from kedja.gate import Door, new_id
from kedja.outcome import OutcomeError
from kedja.portals.shared import language as languages
from kedja.portals.shared import security
from kedja.portals.shared.assets import asset
from kedja.portals.shared.language import Language
from kedja.signin.session import Session, check_form, form_token, keep_visitor, session_of, visitor_of

log = logging.getLogger(__name__)
CITIZENS: Final = frozenset({Kind.CITIZEN})
PERSONS: Final = frozenset({Kind.CITIZEN, Kind.GUARDIAN, Kind.PROXY})  # for themselves, or for somebody
STAFF: Final = frozenset({Kind.PROFESSIONAL, Kind.CARE_WORKER})
HOME: Final = {**dict.fromkeys(PERSONS, "/me"), Kind.PROFESSIONAL: "/staff", Kind.CARE_WORKER: "/staff"}
_FOLDER: Final = Path(__file__).parent.parent
_MAX_FIELDS: Final = 100


@dataclass(frozen=True)
class Visit:
    """A request, who sent it, and the words to answer in."""

    request: Request
    session: Session | None
    visitor: str
    _: Language
    id: str  # of the request, for the log

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

    @property
    def form_token(self) -> str:
        return form_token(self.session.id if self.session else self.visitor, self.secret)

    async def form(self) -> FormData:
        """The form that was sent, once its token is checked. Raises OutcomeError 403."""
        sent = await self.request.form(max_files=0, max_fields=_MAX_FIELDS)
        check_form(str(sent.get("form_token", "")), self.session.id if self.session else self.visitor, self.secret)
        return sent


Page = Callable[[Visit], Awaitable[Response]]


def render(visit: Visit, template: str, status: int = 200, **context: Any) -> Response:
    """The page in the visitor's language, with what keeps it safe."""
    body = (
        _environment(visit._.code)
        .get_template(template)
        .render(
            visit=visit,
            actor=visit.session.actor if visit.session else None,
            lang=visit._.code,
            path=visit.request.url.path,
            form_token=visit.form_token,
            demo=visit.demo,
            home=HOME.get(visit.session.actor.kind, "/") if visit.session else "/",
            languages=languages.NAMES,
            **context,
        )
    )
    response = HTMLResponse(body, status, headers={**security.HEADERS, **security.PRIVATE, "Content-Language": visit._.code})
    response.headers["Vary"] = "Accept-Language, Cookie"
    if visit.session is None and visit.request.cookies.get("kedja_visitor") != visit.visitor:
        keep_visitor(response, visit.visitor, secure=is_secure(visit.request))
    return response


def redirect(path: str) -> Response:
    """See Other, to a page of ours."""
    return RedirectResponse(path, 303, headers={**security.HEADERS, **security.PRIVATE})


def route(path: str, page: Page, *, methods: Sequence[str] = ("GET",), kinds: frozenset[Kind] | None = None) -> Route:
    """A route to a page. `kinds`: who may open it; without a session the visitor is sent to sign in and back."""

    @wraps(page)
    async def endpoint(request: Request) -> Response:
        visit = visit_of(request)
        try:
            if kinds is not None and visit.session is None:
                return redirect(f"/sign-in?next={quote(_path_with_query(request))}")
            if kinds is not None and visit.actor.kind not in kinds:
                return _wrong_door(visit)
            return await page(visit)
        except OutcomeError as error:
            return told(visit, error.status, [issue.diagnostics for issue in error.issues])
        except (asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.InterfaceError, OSError):
            log.exception("the store does not answer, request %s", visit.id)
            return told(visit, 503)
        except Exception:
            log.exception("request %s failed", visit.id)
            return told(visit, 500)

    return Route(path, endpoint, methods=list(methods))


def visit_of(request: Request) -> Visit:
    session = session_of(request, request.app.state.secret)
    return Visit(request, session, visitor_of(request), languages.pick(request), new_id())


def told(visit: Visit, status: int, details: Sequence[str] = ()) -> Response:
    """The page for a status, spoken like a human: what happened, what to do. `details` are the words of other rooms."""
    return render(visit, "shared/refusal.html", status, code=status, details=details)


def is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def local(path: str, otherwise: str) -> str:
    """`path` if it is a path of ours, else `otherwise`: nobody is sent to another site from here."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and "\\" not in path and path.isprintable()
    return path if safe else otherwise


def _wrong_door(visit: Visit) -> Response:
    return render(visit, "shared/wrong_door.html", 403)


def _path_with_query(request: Request) -> str:
    query = request.url.query
    return request.url.path + (f"?{query}" if query and request.method == "GET" else "")


@lru_cache
def _environment(code: str) -> Environment:
    """One environment for each language: the words of a template are looked up as it is rendered."""
    words = languages.language(code)
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
