"""Rules on what a search is made by, and on what it may give: sensitive terms (PDL 2 kap. 8 §), and counts alone (5 kap. 7 §)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, Final

from kedja.access.actor import Actor, Purpose
from kedja.access.asker import Context
from kedja.access.custody import Custody, Regime
from kedja.access.decide import Request, decide
from kedja.access.decision import Decision
from kedja.access.rule import Ruleset
from kedja.access.rules import limit, rule, standard
from kedja.access.terms import terms, used
from kedja.outcome import OutcomeError, refuse
from kedja.search.bundle import FEWER
from kedja.search.nodes import Query

_NOWHERE: Final = Custody(Regime.DIRECTORY)
_COUNTED: Final = ("Patient",)  # PDL 5 kap. 7 §: the number of persons


class Forbidden(OutcomeError):
    """A search that a rule forbids, whatever it would find; `rules` are for the log (spec L-5)."""

    def __init__(self, rules: Iterable[str], refusal: OutcomeError) -> None:
        super().__init__(refusal.status, *refusal.issues)
        self.rules = list(rules)


def counts(actor: Actor) -> bool:
    """Whether the assignment is for counting before clinical research: it gives numbers of persons, and nothing else."""
    return actor.assignment is not None and actor.assignment.purpose is Purpose.COUNT


def check(actor: Actor, query: Query, now: datetime) -> None:
    """Raises Forbidden where the search uses a term that it may not be made by, or asks for more than the law gives."""
    named = used(query.uses)
    if named:
        decision = _decided(actor, named, standard(), now.astimezone(UTC).date())
        if not decision.permitted:
            raise Forbidden(decision.rule_ids, _by_terms(named, decision.cite))
    if counts(actor) and not (query.control.count_only and query.select.types == _COUNTED):
        said = "this assignment is for counting before clinical research: search `Patient` with `_summary=count`"
        raise Forbidden(["I-10"], refuse(403, "forbidden", f"{said} ({rule('I-10').cite})", "?_summary"))


@lru_cache(maxsize=4096)
def _decided(actor: Actor, named: frozenset[str], law: Ruleset, day: date) -> Decision:
    """It looks at no resource and no fact, so that it is the same all day: rules begin and end with a day."""
    request = Request(actor, "search", _NOWHERE, (), datetime.combine(day, time.min, UTC), Context(terms=named))
    return decide(request, law)


def counted(rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    """The row of a count; a number so small that it could tell of somebody becomes an interval (PDL 5 kap. 7 §)."""
    (page,) = rows
    least = limit("count-least")
    return [{**page, "mode": FEWER, "total": least} if page["total"] < least else page]


def _by_terms(named: frozenset[str], cite: str) -> OutcomeError:
    told = ", ".join(term.en for term in terms() if term.name in named)
    return refuse(403, "forbidden", f"a search may not be made by {told} ({cite}): leave it out")
