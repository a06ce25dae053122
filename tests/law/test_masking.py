"""What is masked of a protected person: every place in every resource type, nothing else, and it can be put back."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kedja import exactjson, spec
from kedja.access.masking import MASKED, NARRATIVE, REDACTED, mask, wordless
from kedja.access.unmasking import restored
from kedja.discharge.messages import FIELD_URL
from kedja.outcome import OutcomeError
from kedja.spec.places import PLACES, asks_for_place
from kedja.validation.resource import validate

Json = dict[str, Any]
SEEDS = st.integers(0, 2**48)
PERSONAL = sorted(set(spec.TYPES) - PLACES - {"Bundle", "Parameters", "Binary"})
BY_PATH = {
    "BiologicallyDerivedProduct.collection.source",
    "Encounter.location.physicalType",
    "ServiceRequest.locationCode",
    "VerificationResult.targetLocation",
}
PRIMITIVE = {"boolean": True, "integer": 1, "positiveInt": 1, "unsignedInt": 1, "decimal": 1}


class Maker:
    """Resources with every element that R4 has, some of them; `SECRET` stands in places, `KEPT` elsewhere."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.number = 0
        self.secretly = False

    def word(self, kind: str) -> str:
        self.number += 1
        kind = "SECRET" if self.secretly else kind
        return f"{kind}-{self.number}"

    def resource(self, name: str) -> Json:
        made = {"resourceType": name, "id": "r1", "meta": {"versionId": "1", "security": [{"code": "R"}]}}
        return made | {key: value for key, value in self.element(name, 0).items() if key not in ("id", "meta")}

    def element(self, type_name: str, depth: int) -> Json:
        found: Json = {}
        for one in spec.elements(type_name).values():
            if one.name in ("contained", "id", "implicitRules") or self.rng.random() > (0.4 if depth < 3 else 0.1):
                continue
            outside, self.secretly = self.secretly, self.secretly or one.path in BY_PATH
            value = self.value(one, depth + 1)
            self.secretly = outside
            found[one.name] = [value] if one.is_list else value
        return found

    def value(self, one: spec.Element, depth: int) -> Any:
        if one.type in spec.PRIMITIVES:
            return PRIMITIVE.get(one.type) or self.word("KEPT")
        match one.type:
            case "Address":
                return {"city": self.word("SECRET"), "line": [self.word("SECRET")]}
            case "ContactPoint":
                return {"system": "phone", "value": self.word("SECRET")}
            case "Reference":
                return self.reference(one)
            case "Narrative":
                return {"status": "generated", "div": f"<div>{self.word('SECRET' if one.path.count('.') == 1 else 'KEPT')}</div>"}
            case "Extension" | "Resource" | "Meta":
                return {"url": "http://example.org/e", "valueString": self.word("KEPT")}
            case _ if depth > 5:
                return {"id": self.word("KEPT")}
            case _:
                return self.element(one.type, depth)

    def reference(self, one: spec.Element) -> Json:
        to_place = self.rng.random() < 0.5 and one.name not in ("manufacturer", "authority")
        name = self.rng.choice(sorted(PLACES)) if to_place else self.rng.choice(("Patient", "Practitioner", "Encounter"))
        kind = "SECRET" if to_place else "KEPT"
        return {"reference": f"{name}/{self.word(kind)}", "display": self.word(kind)}


def text(resource: Json) -> str:
    return exactjson.dumps(resource).decode()


def leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in leaves(one)]
    return [value] if isinstance(value, str) else []


@settings(max_examples=80, deadline=None)
@given(SEEDS, st.sampled_from(PERSONAL))
def test_no_place_is_left_in_any_type_and_all_else_is(seed: int, name: str) -> None:
    made = Maker(seed).resource(name)
    shown = text(mask(made))
    assert "SECRET" not in shown
    assert [
        leaf for leaf in leaves(made) if leaf.startswith("KEPT") and f'"{leaf}"' not in shown and f">{leaf}<" not in shown
    ] == []


@settings(max_examples=80, deadline=None)
@given(SEEDS, st.sampled_from(PERSONAL))
def test_what_is_sent_back_as_it_was_shown_is_what_stands(seed: int, name: str) -> None:
    made = Maker(seed).resource(name)
    assert restored(mask(made), made) == made


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.sampled_from(PERSONAL))
@example(134, "VerificationResult")
def test_masking_what_is_masked_takes_nothing_more(seed: int, name: str) -> None:
    shown = mask(Maker(seed).resource(name))
    again = mask(shown)
    assert {**again, "meta": shown["meta"]} == shown


PATIENT: Json = {
    "resourceType": "Patient",
    "id": "p1",
    "meta": {"security": [{"system": "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel", "code": "sekretessmarkering"}]},
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Storgatan 1</div>'},
    "contained": [{"resourceType": "Organization", "id": "1", "name": "Vårdcentralen"}],
    "identifier": [{"system": "urn:x", "value": "1", "assigner": {"display": "Region"}}],
    "name": [{"family": "Sjöberg"}],
    "telecom": [{"system": "phone", "value": "070"}, {"system": "email", "value": "a@b"}],
    "address": [{"city": "Sörvik"}, {"city": "Ort"}],
    "contact": [{"name": {"family": "Ek"}, "telecom": [{"system": "phone", "value": "071"}]}],
    "generalPractitioner": [{"reference": "#1"}, {"reference": "Practitioner/7", "display": "Dr Ek"}],
    "managingOrganization": {"reference": "https://other.example/fhir/Organization/9"},
}
ENCOUNTER: Json = {
    "resourceType": "Encounter",
    "id": "e1",
    "meta": {"source": "https://vc.example", "tag": [{"system": "urn:oid:1.2.752.29.4.19", "code": "SE1"}, {"code": "own"}]},
    "status": "finished",
    "class": {"code": "AMB"},
    "subject": {"identifier": {"value": "19121212"}},
    "location": [{"location": {"reference": "Location/1"}, "status": "active"}],
    "participant": [{"individual": {"reference": "PractitionerRole/2"}}, {"individual": {"reference": "Practitioner/3"}}],
    "serviceProvider": {"display": "Vårdcentralen"},
}


