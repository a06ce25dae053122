"""Ages, lifts and times that count from now: SQL over a real PostgreSQL and the evaluation in Python say the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import HealthCheck, given, settings

from kedja.access.custody import Custody, Regime
from kedja.access.evaluate import evaluate
from kedja.access.rows import BlockFact, FactRow, LiftFact, Representation, SubjectState
from kedja.search.condition import Aged, Condition, Fact, Is, Not, NotLifted, Recent, Same
from tests.law.test_condition_sql import Database, database  # noqa: F401
from tests.law.worlds import SEEDS

_LEAP = datetime(2008, 2, 29, tzinfo=UTC)
_DAYS = [datetime(year, month, day, tzinfo=UTC) for year in (2008, 2010, 2013) for month, day in ((2, 28), (3, 1), (10, 26))]


def some_now(random: Random) -> datetime:
    """Around midnights of Stockholm, on days that are somebody's birthday, in summer and in winter."""
    day = random.choice([_LEAP, *_DAYS])
    around = day.replace(year=random.choice((2024, 2026, 2028)), day=min(day.day, 28))
    return around + timedelta(
        days=random.choice((-1, 0, 1)), hours=random.choice((0, 12, 21, 22, 23)), minutes=random.choice((0, 59))
    )


def some_facts(random: Random, now: datetime) -> list[FactRow]:
    facts: list[FactRow] = [SubjectState(7, "born", starts=random.choice([_LEAP, *_DAYS, None]))]
    facts += [SubjectState(7, "assessed-mature", "P1", "U1", ends=now - timedelta(days=1))] if random.random() < 0.3 else []
    facts += [BlockFact(7, "outer", "P1", starts=now - timedelta(days=random.choice((0, 9))))] if random.random() < 0.8 else []
    if random.random() < 0.6:
        unit, to_unit, employee = (random.choice((None, name, "other")) for name in ("U1", "U9", "H9"))
        ends = now + timedelta(days=random.choice((-1, 0, 1)))
        facts.append(LiftFact(7, "outer", "P1", unit, random.choice(("P9", "P8")), to_unit, employee, ends=ends))
    facts += [Representation(7, "proxy", random.choice((8, 9)), random.choice((1, 6)))] if random.random() < 0.6 else []
    return facts


def some_conditions(now: datetime) -> list[Condition]:
    ages = [Aged(least=16), Aged(below=18), Aged(13, 16), Aged(18, 13), Aged()]
    conditions: list[Condition] = [Fact("subject_state", now, (Is("kind", "=", "born"), aged)) for aged in ages]
    blocked = (Is("kind", "=", "outer"), Same("provider", "provider"))
    conditions += [
        Fact("block", now, blocked),
        Fact("block", now, (*blocked, NotLifted("outer", "P9", "U9", "H9"))),
        Fact("block", now, (Is("starts", "<=", now - timedelta(days=5)),)),
        Fact("representation", now, (Is("representative", "=", 8), Is("classes", "has", 2))),
        Fact("subject_state", now, (Is("kind", "=", "assessed-mature"),)),
        Fact("subject_state", now, (Is("kind", "=", "assessed-mature"),), ever=True),
        Recent(24, now),
        Not(Recent(1, now)),
    ]
    return conditions


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SEEDS)
def test_new_facts_select_what_they_permit(database: Database, seed: int) -> None:  # noqa: F811
    random = Random(seed)
    now = some_now(random)
    facts = some_facts(random, now)
    ends = [None, now, now - timedelta(days=20), now - timedelta(days=700), now - timedelta(days=731)]
    custodies = [Custody(Regime.HEALTH, 7, "P1", unit, end=end) for unit in ("U1", "U2") for end in ends]
    for condition in some_conditions(now):
        expected = [(key, "") for key, custody in enumerate(custodies) if evaluate(condition, custody, facts)]
        assert database.selected(custodies, facts, condition) == expected, (condition, facts, now)


def test_a_child_of_the_leap_day_comes_of_age_on_the_first_of_march() -> None:
    born = [SubjectState(7, "born", starts=_LEAP)]
    of_age = (Is("kind", "=", "born"), Aged(least=18))
    custody = Custody(Regime.HEALTH, 7)
    before = datetime(2026, 2, 28, 22, 59, tzinfo=UTC)  # 23:59 in Stockholm
    assert not evaluate(Fact("subject_state", before, of_age), custody, born)
    assert evaluate(Fact("subject_state", before + timedelta(minutes=1), of_age), custody, born)
