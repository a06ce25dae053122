"""Answers as they are kept with a case, and what of the law has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kedja.innovation.navigator.engine import next_question, pruned, result
from kedja.innovation.navigator.rules import Answers, Navigator, Question, Rule


@dataclass(frozen=True, slots=True)
class Kept:
    """What was answered on a day, and the versions of the rules that it then led to: both as plain text, for a table."""

    answers: Mapping[str, str]
    versions: Mapping[str, str]  # rule -> version
    on: date


@dataclass(frozen=True, slots=True)
class Since:
    """What is other than when the answers were kept. Ask again when there is anything.

    `changed`: rules whose data is another; `began`: those that did not apply then and do now; `added`, `gone`: ids of rules that
    these answers lead to only now, or only then; `asked`: a question that these answers now leave open.
    """

    changed: tuple[Rule, ...] = ()
    began: tuple[Rule, ...] = ()
    added: tuple[Rule, ...] = ()
    gone: tuple[str, ...] = ()
    asked: Question | None = None

    def __bool__(self) -> bool:
        return bool(self.changed or self.began or self.added or self.gone or self.asked)


def keep(navigator: Navigator, answers: Answers, on: date) -> Kept:
    """What to store. Raises ValueError when a question is open."""
    found = result(navigator, answers, on)
    return Kept(dict(answers), {rule.id: rule.version for rule in (*found.findings, *found.coming)}, on)


def since(navigator: Navigator, kept: Kept, today: date) -> Since:
    """How the law stands to kept answers today."""
    answers = pruned(navigator, kept.answers)
    if (asked := next_question(navigator, answers)) is not None:
        return Since(asked=asked)
    found = result(navigator, answers, today)
    now = {rule.id: rule for rule in (*found.findings, *found.coming)}
    both = [rule for id, rule in now.items() if id in kept.versions]
    return Since(
        changed=tuple(rule for rule in both if kept.versions[rule.id] != rule.version),
        began=tuple(rule for rule in both if kept.on < rule.applies <= today),
        added=tuple(rule for id, rule in now.items() if id not in kept.versions),
        gone=tuple(sorted(id for id in kept.versions if id not in now)),
    )
