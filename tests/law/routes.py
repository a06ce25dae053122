"""Every route that is served, and how each is asked: `routes.toml` says what cannot be guessed, and what needs no gate."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route, Router

from kedja.access.actor import Actor
from kedja.http.fhir import ROUTES
from kedja.operations.table import OPERATIONS
from kedja.signin import tokens
from kedja.signin.session import form_token
from tests.fhir.service import Service
from tests.sessions import cookie, signed_in

_TABLE: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
OUTSIDE: Final[Mapping[str, str]] = _TABLE["outside"]
_ASKED: Final[Mapping[str, Mapping[str, Any]]] = _TABLE["ask"]
_CHANGING: Final = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: who sends it, and what. `<patient>` and the like stand for what the test has stored."""

    method: str
    path: str
    who: Literal["staff", "citizen", "quality"]
    body: str = ""
    form: Sequence[tuple[str, str]] = ()
    media: str = "application/fhir+json"

    @property
    def is_page(self) -> bool:
        return not self.path.startswith(("/fhir", "/ask", "/audit", "/health", "/cds-services"))


def served(*apps: Starlette | Router) -> list[str]:
    """`METHOD /address` of everything that answers: pages, the FHIR service's own table, each operation at each level."""
    pages = [key for app in apps for key in _of(app.routes, "") if " /fhir" not in key]
    interactions = [f"{method} {_address(pattern)}" for method, pattern, _ in ROUTES]
    return sorted({*pages, *interactions, *_operations()})


def _of(routes: Sequence[BaseRoute], above: str) -> Iterator[str]:
    for route in routes:
        if isinstance(route, Mount):
            yield from _of(route.routes, above + route.path) if route.routes else [f"ANY {above}{route.path}"]
        elif isinstance(route, Route):
            for method in (route.methods or {"ANY"}) - {"HEAD"}:
                yield f"{method} {above}{route.path}"
        else:
            yield f"{type(route).__name__} {above}"


def _address(pattern: Sequence[str]) -> str:
    """`("*", "*", "_history", "*")` -> `/fhir/{type}/{id}/_history/{version}`."""
    names = iter(("{type}", "{id}", "{version}" if "_history" in pattern else "{other}"))
    return "/".join(["/fhir", *(next(names) if part == "*" else part for part in pattern)])


def _operations() -> Iterator[str]:
    for operation in OPERATIONS:
        for type in operation.types or ("{type}",):
            places = {"system": "/fhir", "type": f"/fhir/{type}", "instance": f"/fhir/{type}/{{id}}"}
            for level in operation.levels:
                for method in ("GET", "POST") if operation.get else ("POST",):
                    yield f"{method} {places[level]}/${operation.name}"


def ask_of(key: str) -> Ask:
    """How the route is asked. What the table does not say is guessed: the address with what is stored, by whom it is for."""
    method, _, address = key.partition(" ")
    given = _ASKED.get(key, {})
    path = given.get("path", address)
    path = path.replace("{type}", "Observation").replace("{id}", "<observation>").replace("{version}", "1")
    path = path.replace("{other}", "Observation").replace("{handle}", "<handle>")
    who = given.get("as", "citizen" if path.startswith(("/me", "/audit")) else "staff")
    form = [(name, str(value)) for name, value in given.get("form", {}).items()]
    return Ask(method.replace("ANY", "GET"), path, who, given.get("body", ""), form, given.get("media", "application/fhir+json"))


def filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"<{name}>", value)
    return text


async def send(service: Service, ask: Ask, actor: Actor | None, values: Mapping[str, str]) -> httpx.Response:
    """The answer; `actor` None is somebody who is not signed in. Redirects are answers."""
    path, body, secret = filled(ask.path, values), filled(ask.body, values), service.app.state.secret
    headers = {"Content-Type": ask.media, "Host": "kedja.test"}
    if ask.is_page:
        session = await signed_in(service.app, actor) if actor is not None else ""
        headers |= cookie(session) if session else {}
        if ask.method in _CHANGING:
            fields = [("form_token", form_token(session, secret)), *((name, filled(text, values)) for name, text in ask.form)]
            headers["Content-Type"], body = "application/x-www-form-urlencoded", urlencode(fields)
    elif actor is not None:
        headers["Authorization"] = f"Bearer {tokens.mint(actor, secret, timedelta(hours=1))}"
    return await service.http.request(ask.method, path, content=body.encode() or None, headers=headers)
