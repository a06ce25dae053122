"""Registry and biobank tables through mapping files: checked whole before a row is read, row by row after."""

from __future__ import annotations

import copy
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from kedja.outcome import OutcomeError
from kedja.sources.mapping import mapping_of, resources_of
from kedja.sources.source import read_source, read_toml
from kedja.validation import validate
from tests.sources.conftest import ANNA, BO, FHIR, PROVIDER, Land, counts, ndjson, patient

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "sources.md"
MAPPING: dict[str, Any] = tomllib.loads("""
[table]
key = ["id"]
delimiter = ";"
decimal = ","
missing = ["NA"]

[columns]
id = "text"
who = "person"
day = "date"
hba1c = "decimal"
type = "text"
drugs = { type = "text", optional = true }
at = { type = "dateTime", optional = true }

[codes.type]
1 = { system = "https://www.icd10.se/", code = "E10.9" }
2 = { system = "https://www.icd10.se/", code = "E11.9" }

[person]
column = "who"

[[resource]]
name = "hba1c"
when = ["hba1c"]
[resource.body]
resourceType = "Observation"
status = "final"
subject = { to = "person" }
code = { coding = [{ system = "urn:oid:1.2.752.108.1", code = "NPU27300" }] }
effectiveDateTime = { column = "day" }
valueQuantity = { value = { column = "hba1c" }, unit = "mmol/mol" }
interpretation = [{ text = { column = "type", default = "unknown" } }]

[[resource]]
name = "diagnosis"
when = ["type"]
[resource.body]
resourceType = "Condition"
subject = { to = "person" }
recordedDate = { column = "day" }
code = { coding = [{ column = "type", codes = "type" }] }
evidence = [{ detail = [{ to = "hba1c" }] }]
note = [{ text = { column = "at" } }]

[[resource]]
name = "drug"
repeat = { column = "drugs", split = "|" }
[resource.body]
resourceType = "MedicationStatement"
status = "active"
subject = { to = "person" }
medicationCodeableConcept = { coding = [{ system = "http://www.whocc.no/atc", code = { item = "" } }] }
""")
REGISTRY = {"name": "registry", "kind": "table", "regime": "registry", "provider": PROVIDER, "mapping": MAPPING}
HEAD = "id;who;day;hba1c;type;drugs;at\n"
ROWS = f"1;{ANNA};2026-02-03;52,0;2;A10BA02|A10BH01;2026-02-03 10:15\n2;{BO[:8]}-{BO[8:]};20260204;NA;1;;\n"


@pytest.fixture
def registry(land: Land) -> Land:
    land.register(REGISTRY)
    return land


def test_a_row_becomes_its_resources_and_meets_the_person_of_other_sources(registry: Land):
    registry.take(registry.write("vc.ndjson", ndjson([patient("anna", ANNA)])))
    assert counts(registry.take(registry.write("in.csv", HEAD + ROWS), "registry")) == (2, 2, 0, 0)
    found = registry.rows("SELECT type, regime, count(*), count(DISTINCT person) FROM resource GROUP BY 1, 2 ORDER BY 1, 2")
    assert found == [
        ("Condition", "registry", 2, 2),
        ("MedicationStatement", "registry", 2, 1),
        ("Observation", "registry", 1, 1),
        ("Patient", "health", 1, 1),
        ("Patient", "registry", 2, 2),
    ]
    assert registry.rows("SELECT count(*) FROM person") == [(2,)]
    [(body,)] = registry.rows("SELECT body FROM resource WHERE type = 'Observation'")
    assert re.search('"value":52.0[,}]', body)
    conditions = [json.loads(body) for (body,) in registry.rows("SELECT body FROM resource WHERE type = 'Condition'")]
    assert sorted(condition["code"]["coding"][0]["code"] for condition in conditions) == ["E10.9", "E11.9"]
    notes = [condition["note"] for condition in conditions if "note" in condition]
    assert notes == [[{"text": "2026-02-03T10:15:00+01:00"}]]


