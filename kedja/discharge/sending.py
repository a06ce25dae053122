"""Who takes part in a stay, as the messages name them, and what a judgement changes in its Encounter. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from kedja.access.instants import text_of
from kedja.discharge import messages
from kedja.discharge.case import Case, Party
from kedja.discharge.messages import Recipient, about_the_stay
from kedja.discharge.reading import recipients_of, sender_of

Resource = dict[str, Any]
Edit = Callable[[Resource], Resource]
_JUDGED: Final = (
    messages.NEEDS_URL,
    messages.ESTIMATE_URL,
    messages.READY_URL,
    messages.WITHHELD_URL,
    messages.NO_PLAN_URL,
)
"""What `about_the_stay` writes."""


def circle(sent: Iterable[Mapping[str, Any]]) -> dict[Party, Recipient]:
    """The unit that each party was last named by."""
    found: dict[Party, Recipient] = {}
    for message in sent:
        sender = sender_of(message)
        for each in (*recipients_of(message), *((sender,) if sender else ())):
            found[each.party] = each
    return found


def own_party(sent: Iterable[Mapping[str, Any]], provider: str, unit: str, *, keeps: bool) -> frozenset[Party]:
    """What a unit is in a stay: `keeps`, where it has the Encounter, inpatient care; else as what messages name it."""
    if keeps:
        return frozenset({Party.INPATIENT})
    named: set[Party] = set()
    for message in sent:
        sender = sender_of(message)
        named |= {
            each.party
            for each in (*recipients_of(message), *((sender,) if sender else ()))
            if (each.provider, each.unit) == (provider, unit)
        }
    return frozenset(named)


def judged(case: Case, **changes: Any) -> Edit:
    """The Encounter with what the doctor has judged so far and these `changes`, by the names of `about_the_stay`."""
    known: dict[str, Any] = {
        "needs": case.needs,
        "parties": sorted(case.parties),
        "estimated": case.estimated,
        "estimate_changed": case.estimate_changed,
        "ready": case.ready,
        "withheld": sorted(case.withheld),
        "no_plan": case.no_plan,
    }

    def edit(encounter: Resource) -> Resource:
        kept = _without(encounter, _JUDGED)
        return _with(encounter, [*kept, *about_the_stay(**known | changes)])

    return edit


def lacking(start: str, end: str) -> Edit:
    """The Encounter with the days on which what open care answers for is not there (5:5); `end` '' : until further notice."""

    def edit(encounter: Resource) -> Resource:
        period = {"start": start} | ({"end": end} if end else {})
        kept = _without(encounter, (messages.LACKING_URL,))
        return _with(encounter, [*kept, {"url": messages.LACKING_URL, "valuePeriod": period}])

    return edit


def ended(at: datetime) -> Edit:
    """The Encounter of a patient who has left."""

    def edit(encounter: Resource) -> Resource:
        return {**encounter, "status": "finished", "period": {**encounter.get("period", {}), "end": text_of(at)}}

    return edit


def _without(encounter: Resource, urls: Collection[str]) -> list[Resource]:
    return [each for each in encounter.get("extension", ()) if each.get("url") not in urls]


def _with(encounter: Resource, extensions: list[Resource]) -> Resource:
    rest = {name: value for name, value in encounter.items() if name != "extension"}
    return rest | ({"extension": extensions} if extensions else {})
