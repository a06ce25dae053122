"""Answers -> the next question, or the result: laws, authorities, zone and next steps, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kedja.innovation.navigator.rules import Answers, Case, Law, Navigator, Option, Question, Rule, Zone, holds


@dataclass(frozen=True, slots=True)
class Answered:
    question: Question
    option: Option


@dataclass(frozen=True, slots=True)
class Result:
    """What the answers lead to. `findings` apply on the day, the most demanding first; `coming` later, the nearest first."""

    zone: Zone
    findings: tuple[Rule, ...]
    coming: tuple[Rule, ...]

    @property
    def laws(self) -> tuple[Law, ...]:
        return tuple(dict.fromkeys(rule.law for rule in (*self.findings, *self.coming)))

    @property
    def authorities(self) -> tuple[str, ...]:
        """Ids of actors, those of the most demanding rules first."""
        return tuple(dict.fromkeys(one for rule in (*self.findings, *self.coming) for one in rule.authority))

    @property
    def deciding(self) -> tuple[Rule, ...]:
        """The rules that give the zone: the reasons for it."""
        return tuple(rule for rule in self.findings if rule.zone is self.zone)


def pruned(navigator: Navigator, given: Answers) -> dict[str, str]:
    """Of what was given, the answers to questions that these answers do ask, in the order of the questions.

    An answer that is no option of its question, or to a question that is not asked (any longer), is left out: so that a changed
    answer takes with it what hung on it.
    """
    kept: dict[str, str] = {}
    for question in navigator.questions:
        answer = given.get(question.id)
        if answer is not None and question.option(answer) and holds(question.cases, kept):
            kept[question.id] = answer
    return kept


def next_question(navigator: Navigator, answers: Answers) -> Question | None:
    """The first question that these answers ask and do not answer; None when there is nothing more to ask."""
    return next((q for q in navigator.questions if q.id not in answers and holds(q.cases, answers)), None)


def at_most(navigator: Navigator, answers: Answers) -> int:
    """How many questions are left at the most, whatever is answered to them."""
    possible: set[str] = set()
    for question in navigator.questions:
        if question.id not in answers and (
            not question.cases or any(_possible(case, answers, possible) for case in question.cases)
        ):
            possible.add(question.id)
    return len(possible)


def _possible(case: Case, answers: Answers, open_: set[str]) -> bool:
    return all(answers[asked] in given if asked in answers else asked in open_ for asked, given in case.items())


def result(navigator: Navigator, answers: Answers, on: date) -> Result:
    """What a whole set of answers leads to on a day. Raises ValueError when a question is open."""
    if (open_ := next_question(navigator, answers)) is not None:
        raise ValueError(f"`{open_.id}` is not answered")
    met = [rule for rule in navigator.rules if holds(rule.cases, answers)]
    findings = sorted((rule for rule in met if rule.in_force(on)), key=lambda rule: -rule.zone)
    coming = sorted((rule for rule in met if not rule.in_force(on)), key=lambda rule: rule.applies)
    zone = max((rule.zone for rule in findings), default=Zone.GREEN)
    return Result(zone, tuple(findings), tuple(coming))


def answered(navigator: Navigator, answers: Answers) -> tuple[Answered, ...]:
    """Each question with the option that was chosen, in the order of the questions."""
    pairs = ((question, question.option(answers.get(question.id, ""))) for question in navigator.questions)
    return tuple(Answered(question, option) for question, option in pairs if option)
