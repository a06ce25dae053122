"""Actors, custodies and facts read from the cases that are written as data."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.asker import Context
from kedja.access.custody import Custody, Label, Regime
from kedja.access.decide import Request
from kedja.access.facts import BlockFact, CareRelation, ConsentFact, FactRow

PERSON = 7
Row = dict[str, Any]


def request(row: Row, actors: dict[str, Row], now: datetime) -> Request:
    """The request of one case; the actor is given by its name or in place."""
    named = row["actor"]
    return Request(
        actor(actors[named] if isinstance(named, str) else named),
        row.get("action", "read"),
        custody(row["resource"]),
        [fact(item) for item in row.get("facts", ())],
        row.get("now", now),
        Context(**row.get("context", {})),
    )


def actor(row: Row) -> Actor:
    assignment = None
    if "provider" in row:
        purpose = Purpose(row.get("purpose", "care"))
        rights = tuple(row.get("rights", ()))
        assignment = Assignment(row.get("assignment", "a1"), purpose, row["provider"], row.get("unit", ""), rights)
    hsa_id = row.get("hsa_id", "")
    return Actor(hsa_id or "somebody", Kind(row["kind"]), person=row.get("person", 0), hsa_id=hsa_id, assignment=assignment)


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
    values = {"person": PERSON, **values}
    if "excluded" in values:
        values["excluded"] = labels(values["excluded"])
    return {"relation": CareRelation, "consent": ConsentFact, "block": BlockFact}[kind](**values)


def labels(names: Any) -> Label:
    return reduce(or_, (Label[name] for name in names), Label.NONE)
