"""/me/medicines/renew: ask the unit that prescribed a medicine to prescribe it again, and see what it answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from kedja.access.custody import Custody, Regime
from kedja.care.renewal import Not, is_proposal, prior, why_not
from kedja.gate.renewals import NotRenewed
from kedja.identity.custody import labels_of
from kedja.portals.shared import ask, ask_renewals
from kedja.portals.shared.entry import Held, When
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, redirect, render, told
from kedja.portals.shared.read import text, when
from kedja.portals.shared.tell import entries

_LONGEST: Final = 500  # characters of what is written to the prescriber
_TYPE: Final = "MedicationRequest"


@dataclass(frozen=True, slots=True)
class Renewal:
    """Where it stands for one medicine. `may`: it can be asked for; else `why`, or what came of the last time it was."""

    id: str  # of the order
    may: bool
    why: str = ""
    state: str = ""  # active (sent), completed (accepted), cancelled (refused)
    at: When | None = None
    reason: str = ""


async def form(visit: Visit) -> Response:
    return await _page(visit, visit.request.query_params.get("order", ""))


async def ask_again(visit: Visit) -> Response:
    sent = await visit.form()
    order, words = str(sent.get("order", "")), " ".join(str(sent.get("words", "")).split())[:_LONGEST]
    if not order or len(order) > 64 or not order.isprintable():
        return told(visit, 404)
    try:
        await ask_renewals.ask_again(visit, order, words)
    except NotRenewed as error:
        return await _page(visit, order, words_of(error.why, visit._), 409)
    return redirect("/me/medicines?done=asked#done")


async def _page(visit: Visit, order: str, wrong: str = "", status: int = 200) -> Response:
    held = [each for each in await ask.own_record(visit, [_TYPE]) if not is_proposal(each.resource)]
    mine = [each for each in held if text(each.resource, "id") == order]
    found = entries(mine, await ask.directory(visit), visit._)
    if not found:
        return told(visit, 404)
    why = why_not(mine[0].resource, _custody(mine[0]))
    wrong = wrong or (words_of(why, visit._) if why else "")
    words = str((visit.sent or {}).get("words", ""))
    return render(visit, "citizen/renew.html", status, entry=found[0], order=order, wrong=wrong, words=words)


def states(held: Iterable[Held], _: Language) -> Mapping[str, Renewal]:
    """Where it stands for each order, by `MedicationRequest/id`. Pure."""
    orders = [each for each in held if each.resource.get("resourceType") == _TYPE]
    asked = {
        prior(each.resource): each.resource
        for each in sorted(orders, key=lambda each: text(each.resource, "authoredOn"))
        if is_proposal(each.resource)
    }
    answers = {text(each.resource, "basedOn", "reference").removeprefix(f"{_TYPE}/"): each for each in orders}
    found: dict[str, Renewal] = {}
    for each in orders:
        id = text(each.resource, "id")
        if is_proposal(each.resource):
            continue
        last = asked.get(id) or asked.get(prior(each.resource) if id in _made(answers) else "")
        found[f"{_TYPE}/{id}"] = _renewal(id, each, last, _)
    return found


def _made(answers: Mapping[str, Held]) -> set[str]:
    """The orders that came of a proposal."""
    return {text(each.resource, "id") for key, each in answers.items() if key}


def _renewal(id: str, held: Held, last: Mapping[str, object] | None, _: Language) -> Renewal:
    state = text(last, "status") if last else ""
    why = Not.ASKED if state == "active" else why_not(held.resource, _custody(held))
    return Renewal(
        id=id,
        may=why is None,
        why=words_of(why, _) if why and why is not Not.ASKED else "",
        state=state,
        at=when(text(last, "authoredOn")) if last else None,
        reason=text(last, "statusReason", "text") if last else "",
    )


def words_of(why: Not, _: Language) -> str:
    """Why a medicine is not asked for again here, and what to do instead."""
    return {
        Not.ELSEWHERE: _("It is not prescribed by a unit that answers here. Call who prescribed it."),
        Not.NO_UNIT: _("It does not say which unit prescribed it. Call who prescribed it."),
        Not.ENDED: _("Your prescriber has ended it or put it on hold. Call the unit if you need it."),
        Not.SPECIAL: _("A medicine of this kind is talked about with your prescriber each time. Book a time or call the unit."),
        Not.SHORT: _("It was a treatment for once. Contact the unit if you are not well."),
        Not.PROTECTED: _("Your identity is protected, so that a list does not show you. Call the unit."),
        Not.ASKED: _("You have asked for it already. The unit has not answered yet."),
    }[why]


def _custody(held: Held) -> Custody:
    return Custody(Regime(held.regime), 0, held.provider, held.unit, labels=labels_of(held.resource))
