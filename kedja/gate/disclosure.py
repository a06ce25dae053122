"""Stepwise disclosure through the gate: what may be told, to this actor now, of what is held about a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kedja.access.actor import Actor
from kedja.access.asker import Context
from kedja.access.custody import Regime
from kedja.access.disclosure import Holding, Step, conditions, disclosure
from kedja.gate import shield
from kedja.gate.door import Door
from kedja.gate.facts import facts_about
from kedja.gate.logging import key_of
from kedja.store.holdings import holdings
from kedja.store.queries import sql

_NO_CONTEXT = Context()


@dataclass(frozen=True, slots=True)
class Preview:
    """`steps` in order; nothing that is not in a step may be shown."""

    person: int
    steps: Sequence[Step]


async def preview(door: Door, actor: Actor, person: int, request: str, context: Context = _NO_CONTEXT) -> Preview:
    """What this actor may be told of what is held about this person. Logged, with the rules that were told (spec L-5)."""
    now, context = door.clock(), replace(context, exactly=True)
    counted = await holdings(door.store, conditions(actor, now, context=context), person)
    summary = [Holding(person, Regime(row["regime"]), *tuple(row)[1:]) for row in counted]
    facts = await facts_about(door.store, [person])
    steps = disclosure(actor, summary, facts, now, context=context)
    if shield.hides_units(actor, person, facts, now):
        steps = [replace(step, holdings=tuple(replace(one, unit="") for one in step.holdings)) for step in steps]
    rules = " ".join(dict.fromkeys(step.rule.id for step in steps))
    key = await key_of(door.store, actor)
    await door.store.pool.execute(sql("previewed"), person, key, rules, request)
    return Preview(person, steps)
