"""/me/acting: for whom the person may act, who may act for them, and the switch between oneself and somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from kedja.access.actor import oneself
from kedja.access.rules import limit
from kedja.access.vocabulary.people import ADULT, GUARDED, READING
from kedja.gate.acting import Represented
from kedja.gate.handles import acting_as, handle
from kedja.outcome import refuse
from kedja.portals.shared import ask
from kedja.portals.shared.language import Language
from kedja.portals.shared.mandates import Mandate, current, matter_names
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.person import age
from kedja.portals.shared.read import person_name
from kedja.signin.session import change_session


@dataclass(frozen=True, slots=True)
class Somebody:
    """One for whom the visitor stands. `handle` '' where nothing may be read: then `why` says so."""

    handle: str
    name: str
    age: int | None
    standing: str
    matters: tuple[str, ...]
    until: datetime | None
    why: str
    child: bool


async def acting(visit: Visit) -> Response:
    people = [_somebody(one, visit) for one in await ask.represented(visit)]
    return render(
        visit,
        "citizen/acting.html",
        children=[one for one in people if one.child],
        givers=[one for one in people if not one.child],
        mandates=await _given(visit),
        directory=await ask.directory(visit),
        ages={"guarded": limit(GUARDED), "reading": limit(READING), "adult": limit(ADULT)},
        done=_done(visit),
    )


async def switch(visit: Visit) -> Response:
    """Become oneself again, or act for somebody of the list. Raises 403 for whoever is not, or no longer, of it."""
    wanted = str((await visit.form()).get("handle", ""))
    assert visit.session is not None
    actor = oneself(visit.actor)
    if wanted:
        actor = acting_as(actor, wanted, visit.secret)
        found = await ask.represented(visit)
        one = next((one for one in found if (one.kind, one.person) == (actor.kind, actor.acts_for)), None)
        if one is None or not one.decision.permitted:
            raise refuse(403, "forbidden", "you do not, or no longer, act for this person")
        actor = acting_as(oneself(actor), wanted, visit.secret, name_of(one, visit._))
    response = redirect("/me")
    await change_session(visit.request, response, visit.session, actor)
    return response


def name_of(one: Represented, _: Language) -> str:
    return person_name({"name": list(one.name)}) or _("somebody without a name")


def _somebody(one: Represented, visit: Visit) -> Somebody:
    _ = visit._
    rule = one.decision.rule_ids[0]
    return Somebody(
        handle=handle(visit.actor, one.kind, one.person, visit.secret) if one.decision.permitted else "",
        name=name_of(one, _),
        age=age(one.birth_date, visit.door.clock().date()) if one.standing == "guardian" else None,
        standing=_standings(_)[one.standing],
        matters=matter_names(one.matters, _),
        until=one.until,
        why="" if one.decision.permitted else _reasons(_)[rule],
        child=one.standing == "guardian",
    )


def _standings(_: Language) -> dict[str, str]:
    return {"guardian": _("guardian"), "proxy": _("by mandate"), "trustee": _("god man or förvaltare")}


def _reasons(_: Language) -> dict[str, str]:
    """By the rule that refuses."""
    return {
        "P-9": _("At this age neither guardians nor the child read here. The head of a care unit can decide on an exception."),
        "P-10.2": _("The child reads for themselves now. The head of a care unit can decide on an exception."),
        "P-14": _("To read here you need a mandate, or a decision by the care unit after a secrecy test."),
    }


async def _given(visit: Visit) -> Sequence[Mandate]:
    """The mandates that the visitor has given, here or on paper; of others than oneself nothing is asked."""
    if visit.actor.acts_for:
        return []
    held = await ask.own_record(visit, ["Consent"])
    return current((each.resource for each in held), visit.door.clock(), visit._)


def _done(visit: Visit) -> str:
    query = visit.request.query_params
    if "given" in query:
        return visit._("The mandate is given. It holds from now on, until it ends or you revoke it.")
    return visit._("The mandate is revoked. It held until now, and no longer.") if "revoked" in query else ""
