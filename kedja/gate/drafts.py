"""Drafts of notes: only their author reads them, under the assignment that they were begun in (docs/adr/0022).

A draft is working material and no part of the record yet. Who may begin one is who may write the note: the same rules decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kedja import exactjson
from kedja.access.actor import Actor, Kind
from kedja.access.compile import permit
from kedja.access.custody import Custody, Regime
from kedja.access.evaluate import permitting_rule
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.outcome import refuse
from kedja.store.queries import sql

_REGIMES: Final = {Kind.PROFESSIONAL: Regime.HEALTH, Kind.CARE_WORKER: Regime.SOCIAL}


@dataclass(frozen=True, slots=True)
class Draft:
    """`body` is a QuestionnaireResponse in progress, `corrects` a version (`Composition/1/_history/2`) or ''."""

    id: str
    person: int
    patient: str
    corrects: str
    body: dict[str, Any]
    begun: datetime
    updated: datetime


async def keep(
    door: Door, actor: Actor, person: int, id: str, patient: str, body: dict[str, Any], request: str, corrects: str = ""
) -> None:
    """Keep a draft about `patient` (`Patient/id`), who is `person`. Raises OutcomeError 403 by law, 404 for another's draft."""
    rule, provider, unit = await _rule(door, actor, person, request)
    text = exactjson.dumps(body).decode()
    values = (id, actor.id, provider, unit, patient, corrects, text, person, await key_of(door.store, actor), rule, request)
    if await door.store.pool.fetchval(sql("draft_keep"), *values) is None:
        raise refuse(404, "not-found", "there is no such draft of yours: it became a note, or was thrown away")


async def drafts(door: Door, actor: Actor, request: str, *, id: str = "", patient: str = "") -> Sequence[Draft]:
    """The author's drafts under this assignment, the latest first."""
    rule, _, unit = await _rule(door, actor, 0, request)
    key = await key_of(door.store, actor)
    rows = await door.store.pool.fetch(sql("drafts"), actor.id, unit, id, patient, key, rule, request)
    return [Draft(**{**row, "body": exactjson.loads(row["body"].encode())}) for row in rows]


async def drop(door: Door, actor: Actor, person: int, id: str, request: str) -> None:
    """Throw a draft away."""
    rule, _, unit = await _rule(door, actor, person, request)
    await door.store.pool.fetchval(sql("draft_drop"), id, actor.id, unit, person, await key_of(door.store, actor), rule, request)


async def _rule(door: Door, actor: Actor, person: int, request: str) -> tuple[str, str, str]:
    """By which rule this actor may write notes about this person, and where. Raises 403, logged."""
    assignment, regime = actor.assignment, _REGIMES.get(actor.kind)
    rule = None
    if assignment is not None and regime is not None:
        custody = Custody(regime, person, assignment.provider, assignment.unit)
        rule = permitting_rule(permit(actor, "write", door.clock()), custody, (), "Composition")
    if rule is None or assignment is None:
        await door.denied(actor, person, "draft", ["J-1", "S-3"], [], request, "")
        raise refuse(403, "forbidden", "notes are written by who gives care, at their own unit (PDL 3 kap. 3 §, SoL 14 kap. 3 §)")
    return rule, assignment.provider, assignment.unit
