"""/me/medicines: what the person takes now, and earlier; the same substance from several prescribers as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from kedja.portals.citizen.renewals import states
from kedja.portals.shared import ask
from kedja.portals.shared.entry import Entry
from kedja.portals.shared.page import Visit, render
from kedja.portals.shared.tell import entries, sort_key

LISTED = "nll"  # the national list holds the same prescriptions once more
TYPES = ("MedicationRequest", "MedicationStatement", "MedicationDispense")


@dataclass(frozen=True, slots=True)
class Medicine:
    """A substance in use: the newest prescription of it, since when, and when it was last collected."""

    entry: Entry
    since: datetime | None
    collected: datetime | None
    several: bool


async def medicines(visit: Visit) -> Response:
    held = await ask.own_record(visit, list(TYPES))
    current, earlier = merge(entries(held, await ask.directory(visit), visit._), visit.door.clock())
    renewals = states(held, visit._)
    done = visit._("It is sent to the unit.") if visit.request.query_params.get("done") == "asked" else ""
    return render(visit, "citizen/medicines.html", current=current, earlier=earlier, renewals=renewals, done=done)


def merge(told: Iterable[Entry], now: datetime) -> tuple[list[Medicine], list[Entry]]:
    """Those in use, by name, and those that are not, newest first."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    collected: dict[str, datetime] = {}
    for entry in sorted(told, key=sort_key, reverse=True):
        if entry.told.kind == "medicine":
            groups[entry.told.group].append(entry)
        elif entry.told.kind == "collected" and entry.told.when:
            collected.setdefault(entry.told.group, entry.told.when.at)
    current: list[Medicine] = []
    earlier: list[Entry] = []
    for key, group in groups.items():
        in_use = [entry for entry in group if _in_use(entry, now)]
        if in_use:
            current.append(_medicine(in_use, collected.get(key)))
        earlier += [entry for entry in group if entry not in in_use]
    current.sort(key=lambda medicine: medicine.entry.told.title.casefold())
    earlier.sort(key=sort_key, reverse=True)
    return current, earlier


def _medicine(in_use: Sequence[Entry], collected: datetime | None) -> Medicine:
    oldest = in_use[-1].told.when
    units = {(entry.source.unit, entry.source.provider) for entry in in_use if entry.regime != LISTED}
    return Medicine(in_use[0], oldest.at if oldest else None, collected, len(units) > 1)


def _in_use(entry: Entry, now: datetime) -> bool:
    return entry.told.active and (entry.told.until is None or entry.told.until.at > now)
