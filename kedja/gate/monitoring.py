"""Consent to technique that monitors at home (SoLPuL 9 §): proposed by social care, answered by each whose data are processed.

The consents stay at the unit that asked, whoever answers, so that the unit knows; nobody but the person themselves answers one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asyncpg import Connection

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.access.asker import Context
from kedja.access.compile import permit
from kedja.access.custody import Custody, Regime
from kedja.access.decide import Request, decide, establish
from kedja.access.evaluate import permitting_rule
from kedja.access.facts import facts_of
from kedja.access.instants import text_of
from kedja.care import monitoring
from kedja.care.monitoring import Terms
from kedja.gate.changes import Change
from kedja.gate.deciding import custody_of_row
from kedja.gate.door import Door
from kedja.gate.facts import facts_within
from kedja.gate.logging import key_of
from kedja.gate.prepare import prepare, version_of
from kedja.gate.record import record
from kedja.gate.writes import write
from kedja.outcome import refuse
from kedja.store.edits import standing_bodies
from kedja.store.keys import new_id
from kedja.store.pool import connection, transaction
from kedja.store.queries import sql
from kedja.store.write import LogLine, apply, lock

Resource = dict[str, Any]
ANSWERS: Final = {("proposed", "yes"): "active", ("proposed", "no"): "rejected", ("active", "withdraw"): "inactive"}
"""What a Consent becomes by an answer, from what it is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One Consent that the reader may see. `others`: what cohabitants say, to the unit that asked. `used`: it may be used now."""

    consent: Resource
    terms: Terms
    unit: str
    others: Sequence[str]
    used: bool


@dataclass(frozen=True, slots=True)
class State:
    """What a technique may do now: by which rule, or why not."""

    terms: Terms
    permitted: bool
    rules: Sequence[str]
    until: datetime | None


async def propose(
    door: Door, actor: Actor, patient: str, cohabitants: Sequence[str], terms: Terms, ends: datetime, request: str
) -> None:
    """Ask the person (`Patient/1`) and each cohabitant. Raises OutcomeError 422 for more than is needed, 403 by law."""
    assignment = actor.assignment
    if assignment is None or (term := monitoring.wrong(terms)):
        raise refuse(422, "business-rule", f"the technique may not have such {term if assignment else 'use'} (SoLPuL 9 §)")
    now, main = door.clock(), new_id()
    others = [new_id() for _ in cohabitants]
    at = (assignment.provider, assignment.unit, terms, now, ends)
    changes = [Change("Consent", main, monitoring.proposed(patient, *at, others=others), fresh=True)]
    changes += [
        Change("Consent", id, monitoring.proposed(who, *at, main=main), fresh=True) for id, who in zip(others, cohabitants)
    ]
    await write(door, actor, changes, request)


async def answer(door: Door, actor: Actor, id: str, said: str, request: str) -> None:
    """Yes, no, or a yes taken back (`withdraw`); it holds from the next request on. Raises 404, 409 for what is answered."""
    place, key, now = ("Consent", id), await key_of(door.store, actor), door.clock()
    async with transaction(door.store) as conn:
        row = (await lock(conn, [place])).get(place)
        body = (await standing_bodies(conn, [place])).get(place)
        custody = custody_of_row(row) if row is not None else Custody(Regime.CONTROL)
        rule = permitting_rule(permit(actor, "write", now), custody, (), *place)
        if row is None or body is None or rule is None or custody.person != actor.person:
            raise refuse(404, "not-found", f"Consent/{id} is not here, or you may not see it")
        consent = exactjson.loads(body.encode())
        status = ANSWERS.get((consent.get("status", ""), said))
        if not monitoring.is_ours(consent) or status is None or _ended(consent, now):
            raise refuse(409, "conflict", "this is answered already, or is no more asked")
        made = monitoring.answered(consent, status, text_of(now))
        if not all(establish(actor, fact, now).permitted for fact in facts_of(made, custody)):
            raise refuse(403, "forbidden", "the person consents themselves (SoLPuL 9 §)")
        version = version_of(prepare(made, id), custody, row, now)
        line = LogLine(custody.person, "update", [rule], [f"Consent/{id}/_history/{version.version}"])
        await apply(conn, [version], key, request, [line])


async def asked(door: Door, actor: Actor, person: int, request: str) -> list[Asked]:
    """What a person is or was asked, as far as the reader may see, the newest first."""
    kept = await record(door, actor, person, ["Consent"], request)
    found = [(exactjson.loads(each.body.encode()), each.unit) for each in kept]
    ours = [(consent, unit) for consent, unit in found if monitoring.is_ours(consent)]
    async with connection(door.store) as conn:
        mains = await _bodies(conn, (monitoring.main_of(consent) or consent["id"] for consent, _ in ours))
        others = await _bodies(conn, (id for main in mains.values() for id in monitoring.others_of(main)))
    now, mine = door.clock(), actor.assignment.unit if actor.assignment else None
    made: list[Asked] = []
    for consent, unit in sorted(ours, key=lambda one: str(one[0].get("meta", {}).get("lastUpdated", "")), reverse=True):
        terms, main = monitoring.terms_of(consent), mains.get(monitoring.main_of(consent) or consent["id"])
        ids = monitoring.others_of(main or {})
        said = [_said(others.get(id), now) for id in ids] if mine and unit == mine else []
        used = main is not None and monitoring.may_be_used(main, [others.get(id) for id in ids], now)
        if terms is not None:
            made.append(Asked(consent, terms, unit, said, used))
    return made


async def state(door: Door, actor: Actor, person: int, request: str) -> list[State]:
    """What each technique that the actor's provider has asked for may do now, by the law. That it was asked is logged."""
    now, assignment = door.clock(), actor.assignment
    place = (assignment.provider, assignment.unit) if assignment else ("", "")
    custody, found = Custody(Regime.SOCIAL, person, *place), list[State]()
    async with transaction(door.store) as conn:
        facts = await facts_within(conn, [person])
        rows = await conn.fetch(sql("monitoring_of"), person, place[0])
        mains = [exactjson.loads(row["body"].encode()) for row in rows]
        mains = [each for each in mains if monitoring.is_ours(each) and not monitoring.main_of(each)]
        others = await _bodies(conn, (id for main in mains for id in monitoring.others_of(main)))
        for main in mains:
            ids, terms = monitoring.others_of(main), monitoring.terms_of(main)
            everybody = monitoring.may_be_used(main, [others.get(id) for id in ids], now)
            declared = frozenset({"cohabitant-consents" if ids else "no-cohabitant-concerned"} if everybody else ())
            decision = decide(Request(actor, "monitor", custody, facts, now, Context(declared=declared)))
            if terms is not None:
                found.append(State(terms, decision.permitted, decision.rule_ids, _until(main)))
        rules = sorted({rule for one in found for rule in one.rules})
        line = LogLine(person, "monitor", rules, [f"Consent/{main['id']}" for main in mains])
        await apply(conn, [], await key_of(door.store, actor), request, [line])
    return found


def _ended(consent: Resource, now: datetime) -> bool:
    until = _until(consent)
    return until is not None and until <= now


def _said(consent: Resource | None, now: datetime) -> str:
    if consent is None or consent.get("status") != "active":
        return str((consent or {}).get("status", "inactive"))
    return "active" if monitoring.holds(consent, now) else "ended"


def _until(consent: Resource) -> datetime | None:
    end = consent.get("provision", {}).get("period", {}).get("end")
    return datetime.fromisoformat(end) if end else None


async def _bodies(conn: Connection, ids: Iterable[str]) -> dict[str, Resource]:
    places = [("Consent", id) for id in dict.fromkeys(ids)]
    found = await standing_bodies(conn, places) if places else {}
    return {id: exactjson.loads(body.encode()) for (_, id), body in found.items()}
