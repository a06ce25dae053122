"""/innovation/portfolio, /innovation/plan and /innovation/measures: what is under way, how far plans have come, how it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from kedja import exactjson
from kedja.gate import innovation_steering as gate
from kedja.innovation.attainment import Goal
from kedja.innovation.catalogue import kinds, listed
from kedja.innovation.entry_export import table
from kedja.innovation.measures import Figure, figures, measures
from kedja.innovation.priority import BY, Item, criteria, narrowed, options, ordered, places, read, score, segments, sums
from kedja.innovation.words import Words
from kedja.outcome import refuse
from kedja.portals.innovation.library_exports import download
from kedja.portals.innovation.library_show import cited, today
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, redirect, render

_SUMS: Final = ("cost", "yearly", "saves", "reach")


@dataclass(frozen=True, slots=True)
class Group:
    """A row of a table of sums; `href` narrows the portfolio to it."""

    name: str
    href: str
    cases: int
    cost: int
    net: int
    score: int | None
    chosen: bool


async def portfolio(visit: Visit) -> Response:
    """The cases that the visitor sees, in the order of priority, with sums by each dimension."""
    items, chosen, closed = await _portfolio(visit)
    found = ordered(narrowed(items, chosen))
    kept = [*chosen.items(), *([("closed", "1")] if closed else [])]
    tables = [(name, _groups(narrowed(items, chosen), by, chosen, kept, visit._)) for by, name in _names(visit._).items()]
    names = {by: {option.id: option.words.of(visit._.code) for option in options(by)} for by in BY}
    rows = [(item, score(item.scores)) for item in found]
    context = {"rows": rows, "tables": tables, "names": names, "closed": closed, "chosen": chosen, "query": urlencode(kept)}
    return render(visit, "innovation/portfolio.html", **context)


async def portfolio_csv(visit: Visit) -> Response:
    """The portfolio as it is narrowed, as CSV."""
    items, chosen, _ = await _portfolio(visit)
    heading = (
        "case",
        "title",
        "organisation",
        "kind",
        "phases",
        "zone",
        "areas",
        "segments",
        "score",
        *_SUMS,
        "payment",
        "priority",
        "waits",
    )
    lines = [
        [
            *(item.number, item.title, item.org_name, item.machine, "; ".join(item.phases), item.zone),
            *("; ".join(item.areas), "; ".join(item.segments), score(item.scores)),
            *(getattr(item, name) for name in _SUMS),
            *(item.payment, item.place, item.waits),
        ]
        for item in ordered(narrowed(items, chosen))
    ]
    return download("portfolio.csv", "\ufeff" + table(heading, lines), "text/csv; charset=utf-8")


async def weighing(visit: Visit) -> Response:
    """How a case is weighed, and the form for who weighs it."""
    return await _weighing(visit, {}, {}, 200)


async def weigh(visit: Visit) -> Response:
    form, id = await visit.form(), visit.request.path_params["id"]
    sent: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        sent.setdefault(name, []).append(str(value).replace("\0", ""))
    given, wrong = read(sent)
    if wrong:
        return await _weighing(visit, {name: values[0] for name, values in sent.items()}, wrong, 422)
    await gate.weigh(visit.door, visit.actor, id, given, visit.id)
    return redirect(f"/innovation/cases/{id}/weight?done=weighed")


async def plan(visit: Visit) -> Response:
    """The goals of each plan with how far they have come, and their activities."""
    goals, others = await gate.plan(visit.door, visit.actor, visit.id)
    names = {option.id: option.words.of(visit._.code) for option in kinds()["goal"].field("plan").options}
    groups: list[tuple[str, list[Goal]]] = [(name, [goal for goal in goals if goal.plan == id]) for id, name in names.items()]
    states = {id: {state.id: state.words.of(visit._.code) for state in kinds()[id].states} for id in ("goal", "activity")}
    context = {"groups": [each for each in groups if each[1]], "others": others, "states": states}
    return render(visit, "innovation/plan.html", place=lambda called: cited(called, called).href, **context)


async def measuring(visit: Visit) -> Response:
    """The measures of a year and of the year before, of one organisation or of all."""
    year, found, org = await _measures(visit)
    _ = visit._
    lines = [(each.words.of(_.code), bool(each.per), *(shown_figure(of[each.id], _) for of in found)) for each in measures()]
    names = sorted(org[1].items(), key=lambda each: each[1])
    years = list(range(today(visit).year, today(visit).year - 5, -1))
    return render(visit, "innovation/measures.html", year=year, years=years, lines=lines, org=org[0], orgs=names)


async def measures_csv(visit: Visit) -> Response:
    year, found, org = await _measures(visit)
    lines = [
        (each.id, each.words.of(visit._.code), org[1].get(org[0], ""), at, of[each.id].value, of[each.id].share)
        for at, of in zip((year, year - 1), found)
        for each in measures()
    ]
    heading = ("measure", "name", "organisation", "year", "value", "share")
    return download(f"measures-{year}.csv", "\ufeff" + table(heading, lines), "text/csv; charset=utf-8")


def year_of(visit: Visit) -> int:
    """The year that is asked for; this one otherwise."""
    text, this = visit.request.query_params.get("year", ""), today(visit).year
    return int(text) if text.isascii() and text.isdecimal() and len(text) == 4 and 2000 <= int(text) <= this else this


def org_figures(year: gate.Year, org: str) -> dict[str, Figure]:
    """The measures of one organisation, '' for all."""
    of = [list(rows.values()) if not org else [rows[org]] if org in rows else [] for rows in (year.cases, year.entries)]
    return figures(of[0], of[1])


async def _measures(visit: Visit) -> tuple[int, list[dict[str, Figure]], tuple[str, Mapping[str, str]]]:
    """(the year, the figures of it and of the one before, (the organisation, the names of all))."""
    year = year_of(visit)
    found = await gate.measures(visit.door, visit.actor, [year, year - 1], visit.id)
    names = {**found[1].names, **found[0].names}
    org = visit.request.query_params.get("org", "")
    org = org if org in names else ""
    return year, [org_figures(each, org) for each in found], (org, names)


async def _portfolio(visit: Visit) -> tuple[list[Item], dict[str, str], bool]:
    query = visit.request.query_params
    closed = query.get("closed") == "1"
    items = await gate.portfolio(visit.door, visit.actor, closed=closed, request=visit.id)
    chosen = {by: query[by] for by in BY if query.get(by) and any(query[by] == option.id for option in options(by))}
    return items, chosen, closed


async def _weighing(visit: Visit, sent: Mapping[str, str], wrong: Mapping[str, Words], status: int) -> Response:
    found = await gate.weighed(visit.door, visit.actor, visit.request.path_params["id"], visit.id)
    if not found.case.whole:
        raise refuse(403, "forbidden", visit._("How a case is weighed is for who takes part in it."))
    code = visit._.code
    newest: Any = dict(found.weights[0]) if found.weights else {}
    scores = exactjson.loads(newest["scores"].encode()) if newest else {}
    boxes = [
        (each, sent.get(each.id, scores.get(each.id, "")), wrong[each.id].of(code) if each.id in wrong else "")
        for each in criteria()
    ]
    numbers = {name: sent.get(name, "" if newest.get(name) is None else newest[name]) for name in _SUMS}
    faults = {name: words.of(code) for name, words in wrong.items()}
    weights = [(row, score(exactjson.loads(row["scores"].encode()))) for row in found.weights]
    context = {"case": found.case, "may": found.may, "weights": weights, "boxes": boxes, "numbers": numbers, "faults": faults}
    lists = {"areas": listed("areas"), "segments": segments(), "places": places()}
    done = visit.request.query_params.get("done", "")
    return render(visit, "innovation/weight.html", status, newest=newest, sent=sent, done=done, **context, **lists)


def _names(_: Language) -> Mapping[str, str]:
    return {
        "place": _("Priority"),
        "machine": _("Kind"),
        "phase": _("Phase"),
        "zone": _("Zone"),
        "area": _("Need"),
        "segment": _("Group of patients"),
        "payment": _("Who pays"),
    }


def _groups(
    items: Sequence[Item], by: str, chosen: Mapping[str, str], kept: Sequence[tuple[str, str]], _: Language
) -> list[Group]:
    names = {option.id: option.words.of(_.code) for option in options(by)}
    found: list[Group] = []
    for each in sums(items, by):
        others = [(name, value) for name, value in kept if name != by]
        on = chosen.get(by) == each.id
        address = urlencode(others if on or not each.id else [*others, (by, each.id)])
        href = f"/innovation/portfolio?{address}" if each.id in names else ""
        found.append(Group(names.get(each.id, _("Not said")), href, each.cases, each.cost, each.net, each.score, on))
    return found


def shown_figure(figure: Figure, _: Language) -> str:
    """A measure in words: its value, and its share in per cent where it is one."""
    if figure.value is None:
        return "–"
    value = _.number(int(figure.value) if figure.value == int(figure.value) else figure.value)
    return f"{value} ({figure.share} %)" if figure.share is not None else value
