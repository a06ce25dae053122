"""The one door: facts and law become a restricted query, or a refusal with reasons; and the log is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from asyncpg import Record

from kedja.access.actor import Actor, Kind
from kedja.access.compile import permit
from kedja.gate.ids import Choice
from kedja.gate.logging import key_of
from kedja.identity.systems import FORMER_KEY
from kedja.outcome import refuse
from kedja.search.condition import Condition
from kedja.search.log import LogRow
from kedja.search.nodes import Query
from kedja.search.restrict import restrict
from kedja.search.rewrite import patient_references, with_person
from kedja.store import read as reading
from kedja.store.conditional import people
from kedja.store.definitions import Reader
from kedja.store.pool import Store
from kedja.store.queries import sql
from kedja.store.search import search as run_search

Row = reading.Row


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Door:
    """What stands behind the gate: the store and a clock. Every read below passes the law and leaves its log row.

    `client_ids`: under which ids an update may create what is not here (`ids.may_choose`).
    """

    store: Store
    clock: Callable[[], datetime] = utc_now
    definitions: Reader = field(default_factory=Reader, repr=False, compare=False)
    client_ids: Choice = "any"
    reads: reading.Reads = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reads", reading.Reads(self.store))

    async def read(self, actor: Actor, resource_type: str, id: str, request: str) -> Row:
        """The current version. Raises 404 when it is not there or may not be seen, 410 when it was deleted."""
        condition = permit(actor, "read", self.clock())
        row = await self.reads.read(condition, resource_type, id, await key_of(self.store, actor), request)
        return _found(row, resource_type, id)

    async def vread(self, actor: Actor, resource_type: str, id: str, version: int, request: str) -> Row:
        condition = permit(actor, "read", self.clock())
        row = await reading.vread(self.store, condition, resource_type, id, version, await key_of(self.store, actor), request)
        return _found(row, resource_type, f"{id}/_history/{version}")

    async def search(self, actor: Actor, query: Query, request: str, detail: str = "") -> Sequence[Record]:
        """Rows of one statement that the law's condition is part of everywhere."""
        law = permit(actor, "read", self.clock())
        restricted = restrict(await self.with_people(query, law), law)
        log = LogRow(await key_of(self.store, actor), "search", request, detail)
        return await run_search(self.store, restricted, log)

    async def with_people(self, query: Query, law: Condition) -> Query:
        """The query with the persons of the Patients that it refers to, as far as these may be seen."""
        ids = patient_references(query)
        return with_person(query, await people(self.store.pool, ids, law)) if ids else query

    async def log_of(
        self, actor: Actor, person: int, request: str, *, before: int | None = None, count: int = 50, others: bool = False
    ) -> Sequence[Record]:
        """The person's access log, newest first: to that person alone (P-5). `others`: without the person's own reads."""
        if actor.kind is not Kind.CITIZEN or actor.person != person or person == 0:
            await self.denied(actor, person, "log", ["P-5"], [], request, "")
            raise refuse(403, "forbidden", "the access log of a person is shown to that person (PDL 8 kap. 5 §)")
        key = await key_of(self.store, actor)
        own = actor.id if others else None
        return await self.store.pool.fetch(sql("log_of"), person, before, count, key, request, own, FORMER_KEY)

    async def denied(
        self, actor: Actor, person: int, action: str, rules: list[str], resources: list[str], request: str, detail: str
    ) -> None:
        """Log a refusal (spec L-5)."""
        key = await key_of(self.store, actor)
        await self.store.pool.execute(sql("denied"), person, key, action, " ".join(rules), " ".join(resources), request, detail)


def _found(row: Row | None, resource_type: str, id: str) -> Row:
    if row is None:
        raise refuse(404, "not-found", f"{resource_type}/{id} is not here, or you may not see it")
    if row.deleted:
        raise refuse(410, "deleted", f"{resource_type}/{id} was deleted on {row.updated:%Y-%m-%d}; its history remains")
    return row