def test_a_table_that_is_run_twice_or_sorted_otherwise_leaves_the_same_store(registry: Land):
    path = registry.write("in.csv", HEAD + ROWS)
    registry.take(path, "registry")
    before = registry.store()
    assert counts(registry.take(path, "registry")) == (2, 0, 2, 0)
    turned = "".join(reversed(ROWS.splitlines(keepends=True)))
    assert counts(registry.take(registry.write("other.csv", HEAD + turned), "registry")) == (2, 0, 2, 0)
    assert registry.store() == before


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (f"3;{ANNA[:-1]}x;2026-02-03;52;2;;", "column `who`"),
        (f"3;{ANNA};2026-02-30;52;2;;", "column `day`: `2026-02-30` is no date"),
        (f"3;{ANNA};2026-02-03;52.x;2;;", "column `hba1c`: `52.x` is no number"),
        (f"3;{ANNA};2026-02-03;52;7;;", "`type` does not know `7`; it knows `1`, `2`"),
        (f";{ANNA};2026-02-03;52;2;;", "`id` is empty, but it is part of the key"),
        ("3;;2026-02-03;52;2;;", "does not say whose it is"),
        (f"3;{ANNA};2026-02-03;52", "4 cells, but the header has 7"),
        (f"3;{ANNA};2026-02-03;52;2;\x00;", "a NUL"),
        (f"3;{ANNA};2026-02-03;52;2;\udcff;", "bytes that are not text"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_column(registry: Land, row: str, told: str):
    text = (HEAD + ROWS + row + "\n").encode("utf-8", "surrogateescape")
    assert counts(registry.take(registry.write("in.csv", text), "registry")) == (3, 2, 0, 1)
    [reject] = registry.refused()
    assert reject["line"] == 4
    assert told in json.dumps(reject["outcome"], ensure_ascii=False)


def test_a_mapping_that_names_a_column_that_is_not_there_is_refused_before_anything_is_read(registry: Land):
    path = registry.write("in.csv", HEAD.replace("hba1c", "HbA1c_IFCC").replace("who", "person") + ROWS)
    with pytest.raises(OutcomeError) as refusal:
        registry.take(path, "registry")
    told = [issue.diagnostics for issue in refusal.value.issues]
    assert any("no column `hba1c`" in line and "`HbA1c_IFCC`" in line for line in told)
    assert any("no column `who`" in line for line in told)
    assert registry.rows("SELECT count(*) FROM resource") == [(0,)]


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (("resource", 0, "body", "effectiveDateTime", "column"), "dya", "does not declare `dya`; did you mean `day`"),
        (("resource", 0, "body", "valueQuantitty"), {"value": 1}, "no element `valueQuantitty`; did you mean `valueQuantity`"),
        (("resource", 0, "body", "resourceType"), "Obsevation", "did you mean `Observation`"),
        (("resource", 1, "body", "code", "coding", 0, "codes"), "typ", "no code map `typ`; did you mean `type`"),
        (("resource", 1, "body", "evidence", 0, "detail", 0, "to"), "hba1", "did you mean `hba1c`"),
        (("resource", 0, "wen"), ["hba1c"], "did you mean `when`"),
        (("resource", 1, "name"), "hba1c", "that no other has"),
        (("columns", "day"), "dat", "did you mean `date`"),
        (("table", "key"), ["idd"], "does not declare `idd`; did you mean `id`"),
        (("table", "delimeter"), ";", "did you mean `delimiter`"),
        (("person", "column"), "id", "must be declared as `person`"),
        (("resource", 2, "repeat", "column"), "drug", "did you mean `drugs`"),
        (("resource", 0, "body", "status"), {"column": "type", "code": "type"}, "takes no `code`; did you mean `codes`"),
    ],
)
def test_a_faulty_mapping_is_refused_with_what_was_meant(place: tuple[Any, ...], value: Any, told: str):
    mapping = copy.deepcopy(MAPPING)
    *path, last = place
    node: Any = mapping
    for step in path:
        node = node[step]
    node[last] = value
    with pytest.raises(OutcomeError) as refusal:
        mapping_of(mapping)
    assert any(told in issue.diagnostics for issue in refusal.value.issues)


def test_an_object_vanishes_with_its_places():
    mapping = mapping_of(MAPPING)
    cells = {"id": "1", "who": ANNA, "day": "2026-02-03", "hba1c": "NA", "type": "2"}
    _, condition = resources_of(mapping, cells, "registry")
    assert "evidence" not in condition
    assert "note" not in condition
    _, made, *_ = resources_of(mapping, cells | {"hba1c": "48,50", "type": ""}, "registry")
    assert str(made["valueQuantity"]["value"]) == "48.50"
    assert made["interpretation"] == [{"text": "unknown"}]


def test_parquet_gives_what_csv_gives(registry: Land):
    duckdb = pytest.importorskip("duckdb", reason="Parquet is read by DuckDB, an optional part")
    path = registry.folder / "in.parquet"
    duckdb.execute(
        "COPY (SELECT 1 AS id, $who AS who, DATE '2026-02-03' AS day, 52.5::DECIMAL(6,1) AS hba1c, 2 AS type,"
        f" NULL AS drugs, TIMESTAMP '2026-02-03 10:15:00' AS at) TO '{path}' (FORMAT parquet)",
        {"who": ANNA},
    )
    definition = copy.deepcopy(REGISTRY)
    definition["mapping"]["table"]["decimal"] = "."
    registry.register(definition)
    assert counts(registry.take(path, "registry")) == (1, 1, 0, 0)
    [(body,)] = registry.rows("SELECT body FROM resource WHERE type = 'Observation'")
    assert re.search('"value":52.5[,}]', body)
    with pytest.raises(OutcomeError, match="cannot be read as Parquet"):
        registry.take(registry.write("bad.parquet", b"PAR1 no"), "registry")


BIOBANK = "sample_id,personnummer,sample_type,creation_time,storage_temperature,sprec_type,sprec_container,sprec_precentrifugation,sprec_centrifugation_1,sprec_post_delay,sprec_centrifugation_2,sprec_storage,content_diagnosis,use_restrictions,consent_reference,legal_basis,collecting_unit\n"  # noqa: E501
SAMPLE = (
    f"S-1,{ANNA},Plasma,2026-02-03 10:15,-60to-85,PL1,PED,A,B,A,N,A,E11.9|I10.9,no-commercial,C-7,BBL 4:7,SE2399999999-1020\n"
)


