"""Every kind of innovation: no state of its phases is without a way on, and somebody can always decide."""

from __future__ import annotations

from functools import cache

import pytest

from kedja.innovation.deciders import Holder, authorities, deciders, seats
from kedja.innovation.machine import Machine, Move, Outcome, State, Status, after, machines, moves

GIVER = Holder("own", "nurse", "Who gave it", "")
MACHINES = list(machines().values())


@cache
def ways(machine: Machine) -> dict[State, set[State]]:
    """Every state that decisions lead to from the queue on, with those that it leads to."""
    found: dict[State, set[State]] = {}
    left = [State()]
    while left:
        state = left.pop()
        if state not in found:
            found[state] = {after(machine, state, move) for move in moves(machine, state)}
            left += found[state]
    return found


@pytest.mark.parametrize("machine", MACHINES, ids=lambda each: each.id)
def test_no_state_is_without_a_way_on_and_every_phase_is_reached(machine: Machine) -> None:
    states = ways(machine)
    assert [state for state, to in states.items() if not to] == []
    assert {phase for state in states for phase in state.phases} == {phase.id for phase in machine.phases}
    assert {state.status for state in states} == set(Status)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda each: each.id)
def test_from_every_state_the_end_can_be_reached(machine: Machine) -> None:
    """The last phase can be finished from anywhere: found backwards from the states in which it can."""
    leads = ways(machine)
    good = {state for state in leads if any(move.outcome is Outcome.FINISH for move in moves(machine, state))}
    while more := {state for state, to in leads.items() if state not in good and to & good}:
        good |= more
    assert good == leads.keys()


@pytest.mark.parametrize("machine", MACHINES, ids=lambda each: each.id)
@pytest.mark.parametrize("zone", ["", "green", "yellow", "red"])
def test_somebody_can_decide_in_every_state_and_zone(machine: Machine, zone: str) -> None:
    named = [Holder(seat, seat, seat.title(), "") for seat in ("unit-head", "management", "board")]
    for state in ways(machine):
        found = deciders(machine, state, zone, named, GIVER)
        assert found
        assert all(one.holders for one in found)
        nobody = deciders(machine, state, zone, [], GIVER)
        assert all(one.seat.why.sv for one in nobody)
        highest = deciders(machine, state, zone, named[-1:], GIVER)
        assert all(one.holders for one in highest)


def test_there_are_five_kinds_and_their_data_are_whole() -> None:
    assert {machine.kind for machine in MACHINES} == {"product", "service", "organisation", "process", "system"}
    for machine in MACHINES:
        ids = [phase.id for phase in machine.phases]
        assert len(set(ids)) == len(ids)
        for phase in machine.phases:
            assert set(phase.next) <= set(ids)
            assert phase.checklist
            assert phase.seat in {seat.id for seat in seats()}
            assert phase.authority in {"", *authorities()}
            assert all(each.words.sv and each.words.en for each in (phase, *phase.checklist))
        assert any(phase.pilot for phase in machine.phases)
        assert any(phase.introduction for phase in machine.phases)


def test_phases_run_side_by_side_and_back() -> None:
    service = machines()["service"]
    state = after(service, State(), Move(Outcome.ACCEPT, to="problem"))
    both = after(service, state, Move(Outcome.ALONGSIDE, "problem", "ideas"))
    assert both.phases == ("problem", "ideas")
    later = after(service, both, Move(Outcome.GO, "ideas", "concept"))
    assert later.phases == ("problem", "concept")
    back = after(service, later, Move(Outcome.BACK, "concept", "ideas"))
    assert back.phases == ("problem", "ideas")
    paused = after(service, back, Move(Outcome.PAUSE))
    assert after(service, paused, Move(Outcome.RESUME)) == back
    with pytest.raises(ValueError, match="not possible"):
        after(service, paused, Move(Outcome.GO, "ideas", "concept"))


def test_a_trial_of_a_drug_does_not_begin_beside_the_phase_before_it() -> None:
    drug = machines()["drug"]
    state = State(Status.OPEN, ("preclinical",))
    assert Move(Outcome.ALONGSIDE, "preclinical", "phase-1") not in moves(drug, state)


def test_a_green_zone_leaves_the_first_steps_to_who_has_the_idea_and_no_introduction() -> None:
    service = machines()["service"]
    head = [Holder("unit-head", "head", "Head", "")]
    (early,) = deciders(service, State(Status.OPEN, ("ideas",)), "green", head, GIVER)
    assert [each.actor for each in early.holders] == ["nurse"]
    (late,) = deciders(service, State(Status.OPEN, ("introduction",)), "green", head, GIVER)
    assert late.seat.id == "board"
    (red,) = deciders(service, State(Status.OPEN, ("ideas",)), "red", head, GIVER)
    assert red.seat.id == "management"
    assert red.holders == ()
