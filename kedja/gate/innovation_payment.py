"""Who pays for a solution, behind the door: described, decided, followed up; and models of reimbursement to try.

It is seen by who sees the case whole, as its weighing is: sums of money are not for all to whom the case is open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from asyncpg import Record

from kedja import exactjson
from kedja.access.actor import Actor, Kind
from kedja.discharge.case import ZONE
from kedja.gate.door import Door
from kedja.gate.innovation import Passage, passing
from kedja.gate.innovation_catalogue import SEE, TYPE, Entry, entry_of, who
from kedja.innovation.case import Case
from kedja.innovation.entries import called
from kedja.innovation.payment import lets
from kedja.innovation.roles import Role
from kedja.outcome import refuse
from kedja.store import innovation_entries as store
from kedja.store.innovation import Event, Wait, json
from kedja.store.innovation_entries import Asked
from kedja.store.keys import new_id
from kedja.store.queries import sql

_ASKING: Final = Actor("innovation-payment-review", Kind.SYSTEM, name="Automatic review of payment")
_MOST: Final = 200  # models to choose among


@dataclass(frozen=True, slots=True)
class Payment:
    """A case, how it was said who pays (the newest first, each with what was decided), what came of it, the models to choose
    among, and what this actor may do."""

    case: Case
    versions: Sequence[Mapping[str, Any]]
    results: Sequence[Record]
    models: Sequence[Entry]
    may_write: bool
    may_decide: bool


async def payment(door: Door, actor: Actor, id: str, request: str) -> Payment:
    """Who pays for a case. Raises 404, and 403 for whom only what is open of it is for."""
    async with passing(door, actor, "read", request) as passage:
        case = await _whole(passage, id)
        rows = await passage.conn.fetch(sql("innovation_payments"), id)
        return Payment(
            case,
            [version(row) for row in rows],
            await passage.conn.fetch(sql("innovation_payment_results"), id),
            await _models(passage),
            await passage.may("follow", case),
            await passage.may("fund", case),
        )


async def describe(door: Door, actor: Actor, id: str, given: Mapping[str, Any], request: str) -> None:
    """Say who pays: today's model and the chosen, the activity, who bears cost and who has gain. The models' amounts are kept as
    they are now. Raises 403, 404, and 422 for a model that is not there.
    """
    async with passing(door, actor, "update", request) as passage:
        await passage.must("follow", await passage.case(id, lock=True))
        models = {name: await _model(passage, given[name]) for name in ("today", "chosen") if given[name]}
        said = (json(models), json(given["activity"]), json(given["flows"]), given["hinders"], given["remedy"])
        number = await passage.conn.fetchval(sql("innovation_pay"), id, *said, actor.id, actor.name, passage.now)
        # The history is open to all who see the case; sums are not, and stay on the page of payment.
        await passage.record(id, Event("payment", {"version": number}))


async def decide(
    door: Door, actor: Actor, id: str, version: int, outcome: str, reason: str, review: date | None, request: str
) -> None:
    """Decide how it is paid, about the description that was read. Raises 403, 404, and 409 where it was changed meanwhile."""
    async with passing(door, actor, "update", request) as passage:
        await passage.must("fund", await passage.case(id, lock=True))
        given = (outcome, reason, review, actor.id, actor.name, actor.title, passage.now)
        if await passage.conn.fetchval(sql("innovation_pay_decide"), id, version, *given) is None:
            raise refuse(409, "conflict", "who pays was described anew meanwhile: read it again before you decide")
        await passage.waited(id, "payment")
        await passage.record(id, Event("payment-decided", {"outcome": outcome, "text": reason}, open=False))


async def follow_up(door: Door, actor: Actor, id: str, given: Mapping[str, Any], request: str) -> None:
    """What came of it. Raises 403, 404, and 409 where nothing is decided yet."""
    async with passing(door, actor, "update", request) as passage:
        await passage.must("follow", await passage.case(id, lock=True))
        if await passage.conn.fetchrow(sql("innovation_pay_decided"), id) is None:
            raise refuse(409, "conflict", "nothing is decided yet about who pays: that comes first")
        sums = (given["day"], given["paid"], given["gained"], given["text"])
        await passage.conn.execute(sql("innovation_pay_result"), id, *sums, actor.id, actor.name, passage.now)
        await passage.waited(id, "payment")
        await passage.record(id, Event("payment-result", {"text": given["text"]}, open=False))


async def models(door: Door, actor: Actor, request: str) -> list[Entry]:
    """The models of reimbursement that this actor sees."""
    async with passing(door, actor, "search", request) as passage:
        passage.rules.append(SEE)
        found = await _models(passage)
        passage.saw(*(one.called for one in found), type=TYPE)
        return found


async def may_pass(passage: Passage, id: str) -> bool:
    """Whether the readiness gate of payment may be passed: it is decided how it is paid, or tried."""
    row = await passage.conn.fetchrow(sql("innovation_pay_decided"), id)
    return row is not None and lets(row["outcome"])


async def ask_reviews(door: Door) -> int:
    """Ask what came of it, of the pilots of cases whose day of review has come; how many. Done again it asks nothing twice."""
    async with passing(door, _ASKING, "update", new_id()) as passage:
        due = await passage.conn.fetch(sql("innovation_pay_reviews"), passage.now.astimezone(ZONE).date())
        for row in due:
            role = "" if row["pilot"] else Role.PILOT
            on = {"org": row["org"], "role": role, "actor": row["pilot"], "name": row["pilot_name"]}
            await passage.wait(row["id"], Wait("payment", str(row["decision"]), due=passage.due("follow-up"), **on))
            await passage.record(row["id"], Event("payment-asked", {}, open=False))
        passage.saw(*(row["id"] for row in due))
        return len(due)


def version(row: Record) -> dict[str, Any]:
    """A description with its JSON read."""
    return {**row, **{name: exactjson.loads(row[name].encode()) for name in ("models", "activity", "flows")}}


async def _whole(passage: Passage, id: str) -> Case:
    case = await passage.case(id)
    if not case.whole:
        raise refuse(403, "forbidden", "who pays for a case is seen by who takes part in it, and who decides where it belongs")
    return case


async def _models(passage: Passage) -> list[Entry]:
    asked = Asked(["model"], order="number", count=_MOST)
    return [entry_of(row) for row in await store.search(passage.conn, who(passage), asked, passage.now.date())]


async def _model(passage: Passage, name: str) -> dict[str, Any]:
    one = called(name)
    row = await store.find(passage.conn, who(passage), "model", one.number) if one and one.kind.id == "model" else None
    if row is None:
        raise refuse(422, "value", f"there is no model of reimbursement {name} that you may see")
    passage.saw(name, type=TYPE)
    entry = entry_of(row)
    return {"called": name, "version": row["version"], "title": row["title"], "values": dict(entry.values)}
