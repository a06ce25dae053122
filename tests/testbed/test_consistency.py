"""What is told of a person in one domain holds in the others."""

from __future__ import annotations

import csv
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from statistics import mean
from typing import Any

from kedja.exactjson import loads
from kedja.testbed.body import Body
from kedja.testbed.courses import load_variables
from kedja.testbed.people import Person, inhabitants
from kedja.testbed.population import TODAY
from kedja.testbed.region import load_region

from .conftest import PERSONS, SEED, Written

HBA1C = "NPU27300"


def rows(written: Written, registry: str) -> Iterator[dict[str, str]]:
    for file in sorted(written.folder.glob(f"{registry}*/*.csv")):
        with file.open(encoding="utf-8", newline="") as stream:
            yield from csv.DictReader(stream)


def journal_hba1c(written: Written) -> dict[tuple[str, str], int]:
    """The journals' HbA1c by person and day."""
    return {
        (written.numbers[one["subject"]["reference"][8:]], one["effectiveDateTime"][:10]): one["valueQuantity"]["value"]
        for one in written.of("Observation")
        if one["code"]["coding"][0]["code"] == HBA1C
    }


def expected(written: Written) -> dict[str, Any]:
    return loads((written.folder / "expected.json").read_bytes())


def people() -> list[Person]:
    return list(inhabitants(PERSONS, SEED, load_region(), TODAY))


def test_registry_and_journal_tell_the_same_hba1c_but_for_the_known_disagreements(written: Written) -> None:
    journal = journal_hba1c(written)
    differing = {
        (row["personnummer"], row["besoksdatum"], journal[row["personnummer"], row["besoksdatum"]], int(row["hba1c"]))
        for row in rows(written, "diabetesregistret")
        if journal[row["personnummer"], row["besoksdatum"]] != int(row["hba1c"])
    }
    told = {(one["person"], one["day"], one["journal"], one["registry"]) for one in expected(written)["disagreements"]}
    assert differing == told
    assert 0 < len(told) < 0.5 * sum(1 for _ in rows(written, "diabetesregistret"))


def test_a_registry_row_is_sent_by_the_unit_that_measured(written: Written) -> None:
    units = {
        (written.numbers[one["subject"]["reference"][8:]], one["effectiveDateTime"][:10]): one["performer"][0]["display"]
        for one in written.of("Observation")
        if one["code"]["coding"][0]["code"] == HBA1C
    }
    names = {unit.hsa: unit.name for unit in load_region().units.values()}
    for row in rows(written, "diabetesregistret"):
        assert names[row["enhet_hsa"]] == units[row["personnummer"], row["besoksdatum"]]


def test_astrid_disagrees_and_has_plasma_and_steps(written: Written) -> None:
    across = expected(written)["across"]
    astrid = next(one for one in across if one["patient"] == "astrid-region-sorvik")
    assert any(row["personnummer"] == astrid["person"] and row["sample_type"] == "Plasma" for row in rows(written, "biobank"))
    points = loads((written.folder / "open-mhealth" / f"{astrid['person']}.json").read_bytes())
    assert sum("step_count" in point["body"] for point in points) == 180


def test_samples_were_taken_at_a_contact_of_the_donor_on_that_day(written: Written) -> None:
    contacts = {one["id"]: one for one in written.of("Encounter")}
    samples = list(rows(written, "biobank"))
    assert samples
    for sample in samples:
        contact = contacts[sample["event_id"]]
        assert written.numbers[contact["subject"]["reference"][8:]] == sample["personnummer"]
        assert contact["period"]["start"][:10] == sample["event_date"]


def test_a_death_report_says_what_the_journal_says(written: Written) -> None:
    orders: dict[str, set[str]] = {}
    for order in written.of("MedicationRequest"):
        person = written.numbers[order["subject"]["reference"][8:]]
        orders.setdefault(person, set()).add(order["medicationCodeableConcept"]["coding"][0]["code"])
    deaths = {written.numbers[one["id"]]: one["deceasedDateTime"] for one in written.of("Patient") if "deceasedDateTime" in one}
    reports = list(rows(written, "palliativregistret"))
    assert {report["personnummer"]: report["dodsdatum"] for report in reports} == deaths
    for report in reports:
        assert (report["opioid_vid_behov"] == "1") == ("N02AA01" in orders[report["personnummer"]])
        assert (report["angestdampande_vid_behov"] == "1") == ("N05CD08" in orders[report["personnummer"]])


def test_every_course_in_psychiatric_care_has_a_swedish_note_there(written: Written) -> None:
    noted = {
        written.numbers[note["subject"]["reference"][8:]]
        for note in written.of("DocumentReference", "region-sorvik")
        if note["meta"]["tag"][0]["display"].startswith("Psykiatriska")
    }
    depressed = {one.number.value for one in people() if any(course.course.id == "depression" for course in one.courses)}
    assert depressed
    assert depressed <= noted


def test_a_note_tells_the_values_of_its_contact(written: Written) -> None:
    values = {
        one["encounter"]["reference"]: str(one["valueQuantity"]["value"])
        for one in written.of("Observation")
        if one["code"]["coding"][0]["code"] == HBA1C
    }
    told = 0
    for note in written.of("DocumentReference"):
        text = b64decode(note["content"][0]["attachment"]["data"]).decode()
        if "HbA1c" in text:
            assert f"HbA1c {values[note['context']['encounter'][0]['reference']]}" in text
            told += 1
    assert told


def test_steps_fall_with_a_hip_fracture_and_come_back_in_part() -> None:
    steps = load_variables()["steps"]
    broken = [(one, course) for one in people() for course in one.courses if course.course.id == "hip-fracture"]
    assert broken
    for person, course in broken:
        body = Body(person, SEED)
        before, after, later = (body.expected(steps, course.debut + timedelta(days=days)) for days in (-5, 10, 300))
        assert after < 0.2 * before < later < before


def test_diabetes_shows_in_the_blood() -> None:
    hba1c = load_variables()["hba1c"]
    values: dict[bool, list[float]] = {True: [], False: []}
    for person in people():
        sick = any(course.course.registry == "diabetes" and course.debut < TODAY for course in person.courses)
        values[sick].append(Body(person, SEED).expected(hba1c, TODAY))
    assert mean(values[True]) > mean(values[False]) + 10
