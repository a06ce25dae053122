"""What the law builds, consents, duties, orders, is what stands in `built.json`: valid FHIR, read back as the same facts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from kedja.access.actor import Actor, Assignment, Purpose
from kedja.access.actor import Kind as Who
from kedja.access.consents import (
    Kind,
    block_consent,
    emergency_consent,
    registry_opposition,
    svod_consent,
    wellness_share,
    withdrawn,
)
from kedja.access.custody import Label
from kedja.access.duties import (
    Duty,
    Opening,
    all_given,
    duty_of,
    given,
    lift_answer,
    lift_decision,
    lift_request,
    notice,
    owner_of,
    party,
    review,
    review_item,
)
from kedja.access.mandate import Matter
from kedja.access.mandates import decision, mandate
from kedja.access.openings import Reader, certificate_opening, lift, medication_list_opening
from kedja.access.samples import containers, deidentified, destruction, is_order
from kedja.access.wishes import (
    biobank_consent,
    biobank_restriction,
    medication_list_block,
    medication_list_consent,
    monitoring_consent,
    secondary_use_opt_out,
)
from kedja.validation import validate

AT: Final = datetime(2026, 3, 15, 10, tzinfo=UTC)
END: Final = datetime(2026, 3, 16, 10, tzinfo=UTC)
LATER: Final = datetime(2026, 4, 1, 10, tzinfo=UTC)
PATIENT: Final = "Patient/p"
DOCTOR: Final = Actor(
    "anna", Who.PROFESSIONAL, name="Anna Forsberg", title="Läkare", hsa_id="H1",
    assignment=Assignment("a", Purpose.CARE, "P1", "U1", (), "Region Nord", "Vårdcentral 1"),
)  # fmt: skip
BARE: Final = Actor("login-2", Who.PROFESSIONAL, assignment=Assignment("b", Purpose.CARE, "P2", "U2"))
READER: Final = Reader("P1", "U1", "H1")
ROW: Final = Reader("P1")
OPENED: Final = Opening(PATIENT, "Consent/c", "emergency", "V-12", "Nödöppning", DOCTOR, "medvetslös", AT, END)
PLAIN: Final = Opening(PATIENT, "Consent/c", "lift", "I-6", "Hävd spärr", Actor("x", Who.SYSTEM), "", AT, None)
SPECIMEN: Final[dict[str, Any]] = {
    "resourceType": "Specimen",
    "id": "s1",
    "status": "available",
    "subject": {"reference": "Patient/p"},
    "identifier": [
        {"system": "https://kedja.example/fhir/sid/biobank-sample", "value": "SBP-1"},
        {"system": "https://example.org/donor", "value": "D-9"},
        {"system": "urn:empty"},
    ],
    "accessionIdentifier": {"value": "LAB-7"},
    "type": {"text": "EDTA-plasma"},
    "collection": {"collectedDateTime": "2026-03-01"},
    "container": [
        {"description": "F1-R02", "identifier": [{"system": "urn:box", "value": "7"}, {"value": "8"}, {"system": "urn:box"}],
         "specimenQuantity": {"value": 2}},
        {"type": {"text": "rör"}},
    ],
    "processing": [
        {"description": "centrifugerat", "timeDateTime": "2026-03-01T10:00:00Z", "procedure": {"text": "spinn"},
         "additive": [{"reference": "Substance/edta"}], "extension": [{"url": "urn:speed", "valueString": "2000 g"}]},
    ],
    "note": [{"text": "taget av Anna"}],
}  # fmt: skip


def _asked() -> dict[str, Any]:
    return lift_request(PATIENT, "P2", actor=DOCTOR, reason=" behövs  nu ", dated=AT, unit="U2", name="Region Syd")


def _decided(status: str, note: str = "") -> dict[str, Any]:
    return lift_decision(_asked(), "Task/t") | {"status": status} | ({"note": [{"text": note}]} if note else {})


def _item(**more: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "patient": PATIENT,
        "provider": "P1",
        "employee": "H1",
        "login": "anna",
        "name": "",
        "origin": "pattern",
    }
    said |= {"patterns": ("own-record", "night"), "reason": "", "focus": "", "at": AT, "until": None, "due": LATER}
    return review_item(**(said | more))


BUILT: Final[dict[str, Callable[[], Any]]] = {
    "inner block": lambda: block_consent(PATIENT, "P1", inner=True, dated=AT, unit="U1", starts=AT, ends=END),
    "outer block": lambda: block_consent(
        PATIENT, "P1", inner=False, dated=AT, info_start=AT, info_end=END, excluded=Label.ORDINATION | Label.ALERT
    ),
    "block but for alerts": lambda: block_consent(PATIENT, "P1", inner=False, dated=AT, excluded=Label.ALERT),
    "block of a time": lambda: block_consent(PATIENT, "P1", inner=False, dated=AT, info_end=END),
    "registry opposed": lambda: registry_opposition(PATIENT, "diabetes", dated=AT, starts=AT),
    "every registry opposed": lambda: registry_opposition(PATIENT, dated=AT, ends=END),
    "consent": lambda: svod_consent(PATIENT, "P1", dated=AT, unit="U1", employee="H1", starts=AT, ends=END),
    "consent by another": lambda: svod_consent(PATIENT, "P1", dated=AT, represented_by="RelatedPerson/r"),
    "emergency": lambda: emergency_consent(PATIENT, "P1", employee="H1", reason="medvetslös", starts=AT, ends=END, unit="U1"),
    "wellness": lambda: wellness_share(PATIENT, "P1", dated=AT, unit="U1", employee="H1", starts=AT, ends=END),
    "wellness for quality": lambda: wellness_share(PATIENT, "P1", dated=AT, for_quality=True),
    "withdrawn": lambda: withdrawn(svod_consent(PATIENT, "P1", dated=AT)),
    "medication list": lambda: medication_list_consent(PATIENT, "P1", dated=AT, unit="U1", starts=AT, ends=END),
    "why medicines": lambda: medication_list_consent(PATIENT, "P1", dated=AT, reason=True),
    "medication list block": lambda: medication_list_block(PATIENT, dated=AT, starts=AT, ends=END),
    "samples": lambda: biobank_consent(PATIENT, "P1", ["research", "quality"], dated=AT),
    "samples limited": lambda: biobank_restriction(PATIENT, ["care"], dated=AT, provider="P1", starts=AT, ends=END),
    "samples withdrawn": lambda: biobank_restriction(PATIENT, ["care", "quality", "education", "research"], dated=AT),
    "opt-out": lambda: secondary_use_opt_out(PATIENT, dated=AT),
    "opt-out from a day": lambda: secondary_use_opt_out(PATIENT, dated=AT, starts=LATER, ends=LATER),
    "monitoring": lambda: monitoring_consent(PATIENT, "P1", dated=AT, unit="U1", starts=AT, ends=END),
    "medication list opening": lambda: medication_list_opening(PATIENT, READER, reason="medvetslös", starts=AT, ends=END),
    "certificate": lambda: certificate_opening(PATIENT, READER, reason="intyg", starts=AT, ends=END),
    "certificate for a provider": lambda: certificate_opening(PATIENT, ROW, reason="intyg", starts=AT, ends=END),
    "inner lift": lambda: lift(
        PATIENT, "P1", "U2", READER, inner=True, emergency=False, reason="", starts=AT, ends=END
    ),
    "outer lift in emergency": lambda: lift(
        PATIENT, "P2", None, ROW, inner=False, emergency=True, reason="akut", starts=AT, ends=END
    ),
    "mandate": lambda: mandate(
        PATIENT, ("urn:n", "1"), Matter.MEDICINES | Matter.PLANS, dated=AT, starts=AT, ends=END, name="Mor"
    ),
    "mandate of one without a name": lambda: mandate(PATIENT, ("urn:n", "1"), Matter.VISITS, dated=AT, starts=AT, ends=END),
    "guardian reads": lambda: decision(Kind.GUARDIAN_ACCESS, PATIENT, "P1", "U1", dated=AT, starts=AT, ends=END),
    "child reads": lambda: decision(Kind.CHILD_ACCESS, PATIENT, "P1", "U1", dated=AT),
    "closed to guardians": lambda: decision(Kind.GUARDIAN_RESTRICTION, PATIENT, "P1", "U1", dated=AT),
    "notice": lambda: notice(OPENED),
    "notice of nobody's unit": lambda: notice(PLAIN),
    "review": lambda: review(OPENED, LATER, ["own-record"]),
    "review of nobody's unit": lambda: review(PLAIN, LATER),
    "review item": lambda: _item(),
    "review item, all said": lambda: _item(name="Anna", reason="varför", focus="Consent/c", until=END, patterns=()),
    "lift asked": _asked,
    "lift asked of a provider": lambda: lift_request(PATIENT, "P1", actor=BARE, reason="nu", dated=AT),
    "lift asked by one without a title": lambda: lift_request(
        PATIENT, "P1", actor=Actor("x", Who.PROFESSIONAL, name="Bo Ek", assignment=BARE.assignment), reason="nu", dated=AT
    ),
    "lift to decide": lambda: lift_decision(_asked(), "Task/t"),
    "lifted": lambda: lift_answer(_decided("completed", "kom in"), DOCTOR, AT),
    "not lifted": lambda: lift_answer(_decided("rejected"), Actor("x", Who.SYSTEM), AT),
    "destroy": lambda: destruction(SPECIMEN, "P1", "U1", AT),
    "destroy one without a code": lambda: destruction({"resourceType": "Specimen", "id": "s2"}, "P1", "", AT),
    "de-identified": lambda: deidentified(SPECIMEN),
    "de-identified, of little": lambda: deidentified({"resourceType": "Specimen", "id": "s2", "status": "available"}),
}  # fmt: skip
EXPECTED: Final = Path(__file__).with_name("built.json")


@pytest.mark.parametrize("name", BUILT)
def test_it_is_built_as_it_stands_in_the_file(name: str) -> None:
    assert BUILT[name]() == json.loads(EXPECTED.read_text(encoding="utf-8"))[name]


def test_all_of_it_is_valid_and_nothing_else_stands_in_the_file() -> None:
    kept = json.loads(EXPECTED.read_text(encoding="utf-8"))
    assert set(kept) == set(BUILT)
    for name, resource in kept.items():
        assert not [issue for issue in validate(resource) if issue.severity in ("error", "fatal")], name


@pytest.mark.parametrize("reason", ["", "  "])
def test_what_opens_needs_a_reason(reason: str) -> None:
    for build in (
        lambda: emergency_consent(PATIENT, "P1", employee="H1", reason=reason, starts=AT, ends=END),
        lambda: medication_list_opening(PATIENT, READER, reason=reason, starts=AT, ends=END),
        lambda: certificate_opening(PATIENT, READER, reason=reason, starts=AT, ends=END),
        lambda: lift(PATIENT, "P2", None, ROW, inner=False, emergency=True, reason=reason, starts=AT, ends=END),
        lambda: lift_request(PATIENT, "P2", actor=DOCTOR, reason=reason, dated=AT),
    ):
        with pytest.raises(ValueError, match="needs a reason: say why"):
            build()
    with pytest.raises(ValueError, match="is made under an assignment"):
        lift_request(PATIENT, "P2", actor=Actor("x", Who.PROFESSIONAL), reason="nu", dated=AT)


def test_a_duty_is_known_by_its_code_and_says_who_is_to_act() -> None:
    built = {name: build() for name, build in BUILT.items()}
    assert {name: duty_of(one) for name, one in built.items() if duty_of(one)} == {
        "notice": Duty.NOTICE,
        "notice of nobody's unit": Duty.NOTICE,
        **dict.fromkeys(
            ("review", "review of nobody's unit", "review item", "review item, all said"), Duty.REVIEW
        ),
        **dict.fromkeys(("lift asked", "lift asked of a provider", "lift asked by one without a title"), Duty.LIFT_REQUEST),
        "lift to decide": Duty.LIFT_DECISION,
        **dict.fromkeys(("lifted", "not lifted"), Duty.LIFT_ANSWER),
    }  # fmt: skip
    assert owner_of(built["lift asked"]) == "P2"
    assert owner_of({"owner": {"identifier": {"system": "urn:other", "value": "P2"}}}) == owner_of({}) == ""
    assert owner_of({"owner": party("P1")}) == "P1"
    assert party("P1", "Namn") == {"type": "Organization", "identifier": party("P1")["identifier"], "display": "Namn"}
    assert party("") == {"type": "Organization"}


def test_the_inputs_of_a_duty_are_read_by_their_codes() -> None:
    item = _item(name="Anna")
    assert [given(item, name) for name in ("employee", "login", "origin", "name")] == ["H1", "anna", "pattern", "Anna"]
    assert all_given(item, "pattern") == ["own-record", "night"]
    assert given(item, "unit") == "" and all_given({}, "pattern") == []
    odd = {
        "input": [
            {"type": {"coding": {"code": "unit"}}, "valueString": "U1"},
            "odd",
            {"type": {}},
            {"type": {"coding": [{"code": "unit"}]}},
        ]
    }
    assert all_given(odd, "unit") == ["U1"]
    assert given(_asked(), "blocking-unit") == "U2"


def test_an_order_is_known_by_its_code_alone() -> None:
    order = BUILT["destroy"]()
    assert is_order(order)
    assert not is_order(order | {"resourceType": "ServiceRequest"})
    assert not is_order(order | {"code": {"coding": [{"system": "urn:other", "code": "destroy-sample"}]}})
    assert not is_order(order | {"code": {"coding": [{**order["code"]["coding"][0], "code": "keep-sample"}]}})
    assert not is_order({"resourceType": "Task"}) and not is_order({})


def test_containers_are_named_with_their_systems() -> None:
    assert containers(SPECIMEN) == ["urn:box|7", "|8"]
    assert containers({}) == []
