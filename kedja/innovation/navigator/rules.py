"""The navigator's data as records: what is asked (`questions.toml`) and what each law says to the answers (`laws/*.toml`).

A law's text is published by the legislator; what stands here is our summary of it, with the paragraph, the day from which it
applies and how certain we are. `zone` is always our reading: no statute says which manager may let somebody begin.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from kedja.innovation.words import Words

Answers = Mapping[str, str]
Case = Mapping[str, frozenset[str]]  # question -> the answers of which one must have been given


class Zone(IntEnum):
    """Who may let it begin: whoever had the idea, their nearest manager, or the management."""

    GREEN = 0
    YELLOW = 1
    RED = 2

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    text: Words


@dataclass(frozen=True, slots=True)
class Question:
    """Asked when one of its cases holds of the answers before it; always, when it has none."""

    id: str
    text: Words
    why: Words
    options: tuple[Option, ...]
    cases: tuple[Case, ...]

    def option(self, id: str) -> Option | None:
        return next((option for option in self.options if option.id == id), None)


@dataclass(frozen=True, slots=True)
class Law:
    """A statute or regulation. `applies`: from which day; `updated`: when its data here was last changed."""

    id: str
    number: str
    name: Words
    applies: date
    updated: date
    note: Words | None


@dataclass(frozen=True, slots=True)
class Own:
    """What an organisation has added to a rule (`own.py`). `narrowed`: the zone is theirs, above the rule's own."""

    text: Words | None
    step: Words | None
    narrowed: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """What one paragraph says when one of `cases` holds. `authority`: ids of actors. `statute`: read in the text itself."""

    id: str
    law: Law
    cite: str
    cases: tuple[Case, ...]
    zone: Zone
    authority: tuple[str, ...]
    why: Words
    step: Words
    applies: date
    statute: bool
    version: str
    own: Own | None = None

    def in_force(self, on: date) -> bool:
        return self.applies <= on


@dataclass(frozen=True, slots=True)
class Navigator:
    """All questions in their order, and all rules."""

    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]

    def question(self, id: str) -> Question | None:
        return next((question for question in self.questions if question.id == id), None)

    @property
    def laws(self) -> tuple[Law, ...]:
        return tuple(dict.fromkeys(rule.law for rule in self.rules))


def holds(cases: tuple[Case, ...], answers: Answers) -> bool:
    """Whether one of the cases holds; a question that was not asked holds nothing."""
    return not cases or any(all(answers.get(asked) in given for asked, given in case.items()) for case in cases)


@lru_cache(maxsize=1)
def standard() -> Navigator:
    """The rules that come with Kedja. Raises ValueError when the data contradicts itself."""
    folder = Path(__file__).parent
    asked = tomllib.loads((folder / "questions.toml").read_text("utf-8"))
    laws = sorted((folder / "laws").glob("*.toml"))
    return navigator(asked, [tomllib.loads(file.read_text("utf-8")) for file in laws])


def navigator(asked: Mapping[str, Any], laws: list[dict[str, Any]]) -> Navigator:
    """The records of a table of questions and of one for each law. Raises ValueError."""
    questions = tuple(_question(each) for each in asked["question"])
    made = Navigator(questions, tuple(rule for each in laws for rule in _rules(each)))
    _check(made)
    return made


def _question(data: Mapping[str, Any]) -> Question:
    options = tuple(Option(each["id"], _words(each, "text")) for each in data["option"])
    return Question(data["id"], _words(data, "text"), _words(data, "why"), options, _cases(data.get("when", [])))


def _rules(data: Mapping[str, Any]) -> list[Rule]:
    head = data["law"]
    note = _words(head, "note") if "note_sv" in head else None
    law = Law(head["id"], head["number"], _words(head, "name"), head["applies"], head["updated"], note)
    return [_rule(law, each) for each in data["rule"]]


def _rule(law: Law, data: Mapping[str, Any]) -> Rule:
    return Rule(
        data["id"],
        law,
        data["cite"],
        _cases(data["when"]),
        Zone[data["zone"].upper()],
        tuple(data["authority"]),
        _words(data, "why"),
        _words(data, "step"),
        data.get("applies", law.applies),
        _is_statute(data["confidence"]),
        _version(law, data),
    )


def _version(law: Law, data: Mapping[str, Any]) -> str:
    """The day on which the law's data was changed, and a mark of what the rule says: what is kept with an answer."""
    said = repr(sorted((name, value) for name, value in data.items()))
    return f"{law.updated.isoformat()}.{sha256(said.encode()).hexdigest()[:12]}"


def _is_statute(confidence: str) -> bool:
    if confidence not in ("statute", "reading"):
        raise ValueError(f"confidence is `statute` or `reading`, not `{confidence}`")
    return confidence == "statute"


def _words(data: Mapping[str, Any], name: str) -> Words:
    return Words(data[f"{name}_sv"], data[f"{name}_en"])


def _cases(data: list[dict[str, list[str]]]) -> tuple[Case, ...]:
    return tuple({asked: frozenset(given) for asked, given in each.items()} for each in data)


_BOTH: Final = "{what} asks for `{answer}` of `{question}`, which is not among its options before it"


def _check(made: Navigator) -> None:
    """Ids are of one thing, and each case names an option of a question that is asked earlier. Raises ValueError."""
    for what, ids in (("question", [q.id for q in made.questions]), ("rule", [r.id for r in made.rules])):
        if twice := {id for id in ids if ids.count(id) > 1}:
            raise ValueError(f"two of {what}: {', '.join(sorted(twice))}")
    known: dict[str, set[str]] = {}
    for question in made.questions:
        _check_cases(f"question {question.id}", question.cases, known)
        known[question.id] = {option.id for option in question.options}
        if len(known[question.id]) < 2:
            raise ValueError(f"question {question.id} leaves no choice")
    for rule in made.rules:
        _check_cases(f"rule {rule.id}", rule.cases, known)
        if not rule.cases or not rule.authority:
            raise ValueError(f"rule {rule.id} names no case or no authority")


def _check_cases(what: str, cases: tuple[Case, ...], known: Mapping[str, set[str]]) -> None:
    for case in cases:
        for question, given in case.items():
            for answer in given:
                if answer not in known.get(question, ()):
                    raise ValueError(_BOTH.format(what=what, answer=answer, question=question))
