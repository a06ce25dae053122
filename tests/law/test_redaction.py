"""What a rule lets be read in part is told without the rest, wherever in the resource the rest stands."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from kedja.access.compile import permit
from kedja.access.decide import decide
from kedja.access.evaluate import evaluate, permitting_rule
from kedja.access.redaction import betrayed, redact, redacting
from kedja.access.rule import Obligation
from kedja.access.rules import standard
from kedja.gate.shield import whole, without
from kedja.search.condition import AnyOf, Permit
from kedja.search.parse import parse
from kedja.search.resolve import resolve
from kedja.validation import validate
from tests.law.cases import book

REASON = {"coding": [{"system": "urn:oid:1.2.752.116.1.1.1", "code": "F32.1"}], "text": "Depression"}
PRESCRIPTION: dict[str, Any] = {
    "resourceType": "MedicationRequest",
    "id": "m1",
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Sertralin mot Depression</div>'},
    "contained": [
        {"resourceType": "Medication", "id": "drug", "code": {"text": "Sertralin"}},
        {"resourceType": "Condition", "id": "why", "subject": {"reference": "Patient/p"}, "code": REASON},
    ],
    "extension": [
        {"url": "https://example.org/ordinationsorsak", "valueCodeableConcept": REASON},
        {"url": "https://example.org/package", "valueString": "100 st"},
    ],
    "status": "active",
    "intent": "order",
    "medicationReference": {"reference": "#drug"},
    "subject": {"reference": "Patient/p", "display": "Astrid Lindqvist", "identifier": {"value": "199001012385"}},
    "authoredOn": "2026-01-05",
    "requester": {"display": "Anna Forsberg"},
    "reasonCode": [REASON],
    "reasonReference": [{"reference": "#why"}],
    "note": [{"text": "Depression, trappas upp"}],
    "dosageInstruction": [{"text": "1 tablett varje morgon"}],
}


def test_the_reason_is_nowhere_and_all_else_is_there() -> None:
    told = redact(PRESCRIPTION, (Obligation.MASK_REASON,))
    assert "epression" not in json.dumps(told) and "F32" not in json.dumps(told)
    assert told["dosageInstruction"] == PRESCRIPTION["dosageInstruction"]
    assert told["extension"] == PRESCRIPTION["extension"][1:]
    assert [one["id"] for one in told["contained"]] == ["drug"]
    assert told["requester"] == PRESCRIPTION["requester"]
    assert told["meta"]["security"][-1]["code"] == "REDACTED"
    assert not [issue for issue in validate(told) if issue.severity in ("error", "fatal")]


def test_only_what_was_prescribed_when_to_whom_is_told_of_special_medicines() -> None:
    told = redact(PRESCRIPTION, (Obligation.ONLY_THE_FACT,))
    assert set(told) == {
        *("resourceType", "id", "meta", "contained", "status", "intent", "medicationReference", "subject", "authoredOn"),
    }
    assert "epression" not in json.dumps(told)


def test_coded_data_name_nobody() -> None:
    told = redact(PRESCRIPTION, (Obligation.PSEUDONYM,))
    assert told["subject"] == {"reference": "Patient/p"}
    assert "Astrid" not in json.dumps(told) and "199001012385" not in json.dumps(told)
    person = {
        "resourceType": "Patient",
        "id": "p",
        "name": [{"family": "Lindqvist"}],
        "gender": "female",
        "birthDate": "1990-01-01",
    }
    assert set(redact(person, (Obligation.PSEUDONYM,))) == {"resourceType", "id", "gender", "birthDate", "meta"}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("MedicationRequest?status=active&patient=Patient/p&code=x&authoredon=2026&_sort=-authoredon", set()),
        ("MedicationRequest?patient.identifier=199001012385", {"Q-5"}),
        ("MedicationRequest?subject:identifier=199001012385", {"Q-5"}),
        ("MedicationDispense?whenhandedover=2026&status=completed", set()),
        ("MedicationDispense?prescription=MedicationRequest/m1", {"N-4"}),
        ("MedicationDispense?prescription.status=active", {"N-4"}),
        ("MedicationRequest?requester=Practitioner/p", {"N-4"}),
        ("MedicationRequest?requester:Practitioner.name=Anna", {"N-4"}),
        ("Practitioner?_has:MedicationRequest:requester:status=active", {"N-4"}),
        ("MedicationRequest?_sort=identifier", {"N-4"}),
        ("MedicationRequest?_include=MedicationRequest:encounter", {"N-4"}),
        ("MedicationRequest?_include=MedicationRequest:*", {"N-4"}),
        ("Practitioner?_revinclude=MedicationRequest:requester", {"N-4"}),
        ("MedicationRequest?_filter=identifier eq x", {"N-4"}),
        ("MedicationRequest?_content=depression", {"N-4", "N-7", "Q-5"}),
        ("Patient?family=Lindqvist", {"Q-5"}),
        ("Patient?birthdate=1990-01-01", set()),
        ("Patient?_sort=family", {"Q-5"}),
        ("Observation?subject:Patient.name=Astrid", {"Q-5"}),
        ("Observation?code=x&encounter=Encounter/e&_sort=date", set()),
    ],
)
def test_a_search_betrays_what_is_left_out_by_testing_it(search: str, found: set[str]) -> None:
    type, _, asked = search.partition("?")
    pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in asked.split("&"))]
    query = resolve(parse(type, pairs), base="https://kedja.test")
    assert betrayed(standard(), query.uses) & {"N-4", "N-7", "Q-5"} == found


def test_what_is_betrayed_is_found_by_no_rule_that_tells_a_part_and_by_every_other() -> None:
    asked = book().request("N-7.2")
    law = permit(asked.actor, "read", asked.now)
    assert permitting_rule(law, asked.custody, asked.facts) in ("N-7", "N-7.2")
    assert permitting_rule(without(law, {"N-7"}), asked.custody, asked.facts) == "N-7.2"
    assert not evaluate(without(law, {"N-7", "N-7.2"}), asked.custody, asked.facts)
    assert without(law, {"I-1"}) is law and without(law, ()) is law


def test_what_is_left_of_a_law_is_found_once_for_all_times() -> None:
    asked = book().request("N-7.2")
    left, later = (without(permit(asked.actor, "read", asked.now + hour), {"N-7"}) for hour in (timedelta(), timedelta(hours=1)))
    assert isinstance(left, Permit) and isinstance(later, Permit) and left.shape is later.shape
    assert (left.now, later.now) == (asked.now, asked.now + timedelta(hours=1))
    whole = permit(asked.actor, "read", asked.now)
    assert isinstance(whole, Permit)
    assert AnyOf(left.of) == without(AnyOf(whole.of), {"N-7"}), "as of the law's branches one by one"


def test_without_such_an_obligation_it_is_the_same_object() -> None:
    assert redact(PRESCRIPTION, (Obligation.LOG,)) is PRESCRIPTION


def test_the_rules_that_permit_in_part_are_those_that_say_so() -> None:
    found = redacting(standard())
    assert found["N-7"] == (Obligation.MASK_REASON,)
    assert found["N-4"] == (Obligation.ONLY_THE_FACT,)
    assert found["Q-5"] == (Obligation.PSEUDONYM,)
    assert not {"N-1", "N-5", "N-7.2", "I-1"} & found.keys()


def test_a_rule_that_permits_the_whole_outweighs_one_that_permits_a_part() -> None:
    part, whole = decide(book().request("N-7")), decide(book().request("N-7.2"))
    assert Obligation.MASK_REASON in part.obligations
    assert whole.rule_ids == ("N-7.2", "N-7")
    assert Obligation.MASK_REASON not in whole.obligations


def test_what_takes_single_values_out_of_texts_reaches_nothing_that_may_be_read_in_part_alone() -> None:
    asked = book().request("N-7")
    law = permit(asked.actor, "read", asked.now)
    assert evaluate(law, asked.custody, asked.facts)
    assert not evaluate(whole(law), asked.custody, asked.facts)
    told = book().request("N-7.2")
    assert evaluate(whole(permit(told.actor, "read", told.now)), told.custody, told.facts)
    doctor = permit(book().request("I-1").actor, "read", asked.now)
    assert whole(doctor) is doctor
