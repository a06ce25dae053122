"""Who can decide: always somebody, with the reason (`seats.toml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from kedja.innovation.machine import Machine, State, Status
from kedja.innovation.words import Words, table, words


@dataclass(frozen=True, slots=True)
class Seat:
    id: str
    words: Words
    why: Words


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a seat at an organisation."""

    seat: str
    actor: str
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides at the gate of `phase` ('' for the whole case).

    `seat` is what the phase and the zone ask for; `holders` those who hold it, or the next above that anybody holds
    (`stands_in`); nobody where the organisation has named nobody: then the organisation itself answers for it.
    `authority`: whose decision is needed too, None for nobody's.
    """

    phase: str
    seat: Seat
    holders: tuple[Holder, ...]
    stands_in: Seat | None
    authority: Words | None


@cache
def seats() -> tuple[Seat, ...]:
    """From the nearest to the highest."""
    return tuple(Seat(row["id"], words(row), words(row, "why_")) for row in table("seats.toml")["seats"])


@cache
def authorities() -> Mapping[str, Words]:
    return {row["id"]: words(row) for row in table("seats.toml")["authorities"]}


def higher(one: str, other: str) -> str:
    """The higher of two seats, by id."""
    order = [seat.id for seat in seats()]
    return max(one, other, key=order.index)


def deciders(machine: Machine, state: State, zone: str, holders: Sequence[Holder], giver: Holder) -> tuple[Decider, ...]:
    """Who decides on each phase that is under way; on the whole case where none is. Never nobody.

    `zone` is green, yellow, red or '' for not asked yet; `holders` are those of the organisation that owns the case; `giver` is
    who gave it, who decides where the seat is `own`.
    """
    known = [*holders, giver]
    if state.status is not Status.OPEN:
        return (_decider(machine, "", "unit-head", zone, known),)
    return tuple(_decider(machine, id, machine.phase(id).seat, zone, known) for id in state.phases)


def _decider(machine: Machine, phase: str, seat: str, zone: str, holders: Sequence[Holder]) -> Decider:
    needed = _at_least(machine, phase, seat, zone)
    order = [each.id for each in seats()]
    for id in order[order.index(needed) :]:
        found = tuple(each for each in holders if each.seat == id)
        if found:
            return Decider(phase, _seat(needed), found, None if id == needed else _seat(id), _authority(machine, phase))
    return Decider(phase, _seat(needed), (), None, _authority(machine, phase))


def _at_least(machine: Machine, phase: str, seat: str, zone: str) -> str:
    """A green zone lets who has the idea try it by themselves, up to the first pilot; other zones ask for a seat at least."""
    asked = table("seats.toml")["zones"].get(zone, "")
    if asked == "own":
        early = phase and not machine.phase(phase).introduction and seat == "unit-head"
        return "own" if early else seat
    return higher(seat, asked) if asked else seat


def _seat(id: str) -> Seat:
    return next(seat for seat in seats() if seat.id == id)


def _authority(machine: Machine, phase: str) -> Words | None:
    return authorities().get(machine.phase(phase).authority) if phase else None
