"""What persons and units write to each other: drafts of answers in the person's own account, answers and messages in the unit's
record from the moment that they are sent (P-18, P-18.2, P-18.3; J-1 and S-3 for staff).

One transaction: an answer is there, its draft is gone and what was asked is done, or nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from asyncpg import Record

from kedja.access.actor import Actor, Kind
from kedja.access.compile import permit
from kedja.access.correspondence import HANDLING, kind_of
from kedja.access.custody import Custody, Regime
from kedja.access.evaluate import permitting_rule
from kedja.gate.deciding import custody_of_row, in_order
from kedja.gate.door import Door
from kedja.gate.facts import facts_within
from kedja.gate.logging import key_of
from kedja.gate.prepare import deletion, prepare, version_of
from kedja.identity.custody import custody_of
from kedja.outcome import OutcomeError, refuse
from kedja.store.pool import transaction
from kedja.store.queries import sql
from kedja.store.write import LogLine, apply, lock

_TYPES: Final = frozenset({"Binary", "Communication", "Goal", "QuestionnaireResponse", "Task"})
_SAYS_ITS_KIND: Final = ("Communication", "Task")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who keeps what is written: the person's own account (`WELLNESS`, no unit), or a unit under the law of its record."""

    regime: Regime
    provider: str = ""
    unit: str = ""


OWN: Final = Holder(Regime.WELLNESS)


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to write. `resource` None deletes. `holder` is for what is new: what stands keeps the one that it has.

    `seen` is the version that the writer saw, 0 where nothing stood: anything else by now is a conflict.
    """

    type: str
    id: str
    resource: dict[str, Any] | None
    holder: Holder = OWN
    seen: int = 0


def holder_of(actor: Actor) -> Holder:
    """The unit that a member of staff writes at."""
    assignment = actor.assignment
    if assignment is None:
        raise refuse(403, "forbidden", "you have no assignment to act under: choose one when you sign in")
    regime = Regime.SOCIAL if actor.kind is Kind.CARE_WORKER else Regime.HEALTH
    return Holder(regime, assignment.provider, assignment.unit)


async def correspond(door: Door, actor: Actor, pieces: Sequence[Piece], request: str, *, person: int = 0, base: str = "") -> None:
    """Write all of these about whom the actor is or acts for, or as staff about `person`; or nothing.

    Raises OutcomeError 403 where the law does not let them, 409 where something was changed meanwhile.
    """
    now, key = door.clock(), await key_of(door.store, actor)
    action, about = ("write", person) if actor.assignment else ("correspond", actor.subject)
    try:
        async with transaction(door.store) as conn:
            standing = await lock(conn, [(piece.type, piece.id) for piece in pieces if piece.seen])
            facts = await facts_within(conn, [about])
            may = permit(actor, action, now)
            versions, lines = [], dict[str, LogLine]()
            for piece in pieces:
                row = standing.get((piece.type, piece.id))
                custody = _custody(piece, row, about)
                rule = permitting_rule(may, custody, facts, _matter(piece), piece.id) if about else None
                if rule is None or not _is_correspondence(piece, row):
                    raise refuse(403, "forbidden", "you may not answer or write here (PDL 3 kap.)")
                ready = deletion(piece.type, piece.id) if piece.resource is None else prepare(piece.resource, piece.id, base)
                version = version_of(ready, custody, row, now)
                versions.append(version)
                _note(lines, version.version, piece, about, rule)
            await apply(conn, in_order(versions), key, request, list(lines.values()))
    except OutcomeError as error:
        if error.status == 403:
            await door.denied(actor, about, action, [], [f"{each.type}/{each.id}" for each in pieces], request, "")
        raise


async def patient_of(door: Door, person: int) -> str:
    """`Patient/id` by which the person is referred to. Raises OutcomeError 404 where nobody has a Patient for them."""
    id = await door.store.pool.fetchval(sql("patient_of"), person)
    if id is None:
        raise refuse(404, "not-found", "no care provider has you as a patient here yet")
    return f"Patient/{id}"


def _custody(piece: Piece, row: Record | None, person: int) -> Custody:
    if piece.seen and (row is None or row["deleted"] or row["version"] != piece.seen):
        told = "this was changed meanwhile, here or on another device: open it again, what was kept is there"
        raise refuse(409, "conflict", told)
    stood = custody_of_row(row) if row is not None else None
    if stood is not None and stood.person != person:
        raise refuse(403, "forbidden", "this is about somebody else")
    holder = Holder(stood.regime, stood.provider, stood.unit) if stood else piece.holder
    if piece.resource is None:
        return stood or Custody(holder.regime, person)
    source = stood.source if stood else ""
    return custody_of(
        piece.resource, regime=holder.regime, provider=holder.provider, unit=holder.unit, source=source, person=person
    )


def _matter(piece: Piece) -> str:
    """The type by which a mandate is asked: that a unit is to answer a message goes with the message."""
    return "Communication" if piece.resource is not None and kind_of(piece.resource) == HANDLING else piece.type


def _is_correspondence(piece: Piece, row: Record | None) -> bool:
    """Only what is written here: no other Task of a unit, and no note, is changed by whom it is about."""
    if piece.type not in _TYPES or (row is not None and piece.type in ("Binary", "Goal")):
        return False
    return piece.resource is None or piece.type not in _SAYS_ITS_KIND or bool(kind_of(piece.resource))


def _note(lines: dict[str, LogLine], number: int, piece: Piece, person: int, rule: str) -> None:
    action = "delete" if piece.resource is None else "update" if piece.seen else "create"
    line = lines.setdefault(action, LogLine(person, action))
    line.rules += [rule] if rule not in line.rules else []
    line.resources.append(f"{piece.type}/{piece.id}/_history/{number}")
