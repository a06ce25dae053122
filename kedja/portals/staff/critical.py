"""/staff/patient/{handle}/critical: what matters when the patient cannot answer, and nothing else, read in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from starlette.responses import Response

from kedja.access.compile import NO_CONTEXT
from kedja.access.consents import Kind, Party
from kedja.portals.citizen.medicines import Medicine, merge
from kedja.portals.shared import ask, consents
from kedja.portals.shared.entry import Entry, Held, Resource
from kedja.portals.shared.language import ZONE, Language
from kedja.portals.shared.page import Visit, render
from kedja.portals.shared.read import text, when
from kedja.portals.shared.tell import entries
from kedja.portals.staff.band import employee_of, header, identity_of
from kedja.portals.staff.done import done
from kedja.portals.staff.handle import person_of
from kedja.portals.staff.lift import DECLARED, sent
from kedja.portals.staff.steps import blocked_of, panels

TYPES: Final = (
    "AllergyIntolerance",
    "Flag",
    "MedicationRequest",
    "MedicationStatement",
    "MedicationDispense",
    "CareTeam",
    "RelatedPerson",
    "Condition",
    "Consent",
    "Task",
    "Communication",
)
KEPT_AT_MOST: Final = timedelta(hours=4)  # that a device without a connection may show what was opened
_OPENINGS: Final = (Kind.EMERGENCY, Kind.NLL_EMERGENCY)
_LEADING: Final = ("emergency", "ask-consent")  # steps that lead to more


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The last time that any medicine was collected, and how many days ago."""

    at: datetime
    days: int
    title: str


@dataclass(frozen=True, slots=True)
class Critical:
    """What the gate gave, in the order in which it is asked for."""

    allergies: tuple[Entry, ...]
    alerts: tuple[Entry, ...]
    medicines: tuple[Medicine, ...]
    withdrawal: Withdrawal | None
    teams: tuple[Entry, ...]
    relatives: tuple[Entry, ...]
    limits: tuple[Entry, ...]
    problems: tuple[Entry, ...]

    @property
    def is_empty(self) -> bool:
        return not any((self.allergies, self.alerts, self.medicines, self.teams, self.relatives, self.limits, self.problems))


async def critical(visit: Visit) -> Response:
    person, now = person_of(visit), visit.door.clock()
    identity = await identity_of(visit)
    directory = await ask.directory(visit)
    held = await ask.person_record(visit, person, TYPES)
    until = _until(own_openings(held, employee_of(visit), now))
    steps = await ask.steps(visit, person, DECLARED if until else NO_CONTEXT)  # an opening that holds was declared
    told = panels(steps, directory, visit.actor.kind, visit._)
    blocked = blocked_of(told)
    return render(
        visit,
        "staff/critical.html",
        dense=True,
        patient=header(visit, identity),
        critical=view(held, directory, visit._, now),
        panels=[*blocked, *(panel for panel in told if until is None and panel.key in _LEADING)],
        blocked=bool(blocked),
        sent=sent(held, directory),
        until=until,
        keep_until=None if until is None or identity.protected else _kept_until(visit, until, now),
        own_provider=visit.actor.assignment.provider_name if visit.actor.assignment else "",
        done=done(visit),
    )


def view(held: Iterable[Held], directory: Mapping[str, str], _: Language, now: datetime) -> Critical:
    """The critical view of what the gate gave. Only what holds now; the same diagnosis of several units once."""
    told = entries(held, directory, _)
    active = {kind: _active(told, kind, now) for kind in ("allergy", "alert", "team", "relative", "limit", "diagnosis")}
    medicines, _earlier = merge(told, now)
    return Critical(
        allergies=tuple(sorted(active["allergy"], key=lambda entry: not entry.told.urgent)),
        alerts=active["alert"],
        medicines=tuple(medicines),
        withdrawal=_withdrawal(told, now),
        teams=active["team"],
        relatives=active["relative"],
        limits=active["limit"],
        problems=tuple({entry.told.group or entry.id: entry for entry in reversed(active["diagnosis"])}.values())[::-1],
    )


def own_openings(held: Iterable[Held], employee: str, now: datetime) -> list[Resource]:
    """This employee's emergency openings that hold now."""
    standing = consents.in_force((each.resource for each in held if text(each.resource, "resourceType") == "Consent"), now)
    return [each for each in standing if consents.kind_of(each) in _OPENINGS and consents.party(each, Party.EMPLOYEE) == employee]


def _until(openings: Iterable[Resource]) -> datetime | None:
    ends = [end.at for each in openings if (end := when(text(each, "provision", "period", "end")))]
    return max(ends, default=None)


def _kept_until(visit: Visit, until: datetime, now: datetime) -> datetime:
    """Never longer than the session: without it nobody has signed in as who opened it."""
    assert visit.session is not None
    return min(until, now + KEPT_AT_MOST, datetime.fromtimestamp(visit.session.expires, now.tzinfo))


def _active(told: Iterable[Entry], kind: str, now: datetime) -> tuple[Entry, ...]:
    of_kind = (entry for entry in told if entry.told.kind == kind and entry.told.active)
    return tuple(entry for entry in of_kind if entry.told.until is None or entry.told.until.at > now)


def _withdrawal(told: Iterable[Entry], now: datetime) -> Withdrawal | None:
    collected = [entry for entry in told if entry.told.kind == "collected" and entry.told.when]
    if not collected or collected[0].told.when is None:
        return None
    at = collected[0].told.when.at
    days = (now.astimezone(ZONE).date() - at.astimezone(ZONE).date()).days
    return Withdrawal(at, days, collected[0].told.title)
