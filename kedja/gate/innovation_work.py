"""Work on a case: taken in and settled, decided at its gates, changed by those who take part, opened and linked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kedja.access.actor import Actor
from kedja.gate.door import Door
from kedja.gate.innovation import Passage, facts, passing, who_decides
from kedja.innovation.case import CONFIDENTIAL, OPENNESS, ZONES, Case
from kedja.innovation.gates import lacking
from kedja.innovation.machine import Move, Outcome, State, Status, after, machines
from kedja.innovation.roles import Role
from kedja.innovation.words import Words
from kedja.outcome import OutcomeError, refuse
from kedja.store import innovation as store
from kedja.store.innovation import Event, Wait
from kedja.store.queries import sql

_WHOLE = (Outcome.PAUSE, Outcome.RESUME, Outcome.STOP, Outcome.REOPEN)


class Lacking(OutcomeError):
    """A decision that cannot be taken yet; `words` say what is missing."""

    def __init__(self, words: list[Words]) -> None:
        error = refuse(422, "business-rule", "; ".join(each.en for each in words))
        super().__init__(error.status, *error.issues)
        self.words = words


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides, as it was when they saw `version` of the case. `checks` and `authority`: see `gates.Given`."""

    move: Move
    reason: str
    version: int
    checks: Collection[str] = ()
    authority: str = ""


async def settle(door: Door, actor: Actor, id: str, machine: str, zone: str, note: str, request: str) -> None:
    """A pilot takes a case in: its kind and zone. One that is in the queue begins its first phase, with them as its pilot."""
    if machine not in machines() or zone not in ("", *ZONES):
        raise refuse(422, "value", "choose a kind of the list, and a zone")
    async with passing(door, actor, "update", request) as passage:
        case = await passage.case(id, lock=True)
        await passage.must("settle", case)
        if case.state.status is not Status.FILED and case.row["machine"] != machine:
            raise refuse(409, "conflict", "the kind is settled: a case of another kind is filed anew and linked")
        new = {**case.row, "machine": machine, "zone": zone, "pilot": actor.id, "pilot_name": actor.name}
        await passage.record(id, Event("settled", {"machine": machine, "zone": zone, "text": note}))
        if case.state.status is Status.FILED:
            state = after(machines()[machine], case.state, Move(Outcome.ACCEPT, to=machines()[machine].phases[0].id))
            await passage.waited(id, "triage")
            new |= {"status": state.status, "phases": list(state.phases)}
        await store.change(passage.conn, new, passage.now)
        await await_deciders(passage, await passage.case(id))


async def decide(door: Door, actor: Actor, id: str, decision: Decision, request: str) -> None:
    """Take a decision. Raises 403 for whom it is not, 409 where the case is another by now, Lacking for what is to be done."""
    async with passing(door, actor, "update", request, decision.move.outcome) as passage:
        case = await passage.case(id, lock=True)
        passage.by("decide")
        if not await may_decide(passage, case, decision.move):
            raise refuse(403, "forbidden", "who holds the seat decides here (IN-4): the case says who that is")
        if case.version != decision.version:
            raise refuse(409, "conflict", "the case was changed meanwhile: look at it again, then decide")
        given = replace(await facts(passage, id), reason=decision.reason, checks=decision.checks, authority=decision.authority)
        missing = lacking(case.runs, decision.move, given)
        if missing:
            raise Lacking(missing)
        try:
            state = after(case.runs, case.state, decision.move)
        except ValueError as error:
            raise refuse(409, "conflict", f"{error}: look at the case again") from None
        await store.change(passage.conn, {**case.row, "status": state.status, "phases": list(state.phases)}, passage.now)
        if decision.move.to and case.runs.phase(decision.move.to).pilot:
            await passage.conn.execute(sql("innovation_trial_began"), id, passage.now)
        await passage.record(id, _event(decision))
        await _wait_after(passage, case, state, decision.move)


async def may_decide(passage: Passage, case: Case, move: Move) -> bool:
    """Whether this is one of those who decide at the gate of the move, or, for the whole case, at one of its gates. What is in
    the queue its pilots may decline.
    """
    if case.state.status is Status.FILED:
        return move.outcome is Outcome.STOP and await passage.may("settle", case)
    found = await who_decides(passage.conn, case)
    asked = [one for one in found if move.outcome in _WHOLE or one.phase == move.phase]
    return any(holder.actor == passage.actor.id for one in asked for holder in one.holders)


async def again(door: Door, actor: Actor, id: str, phase: str, note: str, request: str) -> None:
    """What was asked for at a gate is done: it waits for the decision again."""
    async with passing(door, actor, "update", request) as passage:
        case = await passage.case(id, lock=True)
        await passage.must("settle", case)
        if phase not in case.state.phases:
            raise refuse(409, "conflict", "the case is not in this phase any more")
        await passage.waited(id, "rework", phase)
        await passage.record(id, Event("ready", {"text": note}, phase))
        await await_deciders(passage, case)


