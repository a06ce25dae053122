"""Wellness data: Open mHealth data points and Apple Health exports, the person's own."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from kedja import exactjson
from kedja.outcome import OutcomeError
from kedja.sources.applehealth import read_export
from kedja.sources.openmhealth import observation_of
from kedja.sources.wellness import measures, subject_of
from kedja.validation import validate
from tests.sources.conftest import ANNA, BO, FHIR, Land, counts, ndjson, patient

OMH = {"name": "omh", "kind": "open-mhealth", "regime": "wellness", "subject": {"by": "user-id"}}
APPLE = {"name": "apple", "kind": "apple-health", "regime": "wellness", "subject": {"by": "file"}}
ORIGIN = "https://kedja.example/fhir/CodeSystem/origin"
SCHEMAS = sorted(one.name for one in measures().values() if one.value or one.parts)


def point(name: str, body: dict[str, Any], user: str = ANNA, id: str = "p1", device: str = "") -> dict[str, Any]:
    made = {
        "id": id,
        "creation_date_time": "2026-03-01T10:00:00Z",
        "schema_id": {"namespace": "omh", "name": name, "version": "2.0"},
    }
    provenance = {"acquisition_provenance": {"source_name": device, "modality": "sensed"}} if device else {}
    return {"header": made | {"user_id": user} | provenance, "body": body}


def steps(count: int = 8000) -> dict[str, Any]:
    day = {"start_date_time": "2026-03-01T00:00:00+01:00", "end_date_time": "2026-03-02T00:00:00+01:00"}
    return {"step_count": {"value": count, "unit": "steps"}, "effective_time_frame": {"time_interval": day}}


def test_data_points_become_the_person_s_own_observations(land: Land):
    land.register(OMH)
    land.take(land.write("vc.ndjson", ndjson([patient("anna", ANNA)])))
    path = land.write(
        "omh.ndjson", ndjson([point("step-count", steps(), device="Klocka"), point("step-count", steps(), BO, "p2")])
    )
    assert counts(land.take(path, "omh")) == (2, 2, 0, 0)
    assert counts(land.take(path, "omh")) == (2, 0, 2, 0)
    [(body, regime, provider)] = land.rows(
        "SELECT body, regime, provider FROM resource r WHERE type = 'Observation'"
        " AND person = (SELECT person FROM resource WHERE id = 'anna')"
    )
    made = json.loads(body)
    assert (regime, provider) == ("wellness", "")
    assert made["code"]["coding"][0]["code"] == "41950-7"
    assert made["performer"] == [made["subject"]]
    assert made["meta"]["tag"][0]["system"] == ORIGIN
    assert (made["device"], made["method"]["text"]) == ({"display": "Klocka"}, "sensed")
    assert made["valueQuantity"] == {"value": 8000, "unit": "steps", "system": "http://unitsofmeasure.org", "code": "{steps}"}


def test_blood_pressure_is_a_panel_and_what_else_is_said_is_kept(land: Land):
    body = {
        "systolic_blood_pressure": {"value": 140, "unit": "mmHg"},
        "diastolic_blood_pressure": {"value": 90, "unit": "mmHg"},
        "effective_time_frame": {"date_time": "2026-03-01T07:10:00+01:00"},
        "body_posture": "sitting",
        "measurement_location": "left upper arm",
    }
    land.register(OMH)
    land.take(land.write("omh.json", json.dumps([point("blood-pressure", body)])), "omh")
    [(text,)] = land.rows("SELECT body FROM resource WHERE type = 'Observation'")
    made = json.loads(text)
    codes = {part["code"]["coding"][0]["code"]: part for part in made["component"]}
    assert codes["8480-6"]["valueQuantity"]["value"] == 140
    assert codes["8462-4"]["valueQuantity"]["code"] == "mm[Hg]"
    assert codes["body_posture"]["valueString"] == "sitting"
    assert made["bodySite"] == {"text": "left upper arm"}


@pytest.mark.parametrize(
    ("made", "code", "told"),
    [
        (point("step-cuont", steps()), "not-supported", "did you mean `step-count`"),
        (point("step-count", {}), "required", "body of the data point is empty"),
        (point("step-count", {"steps": 1}), "required", "lacks `step_count`"),
        (point("step-count", {"step_count": {"value": "many"}}), "structure", "`many` is no number"),
        (point("step-count", steps(), user="199001012386"), "value", "check digit"),
        ({"header": {}, "body": {"a": 1}}, "required", "schema_id"),
        ({"steps": 1}, "structure", "`header` and `body`"),
    ],
)
def test_a_bad_data_point_is_refused(land: Land, made: dict[str, Any], code: str, told: str):
    land.register(OMH)
    assert counts(land.take(land.write("omh.ndjson", ndjson([made, point("step-count", steps())])), "omh")) == (2, 1, 0, 1)
    issue = land.refused()[0]["outcome"]["issue"][0]
    assert issue["code"] == code
    assert told in issue["diagnostics"]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_published_example_of_the_schema_becomes_valid_fhir(shared: Any, schema: str):
    folder: Path = shared(f"data/openmhealth/test-data/omh/{schema}")
    examples = sorted(folder.glob("*/shouldPass/*.json"))
    assert examples
    for example in examples:
        body = exactjson.loads(example.read_bytes())
        assert validate(observation_of(schema, body, {}, "omh", subject_of("omh", ANNA))) == [], example


HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- some versions of the app write this
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation))>
]>
<HealthData locale="sv_SE">
 <ExportDate value="2026-03-02 08:00:00 +0100"/>
 <Me HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexFemale"/>
"""
COMMON = 'sourceName="Klocka" startDate="2026-03-01 07:10:00 +0100" endDate="2026-03-01 07:10:00 +0100"'
KIND = "HKQuantityTypeIdentifier"
PRESSURE = (
    f'<Record type="{KIND}BloodPressureSystolic" unit="mmHg" {COMMON} value="140"/>'
    f'<Record type="{KIND}BloodPressureDiastolic" unit="mmHg" {COMMON} value="90"/>'
)
RECORDS = f"""
 <Record type="{KIND}HeartRate" unit="count/min" {COMMON} value="61.5"><MetadataEntry key="HKWasUserEntered" value="1"/></Record>
 <Record type="{KIND}OxygenSaturation" unit="%" {COMMON} value="0.975"/>
 <Record type="HKCategoryTypeIdentifierSleepAnalysis" {COMMON} value="HKCategoryValueSleepAnalysisAsleepDeep"/>
 <Record type="{KIND}DietaryCaffeine" unit="mg" {COMMON} value="80"/>
 {PRESSURE}
 <Correlation type="HKCorrelationTypeIdentifierBloodPressure" {COMMON}>{PRESSURE}</Correlation>
 <Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="31.5" durationUnit="min" {COMMON}/>
 <ActivitySummary dateComponents="2026-03-01"/>
"""


