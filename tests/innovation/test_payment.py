"""Who pays: what models come to, what the figures show to hinder, who decides, and that sums are for nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.gate import Door
from kedja.gate import innovation_payment as gate
from kedja.gate.innovation_cases import case, waiting
from kedja.gate.innovation_steering import portfolio
from kedja.innovation.payment import Flow, Rates, hindrances, lets, options, paid, payers, place, profiles, rates, said, split
from kedja.innovation.payment_form import decided, followed, read
from kedja.outcome import OutcomeError
from kedja.testbed.innovation_payment import payments, seed_models
from tests.innovation.people import ANALYST, BOARD, CITIZEN, HEAD, NURSE, PILOT, SOUTHERN_NURSE, SOUTHERN_PILOT
from tests.innovation.test_work import FLOWS, settled

TODAY = date(2026, 11, 30)
VISITS = Rates(0, {"visit": 1400, "remote": 350, "home": 0, "person": 0, "result": 0}, None, "region", "home-region")
WARD = Flow("Kliniken", "unit", 100, 50, 0, "")
TOWN = Flow("Kommunen", "municipality", 0, 0, 80, "")

amounts = st.fixed_dictionaries({unit.id: st.integers(0, 10**6) for unit in options("units")})
models = st.builds(
    Rates,
    st.integers(0, 10**9),
    amounts,
    st.none() | st.integers(0, 10**9),
    st.sampled_from(["region", "municipality", "joint", "state", "patient"]),
    st.sampled_from(["home-region", "listed-unit", "provider"]),
)


@given(models, amounts, st.integers(0, 100))
def test_those_who_pay_pay_together_what_is_paid_and_nobody_less_than_nothing(model: Rates, activity: Any, outside: int) -> None:
    parts = payers(model, activity, outside)
    assert sum(parts.values()) == paid(model, activity)
    assert min(parts.values()) >= 0
    assert model.ceiling is None or paid(model, activity) <= model.ceiling


def test_a_visit_that_becomes_a_contact_at_a_distance_is_paid_less_and_that_is_said_to_hinder() -> None:
    now, then = {"visit": 100, "remote": 0}, {"visit": 60, "remote": 40}
    assert (paid(VISITS, now), paid(VISITS, then)) == (140_000, 98_000)
    assert hindrances([], VISITS, now, then) == ["loses"]
    assert hindrances([], replace(VISITS, of={**VISITS.of, "remote": 1400}), now, then) == []


def test_cost_in_one_budget_and_gain_in_another_is_found_and_a_loss_all_together_too() -> None:
    assert split([WARD, TOWN])
    assert not split([WARD])
    assert not split([TOWN, replace(WARD, gains=50)])
    assert hindrances([WARD, TOWN], None, {}, {}) == ["split"]
    assert hindrances([WARD, replace(TOWN, gains=10)], None, {}, {}) == ["split", "dear"]
    assert [place(None, ""), place([WARD, TOWN], ""), place([TOWN], ""), place([TOWN], "not")] == ["", "split", "even", "not"]


def test_people_of_other_regions_are_paid_for_by_whom_the_model_says() -> None:
    assert payers(replace(VISITS, outside="listed-unit"), {"remote": 100}, 80) == {"listed-unit": 28_000, "region": 7_000}
    assert payers(replace(VISITS, payer="joint"), {"visit": 1}, 0) == {"region": 700, "municipality": 700}


def test_everything_to_choose_among_is_said_in_both_languages() -> None:
    rows = [each.words for name in ("units", "bearers", "hindrances", "outcomes", "undecided") for each in options(name)]
    assert [words for words in (*rows, *(each.words for each in profiles())) if not (words.sv and words.en)] == []
    assert [each.id for each in options("outcomes") if lets(each.id)] == ["use", "try"]
    assert not {"split", "loses", "dear"} & {each.id for each in said()}


def test_a_form_names_each_field_that_is_wrong() -> None:
    wrong = read({"who-0": ["Kliniken"], "yearly-0": ["mycket"], "gains-1": ["5"], "chosen": ["T-1"], "now-visit": ["-2"]})[1]
    assert sorted(wrong) == ["chosen", "now-visit", "who-1", "yearly-0"]
    assert sorted(read({})[1]) == ["who-0"]
    told, wrong = read({"who-0": ["K"], "kind-0": ["elsewhere"], "once-0": ["1 200 kr"], "hinders": ["project", "split"]})
    assert (wrong, told["flows"][0]["once"], told["flows"][0]["kind"], told["hinders"]) == ({}, 1200, "unit", ["project"])
    assert sorted(decided({"outcome": ["try"]}, TODAY)[1]) == ["reason", "review"]
    assert sorted(decided({"outcome": ["x"], "reason": ["r"], "review": ["2026-11-30"]}, TODAY)[1]) == ["outcome", "review"]
    assert decided({"outcome": ["use"], "reason": ["r"]}, TODAY)[1] == {}
    assert sorted(followed({"paid": ["x"], "day": ["i går"]}, TODAY)[1]) == ["day", "paid", "text"]


async def test_who_takes_part_says_who_pays_and_who_decides_there_decides(door: Door) -> None:
    await seed_models(door)
    by_visit = next(one for one in await gate.models(door, CITIZEN, "r") if one.values["basis"] == "visit")
    id = await settled(door, "Mäta hemma i stället för årskontroll")
    told = {**FLOWS, "today": by_visit.called, "flows": [vars_of(WARD), vars_of(TOWN)]}
    with pytest.raises(OutcomeError) as early:
        await gate.follow_up(door, NURSE, id, {"day": TODAY, "paid": 1, "gained": 2, "text": "x"}, "r")
    assert early.value.status == 409
    await gate.describe(door, NURSE, id, told, "r")
    for stranger, status in ((NURSE, 403), (PILOT, 403), (SOUTHERN_NURSE, 403), (CITIZEN, 404)):
        with pytest.raises(OutcomeError) as refused:
            await gate.decide(door, stranger, id, 1, "use", "x", None, "r")
        assert refused.value.status == status
    await gate.decide(door, HEAD, id, 1, "try", "Kliniken bär kostnaden under provet.", TODAY + timedelta(days=30), "r")
    found = await gate.payment(door, ANALYST, id, "r")
    newest = found.versions[0]
    assert (newest["outcome"], newest["decider"], newest["models"]["today"]["called"]) == ("try", HEAD.name, by_visit.called)
    assert rates(newest["models"]["today"]["values"]).of["visit"] == 1400
    assert (found.may_write, found.may_decide) == (False, False)
    sheet = await case(door, PILOT, id, "r")
    assert sheet.paid is not None and sheet.paid["outcome"] == "try"

    await gate.describe(door, PILOT, id, {**told, "remedy": "Kommunen betalar hälften."}, "r")
    with pytest.raises(OutcomeError) as late:
        await gate.decide(door, HEAD, id, 1, "use", "x", None, "r")
    assert late.value.status == 409
    assert (await case(door, PILOT, id, "r")).paid["changed"]  # type: ignore[index]


async def test_sums_are_seen_by_who_sees_the_case_whole_and_the_portfolio_tells_nobody_else(door: Door) -> None:
    id = await settled(door, "Nattlig tillsyn med sensor")
    await gate.describe(door, PILOT, id, {**FLOWS, "flows": [vars_of(WARD), vars_of(TOWN)]}, "r")
    for stranger, status in ((SOUTHERN_NURSE, 403), (SOUTHERN_PILOT, 403), (CITIZEN, 404)):
        with pytest.raises(OutcomeError) as refused:
            await gate.payment(door, stranger, id, "r")
        assert refused.value.status == status
    seen = {
        actor.id: next((each.payment for each in await portfolio(door, actor, closed=False, request="r") if each.id == id), None)
        for actor in (HEAD, SOUTHERN_NURSE, CITIZEN)
    }
    assert seen == {"head": "split", "southern-nurse": "", "citizen": None}
    await gate.decide(door, BOARD, id, 1, "not", "För dyrt.", None, "r")
    assert next(each.payment for each in await portfolio(door, HEAD, closed=False, request="r") if each.id == id) == "not"


async def test_a_model_that_is_not_there_for_whoever_names_it_is_refused(door: Door) -> None:
    id = await settled(door, "Digital vårdcentral")
    for name in ("N-999", "T-1", "x"):
        with pytest.raises(OutcomeError) as refused:
            await gate.describe(door, PILOT, id, {**FLOWS, "chosen": name}, "r")
        assert refused.value.status == 422


async def test_when_the_day_of_review_has_come_the_pilot_is_asked_once_until_it_is_told_what_came_of_it(door: Door) -> None:
    id = await settled(door, "Delad peng för hemgång")
    await gate.describe(door, PILOT, id, FLOWS, "r")
    day = door.clock().date() + timedelta(days=30)
    await gate.decide(door, BOARD, id, 1, "try", "Ett halvår.", day, "r")

    async def asked(later: Door) -> int:
        await gate.ask_reviews(later)
        found = await waiting(later, PILOT, "r")
        return sum(each.row["case_id"] == id and each.row["what"] == "payment" for each in found)

    then = door.clock() + timedelta(days=31)
    later = replace(door, clock=lambda: then)
    assert await asked(door) == 0
    assert [await asked(later), await asked(later)] == [1, 1]
    told = {"day": then.date(), "paid": 900, "gained": 400, "text": "Dyrare än vi trodde."}
    await gate.follow_up(later, PILOT, id, told, "r")
    assert await asked(later) == 0
    assert [row["gained"] for row in (await gate.payment(door, PILOT, id, "r")).results] == [400]


def test_what_the_demo_says_of_payment_could_have_come_from_the_form() -> None:
    for key, row in payments().items():
        form = {f"{name}-{at}": [str(value)] for at, flow in enumerate(row["flows"]) for name, value in zip(vars_of(WARD), flow)}
        form |= {f"{when}-{unit}": [str(n)] for when in ("now", "then") for unit, n in row.get(when, {}).items()}
        found, wrong = read(form | {"hinders": row.get("hinders", [])})
        assert wrong == {}, key
        assert [list(flow.values()) for flow in found["flows"]] == row["flows"], key
        assert found["hinders"] == row.get("hinders", []), key


def vars_of(flow: Flow) -> dict[str, Any]:
    return {name: getattr(flow, name) for name in ("who", "kind", "once", "yearly", "gains", "what")}
