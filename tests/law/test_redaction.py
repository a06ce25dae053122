"""What a rule lets be read in part is told without the rest, wherever in the resource the rest stands."""

from __future__ import annotations

import json
from typing import Any

from kedja.access.compile import permit
from kedja.access.decide import decide
from kedja.access.evaluate import evaluate
from kedja.access.redaction import redact, redacting
from kedja.access.rule import Obligation
from kedja.access.rules import standard
from kedja.gate.shield import whole
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
