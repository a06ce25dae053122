"""Random forms with conditions, and random answers to them."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from kedja.forms.filled import Filled, places
from kedja.forms.form import Form, read

CODES: Final = ("a", "b", "c")
OPERATORS: Final = {
    "boolean": ("=", "!=", "exists"),
    "integer": ("=", "!=", "<", "<=", ">", ">=", "exists"),
    "choice": ("=", "!=", "exists"),
}


def random_form(rng: Random) -> dict[str, Any]:
    """A Questionnaire whose conditions ask what stands before, in groups, groups that repeat, and below questions."""
    asked: list[tuple[str, str]] = []
    number = 0

    def items(depth: int, most: int) -> list[dict[str, Any]]:
        nonlocal number
        made: list[dict[str, Any]] = []
        for _ in range(rng.randint(1, most)):
            number += 1
            kind = rng.choice(("group", *OPERATORS, *OPERATORS)) if depth < 3 else rng.choice((*OPERATORS,))
            item: dict[str, Any] = {"linkId": f"q{number}", "text": "x", "type": kind}
            if asked and rng.random() < 0.6:
                item["enableWhen"] = [_condition(rng, *rng.choice(asked)) for _ in range(rng.randint(1, 3))]
                item["enableBehavior"] = rng.choice(("any", "all"))
            if kind == "choice":
                item["answerOption"] = [{"valueCoding": {"system": "s", "code": code}} for code in CODES]
            if kind in ("group", "choice") and rng.random() < 0.3:
                item["repeats"] = True
            if kind == "group" or (depth < 3 and rng.random() < 0.15):
                item["item"] = items(depth + 1, 4)
            if kind != "group":
                asked.append((item["linkId"], kind))
            made.append(item)
        return made

    return {"resourceType": "Questionnaire", "url": "urn:form", "item": items(0, 6)}


def random_filled(rng: Random, form: Form) -> Filled:
    """Answers to whatever is asked, shown or not."""
    filled = Filled()
    for item, place in list(places(form, filled)):
        if item.is_group and item.repeats and not item.holders:
            filled = Filled(filled.answers, {**filled.counts, (item.link_id, place[1][:-1]): rng.randint(1, 3)})
    for item, place in list(places(form, filled)):
        if item.is_question and rng.random() < 0.7:
            filled = filled.answered(place, [random_value(rng, item.kind)])
    return filled


def random_value(rng: Random, kind: str) -> dict[str, Any]:
    if kind == "boolean":
        return {"valueBoolean": rng.random() < 0.5}
    if kind == "integer":
        return {"valueInteger": rng.randint(0, 3)}
    return {"valueCoding": {"system": "s", "code": rng.choice(CODES)}}


def made(seed: int) -> tuple[Form, Filled, Random]:
    rng = Random(seed)
    form = read(random_form(rng))
    return form, random_filled(rng, form), rng


def _condition(rng: Random, question: str, kind: str) -> dict[str, Any]:
    operator = rng.choice(OPERATORS[kind])
    if operator == "exists":
        return {"question": question, "operator": operator, "answerBoolean": rng.random() < 0.5}
    name, value = next(iter(random_value(rng, kind).items()))
    return {"question": question, "operator": operator, name.replace("value", "answer"): value}
