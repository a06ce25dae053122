"""What a decision at a gate needs before it can be taken: checklist, authority, baseline, readiness, linked cases."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from kedja.innovation.machine import Machine, Move, Outcome
from kedja.innovation.words import Words

_ON: Final = (Outcome.GO, Outcome.FINISH)
_INTO: Final = (Outcome.GO, Outcome.ALONGSIDE, Outcome.ACCEPT, Outcome.BACK)


@dataclass(frozen=True, slots=True)
class Given:
    """What there is when somebody decides. `checks` are ids of the phase's checklist; `authority` names the authority's decision.

    `measures` is how many measures have a baseline; `unready` how many readiness gates are not passed; `linked` how many cases
    are part of this one.
    """

    reason: str
    checks: Collection[str] = ()
    authority: str = ""
    measures: int = 0
    unready: int = 0
    linked: int = 0


def lacking(machine: Machine, move: Move, given: Given) -> list[Words]:
    """What must be done before this decision can be taken; nothing where it can."""
    return [*_reason(given), *_at_gate(machine, move, given), *_beyond(machine, move, given)]


def _reason(given: Given) -> list[Words]:
    return [] if given.reason.strip() else [Words("Skriv skälet till beslutet.", "Write the reason for the decision.")]


def _at_gate(machine: Machine, move: Move, given: Given) -> list[Words]:
    if move.outcome not in _ON or not move.phase:
        return []
    phase = machine.phase(move.phase)
    found = [check.words for check in phase.checklist if check.id not in given.checks]
    if phase.authority and not given.authority.strip():
        found.append(Words("Ange myndighetens beslut: nummer och datum.", "Name the authority's decision: number and date."))
    if phase.linked > given.linked:
        found.append(Words(f"Minst {phase.linked} ärenden ska vara länkade.", f"At least {phase.linked} cases are to be linked."))
    return found


def _beyond(machine: Machine, move: Move, given: Given) -> list[Words]:
    if move.outcome not in _INTO or not move.to:
        return []
    phase = machine.phase(move.to)
    found: list[Words] = []
    if phase.pilot and not given.measures:
        found.append(
            Words(
                "Ingen pilot börjar utan ett utgångsläge och ett namngivet mått: ange dem först.",
                "No pilot begins without a baseline and a named measure: give them first.",
            )
        )
    if phase.introduction and given.unready:
        found.append(
            Words(
                f"{given.unready} av beredskapsgrindarna för breddinförande är inte passerade.",
                f"{given.unready} of the readiness gates for broad introduction are not passed.",
            )
        )
    return found
