"""Creates that are in flight at once are stored as one: one look for their persons, one statement, one commit.

Each is decided by itself, under its own actor's law; one that is refused is no matter of the others.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asyncpg import Connection

from kedja.access.actor import Actor
from kedja.definitions import TYPES as DEFINING
from kedja.gate.changes import Change, Written
from kedja.gate.conditional import Settled
from kedja.gate.deciding import Decided, decide, in_order
from kedja.gate.prepare import Prepared, body_of
from kedja.gate.refusals import Refusals
from kedja.gate.shield import is_shielded, shown
from kedja.gate.subjects import Remembered, patients_kept, persons_of
from kedja.store.gathering import Gathering
from kedja.store.pool import Store
from kedja.store.write import Logged, Unclaimed, apply_all, made

# What a definition changes is told to all; what follows from the others, or whom they name, needs a transaction of its own.
_ALONE: Final = frozenset({*DEFINING, "CarePlan", "Communication", "Consent", "RelatedPerson", "ServiceRequest", "Task"})


@dataclass(frozen=True, slots=True)
class Create:
    """One resource under an id that the server made. `key` is who acts, in the log; `request` the id of the request.

    `now` is when it was asked: by that time it is decided.
    """

    actor: Actor
    change: Change
    ready: Prepared
    key: int
    request: str
    now: datetime


class Creates:
    """Creates of a process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._persons: OrderedDict[str, int] = OrderedDict()
        self._gathering: Gathering[tuple[bool, str], Create, Written | Refusals] = Gathering(self._run)

    async def create(self, one: Create, base: str) -> Written:
        """What became of it. Raises Refusals, and what the driver raises when a race was lost."""
        answer = await self._gathering.ask((one.change.type == "Patient", base), one)
        if isinstance(answer, Refusals):
            raise answer
        return answer

    async def stored(self, one: Create) -> list[Written]:
        """What was stored although its answer was lost on the way: nobody else can have put it under an id made for it."""
        place = (one.change.type, one.change.id)
        async with self._store.settled.connection() as conn:
            row = await made(conn, *place)
        if row is None or row["version"] != 1 or one.ready.resource is None:
            return []
        body = body_of(one.ready.resource, 1, row["updated"])
        if is_shielded(row["labels"]):
            body = shown(one.actor, row["person"], row["labels"], body, one.now)
        return [Written(*place, 1, row["updated"], "created", body)]

    async def _run(self, key: tuple[bool, str], creates: Sequence[Create]) -> list[Written | Refusals]:
        """Of Patients in a transaction, since persons may be made for them."""
        patients, base = key
        async with self._store.settled.connection() as conn, conn.transaction() if patients else nullcontext():
            return await self._store_all(conn, creates, base)

    async def _store_all(self, conn: Connection, creates: Sequence[Create], base: str) -> list[Written | Refusals]:
        """In one round trip where all their Patients are remembered; the statement says whether they are still as remembered."""
        try:
            return await self._attempt(conn, creates, base)
        except Unclaimed:
            if conn.is_in_transaction():
                raise
            self._persons.clear()
            return await self._attempt(conn, creates, base)

    async def _attempt(self, conn: Connection, creates: Sequence[Create], base: str) -> list[Written | Refusals]:
        remembered = Remembered(self._persons)
        people = await persons_of(conn, [one.change for one in creates], {}, "", base, remembered=remembered)
        decided = [
            decide([Settled(one.change, 0)], [one.ready], [person], {}, one.actor, one.now)
            for one, person in zip(creates, people)
        ]
        if remembered.claims and not remembered.looked and any(each.refusals for each in decided):
            await patients_kept(conn, sorted(remembered.claims))  # a refusal takes as long as where nothing was remembered
        stored = [(one, each) for one, each in zip(creates, decided) if not each.refusals]
        if stored:
            versions = in_order(version for _, each in stored for version in each.versions)
            lines = [Logged(one.key, one.request, each.lines) for one, each in stored]
            await apply_all(conn, versions, lines, remembered.claims)
        return [_answer(one, each) for one, each in zip(creates, decided)]


def creates_of(store: Store) -> Creates:
    """The creates of the process that keeps this store open."""
    found = store.beside.get(Creates)
    if not isinstance(found, Creates):
        found = store.beside[Creates] = Creates(store)
    return found


def may_go_together(change: Change) -> bool:
    """Whether this change, prepared, needs nothing that stands in the store but its person."""
    return change.fresh and change.type not in _ALONE


def _answer(create: Create, decided: Decided) -> Written | Refusals:
    return Refusals(decided.refusals) if decided.refusals else decided.shown(create.actor, create.now)[0]
