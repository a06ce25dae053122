"""`_filter`, `_text`, `_content` and counts: what is found, and what is told of a filter that is none."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import count

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kedja.outcome import OutcomeError
from kedja.search import control
from kedja.search.condition import EVERYTHING, Condition
from kedja.search.parse import parse
from kedja.search.resolve import resolve
from tests.store.searching.asking import ask, references
from tests.store.searching.oracle import Oracle
from tests.store.searching.strategies import laws
from tests.store.searching.values import plain, values_of
from tests.store.searching.world import DATES, FAMILIES, Held, World, add, load, make

EXAMPLES = int(os.environ.get("KEDJA_TEST_EXAMPLES", "60"))
ASKED = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def world() -> World:
    return make()


@pytest_asyncio.fixture(scope="module")
async def conn(module_database_url: str, world: World) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(module_database_url, server_settings={"timezone": "UTC", "jit": "off"})
    await load(connection, world)
    yield connection
    await connection.close()


Meets = Callable[[Oracle, Held], bool]


@dataclass(frozen=True)
class Asked:
    """The text of a filter and what it means, said another way."""

    text: str
    meets: Meets


def simple(text: str, name: str, value: str) -> Asked:
    return Asked(text, lambda oracle, held: oracle.meets(held, name, value))


def other(text: str, name: str, value: str) -> Asked:
    return Asked(text, lambda oracle, held: bool(values_of(held.resource, name)) and not oracle.meets(held, name, value))


@st.composite
def of_observation(draw: st.DrawFn) -> Asked:
    kind = draw(st.sampled_from(("code", "date", "value-quantity", "pr", "chain", "nested", "reference")))
    prefix = draw(st.sampled_from(("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")))
    if kind == "code":
        code = draw(st.sampled_from(("http://loinc.org|4548-4", "8480-6", "NPU27300")))
        return draw(st.sampled_from((simple(f"code eq {code}", "code", code), other(f'code ne "{code}"', "code", code))))
    if kind == "date":
        date = draw(st.sampled_from(DATES))
        return simple(f"date {prefix} {date}", "date", f"{prefix}{date}")
    if kind == "value-quantity":
        amount = draw(st.sampled_from(("5.4", "5", "100||mg", "5.4|http://unitsofmeasure.org|mmol/L")))
        return simple(f"value-quantity {prefix} {amount}", "value-quantity", f"{prefix}{amount}")
    if kind == "pr":
        code, there = draw(st.sampled_from(("date", "encounter", "value-string"))), draw(st.booleans())
        return simple(f"{code} pr {str(there).lower()}", f"{code}:missing", str(not there).lower())
    if kind == "reference":
        place = draw(st.integers(0, 20))
        return simple(f"patient re Patient/r{place}", "patient", f"Patient/r{place}")
    family = draw(st.sampled_from(FAMILIES))
    if kind == "chain":
        return simple(f'patient.family sw "{family}"', "patient.family", family)
    return Asked(f'patient[gender eq male].family sw "{family}"', lambda oracle, held: nested(oracle, held, family))


def nested(oracle: Oracle, held: Held, family: str) -> bool:
    patients = [one for one in oracle.visible("Patient") if one.reference in values_of(held.resource, "patient")]
    return any(oracle.meets(one, "gender", "male") and oracle.meets(one, "family", family) for one in patients)


def joined(parts: st.SearchStrategy[Asked]) -> st.SearchStrategy[Asked]:
    def both(left: Asked, right: Asked) -> Asked:
        return Asked(f"({left.text}) and ({right.text})", lambda *of: left.meets(*of) and right.meets(*of))

    def either(left: Asked, right: Asked) -> Asked:
        return Asked(f"({left.text}) or ({right.text})", lambda *of: left.meets(*of) or right.meets(*of))

    def denied(one: Asked) -> Asked:
        return Asked(f"not({one.text})", lambda oracle, held: not one.meets(oracle, held))

    return st.one_of(st.builds(both, parts, parts), st.builds(either, parts, parts), st.builds(denied, parts))


FILTERS = st.recursive(of_observation(), joined, max_leaves=5)


@ASKED
@given(asked=FILTERS, law=st.one_of(laws(), st.just(EVERYTHING)))
async def test_a_filter_finds_what_it_says(conn: asyncpg.Connection, world: World, asked: Asked, law: Condition) -> None:
    oracle = Oracle(world, law)
    expected = {held.reference for held in oracle.visible("Observation") if asked.meets(oracle, held)}
    bundle = await ask(conn, world, "Observation", [("_filter", asked.text), ("_count", "1000"), ("_total", "accurate")], law)
    assert (set(references(bundle, "match")), bundle["total"]) == (expected, len(expected))


async def test_a_filter_goes_from_left_to_right(conn: asyncpg.Connection, world: World) -> None:
    without = [("_filter", "code eq 8480-6 or code eq 4548-4 and date pr false"), ("_count", "1000")]
    with_them = [("_filter", "(code eq 8480-6 or code eq 4548-4) and date pr false"), ("_count", "1000")]
    first, second = [await ask(conn, world, "Observation", pairs) for pairs in (without, with_them)]
    assert references(first, "match") == references(second, "match") != []


@pytest.mark.parametrize(
    ("operator", "part", "found"),
    [
        ("eq", slice(None), True),
        ("eq", slice(-1), False),
        ("ew", slice(-3, None), True),
        ("ew", slice(3), False),
        ("co", slice(1, 4), True),
        ("sw", slice(2), True),
        ("ne", slice(None), False),
    ],
)
async def test_text_is_compared_without_case_and_accents(
    conn: asyncpg.Connection, world: World, operator: str, part: slice, found: bool
) -> None:
    patient = next(held for held in Oracle(world, EVERYTHING).visible("Patient") if len(values_of(held.resource, "family")) == 1)
    (family,) = values_of(patient.resource, "family")
    asked = f'family {operator} "{plain(family)[part].upper()}"'
    bundle = await ask(conn, world, "Patient", [("_filter", asked), ("_count", "1000")])
    assert (patient.reference in references(bundle, "match")) is found


async def test_a_period_that_touches_overlaps(conn: asyncpg.Connection, world: World) -> None:
    bundle = await ask(conn, world, "Encounter", [("_filter", "date po 2020-07"), ("_count", "1000")])
    spans = {
        held.reference: values_of(held.resource, "date") for held in world.held if held.type == "Encounter" and not held.deleted
    }
    low, high = "2020-07-01", "2020-08-01"
    inside = {name for name, of in spans.items() if any(f"{lo:%Y-%m-%d}" < high and f"{hi:%Y-%m-%d}" > low for lo, hi in of)}
    assert set(references(bundle, "match")) == inside != set()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("code", "at character 5, where an operator"),
        ("code eq", "where a value"),
        ('code eq "x', "where a value"),
        ("(code eq x", "where `)`"),
        ("code eq x)", "where `and`, `or` or the end"),
        ("cod eq x", "did you mean `code`?"),
        ("code gt x", "`gt` cannot be asked of `code`, which is a token; there are: eq,"),
        ("code.text eq x", "not a reference"),
        ("date pr maybe", "write true or false"),
        ("patient[gender eq male] eq x", "where a parameter"),
        ("not code eq x", "where `(`"),
        (" and ".join(["code eq x"] * 51), "over 50 comparisons"),
        ("(" * 20 + "code eq x" + ")" * 20, "nested more than"),
    ],
)
def test_what_is_no_filter_is_told_with_its_place(text: str, says: str) -> None:
    with pytest.raises(OutcomeError) as caught:
        resolve(parse("Observation", [("_filter", text)]))
    assert says in caught.value.issues[0].diagnostics


_numbers = count(1)
NARRATIVE = '<div xmlns="http://www.w3.org/1999/xhtml"><p>Ömmande <b>knäled</b>, ingen feber</p></div>'


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("_text", "knäled", True),
        ("_text", "FEBER ömmande", True),
        ("_text", "feber -knäled", False),
        ("_text", '"ingen feber"', True),
        ("_text", '"feber ingen"', False),
        ("_text", "hosta or feber", True),
        ("_text", "hosta,feber", True),
        ("_text", "svullnad", False),
        ("_text", "div", False),
        ("_content", "svullnad", True),
        ("_content", "feber svullnad", True),
        ("_content", "hosta", False),
        ("_content", "-feber -åter -bra -final -preliminary", False),
    ],
)
async def test_words_are_found_where_they_stand(
    conn: asyncpg.Connection, world: World, name: str, value: str, found: bool
) -> None:
    model = next(held for held in world.held if held.type == "Observation" and not held.deleted)
    number = next(_numbers)
    told = {
        **model.resource,
        "id": f"told-{number}",
        "text": {"status": "generated", "div": NARRATIVE},
        "note": [{"text": 'Svullnad, och "mer"'}],
    }
    held = Held(told, model.custody, 900_000_000 + number * 4096, model.updated)
    await add(conn, held)
    bundle = await ask(conn, world, "Observation", [(name, value), ("_count", "1000")])
    assert (held.reference in references(bundle, "match")) is found
    await conn.execute("DELETE FROM resource WHERE id = $1", held.id)


async def test_an_estimate_counts_what_may_be_seen_and_no_further_than_it_says(
    conn: asyncpg.Connection, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = (await ask(conn, world, "Observation", [("_total", "accurate"), ("_count", "1")]))["total"]
    assert (await ask(conn, world, "Observation", [("_total", "estimate"), ("_count", "1")]))["total"] == exact
    assert "total" not in await ask(conn, world, "Observation", [("_total", "none"), ("_count", "1")])
    monkeypatch.setattr(control, "ESTIMATE", 5)
    assert (await ask(conn, world, "Observation", [("_total", "estimate"), ("_count", "1")]))["total"] == 5
