"""What a person decides on their pages: registries, samples, secondary use, consents; and what others would see, before it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from kedja.access.consents import svod_consent, wellness_share
from kedja.gate.erasure import erase
from kedja.portals.citizen.control import registries
from kedja.portals.shared.language import language
from tests.fhir.acting import NOW, about
from tests.fhir.service import (
    CLINIC,
    CLINIC_DOCTOR,
    NORTH,
    SOUTH,
    SURGERY,
    SURGERY_DOCTOR,
    WARD,
    Service,
    citizen,
    observation,
    patient,
    running,
)
from tests.portals.pages import Pages, words_of

_MOVE = "UPDATE resource SET regime = $2, source = $3, unit = '' WHERE type = $4 AND person = $1"


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        for id, provider, units in (("north", NORTH, (CLINIC, WARD)), ("south", SOUTH, (SURGERY,))):
            await organisation(started, id, provider)
            for unit in units:
                await organisation(started, f"u{unit[-4:]}", unit, id)
        yield started


async def organisation(service: Service, id: str, hsa: str, part_of: str = "") -> None:
    resource = {
        "resourceType": "Organization",
        "id": id,
        "name": f"Enhet {hsa[-4:]}",
        "identifier": [{"system": "urn:oid:1.2.752.29.4.19", "value": hsa}],
    }
    resource |= {"partOf": {"reference": f"Organization/{part_of}"}} if part_of else {}
    assert (await service.system()("PUT", f"/fhir/Organization/{id}", resource)).status_code == 201


async def somebody(service: Service) -> tuple[str, int, Pages]:
    made = await service.as_(CLINIC_DOCTOR).create(patient() | {"birthDate": "1958-03-14"})
    person = await service.person_of(made["id"])
    return made["id"], person, Pages(service, citizen(person))


async def test_a_registry_is_opposed_emptied_and_taken_part_in_again(service: Service) -> None:
    id, person, pages = await somebody(service)
    await service.as_(CLINIC_DOCTOR).create(observation(id))
    await service.database.execute(_MOVE, person, "registry", "hjärtregistret", "Observation")
    assert "1 uppgift om dig" in await pages.said("/me/control")
    means = await pages.said("/me/control/registry?registry=hjärtregistret")
    assert "Det går inte att få tillbaka" in means
    assert (await pages.get("/me/control/registry?registry=annat")).status_code == 404
    assert "Du motsätter dig registret" in await pages.done("/me/control/registry", registry="hjärtregistret")
    await erase(service.app.state.door)
    assert await service.database.fetchval("SELECT count(*) FROM resource WHERE person = $1 AND regime = 'registry'", person) == 0
    page = (await pages.get("/me/control")).text
    assert "Det har inget om dig" in words_of(page)
    opposition = re.search(r'name="consent" value="([^"]+)"', page)
    assert opposition
    assert "Inget kvalitetsregister" in await pages.done("/me/control/withdraw", consent=opposition[1])


async def test_samples_are_limited_and_destroyed_only_when_it_is_said_twice(service: Service) -> None:
    id, person, pages = await somebody(service)
    await service.as_(CLINIC_DOCTOR).create({"resourceType": "Specimen", "subject": {"reference": f"Patient/{id}"}})
    await service.database.execute(_MOVE, person, "biobank", "", "Specimen")
    path = "/me/control/samples"
    assert "forskning som har godkänts" in await pages.said("/me/control")
    assert "din egen vård, kvalitetssäkring" in await pages.done(path, biobank=NORTH, purpose=["care", "quality"])
    assert "forskning som har godkänts" not in await pages.said("/me/control")
    refused = await pages.post(path, biobank=NORTH)
    assert refused.status_code == 422
    assert "Säg att du vill att proverna förstörs" in words_of(refused.text)
    assert "utbildning" in await pages.done(path, biobank=NORTH, purpose=["care", "quality", "education", "research"])
    await pages.done(path, biobank=NORTH, sure="yes")
    await erase(service.app.state.door)
    assert "Ingen biobank här" in await pages.said("/me/control")


async def test_secondary_use_is_opted_out_of_once_and_let_again(service: Service) -> None:
    _, person, pages = await somebody(service)
    await pages.done("/me/control/opt-out")
    page = (await pages.get("/me/control")).text
    assert "Du har sagt nej." in words_of(page)
    await pages.done("/me/control/opt-out")
    blocked = "SELECT count(*) FROM block WHERE person = $1 AND kind = 'secondary-use'"
    assert await service.database.fetchval(blocked, person) == 1
    found = re.search(r'name="consent" value="([^"]+)"', page)
    assert found
    assert "Du har sagt nej." not in await pages.done("/me/control/withdraw", consent=found[1])
    assert await service.database.fetchval(blocked, person) == 0


async def test_a_consent_is_taken_back_and_that_of_another_is_not(service: Service) -> None:
    id, _, pages = await somebody(service)
    made = await service.as_(pages.actor).create(wellness_share(f"Patient/{id}", SOUTH, dated=NOW, unit=SURGERY))
    assert "Enhet 2001 läser dina egna mätningar" in await pages.said("/me/control")
    _, _, other = await somebody(service)
    assert (await other.post("/me/control/withdraw", consent=made["id"])).status_code == 404
    assert "inte gett något samtycke" in await pages.done("/me/control/withdraw", consent=made["id"])
    assert (await pages.post("/me/control/withdraw", consent=made["id"])).status_code == 404


def test_an_opposition_to_all_registries_is_told_as_one() -> None:
    opposed = {
        "resourceType": "Consent",
        "id": "x",
        "category": [
            {"coding": [{"system": "https://kedja.example/fhir/CodeSystem/consent-kind", "code": "registry-opposition"}]}
        ],
    }
    [place] = registries([], [opposed], {}, language("sv"))
    assert (place.name, place.opposed) == ("Alla kvalitetsregister", "x")


async def shown(pages: Pages, query: str) -> str:
    """`2 av 3`: how much would be seen, of how much there is."""
    found = re.search(r"(\d+) av (\d+) uppgifter", await pages.said(f"/me/preview?{query}"))
    assert found, query
    return f"{found[1]} av {found[2]}"


async def test_what_a_unit_would_see_is_what_the_law_says_and_nothing_is_changed_by_looking(service: Service) -> None:
    id, person, pages = await somebody(service)
    await service.as_(CLINIC_DOCTOR).create(observation(id))
    await service.as_(CLINIC_DOCTOR).create(about("Condition", id))
    await service.as_(pages.actor).create(observation(id))
    elsewhere = f"unit={SURGERY}&role=doctor"
    before = await service.database.fetchval("SELECT count(*) FROM resource")
    assert await shown(pages, f"unit={CLINIC}&role=doctor") == "2 av 3"
    assert await shown(pages, f"unit={CLINIC}&role=care") == "0 av 3"
    assert await shown(pages, elsewhere) == "0 av 3"
    assert await shown(pages, f"{elsewhere}&consent=1") == "0 av 3", "consent without being their patient opens nothing"
    assert await shown(pages, f"{elsewhere}&patient=1&consent=1") == "2 av 3"
    assert await shown(pages, f"{elsewhere}&patient=1&consent=1&share=1") == "3 av 3"
    assert await shown(pages, f"{elsewhere}&patient=1&consent=1&share=1&block={CLINIC}") == "1 av 3"
    assert await shown(pages, f"unit={WARD}&role=doctor&patient=1&block={CLINIC}") == "0 av 3"
    assert await service.database.fetchval("SELECT count(*) FROM resource") == before
    assert await service.database.fetchval("SELECT count(*) FROM consent WHERE person = $1", person) == 0


async def test_the_preview_says_what_the_unit_then_sees(service: Service) -> None:
    id, _, pages = await somebody(service)
    await service.as_(CLINIC_DOCTOR).create(about("Condition", id))
    surgery = service.as_(SURGERY_DOCTOR)
    assert await shown(pages, f"unit={SURGERY}&role=doctor&patient=1&consent=1") == "1 av 1"
    assert await surgery.search(f"Condition?patient={id}") == []
    await surgery.create({"resourceType": "Encounter", "status": "in-progress", "class": {"code": "AMB"},
                          "subject": {"reference": f"Patient/{id}"}, "period": {"start": NOW.date().isoformat()}})  # fmt: skip
    await service.as_(pages.actor).create(svod_consent(f"Patient/{id}", SOUTH, dated=NOW, unit=SURGERY))
    assert len(await surgery.search(f"Condition?patient={id}")) == 1
    assert await shown(pages, f"unit={SURGERY}&role=doctor") == "2 av 2"


async def test_what_a_proxy_would_see_is_what_the_mandate_covers(service: Service) -> None:
    id, _, pages = await somebody(service)
    for type_name in ("Observation", "Condition", "MedicationRequest", "CarePlan"):
        await service.as_(CLINIC_DOCTOR).create(about(type_name, id))
    assert await shown(pages, "who=proxy&matter=medicines") == "1 av 4"
    assert await shown(pages, "who=proxy&matter=medicines&matter=plans&matter=x") == "2 av 4"
    assert "av 4 uppgifter" not in await pages.said("/me/preview?who=proxy&matter=x")
    assert "av 4 uppgifter" not in await pages.said("/me/preview?unit=x")
