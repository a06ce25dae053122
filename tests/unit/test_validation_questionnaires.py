"""Forms and the answers to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kedja.definitions import of, using
from kedja.validation import validate

URL = "https://example.org/fhir/Questionnaire/sleep"


def question(link: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"linkId": link, "type": kind, **more}


FORM: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "url": URL,
    "version": "2",
    "status": "active",
    "item": [
        question("sleeps", "boolean", required=True),
        question("hours", "integer", enableWhen=[{"question": "sleeps", "operator": "=", "answerBoolean": True}], required=True),
        question("why", "choice", answerOption=[{"valueCoding": {"code": "noise"}}, {"valueCoding": {"code": "pain"}}]),
        question("says", "string", maxLength=10, repeats=True),
        question("home", "group", repeats=True, item=[question("city", "string"), question("note", "display")]),
    ],
}


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    with using(of([FORM])):
        yield


def item(link: str, *answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"linkId": link, **({"answer": list(answers)} if answers else {}), **more}


YES, NO = {"valueBoolean": True}, {"valueBoolean": False}
SEVEN = {"valueInteger": 7}


def response(*items: dict[str, Any], status: str = "completed", questionnaire: str = URL) -> dict[str, Any]:
    return {"resourceType": "QuestionnaireResponse", "questionnaire": questionnaire, "status": status, "item": list(items)}


def faults(resource: dict[str, Any]) -> list[tuple[str, str]]:
    return [(issue.expression[0].partition(".")[2], issue.code) for issue in validate(resource)]


def test_a_full_answer_is_valid():
    city = item("home", item=[item("city", {"valueString": "Sörvik"})])
    every = [item("sleeps", YES), item("hours", SEVEN), item("why", {"valueCoding": {"code": "pain", "display": "Pain"}})]
    says = item("says", {"valueString": "Rain"}, {"valueString": "Wind"})
    assert validate(response(*every, says, city, city)) == []
    assert validate(response(item("sleeps", NO), questionnaire=f"{URL}|2")) == []


def test_nothing_is_said_of_a_form_that_is_not_known():
    assert validate(response(item("anything", YES), questionnaire="https://example.org/other")) == []


@pytest.mark.parametrize(
    ("items", "where", "code"),
    [
        ([item("sleeps", NO), item("snores", YES)], "item[1].linkId", "not-found"),
        ([item("sleeps", NO), item("city", {"valueString": "Sörvik"})], "item[1].linkId", "not-found"),
        ([item("sleeps", {"valueString": "yes"})], "item[0].answer[0]", "business-rule"),
        ([item("sleeps", NO, NO)], "item[0].answer", "business-rule"),
        ([item("sleeps", NO), item("sleeps", NO)], "item[1]", "duplicate"),
        ([item("sleeps", NO), item("hours", SEVEN)], "item[1]", "business-rule"),
        ([item("sleeps", YES)], "", "required"),
        ([item("sleeps", YES), item("hours")], "item[1]", "required"),
        ([item("sleeps", NO), item("why", {"valueCoding": {"code": "light"}})], "item[1].answer[0]", "business-rule"),
        ([item("sleeps", NO), item("says", {"valueString": "far too long"})], "item[1].answer[0]", "business-rule"),
        ([item("sleeps", NO), item("home", {"valueString": "no question"})], "item[1].answer", "business-rule"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(items: list[dict[str, Any]], where: str, code: str):
    assert faults(response(*items)) == [(where, code)]


def test_an_unfinished_response_may_lack_answers():
    assert validate(response(item("sleeps", YES), status="in-progress")) == []


def test_a_contained_form_counts_too():
    contained = {key: value for key, value in FORM.items() if key != "url"} | {"id": "form"}
    given = response(item("snores", YES), questionnaire="#form") | {"contained": [contained]}
    assert ("item[0].linkId", "not-found") in faults(given)


@pytest.mark.parametrize(
    ("asked", "code"), [("nothing", "not-found"), ("inner", "business-rule"), ("outer", "business-rule"), ("other", None)]
)
def test_a_condition_asks_a_question_outside_what_it_enables(asked: str, code: str | None):
    condition = {"question": asked, "operator": "exists", "answerBoolean": True}
    outer = question("outer", "group", enableWhen=[condition], item=[question("inner", "boolean")])
    form = FORM | {"item": [question("other", "boolean"), outer]}
    assert faults(form) == ([("item[1].enableWhen[0].question", code)] if code else [])


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "enabled"),
    [
        ("=", 7, 7, True),
        ("=", 7, 8, False),
        ("!=", 7, 8, True),
        (">", 7, 8, True),
        (">", 7, 7, False),
        (">=", 7, 7, True),
        ("<", 7, 6, True),
        ("<=", 7, 8, False),
    ],
)
def test_conditions_compare(operator: str, wanted: int, given: int, enabled: bool):
    condition = {"question": "hours", "operator": operator, "answerInteger": wanted}
    form = FORM | {"item": [question("hours", "integer"), question("more", "string", enableWhen=[condition])]}
    with using(of([form])):
        found = faults(response(item("hours", {"valueInteger": given}), item("more", {"valueString": "Yes"})))
    assert found == ([] if enabled else [("item[1]", "business-rule")])
