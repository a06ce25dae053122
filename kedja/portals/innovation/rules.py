"""/innovation/rules: the regulation navigator's rules, and what the organisation adds to them, for its administrator of rules."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from kedja.gate import innovation_rules as gate
from kedja.innovation.actors.data import actor_map
from kedja.innovation.navigator.own import MOST, TEXTS, Addition, faults, narrower
from kedja.innovation.navigator.rules import standard
from kedja.portals.innovation.forms import text, whole
from kedja.portals.shared.language import ZONE
from kedja.portals.shared.page import Visit, redirect, render

_MOST_REASON: Final = 1000


async def rules(visit: Visit) -> Response:
    """Every rule by its law, with its citation, its day and how many cases lead to it."""
    found = await gate.rules(visit.door, visit.actor, visit.id)
    laws = [(law, [rule for rule in found.navigator.rules if rule.law is law]) for law in found.navigator.laws]
    today = visit.door.clock().astimezone(ZONE).date()
    return render(visit, "innovation/rules.html", laws=laws, touched=found.touched, today=today)


async def rule(visit: Visit) -> Response:
    return await _page(visit)


async def add(visit: Visit) -> Response:
    """Keep what the organisation adds; what is wrong is said at its field, and what was written stays."""
    form, id = await visit.form(), visit.request.path_params["id"]
    texts = {name: text(form, name, MOST) for name in TEXTS}
    given = Addition(id, whole(form, "version"), text(form, "zone", 10), texts, text(form, "reason", _MOST_REASON))
    law = next((each for each in standard().rules if each.id == id), None)
    if law is not None and (wrong := faults(law, given)):
        return await _page(visit, given, {name: words.of(visit._.code) for name, words in wrong.items()})
    await gate.add(visit.door, visit.actor, given, visit.id)
    return redirect(f"/innovation/rules/{id}?done=kept")


async def _page(visit: Visit, given: Addition | None = None, wrong: dict[str, str] | None = None) -> Response:
    sheet = await gate.rule(visit.door, visit.actor, visit.request.path_params["id"], visit.id)
    return render(
        visit,
        "innovation/rule.html",
        422 if wrong else 200,
        sheet=sheet,
        law=sheet.law,
        given=given or sheet.addition,
        version=sheet.addition.version,
        wrong=wrong or {},
        zones=narrower(sheet.law),
        most=MOST,
        actors=actor_map().named(sheet.law.authority),
        done=visit.request.query_params.get("done", ""),
    )
