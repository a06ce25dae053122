"""Decision support by its contract alone: JSON in, cards out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.cds.medicines import Medicine, elderly, findings
from kedja.cds.service import HOOKS, PREFETCH, Wrong, call, discovery, feedback

TODAY = date(2026, 6, 1)
INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
ATC = "http://www.whocc.no/atc"


def request(code: str, name: str = "Läkemedel", status: str = "active") -> dict[str, Any]:
    concept = {"text": name, "coding": [{"system": ATC, "code": code}]}
    return {"resourceType": "MedicationRequest", "status": status, "medicationCodeableConcept": concept}


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in resources]}


def asked(hook: str, born: str, *medicines: dict[str, Any], **context: Any) -> dict[str, Any]:
    return {
        "hook": hook,
        "hookInstance": INSTANCE,
        "context": {"userId": "Practitioner/a", "patientId": "p", **context},
        "prefetch": {
            "patient": bundle({"resourceType": "Patient", "birthDate": born}),
            "requests": bundle(*medicines),
            "statements": None,
        },
    }


def cards(hook: str, born: str, *medicines: dict[str, Any], language: str = "sv", **context: Any) -> list[dict[str, Any]]:
    id = next(id for id, each in HOOKS.items() if each == hook)
    return call(id, asked(hook, born, *medicines, **context), language, TODAY)["cards"]


def test_every_service_says_its_hook_and_what_it_wants_to_be_sent() -> None:
    told = discovery()["services"]
    assert {each["hook"] for each in told} == {"patient-view", "order-select", "order-sign"}
    assert all(each["prefetch"] == PREFETCH and each["id"] and each["description"] for each in told)


def test_what_the_old_should_avoid_gives_a_card_with_its_source() -> None:
    (card,) = cards("patient-view", "1945-01-01", request("N05BA01", "Diazepam"), request("A10BA02", "Metformin"))
    assert card["summary"] == "Diazepam: bör undvikas hos äldre"
    assert card["indicator"] == "warning"
    assert "Socialstyrelsen" in card["source"]["label"]
    assert UUID(card["uuid"])
    assert "elderly" in cards("patient-view", "1945-01-01", request("N05BA01"), language="en")[0]["summary"]


def test_the_age_is_counted_in_whole_years_and_the_young_get_no_card() -> None:
    assert cards("patient-view", "1951-06-01", request("N05BA01"))
    assert not cards("patient-view", "1951-06-02", request("N05BA01"))
    assert not cards("patient-view", "1952", request("N05BA01"))
    assert cards("patient-view", "1950", request("N05BA01"))


def test_the_same_substance_twice_gives_a_card_and_what_is_stopped_none() -> None:
    (card,) = cards("patient-view", "1980-01-01", request("C07AB02"), request("C07AB02"))
    assert "samma substans" in card["summary"]
    assert not cards("patient-view", "1980-01-01", request("C07AB02"), request("C07AB02", status="stopped"))


def test_an_order_gets_cards_of_itself_alone() -> None:
    standing = [request("N05BA01"), request("C07AB02")]
    drafts = bundle(request("C07AB02", "Metoprolol", "draft"))
    (card,) = cards("order-sign", "1940-01-01", *standing, draftOrders=drafts)
    assert "Metoprolol" in card["summary"]
    assert card["indicator"] == "warning"


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"hook": "order-sign"}, 400),
        ({"hookInstance": "x"}, 400),
        ({"context": {}}, 400),
        ({"context": None}, 400),
        ({"prefetch": {}}, 412),
        ({"prefetch": None}, 412),
    ],
)
def test_a_call_that_lacks_something_is_told_what(changed: dict[str, Any], status: int) -> None:
    with pytest.raises(Wrong) as wrong:
        call("medicines-view", asked("patient-view", "1940-01-01") | changed, "sv", TODAY)
    assert wrong.value.status == status


def test_a_service_that_is_not_there_and_feedback_that_is_none_are_refused() -> None:
    with pytest.raises(Wrong):
        call("x", {}, "sv", TODAY)
    for sent in ({}, {"feedback": []}, {"feedback": [{"card": INSTANCE, "outcome": "x", "outcomeTimestamp": "x"}]}):
        with pytest.raises(Wrong):
            feedback("medicines-view", sent)
    outcome = {"card": INSTANCE, "outcome": "overridden", "outcomeTimestamp": "2026-06-01T10:00:00Z"}
    assert feedback("medicines-view", {"feedback": [outcome]}) == [(INSTANCE, "overridden")]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(_JSON, _JSON)
def test_odd_data_gives_an_answer(patient: Any, medicines: Any) -> None:
    sent = asked("patient-view", "1940-01-01") | {
        "prefetch": {"patient": patient, "requests": medicines, "statements": medicines}
    }
    assert "cards" in call("medicines-view", sent, "sv", TODAY)


@given(st.lists(st.sampled_from([*elderly().why, "A10BA02", "C07AB02", ""]), max_size=8), st.integers(0, 110))
def test_cards_are_exactly_those_of_the_list_for_the_old_and_of_doubles(codes: list[str], years: int) -> None:
    born = TODAY - timedelta(days=round(years * 365.25) + 1)
    found = findings([Medicine(code, code) for code in codes], born, TODAY)
    old = {code for code in codes if code in elderly().why} if years >= elderly().least_age else set()
    assert {each.atc for each in found if each.kind == "elderly"} == old
    assert {each.atc for each in found if each.kind == "duplicate"} == {code for code in codes if code and codes.count(code) > 1}
