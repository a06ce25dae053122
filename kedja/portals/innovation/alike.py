"""/innovation/alike: what exists already that is like an idea, before it is filed and at any time after."""

from __future__ import annotations

from starlette.responses import Response

from kedja.gate import innovation_alike as gate
from kedja.innovation.catalogue import kinds
from kedja.portals.innovation.forms import clean
from kedja.portals.shared.page import Visit, render

_MOST = 2_000  # characters of a text in the address


async def alike(visit: Visit) -> Response:
    text = clean(visit.request.query_params.get("text", "")).strip()[:_MOST]
    found = await gate.alike(visit.door, visit.actor, text, visit.id) if text else []
    return render(visit, "innovation/alike.html", text=text, found=found, like_kinds=like_kinds(visit))


def like_kinds(visit: Visit) -> dict[str, str]:
    """What each kind of thing that is found is called."""
    return {"case": visit._("Case"), **{id: kind.words.of(visit._.code) for id, kind in kinds().items()}}
