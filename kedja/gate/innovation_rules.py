"""The regulation navigator's rules behind the door: what an organisation adds to them, and which cases that touches.

An addition is for the organisation's administrator of rules to make; it holds for its own cases and staff. The law's words,
citation and day stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from asyncpg import Connection, Record

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.discharge.case import ZONE
from kedja.gate.door import Door
from kedja.gate.innovation import Passage, passing
from kedja.innovation.navigator.engine import next_question, pruned, result
from kedja.innovation.navigator.own import TEXTS, Addition, addition_of, faults, narrower, overlaid
from kedja.innovation.navigator.rules import Navigator, Rule, Zone, holds, standard
from kedja.innovation.roles import viewer_of
from kedja.outcome import refuse
from kedja.store import innovation as store
from kedja.store.pool import transaction
from kedja.store.queries import sql

__all__ = ["Rules", "Sheet", "Touched", "add", "for_actor", "of_org", "of_orgs", "rule", "rules"]
_TYPE: Final = "NavigatorRule"


@dataclass(frozen=True, slots=True)
class Touched:
    """A case whose kept answers lead to a rule: with its zone as kept, and the zone with the rule in each that it may have."""

    row: Record
    would: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rules:
    """Every rule as the organisation has it, with how many of its open cases lead to it."""

    navigator: Navigator
    touched: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A rule as the law has it and as the organisation has it, what was added and when, and the cases that it touches."""

    law: Rule
    own: Rule
    versions: Sequence[Record]
    touched: Sequence[Touched]

    @property
    def addition(self) -> Addition:
        if self.versions:
            return addition_of(dict(self.versions[0]))
        return Addition(self.law.id, 0, "", dict.fromkeys(TEXTS, ""), "")


async def of_org(conn: Connection, org: str) -> Navigator:
    """The rules as an organisation has them."""
    return overlaid(
        standard(), {row["rule"]: addition_of(dict(row)) for row in await conn.fetch(sql("innovation_overlays"), org)}
    )


async def of_orgs(conn: Connection) -> Mapping[str, Navigator]:
    """The rules of each organisation that has added something."""
    given: dict[str, dict[str, Addition]] = {}
    for row in await conn.fetch(sql("innovation_overlays"), None):
        given.setdefault(row["org"], {})[row["rule"]] = addition_of(dict(row))
    return {org: overlaid(standard(), additions) for org, additions in given.items()}


async def for_actor(door: Door, actor: Actor, case: str) -> Navigator:
    """The rules as they hold for a case that this actor sees, or, without one, at their own organisation."""
    async with transaction(door.store) as conn:
        org = await conn.fetchval(sql("innovation_navigator_org"), *store.who(viewer_of(actor)), case)
        return await of_org(conn, org or "")


async def rules(door: Door, actor: Actor, request: str) -> Rules:
    """Every rule at the actor's own organisation. Raises 403 for whom they are not to keep."""
    async with passing(door, actor, "read", request) as passage:
        await passage.must("administer")
        own = await of_org(passage.conn, passage.viewer.org)
        met = [rule.id for row in await _answered(passage) for rule in own.rules if holds(rule.cases, _answers(row))]
        return Rules(own, {id: met.count(id) for id in set(met)})


async def rule(door: Door, actor: Actor, id: str, request: str) -> Sheet:
    """One rule at the actor's own organisation. Raises 403, and 404 for a rule that there is not."""
    law = _rule(standard(), id)
    async with passing(door, actor, "read", request) as passage:
        await passage.must("administer")
        passage.saw(f"{passage.viewer.org}/{id}", type=_TYPE)
        own = await of_org(passage.conn, passage.viewer.org)
        versions = await passage.conn.fetch(sql("innovation_overlay_versions"), passage.viewer.org, id)
        rows = [row for row in await _answered(passage) if holds(law.cases, _answers(row))]
        passage.saw(*(row["case_id"] for row in rows))
        today = passage.now.astimezone(ZONE).date()
        touched = [Touched(row, _would(own, law, _answers(row), today)) for row in rows]
        return Sheet(law, _rule(own, id), versions, touched)


async def add(door: Door, actor: Actor, given: Addition, request: str) -> None:
    """Keep what the organisation adds to a rule, after the version that `given` names.

    Raises 403, 404, 409, and 422 for what would widen a zone or lacks its reason.
    """
    law = _rule(standard(), given.rule)
    async with passing(door, actor, "update", request, f"{given.rule}: {given.zone or 'as it is'}") as passage:
        await passage.must("administer")
        org = passage.viewer.org
        passage.saw(f"{org}/{given.rule}", type=_TYPE)
        if wrong := faults(law, given):
            name, words = next(iter(wrong.items()))
            raise refuse(422, "value", f"`{name}`: {words.en}")
        texts = tuple(given.texts[name] for name in TEXTS)
        whose = (given.reason, actor.id, actor.name, passage.now)
        kept = (org, given.rule, given.version, given.zone, *texts, *whose)
        if await passage.conn.fetchval(sql("innovation_overlay_keep"), *kept) is None:
            raise refuse(
                409, "conflict", "somebody has changed this meanwhile: open it again and make your change in what it says now"
            )


async def _answered(passage: Passage) -> list[Record]:
    """The open cases of the organisation with kept answers that this viewer sees whole and that answer every question."""
    rows = await passage.conn.fetch(sql("innovation_navigations"), *store.who(passage.viewer))
    return [row for row in rows if row["org"] == passage.viewer.org and next_question(standard(), _answers(row)) is None]


def _answers(row: Record) -> dict[str, str]:
    return pruned(standard(), exactjson.loads(row["answers"].encode()))


def _would(own: Navigator, law: Rule, answers: Mapping[str, str], today: date) -> dict[str, str]:
    """The zone of these answers with the rule in each zone that it may have, all else as the organisation has it."""
    found: dict[str, str] = {}
    for zone in narrower(law):
        put = replace(law, zone=Zone[zone.upper()] if zone else law.zone)
        with_it = replace(own, rules=tuple(put if rule.id == law.id else rule for rule in own.rules))
        found[zone] = result(with_it, answers, today).zone.word
    return found


def _rule(navigator: Navigator, id: str) -> Rule:
    found = next((rule for rule in navigator.rules if rule.id == id), None)
    if found is None:
        raise refuse(404, "not-found", f"there is no rule `{id}`")
    return found
