"""Changes that say by a search which resource they are about (FHIR R4 3.1.0.7.1 and its like), settled under locks.

A search here sees what the actor may read, and nothing else: a duplicate beyond the actor's sight is neither found nor told.
Whoever creates under an equal criterion waits for the one before, so that the second finds what the first made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from asyncpg import Connection

from kedja.access.actor import Actor
from kedja.gate import shield
from kedja.gate.changes import Change, Written
from kedja.gate.door import Door
from kedja.gate.refusals import Refusals
from kedja.outcome import OutcomeError, refuse
from kedja.search.canonical import canonical
from kedja.search.hashing import hash64
from kedja.search.log import LogRow
from kedja.search.nodes import Control, Query
from kedja.search.restrict import restrict
from kedja.search.rewrite import patient_references, with_person
from kedja.store.conditional import find, lock_criteria, people
from kedja.store.keys import new_id
from kedja.store.write import LogLine

Lookups = Mapping[str, Query]  # a reference as it was written -> its search
MOST: Final = 1000
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)  # when nothing was written


@dataclass(slots=True)
class Looked:
    """What was found by each search, and the log lines that tell of it when the transaction is rolled back."""

    rows: dict[str, Sequence[shield.Row]] = field(default_factory=dict[str, Sequence[shield.Row]])
    lines: list[LogLine] = field(default_factory=list[LogLine])


@dataclass(frozen=True, slots=True)
class Settled:
    """A change that is about one certain resource. `place` is that of the change it came from; `seen` the version found."""

    change: Change
    place: int
    seen: int | None = None


def lock_key(query: Query) -> int:
    """Equal for criteria that could find the same by equal values, however they are written and in whatever order.

    Systems, modifiers and the order of alternatives are left out: that two meet here which are not equal only makes one wait.
    """
    pairs = sorted((name.partition(":")[0], sorted(set(map(_bare, value.split(","))))) for name, value in query.pairs)
    return hash64(f"conditional {query.select.type} {pairs!r}")


def _bare(value: str) -> str:
    return value.rpartition("|")[2] or value


async def look(
    conn: Connection,
    door: Door,
    actor: Actor,
    changes: Sequence[Change],
    lookups: Lookups,
    actor_key: int,
    request: str,
    looked: Looked,
) -> None:
    """Lock the criteria of the changes, then search for each criterion once; into `looked`."""
    wheres: dict[str, tuple[Query, int]] = {}
    for change in changes:
        if change.where is not None:
            name = canonical(change.where)
            wheres[name] = (change.where, max(change.most, wheres.get(name, (change.where, 0))[1]))
    await lock_criteria(conn, sorted({lock_key(query) for query, _ in wheres.values()}))
    asked = {name: (query, most + 1) for name, (query, most) in wheres.items()}
    asked |= {name: (query, 2) for query in lookups.values() if (name := canonical(query)) not in asked}
    ids = {id for query, _ in asked.values() for id in patient_references(query)}
    now = door.clock()
    known = await people(conn, sorted(ids), shield.named(actor, now)) if ids else {}
    for name, (query, count) in asked.items():
        bare = replace(with_person(query, known), control=Control(count=count))
        rows = await find(conn, restrict(bare, *shield.laws(actor, now, query)), LogRow(actor_key, "search", request, name))
        looked.rows[name] = shield.rows_shown(actor, rows, request, now)
        looked.lines += _lines(rows, name)


def _lines(rows: Iterable[shield.Row], name: str) -> list[LogLine]:
    lines: dict[int, LogLine] = {}
    for row in rows:
        line = lines.setdefault(row["person"], LogLine(row["person"], "search", detail=name))
        line.resources.append(f"{row['type']}/{row['id']}")
        for rule in (row["rule"], shield.OPENED if shield.is_shielded(row["labels"]) else ""):
            if rule and rule not in line.rules:
                line.rules.append(rule)
    return list(lines.values()) or [LogLine(0, "search", detail=name)]


def settle(changes: Sequence[Change], looked: Looked) -> tuple[list[Settled], dict[int, Written]]:
    """The changes with their resources known, and what is answered already. Raises Refusals with all that is not so."""
    settled: list[Settled] = []
    answered: dict[int, Written] = {}
    refusals: list[tuple[int, OutcomeError]] = []
    made: set[object] = set()
    for place, change in enumerate(changes):
        if change.where is None:
            settled.append(Settled(change, place))
            continue
        rows = looked.rows[canonical(change.where)]
        try:
            found = _settled(change, rows, place)
            _refuse_second(change, rows, made)
        except OutcomeError as error:
            refusals.append((place, error))
            continue
        if isinstance(found, Written):
            answered[place] = found
        else:
            settled += found
    if refusals:
        raise Refusals(refusals)
    return settled, answered


def _refuse_second(change: Change, rows: Sequence[shield.Row], made: set[object]) -> None:
    """Two entries that would each make what the other looks for."""
    if change.where is None or rows or change.action not in ("create", "update"):
        return
    if (criterion := _criterion(change.where)) in made:
        told = f"another entry creates what matches `{_shown(change)}`: send it once, and refer to it by its fullUrl"
        raise refuse(400, "duplicate", told)
    made.add(criterion)


def _criterion(query: Query) -> object:
    return (query.select.type, frozenset(map(repr, query.select.criteria)))


def _settled(change: Change, rows: Sequence[shield.Row], place: int) -> list[Settled] | Written:
    if len(rows) > change.most:
        told = f"several resources match `{_shown(change)}`: ask so that {_wanted(change)}"
        raise refuse(412, "multiple-matches", told)
    match change.action:
        case "create":
            if rows:
                row = rows[0]
                return Written(row["type"], row["id"], row["version"], row["updated"], "found", row["body"])
            return [Settled(change, place)]
        case "update":
            return [_updated(change, rows, place)]
        case "patch":
            if not rows:
                told = f"nothing matches `{_shown(change)}`, or you may not see it: there is nothing to patch"
                raise refuse(404, "not-found", told)
            return [_named(change, rows[0], place)]
        case "delete":
            if not rows:
                return Written(change.type, "", 0, _NEVER, "nothing", "", 0)
            return [_named(change, row, place) for row in rows]


def _shown(change: Change) -> str:
    return canonical(change.where)[:200] if change.where else change.type


def _wanted(change: Change) -> str:
    if change.action == "delete":
        return f"at most {change.most} do, or raise `_count` (at most {MOST})"
    return "one does at most"


def _named(change: Change, row: shield.Row, place: int) -> Settled:
    return Settled(replace(change, id=row["id"], where=None), place, row["version"])


def _updated(change: Change, rows: Sequence[shield.Row], place: int) -> Settled:
    """The resource's own id, when it has one, must be that of what is found (FHIR R4 3.1.0.6.1)."""
    own = (change.resource or {}).get("id")
    if not rows:
        return Settled(replace(change, id=own or new_id(), where=None, fresh=own is None), place)
    if own is not None and own != rows[0]["id"]:
        told = f"what matches is {change.type}/{rows[0]['id']}, and the resource's id is `{own}`: leave the id out, or correct it"
        raise refuse(400, "invariant", told, f"{change.type}.id")
    return _named(change, rows[0], place)


