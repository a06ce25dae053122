"""/me: everything about the person on one timeline, who has read, and what they decide about."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kedja.access.duties import Duty, duty_of
from kedja.portals.citizen import choice, timeline
from kedja.portals.citizen.places import choices
from kedja.portals.shared import ask, consents, readings
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.page import Visit, render
from kedja.portals.shared.read import text
from kedja.portals.shared.series import collect
from kedja.portals.shared.tell import TABLE, entries, noted, with_annotations

_LATEST = 3
_LOOKED_AT = 60  # rows of the log that the latest lines are made of


async def overview(visit: Visit) -> Response:
    """A page of the timeline, filtered and searched by the address (`choice`), newest first.

    Who acts for somebody sees that person's timeline, and nothing of log and blocks.
    """
    chosen, directory = choice.choice(visit.request.query_params), await ask.directory(visit)
    found = await ask.own_timeline(visit, list(TABLE), choice.wanted(chosen, directory, visit._))
    mine = [each.resource for each in await ask.own_record(visit, ["Consent", "Communication"])]
    beside = noted(mine)
    told = entries([*found.page, *found.earlier], directory, visit._)
    earlier = {f"{each.resource['resourceType']}/{each.resource['id']}" for each in found.earlier}
    page = [each for each in told if each.id not in earlier and choice.found_in(each, chosen.words)]
    cards = timeline.cards([with_annotations(each, beside) for each in page], collect(told), visit._)
    months = timeline.months(cards, visit._, begun=chosen.begun)
    return render(
        visit,
        "citizen/overview.html",
        chosen=chosen,
        choices=choices(visit.actor, visit._) if visit._.easy else [],
        domains=choice.chips(chosen, visit._),
        kinds=choice.kinds(found.facets, chosen, visit._),
        places=choice.places(found.facets, chosen, directory),
        months=months,
        anything=bool(found.facets),
        since=found.since,
        fresh=sum(facet.number for facet in found.facets if facet.fresh),
        older=chosen.query(found.older, months[-1].key if months else "") if found.older else "",
        **await _aside(visit, mine),
    )


async def _aside(visit: Visit, mine: list[Resource]) -> dict[str, Any]:
    """Who has read, what is decided and what there is to be told; nothing of it for who acts for somebody."""
    if visit.actor.acts_for:
        return {"readings": [], "control": "", "notices": 0}
    read = await ask.own_log(visit, count=_LOOKED_AT, others=True)
    given = [each for each in mine if text(each, "resourceType") == "Consent"]
    lines = readings.lines(read, consents.openings(given), visit._)
    return {
        "readings": [line for line in lines if line.looked][:_LATEST],
        "control": consents.summary(given, visit._),
        "notices": sum(duty_of(resource) is Duty.NOTICE for resource in mine),
    }
