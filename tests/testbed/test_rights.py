"""What the named persons stand for: blocks, consents, guardians, a proxy, protected identity, changed numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from kedja.access.actor import Kind
from kedja.access.custody import Custody, Label, Regime
from kedja.access.facts import BlockFact, ConsentFact, Representation, facts_of
from kedja.access.mandate import Matter
from kedja.exactjson import loads
from kedja.identity import custody_of, parse_reservnummer
from kedja.signin.demo import logins
from kedja.testbed.people import Person, inhabitants
from kedja.testbed.population import TODAY
from kedja.testbed.region import load_region

from .conftest import PERSONS, SEED, Written


def facts(written: Written, patient: str) -> Iterator[Any]:
    """The law's facts of the consents of one Patient."""
    for consent in written.of("Consent"):
        if consent["patient"]["reference"] == f"Patient/{patient}":
            custody = custody_of(consent, regime=Regime.CONTROL, provider="", unit="", source="samtycken", person=1)
            yield from facts_of(consent, custody)


def person(key: str) -> Person:
    return next(one for one in inhabitants(PERSONS, SEED, load_region(), TODAY) if one.key == key)


def test_bjorn_blocks_the_psychiatric_clinic_inside_and_outside(written: Written) -> None:
    clinic = load_region().units["psychiatry"]
    blocks = {
        (fact.kind, fact.provider, fact.unit) for fact in facts(written, "bjorn-region-sorvik") if isinstance(fact, BlockFact)
    }
    assert blocks == {("inner", clinic.provider.hsa, clinic.hsa), ("outer", clinic.provider.hsa, clinic.hsa)}


def test_lars_blocks_the_psychiatric_clinic_and_has_what_an_ambulance_asks_for(written: Written) -> None:
    assert {fact.kind for fact in facts(written, "lars-region-sorvik")} == {"outer", "inner", "nll"}
    allergies = [one for one in written.of("AllergyIntolerance") if one["patient"]["reference"] == "Patient/lars-region-sorvik"]
    assert [one["code"]["coding"][0]["code"] for one in allergies] == ["J01CE"]


def test_lars_has_somebody_to_call_a_limit_of_care_and_withdrawals_of_each_medicine(written: Written) -> None:
    def of_lars(kind: str, source: str) -> list[Any]:
        return [one for one in written.of(kind, source) if one["subject"]["reference"] == f"Patient/lars-{source}"]

    (team,) = of_lars("CareTeam", "soderby-hemsjukvard")
    assert team["participant"][0]["member"]["display"].startswith("Gunilla Hall")
    assert team["telecom"][0]["value"].startswith("08-465 004")
    limits = [
        flag for flag in of_lars("Flag", "region-sorvik") if flag["category"][0]["coding"][0]["code"] == "advance-directive"
    ]
    assert [limit["code"]["coding"][0]["code"] for limit in limits] == ["304253006"]
    orders = of_lars("MedicationRequest", "lakemedelslistan")
    withdrawn = {one["authorizingPrescription"][0]["reference"] for one in of_lars("MedicationDispense", "lakemedelslistan")}
    assert len(orders) >= 4
    assert withdrawn <= {f"MedicationRequest/{order['id']}" for order in orders}
    assert len(withdrawn) >= 3


def test_astrid_shares_her_steps_with_her_health_centre(written: Written) -> None:
    shares = [fact for fact in facts(written, "astrid-region-sorvik") if isinstance(fact, ConsentFact)]
    assert {fact.unit for fact in shares} == {load_region().units["ekbacken"].hsa}
    assert {fact.kind for fact in shares} == {"wellness-share", "wellness-share-quality"}


def test_gosta_consents_through_his_daughter(written: Written) -> None:
    consent = next(one for one in written.of("Consent") if one["patient"]["reference"] == "Patient/gosta-region-sorvik")
    proxy = next(one for one in written.of("RelatedPerson") if one["patient"]["reference"] == "Patient/gosta-region-sorvik")
    assert consent["performer"] == [{"reference": f"RelatedPerson/{proxy['id']}"}]
    assert proxy["identifier"][0]["value"] == person("eva").number.value
    assert proxy["period"]["start"] < TODAY.isoformat() < proxy["period"]["end"]


