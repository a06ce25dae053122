"""How much is kept about a person and where, and what of it somebody else would see: by the law itself, before a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kedja.access.actor import Actor, Kind
from kedja.access.consent_facts import facts_of_consent
from kedja.access.rows import CareRelation, FactRow, Representation
from kedja.access.specialise import Facts, specialise
from kedja.gate import shield
from kedja.gate.door import Door
from kedja.gate.facts import facts_about
from kedja.gate.logging import key_of
from kedja.outcome import refuse
from kedja.search.condition import NOTHING, Condition
from kedja.search.sql.condition import render, render_rule
from kedja.store.queries import sql

_SOMEBODY = 2**62  # the key of a person who is thought of, as a proxy: nobody has it


@dataclass(frozen=True, slots=True)
class Seen:
    """What is kept of one type at one place: `number` entries, of which the other reader would see `shown`."""

    type: str
    regime: str
    provider: str
    unit: str
    source: str
    number: int
    shown: int


async def kept_about(door: Door, actor: Actor, request: str) -> list[Seen]:
    """What is kept about the person who asks, and where. Raises OutcomeError 403 for anybody else."""
    return await _counted(door, _oneself(actor), NOTHING, request)


async def seen_by(
    door: Door, actor: Actor, reader: Actor, request: str, consents: Sequence[dict[str, object]] = (), *, patient: bool = False
) -> list[Seen]:
    """What `reader` would see of the person who asks, if they had made these consents and blocks too.

    `patient`: as if the person were a patient of the reader's unit now. Raises OutcomeError 403 for anybody else.
    """
    person = _oneself(actor).person
    facts: list[FactRow] = [*await facts_about(door.store, [person])]
    for consent in consents:
        facts += facts_of_consent(consent, person)
    if patient and reader.assignment:
        facts.append(CareRelation(person, reader.assignment.provider, reader.assignment.unit))
    condition = specialise(shield.named(reader, door.clock()), person, Facts(facts))
    return await _counted(door, actor, condition, request)


async def seen_by_proxy(door: Door, actor: Actor, matters: int, request: str) -> list[Seen]:
    """What a proxy with a mandate for these matters (bits of `access.mandate.Matter`) would see of the person who asks."""
    person = _oneself(actor).person
    facts = [fact for fact in await facts_about(door.store, [person]) if not isinstance(fact, Representation)]
    given = Representation(person, "proxy", _SOMEBODY, matters)
    proxy = replace(actor, id="a proxy", kind=Kind.PROXY, person=_SOMEBODY, acts_for=person)
    condition = specialise(shield.named(proxy, door.clock()), person, Facts([*facts, given]))
    return await _counted(door, actor, condition, request)


async def _counted(door: Door, actor: Actor, reader: Condition, request: str) -> list[Seen]:
    own = shield.named(actor, door.clock())
    args: list[object] = [actor.person, await key_of(door.store, actor), request]
    text = sql("seen").replace("{condition}", render(own, "r", args)).replace("{rule}", render_rule(own, "r", args))
    rows = await door.store.pool.fetch(text.replace("{reader}", render(reader, "r", args)), *args)
    return [Seen(*row) for row in rows]


def _oneself(actor: Actor) -> Actor:
    if actor.kind is not Kind.CITIZEN or not actor.person:
        raise refuse(403, "forbidden", "what others would see is shown to the person that it is about")
    return actor