def places(changes: Sequence[Settled], answered: Mapping[int, Written], asked: Sequence[Change]) -> dict[str, str]:
    """Where each fullUrl of the asked changes leads."""
    found = {one.change.full_url: f"{one.change.type}/{one.change.id}" for one in changes if one.change.action != "delete"}
    found |= {asked[place].full_url: f"{one.type}/{one.id}" for place, one in answered.items() if one.outcome == "found"}
    found.pop("", None)
    return found


def looked_up(
    lookups: Lookups, looked: Looked, asked: Sequence[Change], where: Mapping[int, str]
) -> tuple[dict[str, str], dict[str, OutcomeError]]:
    """Where each reference that is a search leads, and why others lead nowhere; `where` is `Type/id` of each change.

    A search that is also the criterion of one of the changes leads to that change's resource, new or not.
    """
    own = {_criterion(change.where): where[place] for place, change in enumerate(asked) if change.where and place in where}
    found: dict[str, str] = {}
    wrong: dict[str, OutcomeError] = {}
    for reference, query in lookups.items():
        rows = looked.rows[canonical(query)]
        if (key := _criterion(query)) in own:
            found[reference] = own[key]
        elif len(rows) == 1:
            found[reference] = f"{rows[0]['type']}/{rows[0]['id']}"
        elif rows:
            wrong[reference] = refuse(
                412, "multiple-matches", f"several resources match `{reference[:200]}`: refer to one by its id"
            )
        else:
            told = (
                f"nothing matches `{reference[:200]}`, or you may not see it: store it first, or refer to an entry by its fullUrl"
            )
            wrong[reference] = refuse(412, "not-found", told)
    return found, wrong
