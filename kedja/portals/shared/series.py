"""Values of one analysis over time: what a trend, a spark line and a chart are drawn from. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kedja.portals.shared.entry import Entry
from kedja.portals.shared.tell import DOMAINS, sort_key

_WIDTH: Final = 120
_HEIGHT: Final = 32
_EDGE: Final = 4
_SPARK_POINTS: Final = 24


@dataclass(frozen=True, slots=True)
class Series:
    """Entries with a number, of one analysis in one unit, oldest first. `key` is the group of its entries."""

    key: str
    entries: tuple[Entry, ...]

    @property
    def code(self) -> str:
        return self.key.split("|")[0]

    @property
    def latest(self) -> Entry:
        return self.entries[-1]

    def of(self, domain: str) -> tuple[Entry, ...]:
        """Those of one domain: a registry's copy and a person's own values are never mixed with those of care."""
        return tuple(entry for entry in self.entries if entry.domain == domain)

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains that have values here, in the order of the pages."""
        return tuple(domain for domain in DOMAINS if any(entry.domain == domain for entry in self.entries))


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line as SVG: points of the line, the last point, and the band of the reference range (y, height) if in sight."""

    points: str
    x: float
    y: float
    band: tuple[float, float] | None
    width: int = _WIDTH
    height: int = _HEIGHT


@dataclass(frozen=True, slots=True)
class Trend:
    """How a value moved since the one before it. `way` is up, down or same."""

    way: str
    before: str
    before_at: datetime
    spark: Spark | None
    code: str


def collect(entries: Iterable[Entry]) -> dict[str, Series]:
    """Every series of results with a number, by its group."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        told = entry.told
        if told.kind == "result" and told.active and told.when and told.value and told.value.number is not None and told.group:
            groups[told.group].append(entry)
    return {key: Series(key, tuple(sorted(group, key=sort_key))) for key, group in groups.items()}


def trend(entry: Entry, series: Series | None) -> Trend | None:
    """Against the value before in the same domain."""
    if series is None or entry.told.value is None or entry.told.value.number is None:
        return None
    earlier = [each for each in series.of(entry.domain) if sort_key(each) < sort_key(entry)]
    if not earlier:
        return None
    last = earlier[-1]
    if last.told.value is None or last.told.value.number is None or last.told.when is None:
        return None
    change = entry.told.value.number - last.told.value.number
    way = "same" if change == 0 else "up" if change > 0 else "down"
    points = [*earlier, entry]
    return Trend(way, last.told.value.text, last.told.when.at, spark(points) if len(points) > 2 else None, series.code)


def spark(entries: Sequence[Entry]) -> Spark:
    """The line of the last values, on a scale that holds them and the nearer bound of the reference range."""
    shown = entries[-_SPARK_POINTS:]
    values = [entry.told.value.number or 0.0 for entry in shown if entry.told.value]
    times = [entry.told.when.at.timestamp() for entry in shown if entry.told.when]
    latest = shown[-1].told.value
    low, high = (latest.low, latest.high) if latest else (None, None)
    bottom, top = min(values), max(values)
    room = (top - bottom or abs(top) or 1) * 0.15
    bottom, top = bottom - room, top + room

    def x(time: float) -> float:
        return round(_EDGE + (time - times[0]) / (times[-1] - times[0] or 1) * (_WIDTH - 2 * _EDGE), 1)

    def y(value: float) -> float:
        return round(_HEIGHT - (value - bottom) / (top - bottom) * _HEIGHT, 1)

    points = " ".join(f"{x(time)},{y(value)}" for time, value in zip(times, values))
    return Spark(points, x(times[-1]), y(values[-1]), _band(low, high, bottom, top, y))


def _band(
    low: float | None, high: float | None, bottom: float, top: float, y: Callable[[float], float]
) -> tuple[float, float] | None:
    if low is None and high is None:
        return None
    upper = min(top, high) if high is not None else top
    lower = max(bottom, low) if low is not None else bottom
    if upper <= lower:
        return None
    return y(upper), round(y(lower) - y(upper), 1)
