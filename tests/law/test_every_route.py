"""Every route of the server passes the gate, or stands in a short list with its reason. A route added without either fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from hmac import new as hmac

import pytest
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from kedja.access import rules
from kedja.access.actor import Actor, Purpose
from kedja.access.rule import Effect, Ruleset
from kedja.access.rules import parse
from kedja.identity.systems import PERSONNUMMER
from tests.audit.sealing import seal_all
from tests.fhir.service import CLINIC, CLINIC_DOCTOR, NORTH, Service, citizen, observation, patient, running, staff
from tests.law.routes import OUTSIDE, Ask, ask_of, send, served

CANARY = "Rosenkvarts"  # stands in every record that the test stores, and nowhere else
NUMBER = "195803142388"


@dataclass
class World:
    """A person with a record that is told by the canary, a doctor who may read it, and how each route is asked."""

    service: Service
    person: int
    patient: str

    @property
    def secret(self) -> bytes:
        return self.service.app.state.secret

    def actor(self, who: str) -> Actor:
        if who == "quality":
            return staff("anna", NORTH, CLINIC, purpose=Purpose.QUALITY)
        return citizen(self.person) if who == "citizen" else CLINIC_DOCTOR

    async def values(self) -> dict[str, str]:
        """What stands for the variables of one request: a record of its own, since it may change it."""
        made = await self.service.as_(CLINIC_DOCTOR).create(observation(self.patient) | {"note": [{"text": CANARY}]})
        mark = hmac(self.secret, f"patient:{CLINIC_DOCTOR.id}:{self.person}".encode(), sha256).hexdigest()[:20]
        return {
            "patient": self.patient,
            "observation": made["id"],
            "handle": f"{self.person}-{mark}",
            "number": NUMBER,
            "system": PERSONNUMMER,
        }

    async def ask(self, ask: Ask, actor: Actor | None, values: dict[str, str] | None = None) -> tuple[int, str, int]:
        """(status, text, how many rows of the log it left)."""
        values = values or await self.values()
        before = await self.service.database.fetchval("SELECT coalesce(max(seq), 0) FROM access_log")
        answer = await send(self.service, ask, actor, values)
        self.service.http.cookies.clear()  # a session that was changed is not the next one's
        rows = await self.service.database.fetchval("SELECT count(*) FROM access_log WHERE seq > $1", before)
        return answer.status_code, answer.text, rows or 0


@pytest.fixture(scope="module")
async def world(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as service:
        doctor = service.as_(CLINIC_DOCTOR)
        made = await doctor.create(patient(NUMBER) | {"address": [{"text": CANARY}]})
        await seal_all(service.app.state.door, service.app.state.notary)
        yield World(service, await service.person_of(made["id"]), made["id"])


def _closed(texts: dict[str, str]) -> Ruleset:
    """The law as it is shipped, with permits that never hold."""
    law = parse(texts)
    return Ruleset(tuple(replace(rule, when=((),)) if rule.effect is Effect.PERMIT else rule for rule in law.rules), law.limits)


@pytest.fixture
def closed_law(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(rules, "parse", _closed)
    rules.standard.cache_clear()
    yield
    monkeypatch.undo()
    rules.standard.cache_clear()


async def test_every_route_leaves_a_row_in_the_log_or_has_its_reason(world: World) -> None:
    unseen: dict[str, object] = {}
    for key in served(world.service.app):
        if key not in OUTSIDE:
            ask = ask_of(key)
            status, text, rows = await world.ask(ask, world.actor(ask.who))
            if not rows:
                unseen[key] = (status, text[:300])
    assert not unseen, "say in routes.toml how it is asked, or why it needs no gate:\n" + "\n".join(
        f"{k}: {v}" for k, v in unseen.items()
    )


async def test_a_route_that_is_added_is_found_by_itself(world: World) -> None:
    router = Router([Mount("/new", routes=[Route("/leak", lambda _: Response(CANARY), methods=["POST"])])])
    added = set(served(world.service.app, router)) - set(served(world.service.app))
    assert added == {"POST /new/leak"}


async def test_what_the_list_leaves_out_of_the_gate_tells_of_no_record(world: World) -> None:
    keys = served(world.service.app)
    assert set(OUTSIDE) <= set(keys), "routes.toml names what is not served any more"
    for key in OUTSIDE:
        for who in ("staff", "citizen"):
            _, text, _ = await world.ask(ask_of(key), world.actor(who))
            assert CANARY not in text, key


async def test_a_law_that_permits_nothing_leaves_nothing_to_be_read(world: World, request: pytest.FixtureRequest) -> None:
    answers = {key: ask_of(key) for key in served(world.service.app) if key not in OUTSIDE}
    open_law = {key for key, ask in answers.items() if CANARY in (await world.ask(ask, world.actor(ask.who)))[1]}
    assert len(open_law) >= 20
    values = await world.values()
    request.getfixturevalue("closed_law")
    told = {key for key, ask in answers.items() if CANARY in (await world.ask(ask, world.actor(ask.who), values))[1]}
    assert not told


async def test_nobody_is_told_anything_without_signing_in(world: World) -> None:
    for key in served(world.service.app):
        if key not in OUTSIDE:
            status, text, rows = await world.ask(ask_of(key), None)
            assert (status in (303, 401, 403), CANARY in text, rows) == (True, False, 0), (key, status, text[:300])
