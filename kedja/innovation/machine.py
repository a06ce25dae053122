"""The phases of each kind of innovation, and what may happen next to a case (`kinds/*.toml`).

Phases may run in parallel and back; what is decided at the gate of a phase is a Move. A state is never without a way on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any, Final

from kedja.innovation.words import Words, table, words

NAMES: Final = ("drug", "medtech", "service", "organisation", "process", "system")


class Status(StrEnum):
    FILED = "filed"  # in the queue of the back office
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What a decision comes to."""

    ACCEPT = "accept"  # into its first phase
    GO = "go"  # on to the next phase
    ALONGSIDE = "alongside"  # the next phase begins, and this one goes on
    REWORK = "rework"  # stays, until something more is done
    BACK = "back"  # to an earlier phase
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    FINISH = "finish"  # its last phase is over: it is part of the ordinary work
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Check:
    id: str
    words: Words


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase and the gate at its end.

    `alone`: the next does not begin before this one is left. `pilot`: does not begin without a baseline and a named measure.
    `introduction`: does not begin before the readiness gates are passed. `linked`: is not left before so many cases are linked.
    `seat` decides at the gate; `authority` is whose decision it also needs, '' for nobody's.
    """

    id: str
    words: Words
    next: tuple[str, ...]
    seat: str
    checklist: tuple[Check, ...]
    authority: str = ""
    alone: bool = False
    pilot: bool = False
    introduction: bool = False
    linked: int = 0


@dataclass(frozen=True, slots=True)
class Machine:
    """A kind of innovation. `kind` is one of the five; product has two machines, drug and medtech."""

    id: str
    kind: str
    words: Words
    about: Words
    phases: tuple[Phase, ...]

    def phase(self, id: str) -> Phase:
        """Raises KeyError for a phase that this machine has not."""
        found = next((phase for phase in self.phases if phase.id == id), None)
        if found is None:
            raise KeyError(id)
        return found

    def earlier(self, id: str) -> tuple[Phase, ...]:
        """The phases before this one, the nearest first."""
        place = self.phases.index(self.phase(id))
        return self.phases[:place][::-1]


@dataclass(frozen=True, slots=True)
class State:
    """Where a case is. `phases` are under way at once; a closed or paused case keeps those that it had."""

    status: Status = Status.FILED
    phases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """A decision that may be taken: at the gate of `phase` ('' for the whole case), leading to the phase `to` ('' for none)."""

    outcome: Outcome
    phase: str = ""
    to: str = ""


def moves(machine: Machine, state: State) -> tuple[Move, ...]:
    """Every decision that may be taken in this state; never none."""
    if state.status is Status.FILED:
        return (Move(Outcome.ACCEPT, to=machine.phases[0].id), Move(Outcome.STOP))
    if state.status is Status.PAUSED:
        return (Move(Outcome.RESUME), Move(Outcome.STOP))
    if state.status is Status.CLOSED:
        return (Move(Outcome.REOPEN),)
    gates = [move for id in state.phases for move in _at_gate(machine, machine.phase(id), state)]
    return (*gates, Move(Outcome.PAUSE), Move(Outcome.STOP))


def _at_gate(machine: Machine, phase: Phase, state: State) -> Iterator[Move]:
    for id in phase.next:
        if id not in state.phases:
            yield Move(Outcome.GO, phase.id, id)
            if not phase.alone:
                yield Move(Outcome.ALONGSIDE, phase.id, id)
        else:
            yield Move(Outcome.GO, phase.id, id)  # the next is under way already: this one is simply left
    if not phase.next:
        yield Move(Outcome.FINISH, phase.id)
    yield Move(Outcome.REWORK, phase.id)
    for earlier in machine.earlier(phase.id):
        if earlier.id not in state.phases:
            yield Move(Outcome.BACK, phase.id, earlier.id)


def after(machine: Machine, state: State, move: Move) -> State:
    """The state that a move leads to. Raises ValueError for a move that may not be made in this state."""
    if move not in moves(machine, state):
        raise ValueError(f"{move.outcome} is not possible here")
    if move.outcome in (Outcome.PAUSE, Outcome.STOP, Outcome.RESUME, Outcome.REOPEN):
        return _whole(machine, state, move.outcome)
    if move.outcome is Outcome.REWORK:
        return state
    kept = [id for id in state.phases if id != move.phase or move.outcome is Outcome.ALONGSIDE]
    if move.outcome is Outcome.FINISH:
        return State(Status.OPEN, tuple(kept)) if kept else replace(state, status=Status.CLOSED)
    under_way = {*kept, move.to}
    return State(Status.OPEN, tuple(phase.id for phase in machine.phases if phase.id in under_way))


def _whole(machine: Machine, state: State, outcome: Outcome) -> State:
    if outcome is Outcome.PAUSE:
        return replace(state, status=Status.PAUSED)
    if outcome is Outcome.STOP:
        return replace(state, status=Status.CLOSED)
    return State(Status.OPEN, state.phases or (machine.phases[0].id,))


@cache
def machines() -> Mapping[str, Machine]:
    """Every machine by its id, in the order of `NAMES`."""
    return {name: _machine(table(f"kinds/{name}.toml")) for name in NAMES}


def _machine(row: Mapping[str, Any]) -> Machine:
    return Machine(row["id"], row["kind"], words(row), words(row, "about_"), tuple(_phase(each) for each in row["phases"]))


def _phase(row: Mapping[str, Any]) -> Phase:
    given = {name: row[name] for name in ("authority", "alone", "pilot", "introduction", "linked") if name in row}
    checks = tuple(Check(each["id"], words(each)) for each in row["checklist"])
    return Phase(row["id"], words(row), tuple(row["next"]), row["seat"], checks, **given)
