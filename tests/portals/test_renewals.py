"""A medicine is asked for again, once; who prescribes at the unit approves or refuses with a reason; what cannot be says why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kedja import exactjson
from kedja.access.actor import Kind, acting
from kedja.access.custody import Custody, Label, Regime
from kedja.access.mandate import Matter
from kedja.access.mandates import mandate
from kedja.care.renewal import Not, why_not
from kedja.identity.systems import PERSONNUMMER
from kedja.validation import validate
from tests.fhir.service import CLINIC_DOCTOR, SURGERY_DOCTOR, WARD_DOCTOR, Service, citizen, patient, running
from tests.portals.pages import Pages, words_of


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


async def somebody(service: Service, **more: Any) -> tuple[str, Pages, str]:
    """The Patient's id, their pages, and the id of a prescription of the clinic."""
    made = await service.as_(CLINIC_DOCTOR).create(patient() | {"birthDate": "1958-03-14"})
    order = await service.as_(CLINIC_DOCTOR).create(prescription(made["id"], **more))
    return made["id"], Pages(service, citizen(await service.person_of(made["id"]))), order["id"]


def prescription(patient_id: str, **more: Any) -> dict[str, Any]:
    atc = {"system": "http://www.whocc.no/atc", "code": "A10BA02", "display": "Metformin"}
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"coding": [atc], "text": "Metformin 500 mg"},
        "subject": {"reference": f"Patient/{patient_id}"},
        "authoredOn": "2026-01-10",
        "dosageInstruction": [{"text": "1 tablett morgon och kväll"}],
        "dispenseRequest": {"numberOfRepeatsAllowed": 3, "validityPeriod": {"end": "2027-01-10"}},
        **more,
    }


async def proposals(pages: Pages) -> list[dict[str, Any]]:
    return await pages.service.as_(pages.actor).search("MedicationRequest?intent=proposal")


async def test_a_medicine_is_asked_for_and_approved_and_the_new_order_says_what_it_replaces(service: Service) -> None:
    id, pages, order = await somebody(service)
    assert "Förnya" in await pages.said("/me/medicines")
    assert "Metformin" in await pages.said(f"/me/medicines/renew?order={order}")
    said = await pages.done("/me/medicines/renew", order=order, words="Har för en vecka kvar")
    assert "Det är skickat till enheten" in said
    assert "Du har bett om det igen" in said
    [asked] = await proposals(pages)
    assert validate(exactjson.loads(exactjson.dumps(asked)), expect_type="MedicationRequest") == []
    assert said.count("1 tablett morgon och kväll") == 1  # what is asked for is no medicine beside the other

    doctor = Pages(service, CLINIC_DOCTOR)
    said = await doctor.said("/staff/renewals")
    assert "Har för en vecka kvar" in said
    assert "Astrid Lindqvist" in said
    assert "Har för en vecka kvar" not in await Pages(service, WARD_DOCTOR).said("/staff/renewals")
    assert "Det är förskrivet" in await doctor.done(f"/staff/renewals/{asked['id']}", decision="yes")
    orders = await service.as_(CLINIC_DOCTOR).search(f"MedicationRequest?patient={id}&intent=order&status=active")
    [new] = orders
    assert new["basedOn"] == [{"reference": f"MedicationRequest/{asked['id']}"}]
    assert new["priorPrescription"] == {"reference": f"MedicationRequest/{order}"}
    assert new["dispenseRequest"]["numberOfRepeatsAllowed"] == 3
    assert validate(exactjson.loads(exactjson.dumps(new)), expect_type="MedicationRequest") == []
    assert "Förnyat som du bad om" in await pages.said("/me/medicines")
    assert "Inget att förnya" in await doctor.said("/staff/renewals")
    assert (await doctor.post(f"/staff/renewals/{asked['id']}", decision="yes")).status_code == 409


async def test_a_refusal_has_a_reason_that_the_person_reads_and_they_may_ask_again(service: Service) -> None:
    _, pages, order = await somebody(service)
    await pages.done("/me/medicines/renew", order=order)
    [asked] = await proposals(pages)
    doctor = Pages(service, CLINIC_DOCTOR)
    assert (await doctor.post(f"/staff/renewals/{asked['id']}", decision="no", why=" ")).status_code == 422
    assert (await proposals(pages))[0]["status"] == "active"
    await doctor.done(f"/staff/renewals/{asked['id']}", decision="no", why="Vi behöver ta prover först")
    said = await pages.said("/me/medicines")
    assert "Vi behöver ta prover först" in said
    assert "Förnya" in said
    await pages.done("/me/medicines/renew", order=order)
    assert "Du har bett om det igen" in await pages.said("/me/medicines")
    again = next(each for each in await proposals(pages) if each["status"] == "active")
    await doctor.done(f"/staff/renewals/{again['id']}", decision="yes")


