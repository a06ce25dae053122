"""The golden cases that ship with the product, as `kedja law test` decides them."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace

import pytest

from kedja import commands
from kedja.access import golden
from kedja.access.compile import permit
from kedja.access.decide import decide
from kedja.access.evaluate import evaluate
from kedja.access.rule import Obligation, Reveal
from kedja.access.rules import rule
from kedja.config import Config

VECTORS = {vector.id: vector for vector in golden.vectors()}


@pytest.mark.parametrize("id", VECTORS)
def test_golden_case_is_decided_as_the_law_says(id: str) -> None:
    vector = VECTORS[id]
    decision = vector.got()
    assert decision.outcome == vector.expect["outcome"], vector.says
    assert list(decision.rule_ids) == vector.expect["rules"], vector.says
    assert decision.reveal.name.lower() == vector.expect["reveal"], vector.says
    assert {Obligation(name) for name in vector.expect.get("obligations", ())} <= set(decision.obligations)
    assert Obligation.LOG in decision.obligations
    assert set(vector.expect.get("reasons", ())) <= {reason.key for reason in decision.reasons}
    assert decision.cite == rule(decision.rule_ids[0]).cite
    assert vector.holds(decision)


@pytest.mark.parametrize("id", VECTORS)
def test_the_condition_for_queries_agrees_with_the_decision(id: str) -> None:
    asked = VECTORS[id].request
    condition = permit(asked.actor, asked.action, asked.now, context=asked.context)
    assert evaluate(condition, asked.custody, asked.facts, asked.type) == decide(asked).permitted


def test_a_case_that_is_decided_otherwise_in_any_part_does_not_hold() -> None:
    vector = VECTORS["T6, content"]
    decision = vector.got()
    assert vector.holds(decision)
    for change in ({"rule_ids": ("V-2",)}, {"reveal": Reveal.NONE}, {"obligations": ()}, {"reasons": ()}):
        assert not vector.holds(replace(decision, **change)), change
    assert not replace(vector, expect={**vector.expect, "outcome": "PERMIT"}).holds(decision)


def test_the_command_decides_every_case_and_says_what_came_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.law_test(Config(), Namespace()) == 0
    *lines, end = capsys.readouterr().out.splitlines()
    assert [line.split("  ", 1)[1].split(": ")[0] for line in lines] == list(VECTORS)
    assert lines[0] == "ok  T1: expected PERMIT V-7, reveals content; got PERMIT V-7, reveals content"
    assert end == "every case is decided as expected"


def test_the_command_tells_which_case_is_decided_otherwise(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = replace(VECTORS["T1"], expect={**VECTORS["T1"].expect, "rules": ["V-8"]})
    monkeypatch.setattr(golden, "vectors", lambda: iter([VECTORS["T2"], wrong]))
    assert commands.law_test(Config(), Namespace()) == 3
    assert "WRONG  T1: expected PERMIT V-8, reveals content; got PERMIT V-7, reveals content" in capsys.readouterr().out


def test_a_refusal_says_in_both_languages_what_is_missing() -> None:
    words = {reason.key: (reason.sv, reason.en) for reason in VECTORS["T3"].got().reasons}
    assert words["no-care-relation"] == (
        "Enheten saknar en aktuell vårdrelation till personen.",
        "The unit has no current care relation with the person.",
    )
