"""/me/results: the latest value of everything that is measured; /me/results/{code}: one of them over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from kedja.portals.shared import ask
from kedja.portals.shared.entry import Entry
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, render, told
from kedja.portals.shared.read import text
from kedja.portals.shared.series import Series, Trend, collect, trend
from kedja.portals.shared.tell import domain_name, entries


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest value of a series. `code` is its page."""

    entry: Entry
    trend: Trend | None
    code: str


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    rows: tuple[Latest, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One series: newest first for the table; `low`/`high` bound the reference range ('' where there is none)."""

    unit: str
    entries: tuple[Entry, ...]
    summary: str
    reference: str
    low: str
    high: str
    domains: tuple[tuple[str, str], ...]  # with their names

    @property
    def drawn(self) -> bool:
        return len(self.entries) > 1


async def results(visit: Visit) -> Response:
    held = await ask.own_record(visit, ["Observation"])
    laboratory = {f"Observation/{text(each.resource, 'id')}" for each in held if _is_laboratory(each.resource)}
    series = collect(entries(held, await ask.directory(visit), visit._))
    groups = {name: [] for name in ("laboratory", "care", "own")}
    for each in series.values():
        latest = each.latest
        kind = "own" if latest.domain == "own" else "laboratory" if latest.id in laboratory else "care"
        groups[kind].append(Latest(latest, trend(latest, each), each.code))
    return render(visit, "citizen/results.html", groups=_named(groups, visit._))


async def result(visit: Visit) -> Response:
    code = visit.request.path_params["code"]
    held = await ask.own_record(visit, ["Observation"])
    found = [each for each in collect(entries(held, await ask.directory(visit), visit._)).values() if each.code == code]
    if not found:
        return told(visit, 404)
    found.sort(key=lambda series: len(series.entries), reverse=True)
    latest = found[0].latest
    return render(
        visit,
        "citizen/result.html",
        name=latest.told.title,
        explanation=latest.explanation,
        charts=[chart(series, visit._) for series in found],
        codes=latest.codes,
    )


def chart(series: Series, _: Language) -> Chart:
    """What the page draws and writes of one series."""
    newest = tuple(reversed(series.entries))
    value = series.latest.told.value
    assert value is not None
    return Chart(
        unit=value.unit,
        entries=newest,
        summary=_summary(series, _),
        reference=value.reference,
        low="" if value.low is None else str(value.low),
        high="" if value.high is None else str(value.high),
        domains=tuple((domain, domain_name(domain, _)) for domain in series.domains),
    )


def _summary(series: Series, _: Language) -> str:
    first, last = series.entries[0].told, series.latest.told
    assert first.value and first.when and last.value and last.when
    if len(series.entries) == 1:
        value = f"{last.value.text} {last.value.unit}".strip()
        return _("One value: %(value)s, on %(day)s.", value=value, day=_.day(last.when.at))
    return _(
        "%(count)s values, from %(first)s on %(first_day)s to %(last)s on %(last_day)s.",
        count=_.number(len(series.entries)),
        first=first.value.text,
        first_day=_.day(first.when.at),
        last=last.value.text,
        last_day=_.day(last.when.at),
    )


def _named(groups: dict[str, list[Latest]], _: Language) -> list[Group]:
    names = {"laboratory": _("Laboratory tests"), "care": _("Measured in care"), "own": _("Your own measurements")}
    return [Group(names[kind], _sorted(rows)) for kind, rows in groups.items() if rows]


def _sorted(rows: Sequence[Latest]) -> tuple[Latest, ...]:
    return tuple(sorted(rows, key=lambda latest: latest.entry.told.title.casefold()))


def _is_laboratory(resource: dict[str, object]) -> bool:
    return text(resource, "category", "coding", "code") == "laboratory"
