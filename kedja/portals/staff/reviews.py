"""/staff/reviews: what is to be looked over of the provider's log, its evidence, and the finding that closes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from kedja.access.duties import FINDING_SYSTEM, Finding, all_given, given
from kedja.gate.reviews import Evidence
from kedja.outcome import refuse
from kedja.portals.shared import ask_log, readings
from kedja.portals.shared.entry import Resource, When
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.read import items, text, when
from kedja.portals.shared.readings import Day

_MOST_NOTE: Final = 2000


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look over. `finding` is '' while it is open."""

    id: str
    at: When | None
    due: When | None
    late: bool
    who: str
    origin: str
    patterns: tuple[str, ...]
    reason: str
    finding: str
    note: str


async def queue(visit: Visit) -> Response:
    closed = visit.request.query_params.get("closed") == "1"
    found = [item(task, visit) for task in await ask_log.reviews(visit, closed=closed)]
    done = visit.request.query_params.get("done") == "1"
    compared = await ask_log.reconciliation(visit)
    return render(visit, "staff/reviews.html", dense=True, found=found, closed=closed, done=done, compared=compared)


async def review(visit: Visit) -> Response:
    """One item: the reason that was given, what was done, and the care relations that there were."""
    found = await ask_log.review_evidence(visit, visit.request.path_params["id"])
    directory = await ask_log.names(visit)
    return render(
        visit,
        "staff/review.html",
        dense=True,
        item=item(found.item, visit),
        days=_days(found, visit._),
        relations=[_relation(dict(row), directory) for row in found.relations],
        findings=[(each.value, name) for each, name in finding_names(visit._).items()],
    )


async def close(visit: Visit) -> Response:
    form, id = await visit.form(), visit.request.path_params["id"]
    finding = str(form.get("finding", ""))
    note = " ".join(str(form.get("note", "")).split())[:_MOST_NOTE]
    if finding not in list(Finding):
        raise refuse(422, "value", visit._("Choose what you found."))
    if not note:
        raise refuse(422, "required", visit._("Write in a sentence what you looked at and why you found so."))
    await ask_log.close_review(visit, id, finding, note)
    return redirect("/staff/reviews?done=1")


def item(task: Resource, visit: Visit) -> Item:
    """A review item in words."""
    _ = visit._
    found = next(
        (text(each, "code") for each in items(task, "businessStatus", "coding") if text(each, "system") == FINDING_SYSTEM), ""
    )
    due = when(text(task, "restriction", "period", "end"))
    return Item(
        id=text(task, "id"),
        at=when(text(task, "executionPeriod", "start")),
        due=due,
        late=not found and due is not None and due.at < visit.door.clock(),
        who=given(task, "name") or given(task, "employee"),
        origin=_origin(given(task, "origin"), _),
        patterns=tuple(pattern_names(_).get(each, each) for each in all_given(task, "pattern")),
        reason=text(task, "reasonCode", "text"),
        finding=finding_names(_).get(Finding(found), found) if found in list(Finding) else "",
        note=text(task, "note", "text"),
    )


def finding_names(_: Language) -> Mapping[Finding, str]:
    return {
        Finding.JUSTIFIED: _("The access was needed for the work"),
        Finding.EXPLAINED: _("It is explained, though not by the record"),
        Finding.BREACH: _("The access was not permitted: the person is told"),
    }


def pattern_names(_: Language) -> Mapping[str, str]:
    return {
        "same-surname": _("Same surname as the patient"),
        "own-record": _("The reader has the patient's name"),
        "colleague": _("The patient has a colleague's name"),
        "protected": _("Protected identity"),
        "celebrity": _("Publicly known person"),
        "many-readers": _("Many have read about the same person"),
        "no-relation": _("The unit had no care relation"),
    }


def _origin(origin: str, _: Language) -> str:
    lifted = _("A block was lifted")
    words = {"sample": _("Random sample"), "pattern": _("Unusual pattern"), "inner": lifted, "outer": lifted}
    return words.get(origin, _("Emergency opening"))


def _days(found: Evidence, _: Language) -> Sequence[Day]:
    return readings.days(readings.lines([dict(row) for row in found.rows], {}, _), _)


def _relation(row: Mapping[str, Any], directory: Mapping[str, str]) -> tuple[str, Any, Any]:
    return directory.get(row["unit"], row["unit"]), row["starts"], row["ends"]
