"""A person's log extract: who did what with their information, when, why and on which authority (PDL 8:5, SVOD 4:5; spec L-3)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, Final

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.access.consents import REASON_URL
from kedja.access.custody import Custody, Regime
from kedja.access.evaluate import permitting_rule
from kedja.audit.event import Entry
from kedja.audit.extract import Row
from kedja.gate.door import Door
from kedja.gate.facts import facts_about
from kedja.gate.logging import key_of
from kedja.gate.record import record
from kedja.gate.shield import hides_units, named
from kedja.identity.systems import FORMER_KEY
from kedja.outcome import refuse
from kedja.search.sql.condition import render
from kedja.store.queries import sql

MOST: Final = 500  # rows at a time (spec L-3)


async def page(
    door: Door,
    actor: Actor,
    person: int,
    request: str,
    *,
    before: int | None = None,
    count: int = MOST,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Row]:
    """At most `count` rows, newest first, below row `before`, of `since` <= time < `until`; denied attempts too.

    Raises 403 for who may not have the person's log. That it was asked for is in the log.
    """
    facts = await facts_about(door.store, [person]) if actor.acts_for else ()
    rule = permitting_rule(permit(actor, "log", door.clock()), Custody(Regime.CONTROL, person), facts) if person else None
    if rule is None:
        await door.denied(actor, person, "log", ["P-5"], [], request, "extract")
        raise refuse(403, "forbidden", "the access log of a person is shown to that person (PDL 8 kap. 5 §)")
    args: list[object] = [person, before, min(count, MOST), await key_of(door.store, actor), request, FORMER_KEY]
    args += [since, until, rule]
    condition = render(named(actor, door.clock()), "r", args)
    rows = await door.store.pool.fetch(sql("log_extract").replace("{condition}", condition), *args)
    reasons = await _reasons(door, actor, person, request) if any("Consent/" in str(row["resources"]) for row in rows) else {}
    found = [_row(tuple(row), reasons) for row in rows]
    return [_placeless(row) for row in found] if hides_units(actor, person, facts, door.clock()) else found


def _placeless(row: Row) -> Row:
    """Without the units that opened or hold something, and without what was searched by."""
    held = {place: (provider, "") for place, (provider, _) in row.held.items()}
    return row._replace(entry=row.entry._replace(unit="", unit_name="", detail=""), held=held)


async def whole(
    door: Door, actor: Actor, person: int, request: str, since: datetime | None, until: datetime | None, most: int
) -> AsyncIterator[Row]:
    """Rows newest first, page after page, `most` at most."""
    before, left = None, most
    while left > 0:
        rows = await page(door, actor, person, request, before=before, count=left, since=since, until=until)
        for row in rows:
            yield row
        if len(rows) < min(left, MOST):
            return
        before, left = rows[-1].entry.seq, left - len(rows)


def _row(row: tuple[Any, ...], reasons: Mapping[str, str]) -> Row:
    entry = Entry(*row[: len(Entry._fields)])
    held = {place: (provider, unit) for place, provider, unit in row[len(Entry._fields)]}
    return Row(entry, held, _reason_of(entry, reasons))


def _reason_of(entry: Entry, reasons: Mapping[str, str]) -> str:
    places = ("/".join(place.split("/")[:2]) for place in entry.resources)
    return next((reasons[place] for place in places if place in reasons), "") if entry.action == "create" else ""


async def _reasons(door: Door, actor: Actor, person: int, request: str) -> dict[str, str]:
    """The reason of each opening, by its reference."""
    found: dict[str, str] = {}
    for kept in await record(door, actor, person, ["Consent"], request):
        for extension in exactjson.loads(kept.body.encode()).get("extension", ()):
            if extension.get("url") == REASON_URL and extension.get("valueString"):
                found[f"Consent/{kept.id}"] = extension["valueString"]
    return found
