"""Two people of every role try to reach what the other may see, by every route that is served: generated from the routes' tables.

By pages and by the API, with ids of the other's, lent addresses, guesses, replayed and altered cursors, forged and ended
credentials, and forms of another session: nothing is reached, nothing of the other's is changed, and each attempt is logged.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kedja.access.actor import Actor, Kind
from kedja.gate.audit import seal
from kedja.signin.session import form_token
from kedja.signin.tokens import mint
from tests.fhir.service import Service, running, staff
from tests.law.routes import OUTSIDE, Ask, ask_of, served
from tests.security.attempts import Attempts, guesses, low
from tests.security.world import KINDS, ROLES, SEE_THEIR_OWN, Side, build
from tests.sessions import proof_of

TYPES = ("Observation", "Patient", "Encounter", "Condition", "MedicationRequest", "CarePlan", "Consent")


@dataclass
class World:
    service: Service
    one: Side
    other: Side
    attempts: Attempts
    keys: list[str]

    def pair(self, role: str) -> tuple[Side, Side]:
        """Who tries, and whose things: each of the two in turn, from role to role, so that both try and both are tried."""
        return (self.one, self.other) if ROLES.index(role) % 2 else (self.other, self.one)

    def values(self, of: Side, role: str, holder: Actor) -> dict[str, str]:
        return of.values(self.service.app.state.secret, role, holder)

    async def standing(self, of: Side) -> list[tuple[object, ...]]:
        """All that is kept by the side's care provider, and what the person has decided: as it stands."""
        kept = "SELECT type, id, version, deleted, md5(body) FROM resource WHERE provider = $1 OR id = $2 ORDER BY 1, 2"
        return [tuple(row) for row in await self.service.database.fetch(kept, of.provider, of.ids["Consent"])]


