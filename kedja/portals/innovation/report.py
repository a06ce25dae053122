"""/innovation/report.pdf: the year in innovation for an organisation, or for all that the visitor sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from kedja.gate import innovation_steering as gate
from kedja.innovation.attainment import Goal
from kedja.innovation.catalogue import kinds
from kedja.innovation.measures import Figure, measures
from kedja.innovation.priority import BY, Item, options, ordered, score, sums
from kedja.portals.innovation.steering import org_figures, shown_figure, year_of
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit
from kedja.portals.shared.pdf import Document
from kedja.portals.shared.security import HEADERS, PRIVATE

_TOLD: Final = ("test", "standard", "proposal", "invitation", "activity")
_MOST: Final = 60  # rows of one table: the report is to be read
_BY: Final = ("machine", "phase", "zone", "place")


@dataclass(frozen=True, slots=True)
class Report:
    """What a report tells. `entries` by kind: (what it is called, title, state, what matters of it)."""

    year: int
    org: str
    figures: Sequence[Mapping[str, Figure]]  # of the year and of the one before
    items: Sequence[Item]
    goals: Sequence[Goal]
    entries: Mapping[str, Sequence[tuple[str, str, str, str]]]


async def pdf(visit: Visit) -> Response:
    """The report of `year` and `org`; of this year and of all without them."""
    report = await gather(visit)
    # Laying out takes a while, and nobody else shall wait for it.
    content = await run_in_threadpool(document, report, visit._)
    name = f"innovation-{report.year}.pdf"
    headers = {**HEADERS, **PRIVATE, "Content-Disposition": f'attachment; filename="{name}"', "Content-Language": visit._.code}
    return Response(content, 200, headers, "application/pdf")


async def gather(visit: Visit) -> Report:
    year, wanted = year_of(visit), visit.request.query_params.get("org", "")
    years = await gate.measures(visit.door, visit.actor, [year, year - 1], visit.id)
    names = {**years[1].names, **years[0].names}
    org = wanted if wanted in names else ""
    items = await gate.portfolio(visit.door, visit.actor, closed=False, request=visit.id)
    goals, _ = await gate.plan(visit.door, visit.actor, visit.id)
    found = await gate.published_in(visit.door, visit.actor, year, _TOLD, visit.id)
    entries: dict[str, list[tuple[str, str, str, str]]] = {}
    for one in found:
        if not org or one.row["org"] == org:
            told = (one.called, one.row["title"], one.state.words.of(visit._.code), _matters(one.values, one.row["note"]))
            entries.setdefault(one.kind.id, []).append(told)
    name = names.get(org, "")
    own = [item for item in items if not org or item.org_name == name]
    return Report(year, name, [org_figures(each, org) for each in years], ordered(own), goals, entries)


def document(report: Report, _: Language) -> bytes:
    """The report as PDF."""
    page = Document(_, _("Innovation %(year)s", year=report.year))
    page.paragraph(report.org or _("All organisations, as far as whoever asked may see them"))
    page.ln(2)
    page.heading(_("Measures"))
    lines = [(each.words.of(_.code), *(shown_figure(figures[each.id], _) for figures in report.figures)) for each in measures()]
    page.rows((110, 35, 35), (_("Measure"), str(report.year), str(report.year - 1)), lines)
    _goals(page, report.goals, _)
    _portfolio(page, report.items, _)
    for id in _TOLD:
        rows = report.entries.get(id, ())
        if rows:
            page.heading(kinds()[id].plural.of(_.code))
            heading = (_("Number"), kinds()[id].words.of(_.code), _("State"), _("Result, lessons or reason"))
            page.rows((16, 62, 26, 76), heading, rows[:_MOST])
            _cut(page, len(rows), _)
    return bytes(page.output())


def _goals(page: Document, goals: Sequence[Goal], _: Language) -> None:
    page.heading(_("Goals"))
    if not goals:
        page.paragraph(_("No goals yet"))
        return
    states = {state.id: state.words.of(_.code) for state in kinds()["goal"].states}
    lines = [
        (goal.called, goal.title, states[goal.state], _percent(goal.attained), _percent(goal.work)) for goal in goals[:_MOST]
    ]
    heading = (_("Number"), _("Goal"), _("State"), _("Attained"), _("Activities done"))
    page.rows((16, 94, 24, 22, 24), heading, lines)


def _portfolio(page: Document, items: Sequence[Item], _: Language) -> None:
    page.heading(_("Portfolio"))
    if not items:
        page.paragraph(_("No case that you may see"))
        return
    names = {by: {option.id: option.words.of(_.code) for option in options(by)} for by in BY}
    for by in _BY:
        groups = [
            (names[by].get(each.id, _("Not said")), str(each.cases), _.number(each.cost), _.number(each.net))
            for each in sums(items, by)
        ]
        page.rows((90, 24, 33, 33), ("", _("Cases"), _("Cost, kr"), _("Net a year, kr")), groups)
    lines = [
        (str(item.number), item.title, names["place"][item.place], _score(item), str(item.waits or "")) for item in items[:_MOST]
    ]
    page.rows((16, 104, 24, 16, 20), (_("Number"), _("Case"), _("Priority"), _("Score"), _("Days waited")), lines)
    _cut(page, len(items), _)


def _cut(page: Document, count: int, _: Language) -> None:
    if count > _MOST:
        page.paragraph(_("%(n)s more are not shown here.", n=count - _MOST))


def _score(item: Item) -> str:
    counted = score(item.scores)
    return "–" if counted is None else str(counted)


def _percent(number: int | None) -> str:
    return "–" if number is None else f"{number} %"


def _matters(values: Mapping[str, object], note: str) -> str:
    """What a reader of the report needs to know of an entry: its result, its lessons, what came of it, or why it was decided."""
    found = next((values[name] for name in ("result", "changed", "lessons") if values.get(name)), "") or note
    return str(found)[:300]