def test_gosta_lets_his_daughter_see_medicines_and_plans_for_half_a_year(written: Written) -> None:
    number = (person("eva").number.system, person("eva").number.value)
    given = [
        fact
        for consent in written.of("Consent")
        if consent["patient"]["reference"] == "Patient/gosta-region-sorvik"
        for fact in facts_of(consent, Custody(Regime.CONTROL, 1), people={number: 8})
        if isinstance(fact, Representation)
    ]
    (mandate,) = given
    assert mandate.classes == Matter.MEDICINES | Matter.PLANS
    assert mandate.starts is not None and mandate.ends is not None
    assert mandate.ends - mandate.starts == timedelta(days=183)
    assert mandate.starts.date() < TODAY < mandate.ends.date()


def test_every_child_has_guardians(written: Written) -> None:
    children = {f"Patient/{one['id']}" for one in written.of("Patient", "region-sorvik") if one["birthDate"] > "2008-11-01"}
    guarded = {
        one["patient"]["reference"]
        for one in written.of("RelatedPerson")
        if one["relationship"][0]["coding"][0]["code"] == "GUARD"
    }
    assert children
    assert children == guarded


def test_protected_identity_is_marked_by_the_region_and_the_ambulance_has_not_heard_of_it(written: Written) -> None:
    marked = [
        one
        for one in written.of("Patient")
        if custody_of(one, regime=Regime.HEALTH, provider="", unit="", source="", person=1).labels & Label.PROTECTED
    ]
    assert {one["name"][0]["text"] for one in marked} == {"Karin Sjöberg", "Nora Sjöberg"}
    for patient in marked:
        assert "telecom" not in patient
        assert patient["address"][0]["line"][0] == "Skatteverkets förmedling"
    former = [one for one in written.of("Patient", "ambulans") if one["name"] in [each["name"] for each in marked]]
    assert {one["id"] for one in former} == {"karin-ambulans", "nora-ambulans"}
    assert all("security" not in one["meta"] and "telecom" in one for one in former)
    protecting = (flag for flag in written.of("Flag") if flag["category"][0].get("text") == "Skyddade personuppgifter")
    assert {flag["subject"]["reference"] for flag in protecting} == {
        "Patient/karin-region-sorvik",
        "Patient/nora-region-sorvik",
    }


def test_a_reserve_number_is_linked_in_the_region_and_alone_in_the_ambulance(written: Written) -> None:
    by_id = {one["id"]: one for one in written.of("Patient")}
    reserve = by_id["nadia-ambulans"]["identifier"][0]
    assert parse_reservnummer(reserve["value"], TODAY).value == reserve["value"]
    uses = {one["value"]: one["use"] for one in by_id["nadia-region-sorvik"]["identifier"]}
    assert uses == {reserve["value"]: "old", person("nadia").number.value: "official"}


def test_a_changed_number_is_kept_as_old(written: Written) -> None:
    patient = next(one for one in written.of("Patient") if one["id"] == "aisha-region-sorvik")
    assert [one["use"] for one in patient["identifier"]] == ["official", "old"]
    assert patient["identifier"][1]["system"].endswith("samordningsnummer")


def test_one_note_is_not_for_the_patient(written: Written) -> None:
    masked = [
        note
        for note in written.of("DocumentReference")
        if note["subject"]["reference"] == "Patient/bjorn-region-sorvik"
        and custody_of(note, regime=Regime.HEALTH, provider="", unit="", source="", person=1).labels & Label.NOPATIENT
    ]
    assert len(masked) == 1


def test_logins_are_the_ones_that_sign_in_takes(written: Written) -> None:
    found = {login.id: login for login in logins(loads((written.folder / "logins.json").read_bytes()))}
    assert {
        "astrid",
        "bjorn",
        "karin",
        "gosta",
        "eva",
        "lars",
        "anna",
        "maria",
        "omar",
        "helena",
        "linda",
        "kalle",
        "jonas",
        "emma",
        "rut",
        "system",
    } <= set(found)
    units = {unit.hsa: unit for unit in load_region().units.values()}
    for login in found.values():
        assert login.id.isascii()
        if login.assignment:
            outside = login.kind is Kind.PARTNER
            assert outside or units[login.assignment.unit].provider.hsa == login.assignment.provider
            assert login.hsa_id
        else:
            assert login.identifier
    assert found["kalle"].assignment is not None
    assert units[found["kalle"].assignment.unit].regime == "social"
