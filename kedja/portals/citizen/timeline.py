"""A person's timeline: entries become cards, cards become months. Pure.

What belongs to one contact stands on one card; results of one day from one unit stand together; a month of a person's own
measurements is one card with the mean of each kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from kedja.portals.shared.entry import Entry
from kedja.portals.shared.language import ZONE, Language
from kedja.portals.shared.series import Series, Spark, Trend, trend
from kedja.portals.shared.tell import sort_key

RESULTS: Final = frozenset({"result"})
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """A result on a card, with how it has moved."""

    entry: Entry
    trend: Trend | None


@dataclass(frozen=True, slots=True)
class Mean:
    """A month of one kind of own measurement. `code` is the page of all its values."""

    title: str
    value: str
    number: str
    spark: Spark | None
    code: str


@dataclass(frozen=True, slots=True)
class Card:
    """One box of the timeline. `head` gives domain, source and date; `rows` are results, `others` what else happened,
    `means` a month of own measurements."""

    head: Entry
    title: str
    rows: tuple[Row, ...] = ()
    others: tuple[Entry, ...] = ()
    span: tuple[datetime, datetime] | None = None
    means: tuple[Mean, ...] = ()

    @property
    def at(self) -> datetime:
        """Where it stands: by when it was documented, which is what pages are cut by, else by what it tells itself."""
        if self.span:
            return self.span[1]
        return self.head.documented or (self.head.told.when.at if self.head.told.when else _BEGINNING)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that stands on the card but the measurements that are summed up, each once."""
        return tuple({each.id: each for each in (self.head, *self.others, *(row.entry for row in self.rows))}.values())

    @property
    def fresh(self) -> bool:
        """Whether something of it came, or was changed, since the person was here before."""
        return any(each.fresh for each in self.entries)


@dataclass(frozen=True, slots=True)
class Month:
    key: str  # 2026-11
    name: str
    cards: tuple[Card, ...]


def cards(entries: Sequence[Entry], series: Mapping[str, Series], _: Language) -> list[Card]:
    """The cards of these entries, newest first."""
    own = [entry for entry in entries if _is_own_measurement(entry)]
    rest = [entry for entry in entries if not _is_own_measurement(entry)]
    heads = {entry.visit for entry in rest if entry.id == entry.visit}
    visits: dict[str, list[Entry]] = defaultdict(list)
    loose: list[Entry] = []
    for entry in rest:
        (visits[entry.visit] if entry.visit in heads else loose).append(entry)
    found = [_visit_card(visit, group, series) for visit, group in visits.items()]
    found += _loose_cards(loose, series, _)
    found += _own_cards(own, series, _)
    return sorted(found, key=lambda card: (card.at, card.head.id), reverse=True)


def months(cards: Iterable[Card], _: Language, *, begun: str = "") -> list[Month]:
    """The cards by month. `begun` is a month (2026-03) that a page before this one has begun with."""
    return [_month(key, tuple(group), _, begun=key == begun) for key, group in groupby(cards, key=_month_key)]


def _month(key: str, cards: tuple[Card, ...], _: Language, *, begun: bool) -> Month:
    if not key:
        return Month(key, _("Without a date"), cards)
    name = _.month(cards[0].at)
    return Month(key, _("%(month)s, continued", month=name) if begun else name, cards)


def _visit_card(visit: str, group: Sequence[Entry], series: Mapping[str, Series]) -> Card:
    head = next(entry for entry in group if entry.id == visit)
    rest = sorted((entry for entry in group if entry.id != visit), key=sort_key)
    others = tuple(entry for entry in rest if entry.told.kind not in RESULTS)
    return Card(head, head.told.title, _rows([entry for entry in rest if entry.told.kind in RESULTS], series), others)


def _loose_cards(entries: Sequence[Entry], series: Mapping[str, Series], _: Language) -> list[Card]:
    """Results of one day, unit and domain share a card; anything else has its own."""
    found = [Card(entry, entry.told.title) for entry in entries if entry.told.kind not in RESULTS]
    days: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.told.kind in RESULTS:
            days[_day_key(entry), entry.source.unit + entry.source.provider, entry.domain].append(entry)
    for group in days.values():
        if len(group) == 1:
            found.append(Card(group[0], group[0].told.title, _rows(group, series)))
        else:
            found.append(Card(group[0], _results_title(group[0], _), _rows(group, series)))
    return found


def _own_cards(entries: Sequence[Entry], series: Mapping[str, Series], _: Language) -> list[Card]:
    """A month of what the person measured is one card, with a line for each kind."""
    months: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=sort_key):
        if entry.told.when:
            months[entry.told.when.at.astimezone(ZONE).strftime("%Y-%m")].append(entry)
    return [_own_card(group, series, _) for group in months.values()]


def _own_card(group: Sequence[Entry], series: Mapping[str, Series], _: Language) -> Card:
    kinds: dict[str, list[Entry]] = defaultdict(list)
    for entry in group:
        kinds[entry.told.group].append(entry)
    lines = (_own_line(of_kind, series.get(key), _) for key, of_kind in kinds.items())
    times = [entry.told.when.at for entry in group if entry.told.when]
    title = _("Your own measurements")
    return Card(group[-1], title, span=(times[0], times[-1]), means=tuple(sorted(lines, key=lambda line: line.title)))


def _own_line(of_kind: Sequence[Entry], series: Series | None, _: Language) -> Mean:
    latest = of_kind[-1]
    number = _.count("%(n)s value", "%(n)s values", len(of_kind))
    moved = trend(latest, series)
    return Mean(latest.told.title, _mean(of_kind, _), number, moved.spark if moved else None, series.code if series else "")


def _mean(entries: Sequence[Entry], _: Language) -> str:
    values = [entry.told.value for entry in entries if entry.told.value and entry.told.value.number is not None]
    first = sum(value.number or 0 for value in values) / len(values)
    text = _rounded(first, _)
    seconds = [value.second for value in values if value.second is not None]
    if len(seconds) == len(values):
        text += f"/{_rounded(sum(seconds) / len(seconds), _)}"
    return f"{text} {values[0].unit}".strip()


def _rounded(value: float, _: Language) -> str:
    return _.number(round(value) if abs(value) >= 50 else round(value, 1))


def _rows(entries: Sequence[Entry], series: Mapping[str, Series]) -> tuple[Row, ...]:
    """Values outside their range first, then by name."""
    ordered = sorted(entries, key=lambda entry: (not _is_outside(entry), entry.told.title))
    return tuple(Row(entry, trend(entry, series.get(entry.told.group))) for entry in ordered)


def _is_outside(entry: Entry) -> bool:
    return entry.told.value is not None and entry.told.value.side in ("low", "high", "outside")


def _is_own_measurement(entry: Entry) -> bool:
    return entry.domain == "own" and entry.told.kind in RESULTS and bool(entry.told.value and entry.told.value.number is not None)


def _day_key(entry: Entry) -> str:
    return entry.told.when.at.astimezone(ZONE).strftime("%Y-%m-%d") if entry.told.when else ""


def _month_key(card: Card) -> str:
    return "" if card.at == _BEGINNING else card.at.astimezone(ZONE).strftime("%Y-%m")


def _results_title(head: Entry, _: Language) -> str:
    if head.domain == "registry" and head.source.system:
        return _("Reported to %(registry)s", registry=head.source.system)
    names = {
        "care": _("Results and measurements"),
        "social": _("Measurements in social care"),
        "registry": _("Reported to a quality registry"),
        "biobank": _("Analyses of your samples"),
        "own": _("Your own measurements"),
    }
    return names[head.domain]