def test_an_apple_health_export_is_read(land: Land):
    land.register(APPLE)
    path = land.write(f"{ANNA}.xml", HEAD + RECORDS + "</HealthData>\n")
    assert counts(land.take(path, "apple")) == (6, 6, 0, 0)
    assert counts(land.take(path, "apple")) == (6, 0, 6, 0)
    made = [json.loads(body) for (body,) in land.rows("SELECT body FROM resource WHERE type = 'Observation'")]
    by_code = {one["code"]["coding"][0]["code"]: one for one in made}
    pulse = by_code["8867-4"]["valueQuantity"]
    assert (pulse["value"], pulse["unit"], pulse["code"]) == (61.5, "count/min", "/min")
    assert by_code["8867-4"]["method"] == {"text": "self-reported"}
    assert by_code["2708-6"]["valueQuantity"]["value"] == 97.5
    assert by_code[f"{KIND}DietaryCaffeine"]["valueQuantity"] == {"value": 80, "unit": "mg"}
    assert [part["valueQuantity"]["value"] for part in by_code["85354-9"]["component"]] == [140, 90]
    assert by_code["73985-4"]["valueCodeableConcept"]["text"] == "Running"
    assert by_code["8867-4"]["effectiveDateTime"] == "2026-03-01T07:10:00+01:00"
    assert land.rows("SELECT DISTINCT i.value FROM resource r JOIN person_identifier i ON i.person = r.person") == [(ANNA,)]


def test_a_bad_element_is_refused_with_its_line(land: Land):
    land.register(APPLE)
    bad = f' <Record type="{KIND}HeartRate" {COMMON} value="fast"/>\n <ClinicalRecord type="Allergy"/>\n'
    report = land.take(land.write(f"{ANNA}.xml", HEAD + bad + RECORDS + "</HealthData>\n"), "apple")
    assert counts(report) == (8, 6, 0, 2)
    assert [reject["line"] for reject in land.refused()] == [9, 10]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('<!DOCTYPE HealthData [<!ENTITY a "b">]><HealthData><Record type="&a;"/></HealthData>', "undefined entity"),
        ("<html/>", "no Apple Health export"),
        ("<HealthData><Record></HealthData>", "not XML"),
        ("<HealthData>", "not XML"),
        ("<!DOCTYPE HealthData [", "does not end"),
    ],
)
def test_what_is_no_export_is_refused(text: str, told: str):
    with pytest.raises(OutcomeError, match=told):
        list(read_export(io.BytesIO(text.encode())))


def test_the_folder_may_say_whose_the_files_are(land: Land):
    land.register(APPLE | {"subject": {"by": "folder"}})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in (ANNA, BO):
            archive.writestr(f"{number}/export.xml", HEAD + RECORDS + "</HealthData>\n")
    assert counts(land.take(land.write("all.zip", packed.getvalue()), "apple")) == (12, 12, 0, 0)
    found = land.rows(
        "SELECT i.value, count(*) FROM resource r JOIN person_identifier i ON i.person = r.person GROUP BY 1 ORDER BY 1"
    )
    assert found == [(BO, 7), (ANNA, 7)]


def test_a_file_that_names_nobody_is_refused(land: Land):
    land.register(APPLE)
    report = land.take(land.write("export.xml", HEAD + RECORDS + "</HealthData>\n"), "apple")
    assert counts(report) == (6, 0, 0, 6)
    assert "personnummer" in json.dumps(land.refused()[0])


def test_wellness_data_never_touch_what_care_wrote(land: Land):
    land.register(OMH | {"provider": FHIR["provider"]})
    land.take(land.write("vc.ndjson", ndjson([patient("anna", ANNA)])))
    before = land.rows("SELECT key, version, body FROM resource WHERE source = 'vc'")
    land.take(land.write("omh.ndjson", ndjson([point("step-count", steps())])), "omh")
    assert land.rows("SELECT key, version, body FROM resource WHERE source = 'vc'") == before
