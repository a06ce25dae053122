"""Golden cases of the law: requests as data, with what the law says of each. They ship with the product: `kedja law test`.

`vectors.toml` has those of the specification and of the borders around them. A case names its actor, the custody of what is asked
for, the facts about person 7, and what is expected; what it does not say means none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any, Final

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.asker import Context
from kedja.access.custody import Custody, Label, Regime
from kedja.access.decide import Request, decide
from kedja.access.decision import Decision
from kedja.access.rows import BlockFact, CareRelation, ConsentFact, FactRow, LiftFact, Representation, SubjectState

PERSON: Final = 7  # whom the cases are about
Row = Mapping[str, Any]
_FACTS: Final[Mapping[str, Any]] = {
    "relation": CareRelation,
    "consent": ConsentFact,
    "block": BlockFact,
    "state": SubjectState,
    "representation": Representation,
    "lift": LiftFact,
}


@dataclass(frozen=True, slots=True)
class Vector:
    """One case; `expect` has `outcome`, `rules`, `reveal`, and what `obligations` and `reasons` must be among those given."""

    id: str
    says: str
    request: Request
    expect: Row

    def got(self) -> Decision:
        return decide(self.request)

    def holds(self, decision: Decision) -> bool:
        return (
            (decision.outcome.value, list(decision.rule_ids)) == (self.expect["outcome"], self.expect["rules"])
            and decision.reveal.name.lower() == self.expect["reveal"]
            and _among(self.expect.get("obligations", ()), [one.value for one in decision.obligations])
            and _among(self.expect.get("reasons", ()), [one.key for one in decision.reasons])
        )


def vectors() -> Iterator[Vector]:
    """Every golden case, in the order of the file."""
    table = tomllib.loads((files("kedja.access.golden") / "vectors.toml").read_text(encoding="utf-8"))
    for row in table["vector"]:
        yield Vector(row["id"], row["says"], request(row, table["actors"], table["now"]), row["expect"])


def told(decision: Decision) -> str:
    """`PERMIT V-7, reveals content`: what a decision comes to, on one line."""
    return summary(decision.outcome.value, decision.rule_ids, decision.reveal.name)


def summary(outcome: str, rules: Sequence[str], reveal: str) -> str:
    return f"{outcome} {' '.join(rules)}, reveals {reveal.lower()}"


def _among(wanted: Sequence[str], given: Sequence[str]) -> bool:
    return set(wanted) <= set(given)


def request(row: Row, actors: Mapping[str, Row], now: datetime) -> Request:
    """The request of one case; the actor is given by its name or in place."""
    return Request(
        actor(named(row["actor"], actors)),
        row.get("action", "read"),
        custody(row["resource"]),
        [fact(item) for item in row.get("facts", ())],
        row.get("now", now),
        context(row.get("context", {})),
        row["resource"].get("type", ""),
    )


def actor(row: Row) -> Actor:
    assignment = None
    if "provider" in row:
        purpose = Purpose(row.get("purpose", "care"))
        rights = tuple(row.get("rights", ()))
        assignment = Assignment(row.get("assignment", "a1"), purpose, row["provider"], row.get("unit", ""), rights)
    hsa_id = row.get("hsa_id", "")
    id = row.get("id", hsa_id or "somebody")
    acts_for = row.get("acts_for", 0)
    return Actor(
        id,
        Kind(row["kind"]),
        person=row.get("person", 0),
        hsa_id=hsa_id,
        prescriber=row.get("prescriber", False),
        licences=tuple(row.get("licences", ())),
        assignment=assignment,
        acts_for=acts_for,
    )


def context(row: Row) -> Context:
    sets = {name: frozenset(row[name]) for name in ("terms", "declared") if name in row}
    given: dict[str, Any] = {**row, **sets}
    return Context(**given)


def custody(row: Row) -> Custody:
    return Custody(
        Regime(row["regime"]),
        row.get("person", PERSON),
        row.get("provider", ""),
        row.get("unit", ""),
        row.get("start"),
        row.get("end"),
        labels(row.get("labels", ())),
        row.get("source", ""),
    )


def fact(row: Row) -> FactRow:
    (kind, values), *_ = row.items()
    values: dict[str, Any] = {"person": PERSON, **values}
    if kind == "lift":
        values.setdefault("unit", None)
    if "excluded" in values:
        values["excluded"] = labels(values["excluded"])
    return _FACTS[kind](**values)


def labels(names: Sequence[str]) -> Label:
    marked = Label.NONE
    for name in names:
        marked |= Label[name]
    return marked


def named(actor: str | Row, actors: Mapping[str, Row]) -> Row:
    return actors[actor] if isinstance(actor, str) else actor
