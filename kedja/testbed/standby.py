"""What is asked for when somebody cannot answer: who looks after them at home, limits of care, warnings, the medication list.

Named persons alone have it, as data/persons.toml says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from kedja.testbed import fhir
from kedja.testbed.chart import Chart
from kedja.testbed.clock import instant, weekday
from kedja.testbed.region import Staff, Unit
from kedja.testbed.standing import leader
from kedja.testbed.streams import stream

Resource = dict[str, Any]
LIST = "lakemedelslistan"
_FLAG_CATEGORY = f"{fhir.THO}/flag-category"
_SCT = "http://snomed.info/sct"
_EVERY = 90  # days between withdrawals at the pharmacy


def stand_by(chart: Chart) -> None:
    """Writes what data/persons.toml says of this person."""
    said = chart.person.special
    if at_home := said.get("home_nursing"):
        _home_nursing(chart, at_home)
    for row in said.get("flags", ()):
        _flag(chart, row)
    if said.get("medication_list"):
        _medication_list(chart)


def _home_nursing(chart: Chart, row: dict[str, Any]) -> None:
    """Taken on by the municipality's home nursing: the episode, what is done there, and whom one may call."""
    unit = chart.unit("home_nursing")
    subject, nurse, since = chart.subject(unit.source), leader(chart, unit), _ago(chart, row["days_ago"])
    chart.add(unit, fhir.episode(subject, unit, "Inskriven i hemsjukvården", since, None))
    chart.add(unit, fhir.care_plan(subject, unit, nurse, "Vårdplan hemsjukvård", row["plan"], since, None))
    chart.add(unit, _care_team_resource(subject, unit, nurse, "Fast vårdkontakt", row["phone"], since))


def _flag(chart: Chart, row: dict[str, Any]) -> None:
    """`category` is a code of R4's flag-category: `advance-directive` for limits of care."""
    unit = chart.unit(row["at"])
    code = fhir.concept(_SCT, row.get("code", ""), row["text"])
    category = {"coding": [{"system": _FLAG_CATEGORY, "code": row["category"]}]}
    chart.add(unit, _flag_resource(chart.subject(unit.source), category, code, leader(chart, unit), _ago(chart, row["days_ago"])))


def _medication_list(chart: Chart) -> None:
    """The national list: each prescription in use, whoever wrote it, and what was withdrawn on it."""
    subject, rng = chart.subject(LIST), stream(chart.seed, "withdrawals", chart.person.key)
    orders = [one for _, one in chart.records if one["resourceType"] == "MedicationRequest" and one["status"] == "active"]
    for order in orders:
        copied = {name: value for name, value in order.items() if name not in ("id", "meta", "subject")}
        listed = chart.addition(LIST, copied | {"subject": subject})
        for day in _withdrawals(chart, date.fromisoformat(order["authoredOn"][:10]), rng.randint(0, 40)):
            chart.addition(LIST, _dispense_resource(subject, order, f"MedicationRequest/{listed}", instant(day, 16 * 60 + 10)))


def _withdrawals(chart: Chart, start: date, ago: int) -> Iterator[date]:
    """The last one so many days ago, and those before it, since the prescription."""
    day = weekday(chart.today - timedelta(days=ago + 3))
    while day >= start:
        yield day
        day = weekday(day - timedelta(days=_EVERY))


def _ago(chart: Chart, days: int) -> str:
    return weekday(chart.today - timedelta(days=days)).isoformat()


def _flag_resource(subject: Resource, category: Resource, code: Resource, author: Staff, start: str) -> Resource:
    return {
        "resourceType": "Flag",
        "status": "active",
        "category": [category],
        "code": code,
        "subject": subject,
        "period": {"start": start},
        "author": fhir.staff_reference(author),
    }


def _care_team_resource(subject: Resource, unit: Unit, staff: Staff, role: str, phone: str, start: str) -> Resource:
    """Who answers for somebody's care at a unit, and where they are called."""
    return {
        "resourceType": "CareTeam",
        "status": "active",
        "name": unit.name,
        "subject": subject,
        "period": {"start": start},
        "participant": [{"role": [{"text": role}], "member": fhir.staff_reference(staff)}],
        "managingOrganization": [fhir.unit_reference(unit)],
        "telecom": [{"system": "phone", "value": phone, "use": "work"}],
    }


def _dispense_resource(subject: Resource, order: Resource, prescription: str, at: str) -> Resource:
    """What a pharmacy handed out on a prescription."""
    return {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "medicationCodeableConcept": order["medicationCodeableConcept"],
        "subject": subject,
        "authorizingPrescription": [{"reference": prescription}],
        "whenHandedOver": at,
        "dosageInstruction": order["dosageInstruction"],
    }
