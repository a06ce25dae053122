"""/innovation/models: what models of reimbursement pay for the same activity, who pays it, and whom a model stops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from kedja.gate import innovation_payment as gate
from kedja.innovation.payment import Profile, options, profiles
from kedja.innovation.payment_form import first, whole
from kedja.innovation.words import Words
from kedja.portals.innovation.payment import shown
from kedja.portals.shared.page import Visit, render

_MOST: Final = 10**9
_TRIED: Final = ("proposed", "trying", "used")  # states of models that are compared unless others are chosen


async def models(visit: Visit) -> Response:
    """A form by GET: nothing is kept, and the address is what was tried."""
    query = visit.request.query_params
    sent = {name: query.getlist(name) for name in query}
    profile = next((each for each in profiles() if each.id == first(sent, "profile")), profiles()[0])
    wrong: dict[str, Words] = {}
    own = first(sent, "count") == "own"
    activity = _activity(sent, wrong) if own else {"now": profile.today, "then": profile.then}
    outside = whole(sent, "outside", wrong, 100) if own else profile.outside
    found = await gate.models(visit.door, visit.actor, visit.id)
    chosen = set(sent.get("model", ())) or {one.called for one in found if one.row["state"] in _TRIED}
    rows = [
        (shown(one.values["title"], one.called, one.values, activity, outside, visit._), one)
        for one in found
        if one.called in chosen and not wrong
    ]
    return render(
        visit,
        "innovation/models.html",
        422 if wrong else 200,
        found=found,
        chosen=chosen,
        rows=rows,
        profiles=profiles(),
        profile=profile,
        own=own,
        form=_form(sent, profile, own, outside),
        wrong={name: words.of(visit._.code) for name, words in wrong.items()},
        units=options("units"),
        outside=outside,
        contacts=sum(activity["then"].get(unit, 0) for unit in ("visit", "remote", "home")),
        names={field.id: field for field in found[0].kind.fields} if found else {},
    )


def _activity(sent: Mapping[str, Any], wrong: dict[str, Words]) -> dict[str, dict[str, int]]:
    return {
        when: {unit.id: whole(sent, f"{when}-{unit.id}", wrong, _MOST) for unit in options("units")} for when in ("now", "then")
    }


def _form(sent: Mapping[str, Any], profile: Profile, own: bool, outside: int) -> dict[str, Any]:
    """The figures of the form: those that were written, else those of the profile."""
    if own:
        return {name: first(sent, name) for name in sent}
    both = {"now": profile.today, "then": profile.then}
    return {f"{when}-{unit}": n for when, counts in both.items() for unit, n in counts.items()} | {"outside": outside}
