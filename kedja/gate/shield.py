"""What is shown of a text: protected identity (OSL 21:3, 22:1), and what a rule permits to be read in part alone.

Every row that leaves the gate with a text goes through `shown`. Else no text is looked at: it is sent as it is stored.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from asyncpg import Record

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.access.asker import Context
from kedja.access.compile import all_of, any_of, bound, permit
from kedja.access.custody import Custody, Regime
from kedja.access.evaluate import evaluate
from kedja.access.masking import mask, wordless
from kedja.access.redaction import betrayed, redact, redacting
from kedja.access.rows import FactRow, SubjectState
from kedja.access.rules import standard
from kedja.search.condition import NOTHING, SHIELDED, All, AnyOf, Condition, Permit, Ruled, Shape
from kedja.search.nodes import Query

log = logging.getLogger(__name__)
EXACTLY: Final = Context(exactly=True)
OPENED: Final = "SP-3"
"""The rule that stands in the log for every opening of protected identity."""

Row = Record | Mapping[str, Any]


def named(actor: Actor, now: datetime, action: str = "read") -> Condition:
    """What the actor may read of a person who is named exactly: by an id, a whole identifier, a reference."""
    return permit(actor, action, now, context=EXACTLY)


def laws(actor: Actor, now: datetime, query: Query, action: str = "read") -> tuple[Condition, Condition, Condition]:
    """What a search is restricted by: the law on who is named exactly, on others, and on whose places may be told.

    What a rule lets be read in part is not found by what it leaves out.
    """
    hidden = betrayed(standard(), query.uses)
    exactly, others = named(actor, now, action), permit(actor, action, now)
    return without(exactly, hidden), without(others, hidden), permit(actor, "place", now)


def is_shielded(labels: int) -> bool:
    return labels & SHIELDED != 0


def sees_places(actor: Actor, person: int, now: datetime) -> bool:
    """Whether the actor may see where this person, who has protected identity, lives, is reached and is met."""
    return evaluate(permit(actor, "place", now), Custody(Regime.CONTROL, person))


def hides_units(actor: Actor, person: int, facts: Iterable[FactRow], now: datetime) -> bool:
    """Whether, by these facts, the actor may not be told at which units this person is met; who holds the record may be told."""
    protected = any(isinstance(fact, SubjectState) and (fact.kind, fact.person) == ("protected", person) for fact in facts)
    return protected and not sees_places(actor, person, now)


def shown(actor: Actor, person: int, labels: int, body: str, now: datetime) -> str:
    """The text as this actor may see it: as it is stored, but for places of who has protected identity."""
    if not is_shielded(labels) or not body or sees_places(actor, person, now):
        return body
    masked = mask(exactjson.loads(body.encode()))
    if actor.acts_for and masked["resourceType"] == "Communication":  # a guardian may be the one to be protected from
        masked = wordless(masked)
    return exactjson.dumps(masked).decode()


def without_places(labels: int, body: str) -> str:
    """As nobody but the person may see it."""
    if not is_shielded(labels) or not body:
        return body
    return exactjson.dumps(mask(exactjson.loads(body.encode()))).decode()


def in_part(rule: str, body: str) -> str:
    """The text as far as this rule, which permits it, lets it be told: without why it was prescribed, and the like."""
    partial = redacting(standard()).get(rule)
    return exactjson.dumps(redact(exactjson.loads(body.encode()), partial)).decode() if partial and body else body


def whole(law: Condition) -> Condition:
    """The law without what it permits to be read in part alone: for what takes single values out of texts."""
    return without(law, redacting(standard()).keys())


def without(law: Condition, rules: Collection[str]) -> Condition:
    """The law without what these rules permit; the same object where none of them stands in it."""
    if not rules:
        return law
    if isinstance(law, Permit):
        left = _left(law.shape, frozenset(rules))
        return law if left is None else left(law.now)
    match law:
        case Ruled(rule):
            return NOTHING if rule in rules else law
        case AnyOf(of) | All(of):
            parts = tuple([without(part, rules) for part in of])
            if all(now is then for now, then in zip(parts, of)):
                return law
            return any_of(parts) if isinstance(law, AnyOf) else all_of(parts)
        case _:
            return law


@lru_cache(maxsize=1024)
def _left(shape: Shape, rules: frozenset[str]) -> Callable[[datetime], Condition] | None:
    """What `without` leaves of a law of this shape, at a time: found once, and rendered once. None: all of it."""
    parts = [without(part, rules) for part in shape.of.of] if isinstance(shape.of, AnyOf) else [without(shape.of, rules)]
    whole = shape.of.of if isinstance(shape.of, AnyOf) else (shape.of,)
    if all(now is then for now, then in zip(parts, whole)):
        return None
    return bound(AnyOf(tuple(part for part in parts if part != NOTHING)))


def rows_shown(actor: Actor, rows: Sequence[Row], request: str, now: datetime) -> Sequence[Row]:
    """Rows with `person`, `labels`, `rule` and `body`, as `in_part` and `shown`; the same rows where nothing is taken out."""
    partial = redacting(standard())
    if any(row["rule"] in partial for row in rows):
        rows = [{**row, "body": in_part(row["rule"], row["body"])} for row in rows]
    if not any(row["labels"] & SHIELDED for row in rows):
        return rows
    alert(actor, request)
    return [{**row, "body": shown(actor, row["person"], row["labels"], row["body"], now)} for row in rows]


def alert(actor: Actor, request: str) -> None:
    """Tell whoever watches the service that protected identity was opened; who it is stands in the access log alone (SP-3)."""
    log.warning("protected identity was opened by %s: request %s", actor.id, request)
