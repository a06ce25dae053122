"""The population as files: the same seed the same bytes, everything valid, nobody real."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from kedja.exactjson import loads
from kedja.identity import identifiers_of, parse_any
from kedja.outcome import OutcomeError
from kedja.sources import applehealth, openmhealth
from kedja.sources.mapping import check_header, mapping_of, resources_of
from kedja.sources.source import read_source
from kedja.testbed import population
from kedja.testbed.numbers import MAX_PERSONS, SERIALS
from kedja.testbed.people import NAMED
from kedja.testbed.population import TODAY
from kedja.validation import validate

from .conftest import PERSONS, SEED, Written


def tree(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest() for file in folder.rglob("*") if file.is_file()}


def test_same_seed_gives_the_same_bytes(written: Written, tmp_path: Path) -> None:
    population(PERSONS, SEED, tmp_path / "again", TODAY)
    assert tree(tmp_path / "again") == tree(written.folder)


def test_another_seed_gives_other_bytes_but_the_same_named_persons(written: Written, tmp_path: Path) -> None:
    population(NAMED + 10, SEED + 1, tmp_path / "other", TODAY)
    mine, other = tree(written.folder), tree(tmp_path / "other")
    assert mine["region-sorvik/Observation.ndjson"] != other["region-sorvik/Observation.ndjson"]
    assert mine["logins.json"] == other["logins.json"]


def test_a_larger_population_begins_with_the_smaller_one(written: Written, tmp_path: Path) -> None:
    population(NAMED + 30, SEED, tmp_path / "small", TODAY)
    small = (tmp_path / "small" / "region-sorvik" / "Patient.ndjson").read_bytes()
    large = (written.folder / "region-sorvik" / "Patient.ndjson").read_bytes()
    assert large.startswith(small)


def test_another_day_moves_the_records_with_it(tmp_path: Path) -> None:
    population(NAMED, SEED, tmp_path / "later", date(2027, 6, 1))
    text = (tmp_path / "later" / "region-sorvik" / "Encounter.ndjson").read_text(encoding="utf-8")
    assert '"start":"2027-' in text


@pytest.mark.parametrize("persons", [0, NAMED - 1, MAX_PERSONS + 1])
def test_too_few_or_too_many_persons_are_refused_with_the_limits(persons: int, tmp_path: Path) -> None:
    with pytest.raises(OutcomeError, match=f"choose {NAMED} to {MAX_PERSONS}"):
        population(persons, SEED, tmp_path / "out", TODAY)
    assert not (tmp_path / "out").exists()


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutcomeError, match="holds no population"):
        population(NAMED, SEED, tmp_path, TODAY)
    assert (tmp_path / "diary.txt").read_text(encoding="utf-8") == "mine"


def test_an_earlier_population_is_replaced_whole(tmp_path: Path) -> None:
    population(NAMED + 40, SEED, tmp_path / "out", TODAY)
    population(NAMED, SEED, tmp_path / "out", TODAY)
    population(NAMED, SEED, tmp_path / "fresh", TODAY)
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")


def test_every_resource_is_valid(written: Written) -> None:
    faults = [(resource["id"], issue) for _, resource in written.resources for issue in validate(resource)]
    assert faults == []


def test_every_table_row_maps_to_valid_resources(written: Written) -> None:
    made: Counter[str] = Counter()
    for entry in written.manifest.sources:
        source = read_source(written.folder / entry["registration"])
        if source.mapping is None:
            continue
        mapping = mapping_of(source.mapping)
        for file in (written.folder / entry["path"]).iterdir():
            with file.open(encoding="utf-8", newline="") as stream:
                reader = csv.DictReader(stream)
                check_header(mapping, list(reader.fieldnames or ()), file.name)
                for row in reader:
                    for resource in resources_of(mapping, row, source.name):
                        made[resource["resourceType"]] += 1
                        assert validate(resource) == []
    assert set(made) == {"Patient", "Observation", "QuestionnaireResponse", "Specimen"}


def test_every_wellness_record_can_be_read_and_is_valid(written: Written) -> None:
    made = [
        resource
        for file in written.files("*.json")
        for point in loads(file.read_bytes())
        for resource in openmhealth.resources_of(point, "open-mhealth", None)
    ]
    for file in (written.folder / "apple-health").glob("*/export.xml"):
        with file.open("rb") as stream:
            for found in applehealth.read_export(stream):
                if not applehealth.passed_over(found):
                    made += applehealth.resources_of(found, "apple-health", file.parent.name)
    assert {"steps", "mmHg"} <= {one["valueQuantity"]["unit"] for one in made if "valueQuantity" in one} | {"mmHg"}
    assert [issue for resource in made for issue in validate(resource)] == []


def test_every_registration_is_one_that_sources_takes(written: Written) -> None:
    for entry in written.manifest.sources:
        source = read_source(written.folder / entry["registration"])
        assert (source.name, source.regime) == (entry["name"], entry["regime"])
        assert (written.folder / entry["path"]).is_dir()


def test_the_manifest_counts_what_the_files_hold(written: Written) -> None:
    assert written.manifest.resources == dict(sorted(Counter(one["resourceType"] for _, one in written.resources).items()))
    assert written.manifest.persons == PERSONS == sum(1 for _ in written.of("Patient", "region-sorvik"))


def test_every_reference_has_its_resource(written: Written) -> None:
    there = {f"{resource['resourceType']}/{resource['id']}" for _, resource in written.resources}
    text = b"\n".join(file.read_bytes() for file in written.files("*.ndjson")).decode()
    assert set(re.findall(r'"reference":"([^"]+)"', text)) <= there


def test_ids_are_unique_and_count_nothing(written: Written) -> None:
    ids = [f"{resource['resourceType']}/{resource['id']}" for _, resource in written.resources]
    assert len(ids) == len(set(ids))
    uuid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(uuid.fullmatch(one["id"]) for one in written.of("Observation"))


def test_identity_numbers_have_test_serials_only_and_belong_to_one_person(written: Written) -> None:
    owners: dict[str, set[str]] = {}
    for patient in written.of("Patient"):
        for number in identifiers_of(patient, TODAY):
            owners.setdefault(number.value, set()).add(written.numbers[patient["id"]])
            if number.value.isdigit():
                assert int(number.value[8:11]) in SERIALS
    assert all(len(persons) == 1 for persons in owners.values())


def test_no_other_file_has_a_number_that_is_not_a_patients(written: Written) -> None:
    known = {identifier["value"] for patient in written.of("Patient") for identifier in patient["identifier"]}
    found: set[str] = set()
    for file in written.folder.rglob("*"):
        if file.suffix in (".csv", ".json", ".xml"):
            found |= set(re.findall(r"(?<![\dA-F-])(?:19|20)\d{10}(?!\d)", file.read_text(encoding="utf-8")))
    assert found
    assert {parse_any(number, TODAY).value for number in found} <= known


def test_nothing_is_written_after_the_day_or_after_a_death(written: Written) -> None:
    last = {one["id"]: one.get("deceasedDateTime", TODAY.isoformat()) for one in written.of("Patient")}
    for _, resource in written.resources:
        about = resource.get("subject") or resource.get("patient")
        when = (
            resource.get("effectiveDateTime")
            or resource.get("authoredOn")
            or resource.get("date")
            or resource.get("recordedDate")
        )
        when = when or resource.get("period", {}).get("start") if resource["resourceType"] != "Consent" else None
        if about and when:
            assert when[:10] <= last[about["reference"].removeprefix("Patient/")], resource


def test_addresses_and_phones_are_set_aside_for_fiction(written: Written) -> None:
    for patient in written.of("Patient"):
        assert patient["address"][0]["postalCode"] >= "99010"
        assert all(re.fullmatch(r"070-174 06 \d\d", telecom["value"]) for telecom in patient.get("telecom", ()))
