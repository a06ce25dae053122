"""Whether PostgreSQL may keep one plan of a search for all values that are asked for."""

from __future__ import annotations

from enum import Enum, auto

from kedja.search.assume import persons_under
from kedja.search.nodes import Chain, Criterion, Dates, Ids, Query, References, Select, Strings, Tokens
from kedja.search.sql.string import BEGINS


class Plan(Enum):
    """KEPT: small whatever is asked for, so that one plan does, which spares most of its time. TRIED: small when few resources
    have the texts that are asked for, which the statement itself finds out (`statement`, sparing). WALKED: small when the newest
    resources have what is asked for, which it finds out too. ANEW: planned each time, since the best plan differs with the
    values: how common a code is, how long a period.
    """

    KEPT = auto()
    TRIED = auto()
    WALKED = auto()
    ANEW = auto()


def plan_of(query: Query) -> Plan:
    """What is bound to persons or ids is small. Of further pages the first page has not told whether they are."""
    if _bound(query.select):
        return Plan.KEPT
    if query.after is None and _begins_with_few(query.select):
        return Plan.TRIED
    return Plan.WALKED if walks(query) else Plan.ANEW


def walks(query: Query) -> bool:
    """Whether the first page of a search of one type, newest first, is of codes and dates alone: others are looked up first."""
    control, select = query.control, query.select
    counts = control.total or control.at_most or control.count_only
    if query.after or query.sort or select.others or counts or _begins_with_few(select):
        return False
    return all(isinstance(one, Dates) or (isinstance(one, Tokens) and not one.negated) for one in select.criteria)


def asked_of_walks(query: Query) -> tuple[object, ...]:
    """What tells how far a walk must go: the type, the codes and the periods."""
    return (query.select.type, query.select.criteria)


def _bound(select: Select) -> bool:
    bound = any(isinstance(one, Ids) or (isinstance(one, References) and one.persons) for one in select.criteria)
    return bound or persons_under(select.law, select.types) is not None


def _begins_with_few(select: Select) -> bool:
    return _bound(select) or any(_few(criterion) for criterion in select.criteria)


def _few(criterion: Criterion) -> bool:
    match criterion:
        case Strings(match=match):
            return match in BEGINS
        case Chain(targets, by_url):
            return not by_url and all(_begins_with_few(target) for _, target in targets)
        case _:
            return False
