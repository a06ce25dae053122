"""Reading what a page sends, faults, scores, and the forms that come with Kedja."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kedja import exactjson
from kedja.forms import check
from kedja.forms.enable import shown
from kedja.forms.fields import name_of, place_of, take, text_of_value, value_of_text
from kedja.forms.filled import Filled, items_of, of_response
from kedja.forms.form import Form, Item, Words, read
from kedja.forms.populate import extracted, populated
from kedja.forms.scores import calculate, meaning
from kedja.forms.shipped import BASE, questionnaires, shipped

PHQ = [f"phq-{n}" for n in range(1, 10)]


def form(name: str) -> Form:
    found = shipped(BASE + name)
    assert found is not None
    return found


def answered(of: Form, texts: dict[str, str]) -> Filled:
    filled = Filled()
    for link, text in texts.items():
        value = value_of_text(of.by_link[link], text)
        assert value is not None, (link, text)
        filled = filled.answered((link, ()), [value])
    return filled


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_the_sum_of_phq_9_is_the_sum_of_its_answers_and_has_words(numbers: list[int]) -> None:
    phq = form("phq-9")
    filled = calculate(phq, answered(phq, {link: f"#{n}" for link, n in zip(PHQ, numbers)}))
    place = ("phq-sum", ())
    assert filled.of(place) == ({"valueInteger": sum(numbers)},)
    told = meaning(phq.by_link["phq-sum"], filled, place)
    assert told is not None
    assert told.least <= sum(numbers) <= told.most
    assert (("help-now", ()) in shown(phq, filled)) == (numbers[8] > 0)
    assert (("phq-hard", ()) in shown(phq, filled)) == (sum(numbers) > 0)


def test_a_score_needs_all_its_answers_and_a_false_one_is_told() -> None:
    phq = form("phq-9")
    assert calculate(phq, answered(phq, dict.fromkeys(PHQ[:8], "#1"))).of(("phq-sum", ())) == ()
    whole = calculate(phq, answered(phq, dict.fromkeys(PHQ, "#1")))
    sent = {"item": items_of(phq, whole, shown(phq, whole))}
    assert check.faults_of(phq, sent) == []
    false = whole.answered(("phq-sum", ()), [{"valueInteger": 1}])
    assert check.faults_of(phq, {"item": items_of(phq, false, shown(phq, false))}) == [
        "a score is not what the answers add up to"
    ]


@pytest.mark.parametrize(("choice", "score"), [("#0", 100), ("#1", 67), ("#3", 0)])
def test_the_score_of_a_visit_is_of_a_hundred(choice: str, score: int) -> None:
    visit = form("visit-experience")
    links = [item.link_id for item in visit.walk() if item.link_id.startswith("prem-")]
    filled = calculate(visit, answered(visit, dict.fromkeys(links, choice)))
    assert filled.of(("score", ())) == ({"valueInteger": score},)
    assert (("better", ()) in shown(visit, filled)) == (choice == "#3")


def test_what_is_required_and_limited_is_told_at_its_place() -> None:
    history = form("self-history")
    filled = answered(history, {"worse": "true", "weight": "5", "movement": "8", "reason": "x" * 2001})
    kinds = [(fault.place[0], fault.kind) for fault in check.faults(history, filled)]
    assert kinds == [
        ("reason", "length"),
        ("general", "required"),
        ("what-worse", "required"),
        ("weight", "least"),
        ("movement", "most"),
    ]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", " 1\xa0200 ", {"valueInteger": 1200}),
        ("integer", "1,5", None),
        ("decimal", "80,50", {"valueDecimal": exactjson.Number("80.50")}),
        ("decimal", "\u22122", {"valueDecimal": -2}),
        ("decimal", "NaN", None),
        ("decimal", "1e9", None),
        ("date", "2024-02-29", {"valueDate": "2024-02-29"}),
        ("date", "2023-02-29", None),
        ("dateTime", "2026-07-01T08:30", {"valueDateTime": "2026-07-01T08:30:00+02:00"}),
        ("dateTime", "2026-12-01T08:30", {"valueDateTime": "2026-12-01T08:30:00+01:00"}),
        ("time", "08:30", {"valueTime": "08:30:00"}),
        ("boolean", "yes", None),
        ("url", "javascript:alert(1)", None),
        ("text", "a\r\nb", {"valueString": "a\nb"}),
    ],
)
def test_text_of_a_field_becomes_a_value_or_nothing(kind: str, text: str, value: Any) -> None:
    assert value_of_text(Item("x", kind, Words("")), text) == value


@settings(deadline=None)
@given(st.text(max_size=30))
def test_no_text_breaks_a_field_and_what_was_read_is_shown_the_same(text: str) -> None:
    for item in (*form("self-history").walk(), *form("goals-met").walk()):
        value = value_of_text(item, text) if item.is_question else None
        if value is not None:
            assert value_of_text(item, text_of_value(item, value)) == value
    place_of(text)


@settings(deadline=None)
@given(st.text(st.characters(exclude_characters="~"), min_size=1, max_size=20), st.lists(st.integers(0, 60), max_size=4))
def test_the_name_of_a_field_leads_to_its_place(link: str, at: list[int]) -> None:
    assert place_of(name_of((link, tuple(at)))) == (link, tuple(at))


def test_what_cannot_be_read_is_kept_as_text_and_what_is_read_only_as_it_was() -> None:
    history, phq = form("self-history"), form("phq-9")
    place = ("weight", ())
    taken = take(history, Filled({place: ({"valueDecimal": 80},)}), lambda _: ["åttio"], [place])
    assert taken.filled.of(place) == ()
    assert taken.unread == {place: "åttio"}
    sum_place = ("phq-sum", ())
    assert take(phq, Filled(), lambda _: ["27"], [sum_place]).filled.of(sum_place) == ()


def test_goals_are_made_of_answers_and_asked_about_later() -> None:
    own = form("own-goals")
    filled = Filled({}, {("goal", ()): 3})
    for number, text in enumerate(("gå till affären", "sova hela natten")):
        filled = filled.answered(("goal-text", (number,)), [{"valueString": text}])
    filled = filled.answered(("goal-day", (0,)), [{"valueDate": "2027-01-01"}])
    goals = list(extracted(own, filled, datetime(2026, 5, 1, tzinfo=UTC)))
    assert [each["description"] for each in goals] == [{"text": "gå till affären"}, {"text": "sova hela natten"}]
    assert goals[0]["target"] == [{"dueDate": "2027-01-01"}]
    follow = form("goals-met")
    start = populated(follow, {"goals": goals})
    assert [start.of(("met-goal", (number,))) for number in (0, 1)] == [
        ({"valueString": "gå till affären"},),
        ({"valueString": "sova hela natten"},),
    ]
    assert populated(follow, {"goals": []}) == Filled()


@pytest.mark.parametrize("canonical", questionnaires())
def test_each_form_that_comes_along_is_a_sound_questionnaire_with_both_languages(canonical: str) -> None:
    one = shipped(canonical)
    assert one is not None
    for words in (one.title, one.about, *(item.words for item in one.walk()), *(o.words for i in one.walk() for o in i.options)):
        assert words.text
        assert words.of("en") != words.text
    assert shipped(f"{canonical}|0") is None


def test_unknown_questions_and_hidden_answers_of_a_response_are_told() -> None:
    history = form("self-history")
    response = {
        "item": [
            {"linkId": "why", "item": [{"linkId": "interpreter-language", "answer": [{"valueString": "somaliska"}]}]},
            {"linkId": "nothing", "answer": [{"valueString": "x"}]},
        ]
    }
    told = check.faults_of(history, response)
    assert "`nothing` is not asked by the form" in told
    assert "`interpreter-language` is answered but hidden by other answers" in told
    assert of_response(history, response).answers == {("interpreter-language", ()): ({"valueString": "somaliska"},)}


def test_answers_come_from_a_value_set_of_the_form_or_of_elsewhere() -> None:
    contained = {
        "resourceType": "ValueSet",
        "id": "v",
        "compose": {"include": [{"system": "s", "concept": [{"code": "a", "display": "A"}]}]},
    }
    for canonical in ("#v", "http://elsewhere"):
        asked = {"linkId": "q", "type": "choice", "text": "q", "answerValueSet": canonical}
        one = read({"contained": [contained], "item": [asked]}, lambda _: [{"system": "s", "code": "a", "display": "A"}])
        assert one.by_link["q"].options[0].value == {"valueCoding": {"system": "s", "code": "a", "display": "A"}}
