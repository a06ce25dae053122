"""What stands in a chart over longer times: conditions, episodes of care, plans, medicines, vaccinations, allergies."""

from __future__ import annotations

from datetime import date, timedelta

from kedja.testbed import fhir
from kedja.testbed.chart import Chart
from kedja.testbed.clock import WINDOW_DAYS, instant, weekday
from kedja.testbed.courses import Course, Medicine, Vaccine
from kedja.testbed.people import Affliction
from kedja.testbed.region import Staff, Unit
from kedja.testbed.streams import chance

_LEADERS = {"home_help": "care_worker", "home_nursing": "nurse", "primary": "gp"}


def leader(chart: Chart, unit: Unit) -> Staff:
    """Who answers for plans and prescriptions at a unit."""
    return chart.staff(unit, _LEADERS.get(unit.role, "physician"))


def conditions(chart: Chart, affliction: Affliction) -> None:
    course = affliction.course
    if not course.diagnosis:
        return
    unit = chart.unit(course.diagnosis_at)
    subject, code = chart.subject(unit.source), fhir.concept(fhir.ICD, *course.diagnosis)
    active = not course.acute or (chart.today - affliction.debut).days < 180
    start = instant(affliction.debut, 9 * 60)
    resource = fhir.condition(subject, code, "problem-list-item", active, start, fhir.staff_reference(leader(chart, unit)))
    chart.add(unit, resource)


def episodes(chart: Chart, affliction: Affliction) -> None:
    for episode in affliction.course.episodes:
        start = weekday(affliction.debut + timedelta(days=episode.first))
        end = min(affliction.debut + timedelta(days=episode.until), chart.end)
        if start < chart.end:
            unit = chart.unit(episode.at)
            closed = end.isoformat() if end < chart.today else None
            chart.add(unit, fhir.episode(chart.subject(unit.source), unit, episode.name, start.isoformat(), closed))


def family_doctor(chart: Chart) -> None:
    """A lasting contact with a doctor of the health centre, for those who have asked for one."""
    if chart.person.special.get("family_doctor"):
        unit = chart.unit("primary")
        start = weekday(chart.today - timedelta(days=700)).isoformat()
        resource = fhir.episode(chart.subject(unit.source), unit, "Fast läkarkontakt", start, None)
        chart.add(unit, resource | {"careManager": fhir.staff_reference(leader(chart, unit))})


def plans(chart: Chart, affliction: Affliction) -> None:
    for plan in affliction.course.plans:
        start = weekday(affliction.debut + timedelta(days=plan.first))
        if start < chart.end:
            unit = chart.unit(plan.at)
            end = chart.person.died.isoformat() if chart.person.died else None
            staff = leader(chart, unit)
            subject = chart.subject(unit.source)
            chart.add(unit, fhir.care_plan(subject, unit, staff, plan.title, plan.text, start.isoformat(), end))


def medicine_renewals(chart: Chart, affliction: Affliction) -> None:
    """Lasting medicines are prescribed anew each year, so that the list of any year has one active order of each."""
    earliest = chart.today - timedelta(days=WINDOW_DAYS)
    for medicine in affliction.course.medicines:
        start = affliction.debut + timedelta(days=medicine.first)
        if not chance(chart.rng, medicine.share) or start >= chart.end:
            continue
        if medicine.mark:
            chart.marks.add(medicine.mark)
        unit = chart.unit(medicine.at)
        while start + timedelta(days=365) < earliest:
            start += timedelta(days=365)
        while start < chart.end:
            prescribe(chart, medicine, unit, leader(chart, unit), weekday(start), until=start + timedelta(days=365))
            start += timedelta(days=365)


def prescribe(chart: Chart, medicine: Medicine, unit: Unit, staff: Staff, day: date, until: date | None = None) -> None:
    if day > chart.end:
        return
    ends = until or day + timedelta(days=medicine.days)
    status = "completed" if ends <= chart.end else ("stopped" if chart.person.died else "active")
    at = instant(day, 9 * 60 + 20)
    chart.add(unit, fhir.medication_request(chart.subject(unit.source), medicine, at, staff, status))


def allergies(chart: Chart, course: Course) -> None:
    """By chance; named persons have those that are said of them."""
    unit = chart.unit("primary")
    recorder = fhir.staff_reference(leader(chart, unit))
    wanted = chart.person.special.get("allergies", ()) if chart.person.key else None
    for allergy in course.allergies:
        has, day = chance(chart.rng, allergy.share), chart.rng.randint(100, WINDOW_DAYS)
        at = instant(max(chart.today - timedelta(days=day), chart.person.born), 10 * 60)
        if has if wanted is None else allergy.code in wanted:
            chart.add(unit, fhir.allergy(chart.subject(unit.source), allergy, at, recorder))


def vaccinations(chart: Chart, course: Course) -> None:
    for vaccine in course.vaccines:
        for day in _vaccine_days(chart, vaccine):
            if chance(chart.rng, vaccine.share) and chart.today - timedelta(days=WINDOW_DAYS) <= day <= chart.end:
                unit = chart.unit("primary")
                resource = fhir.immunization(chart.subject(unit.source), vaccine.code, vaccine.name, instant(day, 600), unit)
                chart.add(unit, resource)


def _vaccine_days(chart: Chart, vaccine: Vaccine) -> list[date]:
    born, rng = chart.person.born, chart.rng
    if vaccine.at_age >= 0:
        return [weekday(date(born.year + vaccine.at_age, min(born.month, 11), 5) + timedelta(days=rng.randint(20, 300)))]
    days = [
        weekday(date(year, rng.choice(vaccine.months), rng.randint(1, 28)))
        for year in range(chart.today.year - 5, chart.today.year + 1)
    ]
    return [day for day in days if vaccine.from_age <= chart.person.age(day) < vaccine.to_age]
