"""A joint plan as a page shows it and takes it back: who does what, what is ticked, the form to change it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kedja.discharge.plan import DOERS, PERSON, RELATIVE, Plan, Task, read
from kedja.portals.shared.ask_plans import Kept
from kedja.portals.shared.language import Language
from kedja.portals.shared.read import when

_MOST: Final = 30  # goals, and tasks, of one plan
_LINE: Final = 300
_SPARE: Final = 3  # empty lines that a form ends with


@dataclass(frozen=True, slots=True)
class Row:
    """A task with its doer in words, when it was ticked and by whom, and whether the visitor may tick it."""

    task: Task
    doer: str
    by: str
    at: datetime | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan at a version. `groups` are the doers with their tasks, in the order of DOERS."""

    id: str
    version: int
    plan: Plan
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    notes: tuple[tuple[str, str, datetime | None], ...]
    changed: datetime | None
    done: int


@dataclass(frozen=True, slots=True)
class Draft:
    """The form to change a plan: as the plan stands, or as it was sent."""

    title: str
    about: str
    goals: tuple[tuple[str, str], ...]
    tasks: tuple[tuple[str, str, str, str], ...]  # id, words, who, due


def shown(kept: Kept, own: frozenset[str], _: Language) -> Shown:
    """`own`: the doers that the visitor is."""
    plan = read(kept.resource)
    names = doers(_)
    groups = [
        (names[who], tuple(_row(task, names[who], who in own and plan.active) for task in plan.tasks if task.who == who))
        for who in DOERS
    ]
    notes = tuple((each.words, each.who, _at(each.at)) for each in plan.notes)
    changed = _at(str(kept.resource.get("meta", {}).get("lastUpdated", "")))
    done = sum(task.ticked is not None for task in plan.tasks)
    return Shown(kept.id, kept.version, plan, tuple(each for each in groups if each[1]), notes, changed, done)


def doers(_: Language) -> dict[str, str]:
    """Who may have something to do, in words."""
    return {
        PERSON: _("The person"),
        RELATIVE: _("Relatives"),
        "inpatient": _("Hospital ward"),
        "open-care": _("Region's open care"),
        "municipal-care": _("Municipal health care"),
        "social": _("Social services"),
    }


def draft(plan: Plan) -> Draft:
    tasks = ((task.id, task.words, task.who, task.due.isoformat() if task.due else "") for task in plan.tasks)
    return Draft(plan.title, plan.about, _spare(plan.goals), (*tasks, *((("", "", PERSON, ""),) * _SPARE)))


def sent(form: Mapping[str, str]) -> Draft:
    """A form as it was sent: `goal-N`, `goal-id-N`, `task-N`, `task-id-N`, `who-N`, `due-N`."""
    goals = [(_line(form, f"goal-id-{n}"), _line(form, f"goal-{n}")) for n in range(_MOST) if f"goal-{n}" in form]
    tasks = [
        (_line(form, f"task-id-{n}"), _line(form, f"task-{n}"), _line(form, f"who-{n}"), _line(form, f"due-{n}"))
        for n in range(_MOST)
        if f"task-{n}" in form
    ]
    return Draft(_line(form, "title"), str(form.get("about", "")).strip()[:2000], tuple(goals), tuple(tasks))


def wanted(given: Draft, _: Language) -> tuple[Sequence[tuple[str, str]], Sequence[Task]] | str:
    """The goals and tasks of a form, or what is wrong with it. Lines without words are left out."""
    if not given.title:
        return _("Give the plan a name.")
    tasks: list[Task] = []
    for id, words, who, due in given.tasks:
        if not words:
            continue
        try:
            until = date.fromisoformat(due) if due else None
        except ValueError:
            return _("Write the day as 2026-12-24, or leave it empty.")
        if who not in DOERS:
            return _("Say who does each thing.")
        tasks.append(Task(id, words, who, until))
    return [(id, words) for id, words in given.goals if words], tasks


def _spare(goals: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return (*goals, *((("", ""),) * _SPARE))


def _row(task: Task, doer: str, mine: bool) -> Row:
    by, at = task.ticked or ("", "")
    return Row(task, doer, by, _at(at), mine)


def _at(value: str) -> datetime | None:
    found = when(value)
    return found.at if found else None


def _line(form: Mapping[str, str], name: str) -> str:
    return " ".join(str(form.get(name, "")).split())[:_LINE]
