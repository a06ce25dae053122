"""The cases of `cases/*.toml`: for each rule requests that it decides, and how each of its conditions is made to fail."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from kedja.access.asker import Asker
from kedja.access.compile import clause_condition
from kedja.access.decide import Request
from kedja.access.deployment import deployed
from kedja.access.evaluate import evaluate
from kedja.access.golden import Row, named, request
from kedja.access.rule import Clause, Rule, Ruleset, Term
from kedja.access.rules import rule, standard


@dataclass(frozen=True)
class Book:
    """All files of the folder as one: `cases` by an id of their own, the first of each rule by the rule's number."""

    now: datetime
    actors: dict[str, Row] = field(default_factory=dict[str, Row])
    cases: dict[str, Row] = field(default_factory=dict[str, Row])
    breaks: dict[str, Sequence[Row]] = field(default_factory=dict[str, Sequence[Row]])

    def request(self, id: str) -> Request:
        return request(self.cases[id], self.actors, self.now)

    def law(self, id: str) -> Ruleset:
        """The law of the case: as it is shipped, or of an installation with the `deployment` that the case names."""
        deployment = self.cases[id].get("deployment")
        return deployed(standard(), deployment) if deployment else standard()

    def broken(self, id: str, number: int) -> Request:
        """The case with the clause of this number of its rule failing, and no other."""
        case, ruleset = self.cases[id], self.law(id)
        law = rule(case["rule"])
        clause = law.when[number]
        asked = self.request(id)
        (term,) = [term for term in clause if not failing_terms([term], asked, ruleset)]
        for change in self.breaks[str(term)]:
            broken = request(changed(case, self.actors, change), self.actors, self.now)
            if failing(law, broken, ruleset) == [clause]:
                return broken
        raise AssertionError(f"no change makes `{term}` fail alone in {id}")

    def clauses(self) -> Iterator[tuple[str, int, Clause]]:
        """(id, number, clause) of every condition of the rule of every case."""
        for id, case in self.cases.items():
            for number, clause in enumerate(rule(case["rule"]).when):
                yield id, number, clause


@lru_cache(maxsize=1)
def book() -> Book:
    """The folder, read once. A rule's further cases are told apart by what each `says`."""
    tables = [
        tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(Path(__file__).with_name("cases").glob("*.toml"))
    ]
    (now,) = [table["now"] for table in tables if "now" in table]
    found = Book(now)
    for table in tables:
        _add(found.actors, table.get("actors", {}))
        for term, ways in table.get("breaks", {}).items():
            found.breaks[term] = [*found.breaks.get(term, ()), *ways]  # files may know more ways
        _add(found.cases, {_id(case): case for case in table.get("case", ())})
    return found


def _id(case: Row) -> str:
    return f"{case['rule']}, {case['says']}" if "says" in case else case["rule"]


def _add(known: dict[str, Any], more: Mapping[str, Any]) -> None:
    assert not known.keys() & more.keys(), f"given twice: {known.keys() & more.keys()}"
    known.update(more)


def failing(law: Rule, asked: Request, ruleset: Ruleset | None = None) -> list[Clause]:
    """The rule's conditions that do not hold in the request."""
    return [clause for clause in law.when if len(failing_terms(clause, asked, ruleset)) == len(clause)]


def failing_terms(terms: Sequence[Term], asked: Request, ruleset: Ruleset | None = None) -> list[Term]:
    asker = Asker(asked.actor, asked.context, asked.now, ruleset or standard())
    return [term for term in terms if not evaluate(clause_condition((term,), asker), asked.custody, asked.facts, asked.type)]


def changed(case: Row, actors: Mapping[str, Row], change: Row) -> Row:
    """The case after a change of `breaks.toml`."""
    row = dict(case) | {"actor": dict(named(case["actor"], actors))}
    for name, value in change.items():
        row = _CHANGES[name](row, value)
    return row


def _merged(name: str) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    return lambda row, value: row | {name: {**row.get(name, {}), **value}}


def _moved(row: dict[str, Any], place: Row) -> dict[str, Any]:
    facts = [_moved_block(item, place) if "block" in item else item for item in row.get("facts", ())]
    return _merged("resource")(row, place) | {"facts": facts}


def _moved_block(item: Row, place: Row) -> Row:
    return item if item["block"]["kind"] == "registry" else {"block": {**item["block"], **place}}


def _unmarked(row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return _merged("resource")(row, {"labels": [label for label in row["resource"]["labels"] if label not in names]})


def _undeclared(row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return _merged("context")(row, {"declared": [name for name in row["context"]["declared"] if name not in names]})


def _without(row: dict[str, Any], pattern: Row) -> dict[str, Any]:
    ((kind, members),) = pattern.items()
    return row | {"facts": [item for item in row.get("facts", ()) if not _is_like(item, kind, members)]}


def _born(row: dict[str, Any], birth: datetime) -> dict[str, Any]:
    facts = [item if item.get("state", {}).get("kind") != "born" else _birth(birth) for item in row.get("facts", ())]
    return row | {"facts": facts if _birth(birth) in facts else [*facts, _birth(birth)]}


def _birth(birth: datetime) -> Row:
    return {"state": {"kind": "born", "starts": birth}}


def _is_like(item: Row, kind: str, members: Row) -> bool:
    return kind in item and all(item[kind].get(name) == value for name, value in members.items())


def _with(row: dict[str, Any], facts: Sequence[Row]) -> dict[str, Any]:
    return row | {"facts": [*row.get("facts", ()), *facts]}


_CHANGES: dict[str, Callable[[dict[str, Any], Any], dict[str, Any]]] = {
    "actor": _merged("actor"),
    "resource": _merged("resource"),
    "context": _merged("context"),
    "moved": _moved,
    "unmarked": _unmarked,
    "undeclared": _undeclared,
    "without": _without,
    "with": _with,
    "born": _born,
    "unapproved": lambda row, _: row | {"context": {name: value for name, value in row["context"].items() if name != "approved"}},
    "now": lambda row, value: row | {"now": value},
}
