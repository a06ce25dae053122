"""A patient's record as care needs it: warnings first, then medicines, problems, results, contacts and notes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kedja.portals.citizen.timeline import Card, Row, cards
from kedja.portals.shared.entry import Entry, Held
from kedja.portals.shared.language import Language
from kedja.portals.shared.series import collect, trend
from kedja.portals.shared.tell import entries
from kedja.portals.staff.medication import Line, reconciled, states_of

_ALERTS = ("alert", "allergy", "risk", "limit")
_HELD_ELSEWHERE = ("form", "result", "medicine", "collected", "given", "diagnosis", "relative", "team", "vaccination", *_ALERTS)


@dataclass(frozen=True, slots=True)
class Record:
    """What a member of staff may see, by what it is. `providers`: whose, with the number of entries of each."""

    alerts: tuple[Entry, ...]
    fresh: tuple[Entry, ...]  # came or was changed since the reader's look before this one
    medicines: tuple[Line, ...]
    problems: tuple[Entry, ...]
    earlier_problems: tuple[Entry, ...]
    results: tuple[Row, ...]
    plans: tuple[Entry, ...]
    forms: tuple[Entry, ...]
    contacts: tuple[Card, ...]
    vaccinations: tuple[Entry, ...]
    relatives: tuple[Entry, ...]
    teams: tuple[Entry, ...]
    providers: tuple[tuple[str, int], ...]

    @property
    def is_empty(self) -> bool:
        return not self.providers


def record(held: Iterable[Held], directory: Mapping[str, str], _: Language, now: datetime) -> Record:
    """The record of what the gate gave."""
    kept = list(held)
    told = entries(kept, directory, _)
    series = collect(told)
    apart = ("diagnosis", "vaccination", "relative", "team")
    kinds = {kind: tuple(entry for entry in told if entry.told.kind == kind) for kind in apart}
    return Record(
        alerts=tuple(sorted((e for e in told if e.told.kind in _ALERTS and e.told.active), key=lambda e: not e.told.urgent)),
        fresh=tuple(entry for entry in told if entry.fresh),
        medicines=tuple(reconciled(told, states_of(kept), now)),
        problems=_once(entry for entry in kinds["diagnosis"] if entry.told.active),
        earlier_problems=_once(entry for entry in kinds["diagnosis"] if not entry.told.active),
        results=tuple(
            Row(latest, trend(latest, each))
            for each in sorted(series.values(), key=lambda each: each.latest.told.title.casefold())
            for domain in each.domains
            for latest in each.of(domain)[-1:]
        ),
        plans=tuple(entry for entry in told if entry.told.kind in ("plan", "goal") and entry.told.active),
        forms=tuple(entry for entry in told if entry.told.kind == "form"),
        contacts=tuple(cards([entry for entry in told if _is_contact(entry)], series, _)),
        vaccinations=kinds["vaccination"],
        relatives=kinds["relative"],
        teams=tuple(entry for entry in kinds["team"] if entry.told.active),
        providers=_providers(told),
    )


def _is_contact(entry: Entry) -> bool:
    """Contacts carry their own results; what stands in a section of its own is not repeated below."""
    if entry.visit:
        return entry.told.kind != "medicine"
    return entry.told.kind not in (*_HELD_ELSEWHERE, "plan", "goal")


def _once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """A problem that several units wrote down is one problem: the newest of each code."""
    found: dict[str, Entry] = {}
    for entry in entries:
        found.setdefault(entry.told.group or entry.id, entry)
    return tuple(found.values())


def _providers(told: Iterable[Entry]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for entry in told:
        name = entry.domain_name if entry.domain == "own" else entry.source.provider or entry.source.unit
        counts[name] = counts.get(name, 0) + 1
    return tuple(sorted(counts.items(), key=lambda item: -item[1]))
