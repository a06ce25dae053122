"""The one door: facts and law become a restricted query, or a refusal with reasons; and the log is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.access.custody import Custody, Regime
from kedja.access.evaluate import permitting_rule
from kedja.access.rows import FactRow
from kedja.access.specialise import tables_asked
from kedja.gate import asking, shield
from kedja.gate.facts import facts_about
from kedja.gate.ids import Choice
from kedja.gate.known import Known, known
from kedja.gate.logging import key_of
from kedja.gate.shield import named
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
        now = self.clock()
        row = await self.reads.read(named(actor, now), resource_type, id, await key_of(self.store, actor), request)
        return _shown(actor, _found(row, resource_type, id), request, now)

    async def vread(self, actor: Actor, resource_type: str, id: str, version: int, request: str) -> Row:
        now, key = self.clock(), await key_of(self.store, actor)
        row = await reading.vread(self.store, named(actor, now), resource_type, id, version, key, request)
        return _shown(actor, _found(row, resource_type, f"{id}/_history/{version}"), request, now)

    async def search(self, actor: Actor, query: Query, request: str, detail: str = "") -> Sequence[shield.Row]:
        """Rows of one statement that the law's condition is part of everywhere; of a count one row (`asking.counted`).

        Raises 403 for a search that may not be made, or that asks for more than a number by an assignment to count.
        """
        now = self.clock()
        await self.check(actor, query, request, detail)
        laws = shield.laws(actor, now, query, "count" if asking.counts(actor) else "read")
        log = LogRow(await key_of(self.store, actor), "search", request, detail)
        rows = await self._found(query, laws, log)
        return asking.counted(rows) if asking.counts(actor) else shield.rows_shown(actor, rows, request, now)

    async def _found(self, query: Query, laws: tuple[Condition, Condition, Condition], log: LogRow) -> Sequence[shield.Row]:
        """What is remembered of a person is claimed in the statement, and looked up again where it is so no longer."""
        patients = patient_references(query)
        for afresh in (False, True, True) if len(patients) == 1 else ():
            if known := await self._known(patients[0], laws, afresh=afresh):
                named = with_person(query, known.people(patients[0], laws[0]))
                about = (known.person, known.under)
                if rows := await run_search(self.store, restrict(named, *laws, about=about, claim=known.claim), log):
                    return rows
        query = await self.with_people(query, laws[0])
        return await run_search(self.store, restrict(query, *laws), log)

    async def _known(self, patient: str, laws: Sequence[Condition], *, afresh: bool) -> Known | None:
        return await known(self.store, patient, tables_asked(laws[:2]), afresh=afresh)

    async def check(self, actor: Actor, query: Query, request: str, detail: str = "") -> None:
        """Raises 403, and logs it, where the law forbids the search itself (`asking`)."""
        try:
            asking.check(actor, query, self.clock())
        except asking.Forbidden as forbidden:
            await self.denied(actor, 0, "search", forbidden.rules, [], request, detail)
            raise

    async def with_people(self, query: Query, law: Condition) -> Query:
        """The query with the persons of the Patients that it refers to, as far as these may be seen."""
        ids = patient_references(query)
        return with_person(query, await people(self.store.pool, ids, law)) if ids else query

    async def log_of(
        self, actor: Actor, person: int, request: str, *, before: int | None = None, count: int = 50, others: bool = False
    ) -> Sequence[shield.Row]:
        """The person's access log, newest first: to that person (P-5), or a small child's guardian (P-5.2). Raises 403.

        `others`: without the actor's own reads.
        """
        facts = await facts_about(self.store, [person]) if actor.acts_for else ()
        rule = self._log_rule(actor, person, facts)
        if rule is None:
            await self.denied(actor, person, "log", ["P-5"], [], request, "")
            raise refuse(403, "forbidden", "the access log of a person is shown to that person (PDL 8 kap. 5 §)")
        key = await key_of(self.store, actor)
        own = actor.id if others else None
        rows = await self.store.pool.fetch(sql("log_of"), person, before, count, key, request, own, FORMER_KEY, rule)
        if shield.hides_units(actor, person, facts, self.clock()):
            return [{**row, "unit": "", "unit_name": "", "detail": ""} for row in rows]
        return rows

    async def denied(
        self, actor: Actor, person: int, action: str, rules: list[str], resources: list[str], request: str, detail: str
    ) -> None:
        """Log a refusal (spec L-5)."""
        key = await key_of(self.store, actor)
        await self.store.pool.execute(sql("denied"), person, key, action, " ".join(rules), " ".join(resources), request, detail)

    def _log_rule(self, actor: Actor, person: int, facts: Sequence[FactRow]) -> str | None:
        """The rule by which this actor may read this person's log."""
        return permitting_rule(permit(actor, "log", self.clock()), Custody(Regime.CONTROL, person), facts) if person else None


def _shown(actor: Actor, row: Row, request: str, now: datetime) -> Row:
    row = row._replace(body=shield.in_part(row.rule, row.body))
    if not shield.is_shielded(row.labels):
        return row
    shield.alert(actor, request)
    return row._replace(body=shield.shown(actor, row.person, row.labels, row.body, now))


def _found(row: Row | None, resource_type: str, id: str) -> Row:
    if row is None:
        raise refuse(404, "not-found", f"{resource_type}/{id} is not here, or you may not see it")
    if row.deleted:
        raise refuse(410, "deleted", f"{resource_type}/{id} was deleted on {row.updated:%Y-%m-%d}; its history remains")
    return row
