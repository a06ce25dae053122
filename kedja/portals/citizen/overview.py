"""/me: everything about the person on one timeline, who has read, and what they decide about."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from kedja.access.custody import Regime
from kedja.access.duties import Duty, duty_of
from kedja.portals.citizen import timeline
from kedja.portals.shared import ask, consents, readings
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, render
from kedja.portals.shared.series import collect
from kedja.portals.shared.tell import DOMAINS, TABLE, domain_name, entries

_LATEST = 3
_LOOKED_AT = 60  # rows of the log that the latest lines are made of


async def overview(visit: Visit) -> Response:
    """Filters by `domain` (repeated; none: all); `before` is a month (2026-03) to show older ones than.

    Who acts for somebody sees that person's timeline, and nothing of log and blocks.
    """
    query = visit.request.query_params
    chosen = [domain for domain in DOMAINS if domain in query.getlist("domain")] or list(DOMAINS)
    held = await ask.own_record(visit, [*TABLE, "Consent"])
    told = entries(held, await ask.directory(visit), visit._)
    cards = timeline.cards([entry for entry in told if entry.domain in chosen], collect(told), visit._)
    months, after = timeline.months(cards, visit._, before=query.get("before", ""))
    mine = [each.resource for each in held if each.regime == Regime.CONTROL]
    read = [] if visit.actor.acts_for else await ask.own_log(visit, count=_LOOKED_AT, others=True)
    lines = readings.lines(read, consents.openings(mine), visit._)
    return render(
        visit,
        "citizen/overview.html",
        domains=_chips(chosen, visit._),
        months=months,
        filtered=bool(told),
        before=query.get("before", ""),
        older=_older(chosen, after),
        readings=[line for line in lines if line.looked][:_LATEST],
        control=consents.summary(mine, visit._),
        notices=sum(duty_of(resource) is Duty.NOTICE for resource in mine),
    )


def _chips(chosen: list[str], _: Language) -> list[dict[str, object]]:
    return [{"key": domain, "name": domain_name(domain, _), "chosen": domain in chosen} for domain in DOMAINS]


def _older(chosen: list[str], after: str) -> str:
    """The query of the next page, or '' when there is nothing older."""
    if not after:
        return ""
    domains = [("domain", domain) for domain in chosen] if len(chosen) < len(DOMAINS) else []
    return urlencode([*domains, ("before", after)])
