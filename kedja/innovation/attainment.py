"""How far an action plan has come: each goal with its attainment and its activities. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kedja.innovation.entries import Values


@dataclass(frozen=True, slots=True)
class Activity:
    """`late`: its day has passed and it is not done, or it is said to be late."""

    called: str
    title: str
    state: str
    owner: str
    ends: date | None
    done: int
    late: bool
    cost: int
    spent: int
    goals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """`attained`: 0 to 100 of the way from the baseline to the target; None where it has no number. `work`: how much of its
    activities is done, None without any."""

    called: str
    title: str
    plan: str
    state: str
    owner: str
    measure: str
    baseline: int | None
    target: int | None
    now: int | None
    attained: int | None
    activities: tuple[Activity, ...]
    work: int | None


def attained(values: Values) -> int | None:
    """How much of the way from the baseline to the target is gone, whichever way it goes; 0 to 100."""
    baseline, target, now = values.get("baseline"), values.get("target"), values.get("now")
    if baseline is None or target is None or now is None:
        return None
    if target == baseline:
        return 100 if now == target else 0
    return max(0, min(100, round(100 * (now - baseline) / (target - baseline))))


def activity(called: str, state: str, values: Values, today: date) -> Activity:
    ends = date.fromisoformat(values["ends"]) if "ends" in values else None
    over = ends is not None and ends < today and state in ("planned", "running")
    done = 100 if state == "done" else values.get("done", 0)
    sums = (values.get("cost", 0), values.get("spent", 0))
    place = (called, values["title"], state, values["owner"], ends)
    return Activity(*place, done, over or state == "late", *sums, tuple(values["goals"]))


def goal(called: str, state: str, values: Values, activities: Sequence[Activity]) -> Goal:
    """A goal with those of the activities that contribute to it; what was dropped counts for nothing."""
    own = tuple(each for each in activities if called in each.goals)
    counted = [each.done for each in own if each.state != "dropped"]
    reached = 100 if state == "reached" else attained(values)
    baseline, target, now = values.get("baseline"), values.get("target"), values.get("now")
    words = (values["title"], values["plan"], state, values["owner"], values.get("measure", ""))
    work = round(sum(counted) / len(counted)) if counted else None
    return Goal(called, *words, baseline, target, now, reached, own, work)
