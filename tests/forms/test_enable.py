"""What is shown, against a slow oracle; and what is sent."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kedja.forms import check
from kedja.forms.enable import shown
from kedja.forms.filled import Filled, items_of, of_response, places
from kedja.forms.form import read
from kedja.outcome import OutcomeError
from tests.forms.making import made, random_filled, random_form
from tests.forms.oracle import oracle

SEEDS = st.integers(0, 1_000_000)


@settings(deadline=None)
@given(SEEDS)
def test_what_is_shown_is_as_the_oracle_says(seed: int) -> None:
    questionnaire = random_form(Random(seed))
    form = read(questionnaire)
    filled = random_filled(Random(seed + 1), form)
    assert shown(form, filled) == oracle(questionnaire, dict(filled.answers), dict(filled.counts))


@settings(deadline=None)
@given(SEEDS)
def test_a_hidden_item_has_no_answer_in_what_is_sent(seed: int) -> None:
    form, filled, _ = made(seed)
    seen = shown(form, filled)
    sent = {"resourceType": "QuestionnaireResponse", "item": items_of(form, filled, seen)}
    again = of_response(form, sent)
    kept = sorted(str(values) for place, values in filled.answers.items() if place in seen)
    assert sorted(str(values) for values in again.answers.values()) == kept
    assert not [told for told in check.faults_of(form, sent) if "hidden" in told]


@settings(deadline=None)
@given(SEEDS)
def test_what_is_sent_reads_back_as_it_was_and_sends_the_same(seed: int) -> None:
    form, filled, _ = made(seed)
    sent: list[dict[str, Any]] = items_of(form, filled, shown(form, filled))
    again = of_response(form, {"item": sent})
    assert items_of(form, again, shown(form, again)) == sent


@settings(deadline=None)
@given(SEEDS)
def test_taking_an_instance_away_takes_its_answers_and_no_others(seed: int) -> None:
    form, filled, rng = made(seed)
    groups = [(item, place) for item, place in places(form, filled) if item.is_group and item.repeats]
    if not groups:
        return
    group, place = rng.choice(groups)
    outer, number = (group.link_id, place[1][:-1]), place[1][-1]
    less = filled.without(group, outer, number)
    inside = {item.link_id for item in form.walk() if group.link_id in form.above[item.link_id]}
    gone = [at for at in filled.answers if at[0] in inside and at[1][: len(place[1])] == place[1]]
    assert len(less.answers) == len(filled.answers) - len(gone)
    assert less.count(outer) == max(1, filled.count(outer) - 1)
    assert {p: v for p, v in less.answers.items() if p[0] not in inside} == {
        p: v for p, v in filled.answers.items() if p[0] not in inside
    }


def _form(*items: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Questionnaire", "item": list(items)}


def _question(link: str, asks: str = "", kind: str = "boolean") -> dict[str, Any]:
    when = [{"question": asks, "operator": "exists", "answerBoolean": True}] if asks else []
    return {"linkId": link, "type": kind, "text": link, **({"enableWhen": when} if when else {})}


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ([_question("a", "b"), _question("b", "a")], "depends on itself"),
        ([_question("a", "nothing")], "no question of the form"),
        (
            [{"linkId": "g", "type": "group", "item": [_question("a")], "enableWhen": _question("x", "a")["enableWhen"]}],
            "itself",
        ),
        ([_question("a"), _question("a")], "stands twice"),
        ([_question("a", kind="attachment")], "not answered here"),
        ([_question("a", kind="choice")], "no answers to choose"),
        ([], "asks nothing"),
    ],
)
def test_a_form_that_cannot_be_filled_in_is_refused_with_the_reason(items: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(OutcomeError) as refused:
        read(_form(*items))
    assert why in str(refused.value.issues[0].diagnostics)


def test_the_answer_of_a_hidden_question_shows_nothing() -> None:
    form = read(_form(_question("a"), _question("b", "a"), _question("c", "b")))
    filled = Filled({("b", ()): ({"valueBoolean": True},)})
    assert {link for link, _ in shown(form, filled)} == {"a"}
