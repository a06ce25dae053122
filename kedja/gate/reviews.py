"""Looking the access log over: what is drawn for review, the queue, and the evidence of one item (HSLF-FS 2016:40 4:9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from random import Random, SystemRandom
from typing import Any, Final

from asyncpg import Record

from kedja import exactjson
from kedja.access.actor import Actor, Kind
from kedja.access.compile import permit
from kedja.access.custody import Custody, Regime
from kedja.access.duties import DUTY_SYSTEM, LABELS, Duty, given, review_item
from kedja.access.evaluate import permitting_rule
from kedja.access.instants import end_instant, first_instant
from kedja.access.rules import limit
from kedja.audit.patterns import Look, patterns, sample
from kedja.gate import shield
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.gate.prepare import prepare, version_of
from kedja.outcome import refuse
from kedja.search.hashing import param_hash, token_hash
from kedja.search.sql.condition import render, render_rule
from kedja.store.keys import new_id
from kedja.store.pool import transaction
from kedja.store.queries import sql
from kedja.store.write import LogLine, Version, apply, lock

Resource = dict[str, Any]
REVIEWING: Final = Actor("log-review", Kind.SYSTEM, name="Automatic review of the access log")
_CELEBRITY: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode|CEL"
_BATCH: Final = 200
_MOST: Final = 200  # of a queue at a time
_AROUND: Final = timedelta(hours=12)  # what went before and after belongs to the evidence


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many looks there were, and how many became items by a pattern and by chance. Items that stood already are left."""

    looks: int
    patterns: int
    samples: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """`item` is the Task, `rows` what was done, newest first, `relations` (unit, starts, ends) the provider's with the person."""

    item: Resource
    rows: Sequence[Record]
    relations: Sequence[Record]


async def draw(door: Door, provider: str, since: datetime, until: datetime, chance: Random | None = None) -> Drawn:
    """Make review items of what is unusual in a period, and of a random sample of the rest. Done again it adds nothing twice."""
    args = (param_hash("Patient", "family"), param_hash("Patient", "given"), token_hash("Patient", "_security", _CELEBRITY))
    rows = await door.store.pool.fetch(sql("review_looks"), provider, since, until, *args)
    staff = [row["name"] for row in await door.store.pool.fetch(sql("review_staff"), provider)]
    looks = [Look(**{**row, "families": tuple(row["families"]), "givens": tuple(row["givens"])}) for row in rows]
    unusual = {look: found for look in looks if (found := patterns(look, staff))}
    picked = sample([look for look in looks if look not in unusual], chance or SystemRandom())
    items = [_item(provider, look, "pattern", found, door.clock()) for look, found in unusual.items()]
    made = await _store(door, provider, items)
    sampled = await _store(door, provider, [_item(provider, look, "sample", (), door.clock()) for look in picked])
    told = f"{since:%Y-%m-%d} {provider}: {len(looks)} looks, {made} by a pattern, {sampled} drawn by chance"
    await door.store.pool.execute(sql("reviewed"), await key_of(door.store, REVIEWING), new_id(), told)
    return Drawn(len(looks), made, sampled)


async def providers(door: Door, since: datetime, until: datetime) -> list[str]:
    """The providers whose staff left rows in the log in a period."""
    return [row["provider"] for row in await door.store.pool.fetch(sql("review_providers"), since, until)]


async def tasks(door: Door, actor: Actor, duty: Duty, status: str, request: str) -> list[Resource]:
    """The Tasks of this duty with this status that the law lets this actor see, the oldest first; also of whom is protected.

    Each of them is meant for who asks: there is nobody to be searched for. That they were seen is logged.
    """
    condition = shield.named(actor, door.clock())
    tokens = [token_hash("Task", "code", f"{DUTY_SYSTEM}|{duty}"), token_hash("Task", "status", status)]
    args: list[object] = [tokens, _MOST, await key_of(door.store, actor), request]
    text = sql("duties").replace("{condition}", render(condition, "r", args)).replace("{rule}", render_rule(condition, "r", args))
    return [exactjson.loads(row["body"].encode()) for row in await door.store.pool.fetch(text, *args)]


async def queue(door: Door, actor: Actor, request: str, *, closed: bool = False) -> list[Resource]:
    """The review items of the actor's provider; `closed`: those that are done, the newest first."""
    found = await tasks(door, actor, Duty.REVIEW, "completed" if closed else "requested", request)
    return found[::-1] if closed else found


async def evidence(door: Door, actor: Actor, id: str, request: str) -> Evidence:
    """What a review item is about. Raises 404 for an item that is not this actor's to see, 403 for a log that is not."""
    row = await door.read(actor, "Task", id, request)
    item = exactjson.loads(row.body.encode())
    provider = actor.assignment.provider if actor.assignment else ""
    custody = Custody(Regime.CONTROL, row.person, provider)
    rule = permitting_rule(permit(actor, "log", door.clock()), custody, ())
    if rule is None:
        await door.denied(actor, row.person, "review", ["L-2"], [f"Task/{id}"], request, "")
        raise refuse(403, "forbidden", "the provider's logs are reviewed by who has that assignment (HSLF-FS 2016:40 4 kap. 9 §)")
    start, end = _period(item)
    key = await key_of(door.store, actor)
    asked = (row.person, provider, given(item, "login"), start - _AROUND, end + _AROUND, key, rule, f"Task/{id}", request)
    rows = await door.store.pool.fetch(sql("review_evidence"), *asked)
    return Evidence(item, rows, await door.store.pool.fetch(sql("review_relations"), row.person, provider, start, end))


def _period(item: Resource) -> tuple[datetime, datetime]:
    period = item["executionPeriod"]
    start = first_instant(period["start"])
    return start, end_instant(period["end"]) if "end" in period else start + timedelta(days=1)


def _item(provider: str, look: Look, origin: str, found: Sequence[str], now: datetime) -> tuple[str, int, Resource]:
    """(id, person, Task): the id is of provider, reader, person and day, so that the same look is drawn once."""
    named = f"{provider}|{look.login}|{look.person}|{look.first:%Y-%m-%d}"
    task = review_item(
        patient=f"Patient/{look.patient}",
        provider=provider,
        employee=look.login,
        login=look.login,
        name=look.name,
        origin=origin,
        patterns=found,
        reason="",
        focus="",
        at=look.first,
        until=look.last,
        due=now + timedelta(days=limit("review-days")),
    )
    return f"review-{blake2b(named.encode(), digest_size=12).hexdigest()}", look.person, task


async def _store(door: Door, provider: str, items: Sequence[tuple[str, int, Resource]]) -> int:
    made = 0
    for start in range(0, len(items), _BATCH):
        made += await _store_batch(door, provider, items[start : start + _BATCH])
    return made


async def _store_batch(door: Door, provider: str, items: Sequence[tuple[str, int, Resource]]) -> int:
    key = await key_of(door.store, REVIEWING)
    now = door.clock()
    async with transaction(door.store) as conn:
        standing = await lock(conn, [("Task", id) for id, _, _ in items])
        versions: list[Version] = []
        for id, person, task in items:
            if ("Task", id) not in standing:
                custody = Custody(Regime.CONTROL, person, provider, labels=LABELS[Duty.REVIEW])
                versions.append(version_of(prepare(task, id), custody, None, now))
        lines = [LogLine(one.person, "create", ["L-2"], [f"Task/{one.id}/_history/1"]) for one in versions]
        if versions:
            await apply(conn, versions, key, new_id(), lines)
    return len(versions)
