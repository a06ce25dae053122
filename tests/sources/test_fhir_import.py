"""FHIR deliveries: files of every form, patients first, precise refusals, the same store each time."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from kedja.outcome import OutcomeError
from tests.sources.conftest import ANNA, BO, FHIR, PROVIDER, UNIT, Land, counts, ndjson, observation, patient

BATCH = [observation("o1", "anna"), patient("anna", ANNA), observation("o2", "bo"), patient("bo", BO)]


def bundle(*entries: dict[str, Any], type_name: str = "transaction") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": type_name, "entry": list(entries)}


def entry(resource: dict[str, Any], method: str = "POST", url: str | None = None) -> dict[str, Any]:
    request = {"method": method, "url": resource["resourceType"]}
    return {"fullUrl": url or f"urn:uuid:{resource['id']}", "resource": resource, "request": request}


def test_patients_come_before_what_refers_to_them_whatever_the_order(land: Land):
    assert counts(land.take(land.write("all.ndjson", ndjson(BATCH)))) == (4, 4, 0, 0)
    rows = land.rows("SELECT id, person, regime, provider, unit, source FROM resource WHERE type = 'Observation' ORDER BY id")
    persons = dict(land.rows("SELECT value, person FROM person_identifier"))
    assert rows == [("o1", persons[ANNA], "health", PROVIDER, UNIT, "vc"), ("o2", persons[BO], "health", PROVIDER, UNIT, "vc")]


def test_a_delivery_that_is_run_twice_leaves_the_same_store(land: Land):
    path = land.write("all.ndjson", ndjson(BATCH))
    land.take(path)
    before = land.store()
    assert counts(land.take(path)) == (4, 0, 4, 0)
    assert land.store() == before
    copy = land.write("copy/again.ndjson.gz", gzip.compress(ndjson(BATCH).encode()))
    assert counts(land.take(copy)) == (4, 0, 4, 0)
    assert land.store() == before
    assert land.rows("SELECT count(*) FROM resource_history") == [(0,)]


def test_key_order_and_server_meta_are_no_change_but_a_digit_is(land: Land):
    land.take(land.write("1.ndjson", ndjson(BATCH)))
    turned = [dict(reversed(list(resource.items()))) | {"meta": {"versionId": "9"}} for resource in BATCH]
    assert counts(land.take(land.write("2.ndjson", ndjson(turned)))) == (4, 0, 4, 0)
    precise = ndjson(BATCH).replace('"value": 50,', '"value": 50.0,')
    assert counts(land.take(land.write("3.ndjson", precise))) == (4, 2, 2, 0)
    assert land.rows("SELECT version FROM resource WHERE id = 'o1'") == [(2,)]
    assert '"value":50.0' in land.rows("SELECT body FROM resource WHERE id = 'o1'")[0][0]


def test_an_old_file_does_not_undo_a_newer_one(land: Land):
    january = land.write("1-january.ndjson", ndjson([patient("anna", ANNA), observation("o1", "anna", 50)]))
    land.take(january)
    land.take(land.write("2-february.ndjson", ndjson([observation("o1", "anna", 60)])))
    assert counts(land.take(january)) == (2, 0, 2, 0)
    assert '"value":60' in land.rows("SELECT body FROM resource WHERE id = 'o1'")[0][0]


def test_the_later_line_of_one_resource_holds_with_any_number_of_workers(land: Land):
    lines = [patient("anna", ANNA)] + [observation(f"o{n % 7}", "anna", n) for n in range(2000)]
    land.take(land.write("many.ndjson", ndjson(lines)), workers=3)
    found = land.rows("SELECT id, body FROM resource WHERE type = 'Observation'")
    assert {id: json.loads(body)["valueQuantity"]["value"] for id, body in found} == {f"o{n % 7}": n for n in range(1993, 2000)}


def forms() -> dict[str, bytes]:
    plain = ndjson(BATCH).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/observations.ndjson", ndjson([BATCH[0], BATCH[2]]))
        archive.writestr("b/patients.json.gz", gzip.compress(json.dumps([BATCH[1], BATCH[3]]).encode()))
        archive.writestr("README.txt", "not data")
        archive.writestr("__MACOSX/._observations.ndjson", b"\0")
    entries = [entry(resource, "PUT") for resource in BATCH]
    return {
        "lines.ndjson": plain,
        "windows.ndjson": b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n\r\n"),
        "lines.jsonl.gz": gzip.compress(plain),
        "array.json": json.dumps(BATCH, indent=1).encode(),
        "bundle.json": json.dumps(bundle(*entries), indent=2).encode(),
        "bundles.ndjson": ndjson([bundle(*entries[:1]), bundle(*entries[1:], type_name="collection")]).encode(),
        "delivery.zip": packed.getvalue(),
    }


@pytest.mark.parametrize("name", list(forms()))
def test_every_form_of_file_gives_the_same_store(land: Land, name: str):
    assert counts(land.take(land.write(name, forms()[name]))) == (4, 4, 0, 0)
    assert land.rows("SELECT type, id FROM resource ORDER BY type, id") == sorted((r["resourceType"], r["id"]) for r in BATCH)


def test_a_folder_is_taken_with_all_folders_in_it(land: Land):
    land.write("in/b/observations.ndjson", ndjson([BATCH[0], BATCH[2]]))
    land.write("in/c/patients.ndjson", ndjson([BATCH[1], BATCH[3]]))
    land.write("in/README.md", "not data")
    report = land.take(land.folder / "in")
    assert (report.files, counts(report)) == (2, (4, 4, 0, 0))


def test_a_post_entry_creates_but_never_replaces(land: Land):
    land.write("in/a.json", json.dumps(bundle(entry(patient("anna", ANNA, active=True)), entry(observation("o1", "anna", 99)))))
    land.write("in/b.ndjson", ndjson([patient("anna", ANNA), observation("o1", "anna", 50)]))
    assert counts(land.take(land.folder / "in")) == (4, 2, 2, 0)
    assert '"value":50' in land.rows("SELECT body FROM resource WHERE id = 'o1'")[0][0]
    assert land.rows("SELECT max(version) FROM resource") == [(1,)]


@pytest.mark.parametrize("padding", [0, 17 * 1024 * 1024])
def test_references_within_a_bundle_become_those_of_the_store(land: Land, padding: int):
    about = observation("o1", "anna") | {
        "subject": {"reference": "urn:uuid:0f5e"},
        "note": [{"text": 'say \\"reference\\": \\"urn:uuid:0f5e\\"'}],
    }
    filler = [entry(observation(f"f{n}", "anna") | {"note": [{"text": "x" * 1000}]}) for n in range(padding // 1300)]
    made = bundle(entry(about), *filler, entry(patient("anna", ANNA), url="urn:uuid:0f5e"))
    report = land.take(land.write("bundle.json", json.dumps(made)))
    assert counts(report) == (2 + len(filler), 2 + len(filler), 0, 0)
    [(body,)] = land.rows("SELECT body FROM resource WHERE id = 'o1'")
    assert json.loads(body)["subject"] == {"reference": "Patient/anna"}
    assert "urn:uuid:0f5e" in json.loads(body)["note"][0]["text"]


def test_a_resource_without_an_id_gets_the_same_one_each_time(land: Land):
    bare = {name: value for name, value in patient("x", ANNA).items() if name != "id"}
    assert counts(land.take(land.write("1.ndjson", ndjson([bare])))) == (1, 1, 0, 0)
    assert counts(land.take(land.write("2.ndjson", ndjson([bare | {"active": True}])))) == (1, 1, 0, 0)
    assert land.rows("SELECT version FROM resource") == [(2,)]


REFUSALS = [
    ('{"resourceType": "Patient", "id": "p",', "structure", "not JSON"),
    ('{"resourceType": "Patient", "id": "p", "id": "q"}', "structure", "stands twice"),
    ("[1, 2]", "structure", "no JSON object"),
    ('{"resourceType": "Patiant", "id": "p"}', "structure", "did you mean `Patient`"),
    ('{"resourceType": "Patient", "id": "p", "brithDate": "1990-01-01"}', None, "birthDate"),
    ('{"resourceType": "Patient", "id": "p", "birthDate": "1990-13-41"}', None, "birthDate"),
    (json.dumps(patient("p", "199001012386")), "value", "check digit"),
    (json.dumps(observation("o", "nobody")), "not-found", "Patient/nobody"),
    ("\\u0000".join(['{"resourceType": "Patient", "id": "p", "name": [{"text": "a', '"}]}']), "value", "NUL"),
    ('{"a":' * 5000 + "1" + "}" * 5000, "structure", "deep"),
    ('{"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "DELETE"}}]}', "not-supported", "DELETE"),
    ('{"resourceType": "Bundle", "type": "batch", "entry": [{"fullUrl": "urn:x"}]}', "required", "no resource"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "code", "told"), REFUSALS)
def test_a_bad_line_is_refused_with_its_number_and_reason_and_the_others_stay(land: Land, line: str, code: str | None, told: str):
    path = land.write("in.ndjson", ndjson([patient("anna", ANNA)]) + line + "\n" + ndjson([observation("o1", "anna")]))
    assert counts(land.take(path)) == (3, 2, 0, 1)
    [reject] = land.refused()
    issue = reject["outcome"]["issue"][0]
    assert (reject["file"], reject["line"]) == ("in.ndjson", 2)
    assert told in issue["diagnostics"] + " ".join(issue.get("expression", ()))
    assert code is None or issue["code"] == code


def test_bytes_that_are_no_text_are_refused_in_their_line(land: Land):
    path = land.write("in.ndjson", b'{"resourceType":"Patient","id":"a\xff"}\n' + ndjson([patient("anna", ANNA)]).encode())
    assert counts(land.take(path)) == (2, 1, 0, 1)
    assert "UTF-8" in json.dumps(land.refused()[0]["outcome"])


def test_a_line_that_is_too_long_is_passed_by(land: Land):
    long = b'{"resourceType":"Patient","id":"long","language":"' + b"x" * (17 * 1024 * 1024) + b'"}\n'
    path = land.write("in.ndjson", long + ndjson([patient("anna", ANNA)]).encode())
    assert counts(land.take(path, workers=0)) == (2, 1, 0, 1)
    assert (land.refused()[0]["line"], land.refused()[0]["outcome"]["issue"][0]["code"]) == (1, "too-long")


def test_a_file_that_breaks_off_keeps_what_came_before(land: Land):
    whole = gzip.compress(ndjson([patient("anna", ANNA), *(observation(f"o{n}", "anna", n) for n in range(3000))]).encode(), 1)
    report = land.take(land.write("cut.ndjson.gz", whole[: len(whole) // 2]))
    assert report.counts["stored"] > 100
    assert report.counts["refused"] == 1
    assert "cannot be read further" in json.dumps(land.refused()[0])


def test_a_fault_that_was_corrected_is_taken_in_by_the_next_run(land: Land):
    land.take(land.write("1.ndjson", ndjson([observation("o1", "anna")])))
    assert len(land.refused()) == 1
    land.take(land.write("2.ndjson", ndjson([patient("anna", ANNA)])))
    assert land.refused() == []
    assert counts(land.take(land.folder / "1.ndjson")) == (1, 1, 0, 0)


def test_records_of_two_sources_about_one_person_meet(land: Land):
    land.register(FHIR | {"name": "hospital", "unit": "SE2399999999-1020"})
    land.take(land.write("vc.ndjson", ndjson([patient("anna", ANNA), observation("o1", "anna")])))
    land.take(
        land.write("hospital.ndjson", ndjson([patient("h-17", f"{ANNA[2:8]}-{ANNA[8:]}"), observation("h-1", "h-17")])),
        "hospital",
    )
    assert land.rows("SELECT count(DISTINCT person), count(*) FROM resource") == [(1, 4)]
    assert f'"value":"{ANNA}"' in land.rows("SELECT body FROM resource WHERE id = 'h-17'")[0][0]


def test_sources_never_overwrite_each_other(land: Land):
    land.register(FHIR | {"name": "hospital"})
    path = land.write("in.ndjson", ndjson([patient("anna", ANNA)]))
    land.take(path)
    assert counts(land.take(path, "hospital")) == (1, 0, 0, 1)
    assert "came from `vc`" in json.dumps(land.refused())


def test_a_patient_of_another_source_is_no_subject_unless_the_registration_says_so(land: Land):
    land.register(FHIR | {"name": "hospital"})
    land.take(land.write("vc.ndjson", ndjson([patient("1", ANNA)])))
    own = land.write("hospital.ndjson", ndjson([patient("1", BO), observation("h-1", "1")]))
    assert counts(land.take(own, "hospital")) == (2, 0, 0, 2)
    assert land.rows("SELECT count(*) FROM person_identifier") == [(1,)]
    land.register(FHIR | {"name": "consents", "patients-of": ["vc"]})
    assert counts(land.take(land.write("more.ndjson", ndjson([observation("c-1", "1")])), "consents")) == (1, 1, 0, 0)


def test_numbers_of_two_persons_in_one_patient_are_refused_and_so_is_what_refers_to_it(land: Land):
    land.take(land.write("1.ndjson", ndjson([patient("anna", ANNA), patient("bo", BO)])))
    mixed = patient("mixed", ANNA)
    mixed["identifier"].append({"system": mixed["identifier"][0]["system"], "value": BO})
    report = land.take(land.write("2.ndjson", ndjson([mixed, observation("o", "mixed"), observation("o1", "anna")])))
    assert counts(report) == (3, 1, 0, 2)
    assert land.rows("SELECT count(*) FROM person") == [(2,)]


def test_a_changed_registration_moves_what_is_stored(land: Land):
    path = land.write("in.ndjson", ndjson([patient("anna", ANNA), observation("o1", "anna")]))
    land.take(path)
    assert land.register(FHIR | {"unit": "SE2399999999-1020"}) == "replaced"
    assert counts(land.take(path)) == (2, 2, 0, 0)
    assert land.rows("SELECT DISTINCT unit, version FROM resource") == [("SE2399999999-1020", 2)]


def test_types_that_the_source_does_not_deliver_are_refused(land: Land):
    land.register(FHIR | {"types": ["Patient"]})
    assert counts(land.take(land.write("in.ndjson", ndjson(BATCH)))) == (4, 2, 0, 2)


def test_the_log_says_what_was_imported_about_whom(land: Land):
    land.take(land.write("in.ndjson", ndjson(BATCH)))
    found = land.rows(
        "SELECT l.action, l.detail, a.actor, l.resources FROM access_log l JOIN log_actor a ON a.key = l.actor"
        " WHERE l.person <> 0"
    )
    assert {(action, detail, actor) for action, detail, actor, _ in found} == {("import", "vc", "source:vc")}
    assert sorted(one for row in found for one in row[3]) == sorted(f"{r['resourceType']}/{r['id']}/_history/1" for r in BATCH)


@pytest.mark.parametrize(
    ("source", "name", "told"),
    [
        ("nobody", "in.ndjson", "not registered"),
        ("vc", "nothing.ndjson", "is not there"),
        ("vc", "in.pdf", "has no file for a source"),
    ],
)
def test_what_cannot_be_imported_is_said_before_anything_is_read(land: Land, source: str, name: str, told: str):
    land.write("in.ndjson", ndjson(BATCH))
    land.write("in.pdf", "%PDF")
    with pytest.raises(OutcomeError, match=told):
        land.take(land.folder / name, source)


def test_every_synthea_patient_with_allergies_comes_in(land: Land, shared: Any):
    folder: Path = shared("data/synthea")
    for name in ("Patient", "AllergyIntolerance", "Organization"):
        land.write(f"in/{name}.ndjson.gz", (folder / f"{name}.ndjson.gz").read_bytes())
    assert counts(land.take(land.folder / "in")) == (615 + 374 + 102, 615 + 374 + 102, 0, 0)
    assert land.rows("SELECT count(*) FROM person") == [(615,)]
