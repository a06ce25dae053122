"""Decision support as a page asks for it: CDS Hooks 2.0 over HTTP, to the service of this installation or to another server.

A page never waits long for it, and works without it: what went wrong is said, and nothing else is lost.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from kedja import exactjson
from kedja.access.instants import text_of
from kedja.gate import support
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.page import Visit

log = logging.getLogger(__name__)
_TIMEOUT: Final = 2.0  # seconds
_MOST: Final = 1024 * 1024  # bytes of an answer
_LASTS: Final = 300.0  # seconds that a server's list of services is used
_THREADS: Final = ThreadPoolExecutor(4, "cds")
_FAILURES: Final = (OSError, ValueError, KeyError, TypeError, AttributeError, asyncio.TimeoutError)  # of a server or its answer
_INDICATORS: Final = ("critical", "warning", "info")


@dataclass(frozen=True, slots=True)
class Card:
    """A card as the page shows it. `indicator`: critical, warning or info. `service`: the id of whose it is."""

    service: str
    uuid: str
    summary: str
    detail: str
    indicator: str
    source: str
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Support:
    """`state`: `on`, `off` where the installation has none, `down` where it did not answer."""

    state: str
    cards: Sequence[Card] = ()


NONE: Final = Support("off")


async def cards(visit: Visit, person: int, patient: str, hook: str, more: Mapping[str, Any] | None = None) -> Support:
    """The cards of every service of this hook, the gravest first. `patient` is the id of the Patient, `more` of the context."""
    if visit.request.app.state.config.cds == "off":
        return Support("off")
    try:
        found: list[Card] = []
        for service in await _services(visit, hook):
            found += await _of_service(visit, service, person, patient, hook, more or {})
    except _FAILURES:
        log.warning("decision support does not answer, request %s", visit.id, exc_info=True)
        return Support("down")
    return Support("on", sorted(found, key=lambda card: _INDICATORS.index(card.indicator)))


async def _of_service(
    visit: Visit, service: Resource, person: int, patient: str, hook: str, more: Mapping[str, Any]
) -> list[Card]:
    templates = {str(name): str(each) for name, each in service.get("prefetch", {}).items()}
    named = f"{hook} {service['id']}"
    fetched = await support.prefetch(visit.door, visit.actor, person, templates, named, visit.id)
    request = {
        "hook": hook,
        "hookInstance": str(uuid4()),
        "context": {"userId": f"Practitioner/{visit.actor.hsa_id or visit.actor.id}", "patientId": patient, **more},
        "prefetch": fetched,
    }
    answer = await _ask(visit, f"/cds-services/{service['id']}", request)
    return [_card(service["id"], each) for each in answer["cards"]]


async def overridden(visit: Visit, person: int, read: Sequence[tuple[str, str]]) -> None:
    """Tell the services which cards were read and not followed: (`service/card`, code of the reason). Logged with the person.

    That the feedback does not arrive is no reason to stop what was decided.
    """
    for place, reason in read:
        service, _, card = place.partition("/")
        if not card:
            continue
        await support.overridden(visit.door, visit.actor, person, place, reason, visit.id)
        outcome: Resource = {"card": card, "outcome": "overridden", "outcomeTimestamp": text_of(visit.door.clock())}
        if reason:
            outcome["overrideReason"] = {"reason": {"code": reason}}
        try:
            await _ask(visit, f"/cds-services/{quote(service, safe='')}/feedback", {"feedback": [outcome]})
        except _FAILURES:
            log.warning("decision support takes no feedback, request %s", visit.id, exc_info=True)


def _card(service: str, told: Mapping[str, Any]) -> Card:
    indicator = str(told.get("indicator", "info"))
    reasons = tuple((str(each.get("code", "")), str(each.get("display", ""))) for each in told.get("overrideReasons", ()))
    return Card(
        service,
        str(told.get("uuid", "")),
        str(told["summary"]),
        str(told.get("detail", "")),
        indicator if indicator in _INDICATORS else "info",
        str(told.get("source", {}).get("label", "")),
        reasons,
    )


async def _services(visit: Visit, hook: str) -> Sequence[Resource]:
    app = visit.request.app.state
    known: tuple[float, Sequence[Resource]] | None = getattr(app, "cds_services", None)
    if known is None or known[0] + _LASTS < time.monotonic():
        known = (time.monotonic(), (await _ask(visit, "/cds-services"))["services"])
        app.cds_services = known
    return [each for each in known[1] if each.get("hook") == hook]


async def _ask(visit: Visit, path: str, body: Any = None) -> Resource:
    server = visit.request.app.state.config.cds
    sent = None if body is None else exactjson.dumps(body)
    asked = _inside(visit, path, sent) if server == "own" else _outside(server + path, sent, visit._.code)
    found = json.loads(await asyncio.wait_for(asked, _TIMEOUT))
    if not isinstance(found, dict):
        raise ValueError(f"{path} answers no JSON object")
    return found


async def _inside(visit: Visit, path: str, body: bytes | None) -> bytes:
    """The same HTTP, without a wire: the service is of this installation."""
    headers = [(b"host", b"kedja"), (b"accept-language", visit._.code.encode()), (b"content-type", b"application/json")]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET" if body is None else "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "server": ("kedja", 80),
        "client": None,
        "state": {},
    }
    status: list[int] = []
    parts: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body or b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await visit.request.app(scope, receive, send)
    if status != [200]:
        raise ValueError(f"{path} answers {status}: {b''.join(parts)[:200]!r}")
    return b"".join(parts)


async def _outside(address: str, body: bytes | None, language: str) -> bytes:
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Language": language}
    request = urllib.request.Request(address, body, headers)
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _open, request)


def _open(request: urllib.request.Request) -> bytes:
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
        body = answer.read(_MOST + 1)
    if len(body) > _MOST:
        raise ValueError(f"{request.full_url} answers more than {_MOST} bytes")
    return body
