"""/innovation/cases/{id}/effect: baseline, measures, follow-ups, what is used, and signals of negative evidence."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kedja.gate import innovation_effect as gate
from kedja.gate.innovation_effect import Measure, Result
from kedja.innovation.effect import amount, reached, verdict
from kedja.portals.innovation.forms import day, needed, number, text, whole
from kedja.portals.shared.page import Visit, redirect, render

_LINE = 200


async def effect(visit: Visit) -> Response:
    case, found, may = await gate.effect(visit.door, visit.actor, visit.request.path_params["id"], visit.id)
    context = {"measures": [_measure(each) for each in found.measures], "things": found.things, "signals": found.signals}
    query = visit.request.query_params
    told = int(query["told"]) if query.get("told", "").isdecimal() and len(query["told"]) < 6 else -1
    return render(
        visit, "innovation/effect.html", case=case, may=may, done=query.get("done", ""), told=told, months=gate.MONTHS, **context
    )


async def measure(visit: Visit) -> Response:
    form, id, _ = await visit.form(), visit.request.path_params["id"], visit._
    given = Measure(
        name=needed(form, "name", _("Name what is measured."), _LINE),
        unit=text(form, "unit", _LINE),
        direction=text(form, "direction", _LINE),
        baseline=number(visit, form, "baseline"),
        baseline_day=day(visit, form, "baseline_day"),
        source=text(form, "source", _LINE),
        target=number(visit, form, "target"),
    )
    await gate.measure(visit.door, visit.actor, id, given, visit.id)
    return redirect(f"/innovation/cases/{id}/effect?done=measure")


async def result(visit: Visit) -> Response:
    form, id, _ = await visit.form(), visit.request.path_params["id"], visit._
    needed(form, "value", _("Write the value."), _LINE)
    value = number(visit, form, "value")
    assert value is not None  # it was needed
    given = Result(
        measure=whole(form, "measure"),
        months=whole(form, "months"),
        value=value,
        day=day(visit, form, "day") or visit.door.clock().date(),
        lessons=text(form, "lessons"),
        unwanted=text(form, "unwanted"),
    )
    told = await gate.result(visit.door, visit.actor, id, given, visit.id)
    return redirect(f"/innovation/cases/{id}/effect?done=result&told={told}")


async def uses(visit: Visit) -> Response:
    form, id = await visit.form(), visit.request.path_params["id"]
    name = needed(form, "name", visit._("Name what is used."), _LINE)
    await gate.uses(visit.door, visit.actor, id, name, text(form, "version", _LINE), visit.id)
    return redirect(f"/innovation/cases/{id}/effect?done=thing")


async def signal(visit: Visit) -> Response:
    form, id = await visit.form(), visit.request.path_params["id"]
    name = needed(form, "name", visit._("Choose what it is about."), _LINE)
    said = needed(form, "text", visit._("Write what others need to know."))
    told = await gate.signal(visit.door, visit.actor, id, name, said, visit.id)
    return redirect(f"/innovation/cases/{id}/effect?done=signal&told={told}")


async def answered(visit: Visit) -> Response:
    form, id = await visit.form(), visit.request.path_params["id"]
    said = needed(form, "text", visit._("Write what is done about it."))
    await gate.answered(visit.door, visit.actor, id, whole(form, "signal"), said, visit.id)
    return redirect(f"/innovation/cases/{id}/effect?done=answer")


def _measure(row: dict[str, Any]) -> dict[str, Any]:
    """With what its last result comes to."""
    last = row["results"][-1] if row["results"] else None
    value = amount(str(last["value"])) if last else None
    baseline, target = row["baseline"], row["target"]
    came = verdict(row["direction"], baseline, value) if value is not None and baseline is not None else ""
    there = value is not None and target is not None and reached(row["direction"], target, value)
    return {**row, "verdict": came, "reached": there}
