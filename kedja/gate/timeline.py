"""A stretch of a person's timeline, as far as the law permits: what was chosen, newest first; and what can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kedja.access.actor import Actor, Kind
from kedja.gate import shield
from kedja.gate.door import Door
from kedja.gate.facts import facts_about
from kedja.gate.logging import key_of
from kedja.gate.record import Kept, kept
from kedja.search.sql.condition import render, render_rule
from kedja.store.queries import sql

_MOST: Final = 150  # entries of a page; months and days are not split
_MOST_OWN: Final = 600  # of them, the person's own measurements, which a page sums up by the month


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is searched for: texts of which one stands in an entry, or units of which one holds it."""

    texts: tuple[str, ...]
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is chosen; None and '' are everything. `place` is the HSA-id of a unit, or of a provider that says no unit."""

    regimes: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None
    place: str = ""
    fresh: bool = False  # came or was changed since the person's visit before this one
    start: datetime | None = None
    before: datetime | None = None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Facet:
    """How many entries there are of one type under one law, at one place."""

    type: str
    regime: str
    place: str
    fresh: bool
    number: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """`earlier` are older results, to compare with. `since`: when the visit before this one ended. `older`: where to go on."""

    page: Sequence[Kept]
    earlier: Sequence[Kept]
    facets: Sequence[Facet]
    since: datetime | None
    older: datetime | None


async def stretch(door: Door, actor: Actor, person: int, types: Sequence[str], wanted: Wanted, request: str) -> Stretch:
    """The newest that was chosen, as much as fits on a page. The look is logged.

    Texts are searched for whoever reads all of them themselves: to another, for whom words may be taken out, nothing of what
    was taken out is told by what a search finds; they get every entry that is otherwise chosen.
    """
    now = door.clock()
    condition = shield.named(actor, now)
    facts = await facts_about(door.store, [person]) if actor.acts_for else ()
    placeless = shield.hides_units(actor, person, facts, now)
    searched = wanted.words if actor.kind is Kind.CITIZEN else ()
    args: list[object] = [
        *(person, list(types), await key_of(door.store, actor), request, now),
        *(_listed(wanted.regimes), _listed(wanted.types), "" if placeless else wanted.place, wanted.fresh),
        *(wanted.start, wanted.before, _MOST, _MOST_OWN),
    ]
    text = sql("timeline").replace("{condition}", render(condition, "r", args))
    text = text.replace("{rule}", render_rule(condition, "r", args)).replace("{matches}", _matches(searched, args))
    rows = await door.store.pool.fetch(text, *args)
    parts = {part: [row for row in rows if row["part"] == part] for part in ("page", "earlier", "facet", "since", "older")}
    shown = {name: shield.rows_shown(actor, parts[name], request, now) for name in ("page", "earlier")}
    return Stretch(
        page=[kept(row, placeless) for row in shown["page"]],
        earlier=[kept(row, placeless) for row in shown["earlier"]],
        facets=[_facet(row, placeless) for row in parts["facet"]],
        since=next((row["doc_start"] for row in parts["since"]), None),
        older=next((row["doc_start"] for row in parts["older"]), None),
    )


def _listed(values: tuple[str, ...] | None) -> list[str] | None:
    return None if values is None else list(values)


def _matches(words: Sequence[Word], args: list[object]) -> str:
    """Each word stands in the entry's text or names its unit; a note may be in base64, and is looked through by who shows it."""
    tests: list[str] = []
    for word in words:
        args += [[f"%{_plain(text)}%" for text in word.texts], list(word.units)]
        text, unit = f"${len(args) - 1}::text[]", f"${len(args)}::text[]"
        tests.append(f"(r.type = 'DocumentReference' OR r.unit = ANY ({unit}) OR r.body ILIKE ANY ({text}))")
    return " AND ".join(tests) or "TRUE"


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _facet(row: shield.Row, placeless: bool) -> Facet:
    place = row["provider"] if placeless else row["unit"] or row["provider"]
    return Facet(row["type"], row["regime"], place, bool(row["fresh"]), row["number"])
