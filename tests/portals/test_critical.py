"""The critical view as a function of what the gate gave: what holds now, in its order, and whose opening it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kedja.access.consents import Kind, emergency_consent, withdrawn
from kedja.access.openings import Reader, certificate_opening, medication_list_opening
from kedja.portals.shared.consents import kind_of
from kedja.portals.shared.entry import Held
from kedja.portals.shared.language import language
from kedja.portals.staff.critical import Critical, own_openings, view

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOON = NOW + timedelta(hours=2)
PROVIDER, UNIT, NURSE = "SE1-1000", "SE1-1101", "SE1-P1"
DIRECTORIES = {"SE9-1": "Kliniken"}


def held(resource: dict[str, Any], regime: str = "health") -> Held:
    return Held({"id": "1", **resource}, regime, "SE9-1", "SE9-1")


def seen(*resources: Held) -> Critical:
    return view(resources, DIRECTORIES, language("sv"), NOW)


def allergy(name: str, criticality: str, status: str = "active") -> Held:
    return held(
        {
            "resourceType": "AllergyIntolerance",
            "id": name,
            "criticality": criticality,
            "clinicalStatus": {"coding": [{"code": status}]},
            "code": {"text": name},
        }
    )


def flag(name: str, category: str, end: str = "") -> Held:
    period = {"start": "2026-01-01"} | ({"end": end} if end else {})
    categories = [{"coding": [{"code": category}]}]
    return held(
        {"resourceType": "Flag", "id": name, "status": "active", "category": categories, "code": {"text": name}, "period": period}
    )


def medicine(kind: str, name: str, at: str, regime: str) -> Held:
    coding = [{"system": "http://www.whocc.no/atc", "code": name}]
    concept = {"medicationCodeableConcept": {"coding": coding, "text": name}}
    if kind == "MedicationDispense":
        return held({"resourceType": kind, "id": f"{name}-{at}", "status": "completed", "whenHandedOver": at, **concept}, regime)
    return held({"resourceType": kind, "id": f"{name}-{regime}", "status": "active", "authoredOn": at, **concept}, regime)


def test_severe_allergies_come_first_and_those_that_are_over_not_at_all() -> None:
    found = seen(allergy("Nötter", "low"), allergy("Penicillin", "high"), allergy("Ägg", "high", "resolved"))
    assert [entry.told.title for entry in found.allergies] == ["Penicillin", "Nötter"]


def test_an_advance_directive_is_a_limit_of_care_and_no_alert() -> None:
    found = seen(flag("0 HLR", "advance-directive"), flag("MRSA", "safety"), flag("Fallrisk", "safety", end="2026-05-01"))
    assert [entry.told.title for entry in found.limits] == ["0 HLR"]
    assert [entry.told.title for entry in found.alerts] == ["MRSA"]


def test_the_last_withdrawal_is_that_of_any_medicine_and_each_has_its_own() -> None:
    found = seen(
        medicine("MedicationRequest", "C07AB07", "2026-02-01", "health"),
        medicine("MedicationRequest", "C07AB07", "2026-02-01", "nll"),
        medicine("MedicationRequest", "N06AB06", "2026-03-01", "nll"),
        medicine("MedicationDispense", "C07AB07", "2026-10-02T10:00:00+02:00", "nll"),
        medicine("MedicationDispense", "N06AB06", "2026-11-02T10:00:00+01:00", "nll"),
    )
    assert found.withdrawal is not None
    assert (found.withdrawal.at.date().isoformat(), found.withdrawal.days) == ("2026-11-02", 20)
    collected = {each.entry.told.title: each.collected for each in found.medicines}
    assert {name: at.date().isoformat() for name, at in collected.items() if at} == {
        "C07AB07": "2026-10-02",
        "N06AB06": "2026-11-02",
    }


def test_the_same_prescription_in_record_and_medication_list_is_of_one_prescriber() -> None:
    found = seen(
        medicine("MedicationRequest", "C07AB07", "2026-02-01", "health"),
        medicine("MedicationRequest", "C07AB07", "2026-02-01", "nll"),
    )
    assert [each.several for each in found.medicines] == [False]


def test_whom_to_call_at_home_stands_with_name_role_and_number() -> None:
    team = {
        "resourceType": "CareTeam",
        "status": "active",
        "name": "Hemsjukvården",
        "participant": [{"role": [{"text": "Fast vårdkontakt"}], "member": {"display": "Gunilla Hall"}}],
        "telecom": [{"system": "phone", "value": "08-465 004 21"}, {"system": "email", "value": "x@example.org"}],
    }
    (entry,) = seen(held(team)).teams
    assert (entry.told.title, entry.told.lines) == ("Hemsjukvården", ("fast vårdkontakt, Gunilla Hall",))
    assert [phone for _label, phone in entry.told.details] == ["08-465 004 21"]
    assert seen(held(team | {"status": "inactive"})).teams == ()


def test_nothing_is_an_empty_view() -> None:
    assert seen().is_empty
    assert not seen(flag("MRSA", "safety")).is_empty


def test_only_the_own_emergency_openings_that_hold_now_are_ones_own() -> None:
    def opening(employee: str, starts: datetime, ends: datetime) -> dict[str, Any]:
        return emergency_consent("Patient/1", PROVIDER, employee=employee, unit=UNIT, reason="Fara", starts=starts, ends=ends)

    reader = Reader(PROVIDER, UNIT, NURSE)
    mine = [
        opening(NURSE, NOW, SOON),
        medication_list_opening("Patient/1", reader, reason="Fara", starts=NOW, ends=SOON),
    ]
    others = [
        opening("SE1-P2", NOW, SOON),
        opening(NURSE, NOW - timedelta(hours=3), NOW),
        withdrawn(opening(NURSE, NOW, SOON)),
        certificate_opening("Patient/1", reader, reason="Intyg", starts=NOW, ends=SOON),
    ]
    found = own_openings([held(each, "control") for each in (*mine, *others)], NURSE, NOW)
    assert sorted(kind_of(each) for each in found) == sorted([Kind.EMERGENCY, Kind.NLL_EMERGENCY])
