"""/innovation/navigator: questions one at a time, and the laws, the zone and the next steps that the answers lead to.

The answers stand in the address, so that a page can be gone back to, shared and kept without a session.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from kedja.gate import innovation_cases as cases
from kedja.gate import innovation_navigator as gate
from kedja.gate import innovation_rules
from kedja.innovation.actors.data import actor_map
from kedja.innovation.case import Case
from kedja.innovation.navigator.engine import Answered, answered, at_most, next_question, pruned, result
from kedja.innovation.navigator.rules import Question, standard
from kedja.portals.shared.language import ZONE
from kedja.portals.shared.page import Visit, redirect, render

HERE: Final = "/innovation/navigator"
_MOST_CASES: Final = 50


async def navigator(visit: Visit) -> Response:
    """The next question, the one that is to be answered anew (`ask`), or the result."""
    query = visit.request.query_params
    answers = pruned(standard(), query)
    question = _anew(query.get("ask", ""), answers) or next_question(standard(), answers)
    case = _case_id(query.get("case", ""))
    if question is None:
        return await _result(visit, answers, case)
    given = answered(standard(), answers)
    before = [one for one in given if one.question is not question]
    return render(
        visit,
        "innovation/navigator.html",
        question=question,
        chosen=answers.get(question.id, ""),
        answers={id: answer for id, answer in answers.items() if id != question.id},
        case=case,
        missing=query.get("sent") == question.id and question.id not in answers,
        number=len(before) + 1,
        left=at_most(standard(), answers) - (question.id not in answers),
        given=[(one, address(answers, case, one.question.id)) for one in before],
        back=address(answers, case, _before(before, question)) if before else "",
    )


async def keep(visit: Visit) -> Response:
    """Keep the answers with a case."""
    form = await visit.form()
    given = {question.id: str(form.get(question.id, "")) for question in standard().questions}
    case = _case_id(str(form.get("case", "")))
    await gate.keep(visit.door, visit.actor, case, given, visit.id)
    return redirect(f"/innovation/cases/{case}?done=navigated")


async def changed(visit: Visit) -> Response:
    """The cases with kept answers, those whose law has changed first."""
    found = await gate.navigations(visit.door, visit.actor, visit.id)
    addresses = {one.row["case_id"]: address(one.kept.answers, one.row["case_id"]) for one in found}
    return render(visit, "innovation/navigations.html", found=found, addresses=addresses)


def address(answers: Mapping[str, str], case: str = "", ask: str = "") -> str:
    """The address of these answers; of the question that is asked anew, where one is."""
    more = {"case": case} if case else {}
    return f"{HERE}?{urlencode({**answers, **more, **({'ask': ask} if ask else {})})}"


async def _result(visit: Visit, answers: Mapping[str, str], case: str) -> Response:
    today = visit.door.clock().astimezone(ZONE).date()
    own = await innovation_rules.for_actor(visit.door, visit.actor, case) if visit.session else standard()
    ended = result(own, answers, today)
    given = answered(standard(), answers)
    return render(
        visit,
        "innovation/navigation.html",
        ended=ended,
        today=today,
        answers=answers,
        given=[(one, address(answers, case, one.question.id)) for one in given],
        back=address(answers, case, given[-1].question.id),
        case=case,
        mine=await _mine(visit) if visit.session and not case else [],
        actors={actor.id: actor for actor in actor_map().named(ended.authorities)},
    )


async def _mine(visit: Visit) -> list[Case]:
    """The cases that the visitor gave, to keep the answers with."""
    found, _total = await cases.cases(visit.door, visit.actor, cases.Asked(giver=visit.actor.id, count=_MOST_CASES), visit.id)
    return found


def _anew(id: str, answers: Mapping[str, str]) -> Question | None:
    """The question of this id, if it was answered: any other comes when its turn does."""
    return standard().question(id) if id in answers else None


def _before(before: list[Answered], question: Question) -> str:
    """The last question that was answered before this one."""
    order = [each.id for each in standard().questions]
    earlier = [one for one in before if order.index(one.question.id) < order.index(question.id)]
    return (earlier or before)[-1].question.id


def _case_id(text: str) -> str:
    return text if len(text) <= 64 and text.replace("-", "").isalnum() and text.isascii() else ""
