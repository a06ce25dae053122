"""For whom somebody may act: children whom they have custody of, and those who have given them a mandate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from asyncpg import Record

from kedja import exactjson
from kedja.access.actor import Actor, Kind, acting, oneself
from kedja.access.custody import Custody, Regime
from kedja.access.decide import Request, decide
from kedja.access.decision import Decision
from kedja.access.mandate import TYPES, Matter
from kedja.access.rows import ConsentFact, FactRow
from kedja.gate.door import Door
from kedja.gate.facts import facts_about
from kedja.gate.logging import key_of
from kedja.outcome import refuse
from kedja.store.queries import sql

_KINDS: Final = {"guardian": Kind.GUARDIAN, "proxy": Kind.PROXY, "trustee": Kind.PROXY}
_EXCEPTION: Final = "guardian-access"
# What refuses, and yet lets it be told of whom it refuses: who has custody of a child knows that they have the child.
_TOLD: Final = frozenset({"P-9", "P-10.2", "P-14"})


@dataclass(frozen=True, slots=True)
class Represented:
    """Somebody whom the actor stands for. `decision`: that there is something that they may read, or the rule that refuses.

    `kind` is what the actor becomes; `standing` is `guardian`, `proxy` or `trustee`; `matters` are those of a mandate.
    `until` None: no end is known.
    """

    person: int
    kind: Kind
    standing: str
    matters: Matter
    until: datetime | None
    decision: Decision
    name: Sequence[dict[str, Any]] = ()
    birth_date: str = ""


async def represented(door: Door, actor: Actor, request: str) -> list[Represented]:
    """All whom this citizen stands for now, in a stable order. Raises 403 for staff. That they were named is logged to them."""
    me, now = oneself(actor), door.clock()
    if me.kind is not Kind.CITIZEN or me.person <= 0:
        await door.denied(actor, 0, "acting-for", [], [], request, "")
        raise refuse(403, "forbidden", "guardians and proxies act for somebody as persons, not under an assignment")
    rows = await door.store.pool.fetch(sql("representations_of"), me.person, now)
    facts = await facts_about(door.store, {row["person"] for row in rows})
    found = [one for one in (_represented(row, me, facts, now) for row in rows) if _may_be_told(one)]
    return await _named(door, me, found, request)


def _represented(row: Record, me: Actor, facts: Sequence[FactRow], now: datetime) -> Represented:
    person, standing = row["person"], row["kind"]
    kind = _KINDS[standing]
    own = [fact for fact in facts if fact.person == person]
    matters = Matter(row["classes"] & sum(TYPES)) if standing == "proxy" else Matter.NONE
    asked = (Request(acting(me, kind, person), "read", custody, own, now, type=type) for custody, type in _asked(person, own))
    decisions = [decide(one) for one in asked]
    decision = next((one for one in decisions if one.permitted), decisions[0])
    return Represented(person, kind, standing, matters, row["ends"], decision)


def _asked(person: int, facts: Iterable[FactRow]) -> Iterator[tuple[Custody, str]]:
    """One resource of each matter, kept anywhere, and at each unit that has decided on an exception."""
    units = {(fact.provider, fact.unit or "") for fact in facts if isinstance(fact, ConsentFact) and fact.kind == _EXCEPTION}
    for provider, unit in [("", ""), *sorted(units)]:
        for types in TYPES.values():
            yield Custody(Regime.HEALTH, person, provider, unit), types[0]


def _may_be_told(one: Represented) -> bool:
    return one.decision.permitted or not _TOLD.isdisjoint(one.decision.rule_ids[:1])


async def _named(door: Door, me: Actor, found: Sequence[Represented], request: str) -> list[Represented]:
    """With names. Who stands for nobody has asked about nobody but themselves, and that is what the log says."""
    people, rules = [one.person for one in found] or [me.person], [one.decision.rule_ids[0] for one in found] or [""]
    rows = await door.store.pool.fetch(sql("represented"), people, rules, await key_of(door.store, me), request)
    bodies = {row["person"]: exactjson.loads(row["body"].encode()) for row in rows if row["body"]}
    return [_with_name(one, bodies.get(one.person, {})) for one in found]


def _with_name(one: Represented, patient: dict[str, Any]) -> Represented:
    return replace(one, name=patient.get("name", ()), birth_date=patient.get("birthDate", ""))
