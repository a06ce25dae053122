"""Writes that are refused: by law, or by what stands there; told so that nothing shows what the actor may not see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kedja.access.actor import Actor, Kind
from kedja.gate import shield
from kedja.gate.changes import Change
from kedja.gate.door import Door
from kedja.gate.ids import Choice, may_choose, own_prefix
from kedja.gate.logging import key_of
from kedja.gate.subjects import no_patient, patient_ids
from kedja.outcome import OutcomeError, refuse
from kedja.store.refused import refused

_FORBIDDEN: Final = (
    "you may not write {}: staff write in their own unit's record, a person in their own account and control (PDL 3 kap. 1-3 §§)"
)
_NOT_ERASED: Final = (
    "{} is kept by law: apply to Inspektionen för vård och omsorg, who may decide that a record is destroyed (PDL 8 kap. 4 §); "
    "to have it noted that something is wrong, call Patient/$contest (PDL 3 kap. 8 §)"
)


class Denied(OutcomeError):
    """A write of this that the law does not permit; `person` is whose log it belongs to.

    `why`: what is said instead of the usual words.
    """

    def __init__(self, person: int, change: Change, why: str = "") -> None:
        reference = _reference(change)
        super().__init__(403, *refuse(403, "forbidden", why or _FORBIDDEN.format(reference)).issues)
        self.person = person
        self.reference = reference
        self.change = change


class Missing(OutcomeError):
    """A change of what is not here, or that may not be written as it stands: one and the same until `told` has looked.

    `taken`: something stands there.
    """

    def __init__(self, change: Change, taken: bool = False) -> None:
        refusal = not_here(change)
        super().__init__(refusal.status, *refusal.issues)
        self.change = change
        self.taken = taken


class Refusals(OutcomeError):
    """What is wrong with each change that cannot be made: (its place among the changes, why)."""

    def __init__(self, each: Sequence[tuple[int, OutcomeError]]) -> None:
        super().__init__(each[0][1].status, *(issue for _, error in each for issue in error.issues))
        self.each = each


def _reference(change: Change) -> str:
    return f"{change.type}/{change.id}" if change.id else change.type


def not_here(change: Change, actor: Actor | None = None) -> OutcomeError:
    """What is said of a resource that is not here, or that the actor may not see: the same."""
    reference = f"{change.type}/{change.id}"
    if change.if_match is not None:
        told = f"{reference} is not here, or you may not see it: there is no version that you could change"
        return refuse(412, "conflict", told)
    hint = _hint(actor) if change.action == "update" else ""
    return refuse(404, "not-found", f"{reference} is not here, or you may not see it{hint}")


def _of_a_stranger(error: Denied) -> OutcomeError:
    """A citizen is not told that there is somebody else: staff who give care look up by an exact number or id, and are logged."""
    named = [] if error.change.type == "Patient" else patient_ids(error.change.resource or {}, "")
    return no_patient(named[0], error.change.type) if named else error


def _hint(actor: Actor | None) -> str:
    own = f", or choose an id that begins with `{prefix}`" if actor and (prefix := own_prefix(actor)) else ""
    return f": create it by POST, and the server gives the id{own}"


async def told(door: Door, actor: Actor, refusals: Refusals, request: str) -> Refusals:
    """The refusals as the actor may hear them; those by law, and the looks at what is not here, are logged.

    What stands there and may not be seen is said not to be here, in the same words and after the same statements as what is not.
    Only of an update that would create it, were the id free, is it said that it may not be written: there is no other answer
    to it. `Door.client_ids` sees to it that nobody else can have taken such an id.
    """
    named = [error.change for _, error in refusals.each if isinstance(error, Missing)]
    visible: set[tuple[str, str]] = set()
    if named:
        pairs = [(change.type, change.id) for change in named]
        law = shield.named(actor, door.clock())
        visible = await refused(door.store, law, pairs, await key_of(door.store, actor), request)
    each: list[tuple[int, OutcomeError]] = []
    for place, error in refusals.each:
        if isinstance(error, Denied):
            await door.denied(actor, error.person, "write", [], [error.reference], request, "")
        each.append((place, _as_heard(error, visible, door.client_ids, actor)))
    return Refusals(each)


def _as_heard(error: OutcomeError, visible: set[tuple[str, str]], choice: Choice, actor: Actor) -> OutcomeError:
    if isinstance(error, Missing):
        return _of_standing(error, visible, choice, actor)
    if isinstance(error, Denied) and actor.kind is Kind.CITIZEN and error.person != actor.person:
        return _of_a_stranger(error)
    return error


def _of_standing(error: Missing, visible: set[tuple[str, str]], choice: Choice, actor: Actor) -> OutcomeError:
    """Nothing is done here for what is hidden that is not done for what is not here: the time would tell."""
    change = error.change
    chosen = change.action == "update" and change.if_match is None and may_choose(choice, actor, change.type, change.id)
    if (change.type, change.id) not in visible and not (error.taken and chosen):
        return not_here(change, actor)
    if (change.type, change.id) in visible and actor.kind is Kind.CITIZEN and change.action == "delete":
        return refuse(403, "forbidden", _NOT_ERASED.format(_reference(change)))
    return refuse(403, "forbidden", _FORBIDDEN.format(_reference(change)))