async def test_asked_for_twice_at_once_it_is_asked_for_once(service: Service) -> None:
    _, pages, order = await somebody(service)
    await pages.get("/me/medicines")
    answers = await asyncio.gather(*(pages.post("/me/medicines/renew", order=order) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [303, *[409] * 5]
    assert len(await proposals(pages)) == 1
    again = await pages.post("/me/medicines/renew", order=order)
    assert "Enheten har inte svarat än" in words_of(again.text)


async def test_only_who_prescribes_at_the_unit_answers(service: Service) -> None:
    _, pages, order = await somebody(service)
    await pages.done("/me/medicines/renew", order=order)
    [asked] = await proposals(pages)
    nurse = replace(CLINIC_DOCTOR, id="nurse", prescriber=False)
    for actor in (nurse, WARD_DOCTOR, SURGERY_DOCTOR):
        answer = await Pages(service, actor).post(f"/staff/renewals/{asked['id']}", decision="yes")
        assert answer.status_code in (403, 404), actor.id
    assert (await proposals(pages))[0]["status"] == "active"


async def test_what_is_not_theirs_cannot_be_asked_for_and_tells_nothing(service: Service) -> None:
    _, _pages, order = await somebody(service)
    _, stranger, _own = await somebody(service)
    there = await stranger.post("/me/medicines/renew", order=order)
    nowhere = await stranger.post("/me/medicines/renew", order="finns-inte")
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert words_of(there.text).replace(order, "x") == words_of(nowhere.text).replace("finns-inte", "x")
    assert (await stranger.get(f"/me/medicines/renew?order={order}")).status_code == 404


async def test_a_proxy_asks_with_a_mandate_for_medicines_and_sees_the_answer(service: Service) -> None:
    id, pages, order = await somebody(service)
    made = await service.as_(CLINIC_DOCTOR).create(patient("194004022390"))
    proxy = await service.person_of(made["id"])
    now = datetime.now(UTC)
    for matters, status in ((Matter.VISITS, 404), (Matter.MEDICINES, 303)):
        told = {"dated": now, "starts": now, "ends": now + timedelta(days=9), "name": "Ombud"}
        await service.as_(pages.actor).create(mandate(f"Patient/{id}", (PERSONNUMMER, "194004022390"), matters, **told))
        ombud = Pages(service, acting(citizen(proxy), Kind.PROXY, pages.actor.person, "Astrid"))
        assert (await ombud.post("/me/medicines/renew", order=order)).status_code == status
    assert "Du har bett om det igen" in await ombud.said("/me/medicines")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"status": "stopped"}, "avslutat det"),
        ({"status": "on-hold"}, "avslutat det"),
        ({"meta": {"security": [{"system": "https://kedja.example/fhir/CodeSystem/label", "code": "narcotic"}]}}, "varje gång"),
        ({"courseOfTherapyType": {"coding": [{"code": "acute"}]}}, "en enda gång"),
        ({"intent": "plan"}, ""),
    ],
)
async def test_what_may_not_be_renewed_says_why_and_is_refused(service: Service, more: dict[str, Any], says: str) -> None:
    _, pages, order = await somebody(service, **more)
    answer = await pages.post("/me/medicines/renew", order=order)
    assert answer.status_code == 409
    assert says in words_of(answer.text)
    assert f"renew?order={order}" not in (await pages.get("/me/medicines")).text
    assert await proposals(pages) == []


@pytest.mark.parametrize(
    ("custody", "shielded", "why"),
    [
        (Custody(Regime.NLL, 7, "P1", "U1"), False, Not.ELSEWHERE),
        (Custody(Regime.HEALTH, 7, "P1", ""), False, Not.NO_UNIT),
        (Custody(Regime.HEALTH, 7, "P1", "U1", labels=Label.ORDINATION | Label.NARCOTIC), False, Not.SPECIAL),
        (Custody(Regime.HEALTH, 7, "P1", "U1"), True, Not.PROTECTED),
        (Custody(Regime.HEALTH, 7, "P1", "U1"), False, None),
    ],
)
def test_where_it_is_kept_says_too_whether_it_can_be_asked_for(custody: Custody, *, shielded: bool, why: Not | None) -> None:
    assert why_not(prescription("1"), custody, shielded=shielded) is why
