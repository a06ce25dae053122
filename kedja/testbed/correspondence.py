"""Forms that a health centre has asked a named person to answer, and messages between them, as data/persons.toml says."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from kedja.access.correspondence import form_request, handling, message
from kedja.forms.shipped import BASE, shipped
from kedja.testbed import fhir
from kedja.testbed.chart import Chart
from kedja.testbed.region import Unit
from kedja.testbed.standing import leader

Resource = dict[str, Any]


def correspond(chart: Chart) -> None:
    """Writes what is said of this person."""
    for row in chart.person.special.get("forms", ()):
        _ask(chart, row)
    for row in chart.person.special.get("threads", ()):
        _write(chart, row)


def _ask(chart: Chart, row: Resource) -> None:
    unit = chart.unit("primary")
    form = shipped(BASE + row["form"])
    assert form is not None
    task = form_request(
        patient=chart.subject(unit.source)["reference"],
        form=form.canonical,
        title=form.title.text,
        by=_by(chart, unit),
        now=_at(chart, row["days_ago"], 9),
        why=row.get("why", ""),
        due=(chart.today + timedelta(days=row["days"])).isoformat() if "days" in row else "",
    )
    chart.add(unit, task)


def _write(chart: Chart, row: Resource) -> None:
    """Messages in turn, the person's first; the last of them unanswered where it is the person's."""
    unit, words = chart.unit("primary"), row["words"]
    patient = chart.subject(unit.source)["reference"]
    place: Resource = {"identifier": {"system": fhir.HSA, "value": unit.hsa}, "display": unit.name}
    thread = ""
    for number, text in enumerate(words):
        mine = number % 2 == 0
        made = message(
            patient=patient,
            sender={"reference": patient} if mine else {"display": _by(chart, unit)},
            recipient=place if mine else {"reference": patient},
            topic=row["topic"],
            words=text,
            now=_at(chart, row["days_ago"] - number, 10 + number),
            thread=thread,
        )
        id = chart.add(unit, made)
        thread = thread or f"Communication/{id}"
    done = len(words) % 2 == 0
    task = handling(patient=patient, thread=thread, topic=row["topic"], unit=unit.hsa, now=_at(chart, row["days_ago"], 10))
    chart.add(unit, task | ({"status": "completed", "owner": {"display": leader(chart, unit).name}} if done else {}))


def _by(chart: Chart, unit: Unit) -> str:
    return f"{leader(chart, unit).name}, {unit.name}"


def _at(chart: Chart, days_ago: int, hour: int) -> datetime:
    return datetime.combine(chart.today - timedelta(days=max(0, days_ago)), time(hour, 15), UTC)
