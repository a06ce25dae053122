"""A person's life with care: the courses' contacts, in the order of their days, written into the chart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kedja.testbed import fhir
from kedja.testbed.body import Value, spoken
from kedja.testbed.chart import Chart, Reading
from kedja.testbed.clock import WINDOW_DAYS, instant, weekday
from kedja.testbed.courses import Contact, load_courses, load_shared, load_variables
from kedja.testbed.people import Affliction
from kedja.testbed.region import Staff, Unit
from kedja.testbed.standing import (
    allergies,
    conditions,
    episodes,
    family_doctor,
    medicine_renewals,
    plans,
    prescribe,
    vaccinations,
)
from kedja.testbed.streams import chance


@dataclass(frozen=True, slots=True)
class Visit:
    """One contact of a course on one day."""

    day: date
    contact: Contact
    affliction: Affliction


def live(chart: Chart) -> None:
    """Fills the chart: what stands (conditions, episodes, plans, medicines), then every visit in its order."""
    chart.subject("region-sorvik")
    for affliction in chart.person.courses:
        conditions(chart, affliction)
        episodes(chart, affliction)
        plans(chart, affliction)
        medicine_renewals(chart, affliction)
    family_doctor(chart)
    allergies(chart, load_courses()["healthy"])
    for affliction in chart.person.courses:
        vaccinations(chart, affliction.course)
    for visit in sorted(_visits(chart), key=lambda visit: visit.day):
        if visit.contact.arrival:
            _arrive(chart, visit)
        _write(chart, visit, minutes=8 * 60 + chart.rng.randrange(0, 480, 5))


def _visits(chart: Chart) -> Iterator[Visit]:
    for affliction in chart.person.courses:
        for contact in affliction.course.contacts:
            for day in _days(chart, affliction, contact):
                yield Visit(day, contact, affliction)


def _days(chart: Chart, affliction: Affliction, contact: Contact) -> Iterator[date]:
    """The days of a contact: from its first day after the debut, every so often, inside the window and the person's life."""
    person, rng = chart.person, chart.rng
    earliest = max(chart.today - timedelta(days=WINDOW_DAYS), person.born)
    for count in range(contact.times):
        after = contact.first + count * contact.every
        planned = affliction.debut + timedelta(days=after)
        if after > contact.until or planned > chart.end:
            return
        if planned < earliest:
            continue
        day = planned + timedelta(days=rng.randint(-contact.jitter, contact.jitter))
        day = day if contact.kind in ("EMER", "IMP") or contact.at == "emergency" else weekday(day)
        happens = chance(rng, contact.chance) or contact.id in person.special.get("certain", ())
        if happens and earliest <= day <= chart.end and _concerns(chart, contact, day):
            yield day


def _concerns(chart: Chart, contact: Contact, day: date) -> bool:
    return contact.from_age <= chart.person.age(day) < contact.to_age and contact.sex in ("", chart.person.sex)


def _arrive(chart: Chart, visit: Visit) -> None:
    for place, contact in enumerate(load_shared().arrival):
        reasoned = Visit(visit.day, contact, visit.affliction)
        if contact.at != visit.contact.at:
            _write(chart, reasoned, minutes=60 + 75 * place, reason=visit.contact.reason)


def _write(chart: Chart, visit: Visit, minutes: int, reason: str = "") -> None:
    contact, unit = visit.contact, chart.unit(visit.contact.at)
    staff = chart.staff(unit, contact.staff)
    start = instant(visit.day, minutes)
    last = min(visit.day + timedelta(days=contact.days), chart.end)
    end = instant(last, min(minutes + 35, 1439)) if last == visit.day else instant(last, 14 * 60)
    reason = reason or contact.reason
    code = {"text": reason} if len(contact.diagnosis) < 2 else fhir.concept(fhir.ICD, *contact.diagnosis) | {"text": reason}
    meeting = fhir.encounter(chart.subject(unit.source), unit, staff, contact.kind, start, end, code)
    encounter = chart.add(unit, meeting)
    reading = _measure(chart, visit, unit, minutes, encounter)
    _act(chart, visit, unit, staff, reading, start)
    _document(chart, contact, unit, staff, reading, reason, end)
    if contact.mark:
        chart.marks.add(contact.mark)


def _measure(chart: Chart, visit: Visit, unit: Unit, minutes: int, encounter: str) -> Reading:
    contact, variables = visit.contact, load_variables()
    at = instant(visit.day, minutes + 10)
    values: dict[str, Value] = {}
    observations: dict[str, str] = {}
    for key in contact.measures:
        variable = variables[key]
        observation = fhir.observation(chart.subject(unit.source), variable, at, unit)
        observation["encounter"] = {"reference": f"Encounter/{encounter}"}
        for part in variable.parts or (key,):
            values[part] = chart.body.measure(variables[part], visit.day, chart.rng)
        if variable.parts:
            observation["component"] = [
                {"code": fhir.variable_code(variables[part]), "valueQuantity": fhir.quantity(variables[part], values[part])}
                for part in variable.parts
            ]
        else:
            observation["valueQuantity"] = fhir.quantity(variable, values[key])
            if bounds := fhir.reference_range(variable):
                observation["referenceRange"] = bounds
        observations[key] = chart.add(unit, observation)
    sample = chance(chart.rng, contact.sample)
    reading = Reading(visit.day, at, unit, visit.affliction.course.id, encounter, values, observations, contact.registry, sample)
    chart.readings.append(reading)
    return reading


def _act(chart: Chart, visit: Visit, unit: Unit, staff: Staff, reading: Reading, start: str) -> None:
    subject, contact, shared = chart.subject(unit.source), visit.contact, load_shared()
    about = {"encounter": {"reference": f"Encounter/{reading.encounter}"}}
    for key in contact.procedures:
        row = shared.procedures[key]
        chart.add(unit, fhir.procedure(subject, row.get("code", ""), row["display"], reading.at, staff) | about)
    if contact.diagnosis:
        code = fhir.concept(fhir.ICD, *contact.diagnosis)
        chart.add(unit, fhir.condition(subject, code, "encounter-diagnosis", False, start, fhir.staff_reference(staff)) | about)
    for key in contact.medicines:
        prescribe(chart, shared.medicines[key], unit, staff, visit.day)
    if contact.refer:
        chart.add(unit, fhir.referral(subject, contact.reason, reading.at, staff, chart.unit(contact.refer)) | about)


def _document(chart: Chart, contact: Contact, unit: Unit, staff: Staff, reading: Reading, reason: str, at: str) -> None:
    if not contact.notes:
        return
    values = {key: spoken(value) for key, value in reading.values.items()}
    text = chart.next_note(contact).format(reason=reason.lower(), **values)
    kind = "" if unit.regime == "social" else ("slu" if contact.kind == "IMP" else "bes")
    resource = fhir.note(chart.subject(unit.source), unit, staff, kind, reason, text, at)
    if contact.masked:
        resource["meta"] = {"security": [{"system": fhir.ACT_CODE, "code": "NOPATIENT"}]}
    resource["context"] = {"encounter": [{"reference": f"Encounter/{reading.encounter}"}]}
    chart.add(unit, resource)