def test_a_biobank_s_sample_becomes_a_specimen_with_its_links(land: Land):
    lines = ['name = "biobank"', 'kind = "table"', 'regime = "biobank"', f'provider = "{PROVIDER}"', "unit-from-tag = true"]
    source = land.write("biobank.toml", "\n".join([*lines, 'mapping = "shipped:biobank-samples"']))
    land.register(read_source(source).definition)
    bad = SAMPLE.replace("S-1", "S-2").replace("PL1", "PLASMA").replace("-60to-85", "-70")
    assert counts(land.take(land.write("in.csv", BIOBANK + SAMPLE + bad), "biobank")) == (2, 1, 0, 1)
    [(body, regime, unit)] = land.rows("SELECT body, regime, unit FROM resource WHERE type = 'Specimen'")
    specimen = json.loads(body)
    assert (regime, unit, specimen["collection"]["collectedDateTime"]) == (
        "biobank",
        "SE2399999999-1020",
        "2026-02-03T10:15:00+01:00",
    )
    sprec = specimen["processing"][1]["extension"][0]["extension"]
    assert [one["valueCode"] for one in sprec] == ["PL1", "PED", "A", "B", "A", "N", "A"]
    diagnoses = [one for one in specimen["extension"] if one["url"].endswith("sample-diagnosis")]
    assert [one["valueCodeableConcept"]["coding"][0]["code"] for one in diagnoses] == ["E11.9", "I10.9"]
    assert "sprec_type" in json.dumps(land.refused()[0])


def test_the_worked_example_of_the_documentation_holds(tmp_path: Path):
    blocks = re.findall(r"```\w*\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "diabetes.mapping.toml").write_text(
        next(b for b in blocks if "diabetes.mapping.toml\n" in b.partition("\n")[0] + "\n")
    )
    (tmp_path / "source.toml").write_text(next(b for b in blocks if b.startswith('name = "diabetes-registry"')))
    header, row = next(b for b in blocks if b.startswith("report_id;")).split()
    source = read_source(tmp_path / "source.toml")
    assert source.mapping is not None
    made = resources_of(mapping_of(source.mapping), dict(zip(header.split(";"), row.split(";"))), source.name)
    assert [resource["resourceType"] for resource in made] == ["Patient", "Observation", "Condition"]
    assert [validate(resource) for resource in made] == [[], [], []]
    assert str(made[1]["valueQuantity"]["value"]) == "52.0"
    assert made[2]["evidence"] == [{"detail": [{"reference": f"Observation/{made[1]['id']}"}]}]
    fhir = tmp_path / "vc.toml"
    fhir.write_text(next(b for b in blocks if b.startswith("# sorvik-vc.toml")))
    assert read_source(fhir).unit_from_tag


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": "fihr"}, "`kind` is `fihr`"),
        ({"regime": "healt"}, "`regime` is `healt`"),
        ({"name": "VC 1"}, "`name` must be"),
        ({"provider": ""}, "`provider` is missing"),
        ({"unit": "1010"}, "no HSA-id"),
        ({"uint": "1"}, "did you mean `unit`"),
        ({"types": ["Patiant"]}, "did you mean `Patient`"),
        ({"labels": ["protectd"]}, "did you mean `protected`"),
        ({"types": 5}, "`types` must be a list"),
        ({"kind": "table"}, "needs a `mapping`"),
        ({"kind": "open-mhealth"}, "say whose the files are"),
        ({"subject": {"by": "file"}}, "takes no `subject`"),
        ({"kind": "apple-health", "subject": {"by": "user-id"}}, "has no user id"),
        ({"kind": "apple-health", "subject": {"by": "fixed"}}, "`subject.number` is missing"),
    ],
)
def test_a_faulty_registration_is_refused_with_what_was_meant(land: Land, changes: dict[str, Any], told: str):
    with pytest.raises(OutcomeError) as refusal:
        land.register(FHIR | changes)
    assert any(told in issue.diagnostics for issue in refusal.value.issues)


def test_a_registration_file_that_is_wrong_says_where(tmp_path: Path):
    bad = tmp_path / "bad.toml"
    bad.write_text('name = "vc"\nkind = fhir\n')
    with pytest.raises(OutcomeError, match=r"line 2"):
        read_source(bad)
    bad.write_text('name = "vc"\nkind = "table"\nmapping = "shipped:biobank"\n')
    with pytest.raises(OutcomeError, match="did you mean `biobank-samples`"):
        read_source(bad)
    with pytest.raises(OutcomeError, match="cannot be read"):
        read_toml(tmp_path / "none.toml")


def test_registering_again_says_what_changed(land: Land):
    assert land.register(FHIR) == "unchanged"
    assert land.register(FHIR | {"title": "Vårdcentralen"}) == "replaced"
    assert land.register(FHIR | {"name": "other"}) == "registered"