async def change(door: Door, actor: Actor, id: str, answers: Mapping[str, Any], reason: str, version: int, request: str) -> None:
    """A changed problem description; who changed what, and why, stands in the history. Raises 409 where it is another by now."""
    async with passing(door, actor, "update", request) as passage:
        case = await passage.case(id, lock=True)
        await passage.must("change", case)
        if case.version != version:
            raise refuse(409, "conflict", "somebody changed it meanwhile: open it again and change that")
        names = {*answers, *case.problem}
        changed = {
            name: [case.problem.get(name), answers.get(name)] for name in names if case.problem.get(name) != answers.get(name)
        }
        if not changed:
            return
        await store.change(passage.conn, {**case.row, "title": answers["title"], "problem": dict(answers)}, passage.now)
        await passage.waited(id, "answer", passage.viewer.org or actor.id)
        await passage.record(id, Event("changed", {"changed": changed, "text": reason}))


async def invite(door: Door, actor: Actor, id: str, org: str, name: str, role: str, text: str, request: str) -> None:
    """Another organisation takes part; the case waits for its answer."""
    if role not in (Role.COMPANY, Role.PATIENTS, "unit", "expert"):
        raise refuse(422, "value", "choose as what they take part")
    async with passing(door, actor, "update", request) as passage:
        case = await passage.case(id, lock=True)
        await passage.must("invite", case)
        await passage.conn.execute(sql("innovation_join"), id, "", org, name, role, passage.now)
        await passage.record(id, Event("invited", {"org": org, "name": name, "role": role, "text": text}))
        await passage.wait(id, Wait("answer", org, org=org, name=name, due=passage.due("answer")))


async def open_up(door: Door, actor: Actor, id: str, openness: str, confidential: str, note: str, request: str) -> None:
    """Close, share or publish a case. What is confidential is closed; publishing ends that it is."""
    if openness not in OPENNESS or confidential not in ("", *CONFIDENTIAL) or (confidential and openness != "closed"):
        raise refuse(422, "value", "what is confidential is closed until it is published: choose one of the two")
    async with passing(door, actor, "update", request) as passage:
        case = await passage.case(id, lock=True)
        await passage.must("publish", case)
        await store.change(passage.conn, {**case.row, "openness": openness, "confidential": confidential}, passage.now)
        await passage.record(id, Event("opened", {"openness": openness, "confidential": confidential, "text": note}))


async def link(door: Door, actor: Actor, id: str, kind: str, number: int, note: str, request: str) -> None:
    """Say what a case hangs together with: another that its pilot sees, by its number."""
    if kind not in ("part-of", "like", "copy-of"):
        raise refuse(422, "value", "choose how they hang together")
    async with passing(door, actor, "update", request) as passage:
        case = await passage.case(id, lock=True)
        await passage.must("settle", case)
        other = await passage.conn.fetchval(sql("innovation_case_numbered"), number)
        if other is None or other == id:
            raise refuse(404, "not-found", "there is no other case with this number that you may see")
        await passage.case(other)
        await passage.conn.execute(sql("innovation_link"), id, kind, other, note, passage.now)
        await passage.record(id, Event("linked", {"kind": kind, "number": number, "text": note}))


async def await_deciders(passage: Passage, case: Case) -> None:
    """It waits for those who decide on each phase that is under way."""
    for one in await who_decides(passage.conn, case):
        if one.phase:
            holder = one.holders[0] if len(one.holders) == 1 else None
            seat = (one.stands_in or one.seat).id
            person = {"actor": holder.actor, "name": holder.name} if holder else {}
            await passage.wait(case.id, Wait("gate", one.phase, org=case.org, seat=seat, due=passage.due("gate"), **person))


async def _wait_after(passage: Passage, case: Case, state: State, move: Move) -> None:
    if state.status is not Status.OPEN:
        await passage.waited(case.id)
        if state.status is Status.PAUSED:
            await passage.wait(case.id, Wait("resume", org=case.org, role=Role.PILOT))
        return
    await passage.waited(case.id, "resume")
    for phase in set(case.state.phases) - set(state.phases):
        await passage.waited(case.id, "gate", phase)
    if move.outcome is Outcome.REWORK:
        await passage.waited(case.id, "gate", move.phase)
        await passage.wait(case.id, Wait("rework", move.phase, org=case.org, role=Role.PILOT, due=passage.due("answer")))
        return
    await await_deciders(passage, await passage.case(case.id))


def _event(decision: Decision) -> Event:
    move = decision.move
    body = {"outcome": move.outcome, "to": move.to, "text": decision.reason, "checks": sorted(decision.checks)}
    return Event("decision", {**body, "authority": decision.authority}, move.phase)
