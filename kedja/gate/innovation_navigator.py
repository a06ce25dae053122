"""Answers to the regulation navigator behind the door: kept with a case, and asked again when the law they led to has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from asyncpg import Record

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.discharge.case import ZONE
from kedja.gate.door import Door
from kedja.gate.innovation import Event, Passage, Wait, passing
from kedja.gate.innovation_rules import of_org, of_orgs
from kedja.innovation.navigator.engine import next_question, pruned, result
from kedja.innovation.navigator.kept import Kept, Since, since
from kedja.innovation.navigator.kept import keep as kept_now
from kedja.innovation.navigator.rules import Navigator, standard
from kedja.outcome import refuse
from kedja.store import innovation as store
from kedja.store.pool import transaction
from kedja.store.queries import sql

__all__ = ["Navigation", "ask_again", "keep", "navigation", "navigations"]


@dataclass(frozen=True, slots=True)
class Navigation:
    """What is kept with a case, and what of the law has changed since."""

    row: Record
    kept: Kept
    since: Since


async def keep(door: Door, actor: Actor, case: str, given: Mapping[str, str], request: str) -> None:
    """Keep a whole set of answers with a case, and give it the zone that they lead to.

    Raises OutcomeError 404 for a case that is not seen, 403 where the rule does not let, 422 for a question that is open.
    """
    answers = pruned(standard(), given)
    async with passing(door, actor, "update", request) as passage:
        found = await passage.case(case, lock=True)
        await passage.must("navigate", found)
        navigator = await of_org(passage.conn, found.org)
        if (question := next_question(navigator, answers)) is not None:
            raise refuse(422, "required", f"the question `{question.id}` is not answered")
        today = _day(passage.now)
        kept, zone = kept_now(navigator, answers, today), result(navigator, answers, today).zone.word
        given_ = (store.json(dict(kept.answers)), store.json(dict(kept.versions)), zone, today, actor.id, actor.name, passage.now)
        await passage.conn.execute(sql("innovation_navigation_keep"), case, *given_)
        await store.change(passage.conn, {**found.row, "zone": zone}, passage.now)
        await passage.record(case, Event("navigated", {"zone": zone}))
        await passage.waited(case, "navigator")


async def navigation(passage: Passage, case: str) -> Navigation | None:
    """What is kept with a case that this viewer sees whole."""
    row = await passage.conn.fetchrow(sql("innovation_navigation"), case)
    return _navigation(row, await of_org(passage.conn, row["org"]), _day(passage.now)) if row else None


async def navigations(door: Door, actor: Actor, request: str) -> list[Navigation]:
    """What is kept with the cases that this actor sees whole and that are not closed; what should be asked again first."""
    async with passing(door, actor, "search", request) as passage:
        passage.by("see")
        rows = await passage.conn.fetch(sql("innovation_navigations"), *store.who(passage.viewer))
        passage.saw(*(row["case_id"] for row in rows))
        own = await of_orgs(passage.conn)
        found = [_navigation(row, own.get(row["org"]) or standard(), _day(passage.now)) for row in rows]
        return sorted(found, key=lambda each: not each.since)


async def ask_again(door: Door) -> int:
    """Let each case whose law has changed wait on whoever answered; how many that are new. Done each night."""
    now = door.clock()
    async with transaction(door.store) as conn:
        rows = await conn.fetch(sql("innovation_navigations_open"))
        own = await of_orgs(conn)
        changed = [row for row in rows if _navigation(row, own.get(row["org"]) or standard(), _day(now)).since]
        for row in changed:
            await store.wait(conn, row["case_id"], Wait("navigator", actor=row["actor"], name=row["name"]), now)
    return len(changed)


def _navigation(row: Record, navigator: Navigator, today: date) -> Navigation:
    answers, versions = (exactjson.loads(row[name].encode()) for name in ("answers", "rules"))
    kept = Kept(answers, versions, row["on_day"])
    return Navigation(row, kept, since(navigator, kept, today))


def _day(at: datetime) -> date:
    return at.astimezone(ZONE).date()