@pytest.fixture(scope="module")
async def world(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as service:
        one, other = await build(service)
        await seal(service.app.state.door, service.app.state.notary)
        attempts = Attempts(service)
        await attempts.logged()
        yield World(service, one, other, attempts, served(service.app))


def _reached(answer: httpx.Response, whose: Side) -> bool:
    return whose.word in answer.text or whose.word in str(answer.headers)


def test_there_are_two_of_every_role() -> None:
    assert set(Kind) == KINDS, "a kind of actor was added: give it a role in tests/security/world.py"


async def test_each_finds_their_own_so_that_a_closed_door_is_no_accident(world: World) -> None:
    for side in (world.one, world.other):
        for role in SEE_THEIR_OWN:
            actor, found = side.actors[role], False
            for key in ("GET /me", "GET /staff/patient/{handle}", "GET /fhir/{type}"):
                answer, _ = await world.attempts.by(actor, ask_of(key), world.values(side, role, actor))
                found = found or _reached(answer, side)
            assert found, (role, side.word)


async def reached(world: World, role: str, keys: list[str]) -> list[tuple[object, ...]]:
    """What somebody of this role gets of the other's by these routes, and what breaks or leaves nothing in the log."""
    me, other = world.pair(role)
    actor, kind = me.actors[role], TYPES[ROLES.index(role) % len(TYPES)]
    lent, own = world.values(other, role, other.actors["doctor"]), world.values(other, role, actor)
    wrong: list[tuple[object, ...]] = []
    for key in keys:
        ask = ask_of(key)
        for values in (lent, own) if "<handle>" in ask.path else (own,):
            answer, logged = await world.attempts.by(actor, ask, values, f"{kind}/{other.things(role)[kind]}")
            malformed = answer.status_code in (400, 422)  # no attempt: it asks for nothing
            if _reached(answer, other) or answer.status_code >= 500 or not (logged or malformed or key in OUTSIDE):
                wrong.append((key, answer.status_code, logged, answer.text[:200]))
    return wrong


@pytest.mark.parametrize("role", ROLES)
async def test_what_is_the_other_s_is_reached_by_no_route_and_every_attempt_is_logged(world: World, role: str) -> None:
    _, other = world.pair(role)
    before = await world.standing(other)
    wrong = await reached(world, role, world.keys)
    assert not wrong, "\n".join(map(str, wrong))
    assert await world.standing(other) == before, "something of the other's was changed"


async def test_a_route_that_is_added_and_leaks_is_noticed(world: World) -> None:
    async def leak(request: Request) -> Response:
        return PlainTextResponse(f"{world.one.word} {world.other.word} {request.path_params['id']}")

    added = Starlette(routes=[Route("/me/leak/{id}", leak, methods=["GET", "POST"])])
    keys = sorted(set(served(world.service.app, added)) - set(world.keys))
    assert keys == ["GET /me/leak/{id}", "POST /me/leak/{id}"]
    routes = world.service.app.router.routes
    routes.insert(0, added.routes[0])
    try:
        assert [key for key, *_ in await reached(world, "citizen", keys)] == keys
    finally:
        del routes[0]


async def test_forged_expired_and_ended_credentials_open_no_route_and_are_logged(world: World) -> None:
    secret, me = world.service.app.state.secret, world.one
    ended = await world.attempts.session_of(me.actors["doctor"], proof_of(me.actors["doctor"]))
    await world.service.database.execute("DELETE FROM session WHERE key = (SELECT max(key) FROM session)")
    sessions = {"forged": "x" * 43, "ended": ended, "a token": mint(me.actors["doctor"], secret, timedelta(hours=1))}
    bearers = {
        "forged": mint(me.actors["doctor"], b"f" * 32, timedelta(hours=1)),
        "expired": mint(me.actors["doctor"], secret, -timedelta(minutes=1)),
        "another use": mint(me.actors["doctor"], secret, timedelta(hours=1), audience="another"),
        "unsigned": "eyJhbGciOiJub25lIn0.eyJpc3MiOiJrZWRqYSIsImF1ZCI6ImtlZGphLWFwaSJ9.",
    }
    wrong: list[tuple[object, ...]] = []
    for key in world.keys:
        if key in OUTSIDE:
            continue
        ask = ask_of(key)
        values = world.values(me, "doctor", me.actors["doctor"])
        for name, given in (sessions if ask.is_page else bearers).items():
            own = {"session": given, "token": form_token(given, secret)} if ask.is_page else {"bearer": given}
            answer, logged = await world.attempts.send(ask, values, **own)
            if answer.status_code not in (303, 401) or _reached(answer, me) or not logged:
                wrong.append((key, name, answer.status_code, logged, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))


async def test_who_has_chosen_nothing_or_proved_too_little_opens_no_route(world: World) -> None:
    secret, wrong = world.service.app.state.secret, list[tuple[object, ...]]()
    for key in world.keys:
        ask = ask_of(key)
        if key in OUTSIDE or (not ask.is_page and ask.method != "GET"):
            continue
        actor = world.one.actors["citizen" if ask.who == "citizen" else "doctor"]
        for name, session in (
            ("weak", await world.attempts.session_of(actor, low(actor))),
            ("undecided", await world.attempts.session_of(None, proof_of(actor))),
        ):
            values = world.values(world.one, "doctor", actor)
            answer, _ = await world.attempts.send(ask, values, session, form_token(session, secret))
            if answer.status_code not in (303, 401, 403) or _reached(answer, world.one):
                wrong.append((key, name, answer.status_code, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))


async def test_a_form_of_another_session_or_site_is_refused_by_every_page_and_logged(world: World) -> None:
    secret, wrong = world.service.app.state.secret, list[tuple[object, ...]]()
    before = [await world.standing(side) for side in (world.one, world.other)]
    for key in world.keys:
        ask = ask_of(key)
        if not ask.is_page or ask.method == "GET":
            continue
        actor = world.one.actors["citizen" if ask.who == "citizen" else "doctor"]
        session = await world.attempts.session(actor)
        theirs = await world.attempts.session(world.other.actors["citizen" if ask.who == "citizen" else "doctor"])
        values = world.values(world.one, "doctor", actor)
        mine = form_token(session, secret)
        for name, token, headers in (
            ("none", "", {}),
            ("another's", form_token(theirs, secret), {}),
            ("altered", mine[:-1] + ("0" if mine[-1] != "0" else "1"), {}),
            ("another site", mine, {"Sec_Fetch_Site": "cross-site"}),
        ):
            answer, logged = await world.attempts.send(ask, values, session, token, **headers)
            if answer.status_code != 403 or not logged:
                wrong.append((key, name, answer.status_code, logged, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))
    assert [await world.standing(side) for side in (world.one, world.other)] == before
    assert (await world.service.http.get("/", headers={"Cookie": f"kedja_session={session}"})).text.count("/sign-out") == 1


async def test_guessed_ids_and_addresses_lead_nowhere(world: World) -> None:
    wrong: list[tuple[object, ...]] = []
    stranger = staff("stranger", "SE2399999999-8090", "SE2399999999-8091")  # who has opened nothing in an emergency
    for key in world.keys:
        ask = ask_of(key)
        if "<observation>" not in ask.path and "<handle>" not in ask.path:
            continue
        actor = world.one.actors["citizen"] if ask.who == "citizen" else stranger
        own = world.values(world.other, "doctor", actor)
        name = "handle" if "<handle>" in ask.path else "observation"
        person, _, mark = own["handle"].partition("-")
        near = [f"{int(person) - 1}-{mark}", f"{person}-{mark[:-1]}"] if name == "handle" else []
        for guess in [*near, *guesses(own[name])]:
            answer, _ = await world.attempts.by(actor, ask, own | {name: guess})
            if answer.status_code >= 500 or _reached(answer, world.other):
                wrong.append((key, guess[:40], answer.status_code, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))


async def test_a_cursor_is_of_who_got_it_and_as_they_got_it_by_every_route_that_gives_one(world: World) -> None:
    wrong, tried = list[tuple[object, ...]](), 0
    holder, thief = world.other.actors["doctor"], world.one.actors["doctor"]
    for key in world.keys:
        ask = ask_of(key)
        if key in OUTSIDE or ask.method != "GET" or not ask.path.startswith("/fhir"):
            continue
        ask = replace(ask, path=ask.path + ("&" if "?" in ask.path else "?") + "_count=1")
        values = world.values(world.other, "doctor", holder)
        first, _ = await world.attempts.by(holder, ask, values, f"Patient/{world.other.ids['Patient']}")
        link = re.search(r'"relation":\s*"next",\s*"url":\s*"([^"]+)"', first.text)
        if link is None:
            continue
        tried += 1
        address = httpx.URL(link[1])
        path = address.raw_path.decode()
        cursor = re.search(r"(?<=[?&]_cursor=)[^&]+", path)
        assert cursor, path
        text = cursor[0]
        middle = len(text) // 2
        altered = [text[:-2], text[::-1], text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :], "", "å"]
        answer, logged = await world.attempts.by(thief, Ask("GET", path, "staff"), values)
        if answer.status_code not in (400, 404) or _reached(answer, world.other) or not logged:
            wrong.append((key, "replayed by another", answer.status_code, logged, answer.text[:200]))
        for each in altered if tried == 1 else altered[:1]:
            answer, logged = await world.attempts.by(holder, Ask("GET", path.replace(text, each), "staff"), values)
            if each and (answer.status_code != 400 or not logged):
                wrong.append((key, f"altered to {each[:20]}", answer.status_code, logged, answer.text[:200]))
    assert tried >= 3
    assert not wrong, "\n".join(map(str, wrong))