def test_the_masked_patient_keeps_who_they_are() -> None:
    shown = mask(PATIENT)
    assert shown["name"] == PATIENT["name"]
    assert shown["identifier"] == [{"system": "urn:x", "value": "1", "assigner": MASKED}]
    assert shown["telecom"] == shown["address"] == [MASKED]  # not even how many there are
    assert shown["contact"] == [{"name": {"family": "Ek"}, "telecom": [MASKED]}]
    assert shown["generalPractitioner"] == [MASKED, {"reference": "Practitioner/7", "display": "Dr Ek"}]
    assert shown["managingOrganization"] == MASKED
    assert shown["text"] == NARRATIVE
    assert "contained" not in shown
    assert shown["meta"]["security"] == [*PATIENT["meta"]["security"], REDACTED]


def test_the_masked_visit_keeps_what_was_done_and_who_did_it() -> None:
    shown = mask(ENCOUNTER)
    assert shown["subject"] == ENCOUNTER["subject"]
    assert shown["location"] == [{"location": MASKED, "status": "active"}]
    assert shown["participant"] == [{"individual": MASKED}, {"individual": {"reference": "Practitioner/3"}}]
    assert shown["serviceProvider"] == MASKED
    assert shown["meta"] == {"_source": MASKED, "tag": [MASKED, {"code": "own"}], "security": [REDACTED]}


@pytest.mark.parametrize("resource", [PATIENT, ENCOUNTER], ids=["Patient", "Encounter"])
def test_a_masked_resource_is_valid(resource: Json) -> None:
    assert validate(resource) == []
    assert validate(mask(resource)) == []


def test_a_change_beside_what_is_masked_is_stored_with_what_stood_there() -> None:
    shown = mask(PATIENT)
    changed = {**shown, "name": [{"family": "Ny"}], "generalPractitioner": [*shown["generalPractitioner"], {"display": "B"}]}
    whole = restored(changed, PATIENT)
    assert whole == {
        **PATIENT,
        "name": [{"family": "Ny"}],
        "generalPractitioner": [*PATIENT["generalPractitioner"], {"display": "B"}],
    }


def test_a_new_address_takes_the_place_of_those_that_are_masked_or_stands_beside_them() -> None:
    new = {"city": "Nyby"}
    assert restored({**mask(PATIENT), "address": [new]}, PATIENT)["address"] == [new]
    assert restored({**mask(PATIENT), "address": [MASKED, new]}, PATIENT)["address"] == [*PATIENT["address"], new]
    without = {name: value for name, value in mask(PATIENT).items() if name != "address"}
    assert "address" not in restored(without, PATIENT)


def test_a_mask_where_nothing_was_masked_is_refused_with_its_place() -> None:
    with pytest.raises(OutcomeError) as refused:
        restored({**mask(PATIENT), "maritalStatus": MASKED}, PATIENT)
    (issue,) = refused.value.issues
    assert (refused.value.status, issue.code, issue.expression) == (422, "business-rule", ("Patient.maritalStatus",))


@pytest.mark.parametrize(
    "resource_type, code",
    [
        ("Patient", "address-city"),
        ("Patient", "phone"),
        ("Patient", "email"),
        ("Patient", "organization"),
        ("Encounter", "location"),
        ("Encounter", "service-provider"),
        ("Appointment", "location"),
        ("Appointment", "slot"),
        ("Observation", "_content"),
        ("Observation", "_tag"),
        ("Observation", "_source"),
        ("Patient", "made-here"),
    ],
)
def test_a_parameter_of_a_place_is_known_as_one(resource_type: str, code: str) -> None:
    assert asks_for_place(resource_type, code)


@pytest.mark.parametrize(
    "resource_type, code",
    [("Patient", "name"), ("Patient", "identifier"), ("Encounter", "date"), ("Observation", "performer"), ("Observation", "_id")],
)
def test_a_parameter_of_anything_else_is_not(resource_type: str, code: str) -> None:
    assert not asks_for_place(resource_type, code)


def test_a_notice_to_who_acts_for_them_has_no_words_and_is_valid() -> None:
    notice = {
        "resourceType": "Communication",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "payload": [{"contentString": "Anna, läkare, Vårdcentralen"}, {"contentReference": {"reference": "Consent/1"}}],
    }
    shown = wordless(mask(notice))
    assert shown["payload"] == [{"_contentString": MASKED}, {"contentReference": {"reference": "Consent/1"}}]
    assert validate(shown) == []


def test_the_registered_address_in_a_notice_of_admission_is_masked_and_can_be_sent_back() -> None:
    parts = [
        {"extension": [{"url": FIELD_URL, "valueCode": field}], "contentString": words}
        for field, words in (("name", "Karin"), ("address", "Kvarngatan 7"))
    ]
    notice = {"resourceType": "Communication", "status": "completed", "payload": parts}
    shown = mask(notice)
    assert "Karin" in text(shown)
    assert "Kvarngatan" not in text(shown)
    assert restored(shown, notice) == notice
