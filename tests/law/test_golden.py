"""The golden cases, run through decide()."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from kedja.access.compile import permit
from kedja.access.decide import decide
from kedja.access.evaluate import evaluate
from kedja.access.rule import Obligation
from kedja.access.rules import rule
from tests.law.cases import request

DATA = tomllib.loads(Path(__file__).with_name("vectors.toml").read_text(encoding="utf-8"))
VECTORS = {vector["id"]: vector for vector in DATA["vector"]}


@pytest.mark.parametrize("id", VECTORS)
def test_golden_case_is_decided_as_the_law_says(id: str) -> None:
    vector: dict[str, Any] = VECTORS[id]
    expected = vector["expect"]
    decision = decide(request(vector, DATA["actors"], DATA["now"]))
    assert decision.outcome == expected["outcome"], vector["says"]
    assert list(decision.rule_ids) == expected["rules"], vector["says"]
    assert decision.reveal.name.lower() == expected["reveal"], vector["says"]
    assert {Obligation(name) for name in expected.get("obligations", ())} <= set(decision.obligations)
    assert Obligation.LOG in decision.obligations
    assert set(expected.get("reasons", ())) <= {reason.key for reason in decision.reasons}
    assert decision.cite == rule(decision.rule_ids[0]).cite


@pytest.mark.parametrize("id", VECTORS)
def test_the_condition_for_queries_agrees_with_the_decision(id: str) -> None:
    asked = request(VECTORS[id], DATA["actors"], DATA["now"])
    condition = permit(asked.actor, asked.action, asked.now, context=asked.context)
    assert evaluate(condition, asked.custody, asked.facts) == decide(asked).permitted


def test_a_refusal_says_in_both_languages_what_is_missing() -> None:
    decision = decide(request(VECTORS["T3"], DATA["actors"], DATA["now"]))
    words = {reason.key: (reason.sv, reason.en) for reason in decision.reasons}
    assert words["no-care-relation"] == (
        "Enheten saknar en aktuell vårdrelation till personen.",
        "The unit has no current care relation with the person.",
    )
