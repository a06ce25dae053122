"""Medicines of several sources as one list, with what the sources disagree on beside each other. Pure.

The same substance by its ATC code from two sources is one medicine. Sources disagree where their doses differ, or where one
says that it is stopped or paused after another said that it is taken. What a source does not say is no disagreement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from kedja.portals.citizen.medicines import LISTED
from kedja.portals.shared.entry import Entry, Held
from kedja.portals.shared.read import text
from kedja.portals.shared.tell import sort_key

TAKEN, PAUSED, STOPPED = "taken", "paused", "stopped"
_STATES: Final = {
    "active": TAKEN,
    "completed-course": TAKEN,
    "intended": TAKEN,
    "on-hold": PAUSED,
    "stopped": STOPPED,
    "completed": STOPPED,
    "cancelled": STOPPED,
    "not-taken": STOPPED,
}
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stand:
    """What one source says of a substance: its entries, newest first; those in use where there are any. `doses` in its words."""

    source: tuple[str, str]  # regime, and unit or provider
    entries: tuple[Entry, ...]
    state: str
    doses: tuple[str, ...]
    at: datetime | None

    @property
    def entry(self) -> Entry:
        return self.entries[0]


@dataclass(frozen=True, slots=True)
class Line:
    """A substance that at least one source says is taken or paused. `differs`: of `dose`, `status`."""

    group: str
    stands: tuple[Stand, ...]
    differs: frozenset[str]
    since: datetime | None

    @property
    def entry(self) -> Entry:
        """The newest that says so."""
        return max((stand for stand in self.stands if stand.state != STOPPED), key=lambda stand: sort_key(stand.entry)).entry

    @property
    def sources(self) -> int:
        return len({stand.source for stand in self.stands if stand.source[0] != LISTED and stand.state != STOPPED})


def reconciled(told: Iterable[Entry], states: Mapping[str, str], now: datetime) -> list[Line]:
    """Every substance in use, by name. `states` as `states_of` gives them, by the entries' ids (`MedicationRequest/1`)."""
    groups: dict[str, dict[tuple[str, str], list[Entry]]] = {}
    for entry in told:
        if entry.told.kind == "medicine" and states.get(entry.id, TAKEN):
            source = (entry.regime, entry.source.unit or entry.source.provider)
            groups.setdefault(entry.told.group, {}).setdefault(source, []).append(entry)
    lines = (_line(group, by_source, states, now) for group, by_source in groups.items())
    return sorted((line for line in lines if line), key=lambda line: (line.entry.told.title.casefold(), line.group))


def states_of(held: Iterable[Held]) -> dict[str, str]:
    """What each medicine's status says, by `Type/id`; '' for a draft or what was entered in error, which says nothing."""
    return {
        f"{each.resource['resourceType']}/{text(each.resource, 'id')}": _STATES.get(text(each.resource, "status"), "")
        for each in held
        if text(each.resource, "resourceType") in ("MedicationRequest", "MedicationStatement")
    }


def _line(
    group: str, by_source: Mapping[tuple[str, str], Sequence[Entry]], states: Mapping[str, str], now: datetime
) -> Line | None:
    stands = sorted(
        (_stand(source, entries, states, now) for source, entries in by_source.items()), key=lambda stand: stand.source
    )
    used = [stand for stand in stands if stand.state != STOPPED]
    if not used:
        return None
    against = [stand for stand in stands if stand.state == STOPPED and any(_later(stand, other) for other in used)]
    differs = {"dose"} if len({_plain(stand.doses) for stand in used if stand.doses}) > 1 else set[str]()
    if against or len({stand.state for stand in used}) > 1:
        differs.add("status")
    starts = [entry.told.when.at for stand in used for entry in stand.entries if entry.told.when]
    shown = sorted([*used, *against], key=lambda stand: stand.source)
    return Line(group, tuple(shown), frozenset(differs), min(starts, default=None))


def _stand(source: tuple[str, str], entries: Sequence[Entry], states: Mapping[str, str], now: datetime) -> Stand:
    newest = sorted(entries, key=sort_key, reverse=True)
    for state in (TAKEN, PAUSED):
        found = tuple(entry for entry in newest if _state(entry, states, now) == state)
        if found:
            return Stand(source, found, state, _doses(found), found[0].told.when.at if found[0].told.when else None)
    ended = max((_end(entry, now) for entry in newest), default=_BEGINNING)
    return Stand(source, tuple(newest), STOPPED, _doses(newest[:1]), None if ended == _BEGINNING else ended)


def _state(entry: Entry, states: Mapping[str, str], now: datetime) -> str:
    over = entry.told.until is not None and entry.told.until.at <= now
    return STOPPED if over else states.get(entry.id, TAKEN)


def _end(entry: Entry, now: datetime) -> datetime:
    """When an entry that is over ended, as far as it says; a validity that reaches into the future says nothing of it."""
    until = entry.told.until.at if entry.told.until and entry.told.until.at <= now else None
    return until or (entry.told.when.at if entry.told.when else _BEGINNING)


def _later(stopped: Stand, used: Stand) -> bool:
    """Whether it was stopped after, or with, what says that it is used; what has no date is shown rather than left out."""
    return stopped.at is None or used.at is None or stopped.at >= used.at


def _doses(entries: Iterable[Entry]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for entry in entries for line in entry.told.lines))


def _plain(doses: Iterable[str]) -> frozenset[str]:
    """Doses as they are compared: case, spaces and full stops make no difference."""
    return frozenset(re.sub(r"[\s.]+", " ", dose).strip().casefold() for dose in doses)
