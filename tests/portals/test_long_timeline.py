"""A timeline of any length: pages that follow on each other, filters, search, what is new, words beside an entry."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from kedja.access.actor import Actor, Kind
from kedja.access.mandate import Matter
from tests.fhir.acting import old_man
from tests.fhir.service import CLINIC_DOCTOR, WARD_DOCTOR, Service, citizen, observation, patient, running
from tests.portals.pages import Pages, words_of

_LINK = re.compile(r'href="(/me\?[^"]*before=[^"]+)"')
_COPY = """
    INSERT INTO resource (key, type, id, version, updated, person, regime, provider, unit, doc_start, doc_end,
                          content_hash, self_hash, tokens, refs, body)
    SELECT r.key + n * 4096, r.type, copy, 1, r.updated, r.person, $2, r.provider, r.unit, at, at, n, -n, '{}', '{}',
           replace(replace(r.body, r.id, copy), '2026-05-04', to_char(at, 'YYYY-MM-DD'))
    FROM resource r, generate_series(1, $3::integer) n,
         LATERAL (SELECT timestamptz '2026-05-04 08:00Z' - n * $4::interval AS at, 'c' || n || '-' || r.id AS copy) of
    WHERE r.type = 'Observation' AND r.id = $1
"""
_SEEN = """
    SELECT cardinality(resources) FROM access_log
    WHERE action = 'search' AND cardinality(resources) > 1 ORDER BY seq DESC LIMIT 1
"""


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


async def somebody(service: Service, number: str = "") -> tuple[str, Pages]:
    made = await service.as_(CLINIC_DOCTOR).create(patient(number))
    return made["id"], Pages(service, citizen(await service.person_of(made["id"])))


async def copies(service: Service, origin: dict[str, Any], number: int, apart: float, regime: str = "health") -> None:
    """So many more of an observation, each so much older than the one before."""
    await service.database.execute(_COPY, origin["id"], regime, number, timedelta(days=apart))


def titles(page: str) -> list[str]:
    return re.findall(r'<h2 class="month"[^>]*>([^<]+)</h2>', page)


async def test_a_person_with_20_000_entries_is_shown_a_page_and_loads_no_more(service: Service) -> None:
    id, pages = await somebody(service)
    one = await service.as_(CLINIC_DOCTOR).create(observation(id))
    await copies(service, one, 2_000, 2)
    own = await service.as_(pages.actor).create(observation(id) | {"valueQuantity": {"value": 70}})
    await copies(service, own, 18_000, 0.2, "wellness")
    page = (await pages.get("/me")).text
    assert len(page) < 1_000_000
    assert await _seen(service) < 2_000
    older = _LINK.search(page)
    assert older
    further = (await pages.get(older[1].replace("&amp;", "&"))).text
    assert titles(further)
    assert not set(titles(page)) & set(titles(further))


async def _seen(service: Service) -> int:
    """How many entries the last look at a timeline read."""
    found = await service.database.fetchval(_SEEN)
    return found or 0


async def test_pages_follow_on_each_other_and_nothing_is_left_out_or_told_twice(service: Service) -> None:
    id, pages = await somebody(service)
    one = await service.as_(CLINIC_DOCTOR).create(observation(id))
    await copies(service, one, 700, 1)
    shown: list[str] = []
    path, visits = "/me", 0
    while path and visits < 20:
        page = (await pages.get(path)).text
        shown += re.findall(r'href="/me/entry/(Observation/[^"]+)"', page)
        found = _LINK.search(page)
        path, visits = found[1].replace("&amp;", "&") if found else "", visits + 1
    assert len(shown) == len(set(shown)) == 701
    assert 3 <= visits <= 10


async def test_a_page_is_chosen_by_kind_place_period_and_words(service: Service) -> None:
    id, pages = await somebody(service)
    clinic, ward = service.as_(CLINIC_DOCTOR), service.as_(WARD_DOCTOR)
    about = {"reference": f"Patient/{id}"}
    await clinic.create({"resourceType": "Condition", "subject": about, "code": {"text": "Astma"}, "recordedDate": "2020-03-01"})
    await ward.create({"resourceType": "Condition", "subject": about, "code": {"text": "Migrän"}, "recordedDate": "2024-06-02"})
    await clinic.create(observation(id))

    async def shown(query: str) -> set[str]:
        said = await pages.said(f"/me?{query}")
        said = said[said.find("Visa allt") :]
        return {word for word in ("Astma", "Migrän", "HbA1c") if word in said}

    assert await shown("") == {"Astma", "Migrän", "HbA1c"}
    assert await shown("kind=diagnoses") == {"Astma", "Migrän"}
    assert await shown(f"place={WARD_DOCTOR.assignment.unit if WARD_DOCTOR.assignment else ''}") == {"Migrän"}
    assert await shown("from=2024-06-02&until=2024-06-02") == {"Migrän"}
    assert await shown("until=2024-06-01") == {"Astma"}
    assert await shown("q=ASTM") == {"Astma"}
    assert await shown("q=långtidsblodsocker") == {"HbA1c"}, "plain words find what is recorded by its code"
    assert await shown("q=astma+migrän") == set()
    assert await shown("q=100%25") == set()
    assert await shown("q=&place=%0A&from=x&kind=x&before=x") == {"Astma", "Migrän", "HbA1c"}
    assert (await pages.get("/me?q=%00")).status_code == 404, "no page has an address with a NUL"
    assert await shown("domain=own") == set()


async def test_what_came_since_the_visit_before_is_marked_and_can_be_shown_alone(service: Service) -> None:
    id, pages = await somebody(service)
    clinic = service.as_(CLINIC_DOCTOR)
    await clinic.create(observation(id))
    assert "ny eller ändrad" not in await pages.said("/me"), "a first visit has no visit before it"
    await service.database.execute("UPDATE access_log SET at = at - interval '2 days'")
    await service.database.execute("UPDATE resource SET updated = updated - interval '3 days' WHERE type = 'Observation'")
    assert "ny eller ändrad" not in await pages.said("/me")
    subject = {"reference": f"Patient/{id}"}
    await clinic.create({"resourceType": "Condition", "subject": subject, "code": {"text": "Astma"}})
    page = (await pages.get("/me")).text
    assert "1 uppgift är ny eller ändrad sedan du var här" in words_of(page)
    assert page.count('class="tag tag-new"') == 1
    alone = await pages.said("/me?new=1")
    assert "Astma" in alone
    assert "mmol/mol" not in alone


async def test_the_persons_words_stand_beside_the_entry_for_them_and_for_the_unit(service: Service) -> None:
    id, pages = await somebody(service)
    subject = {"reference": f"Patient/{id}"}
    entry = await service.as_(CLINIC_DOCTOR).create(
        {"resourceType": "Condition", "subject": subject, "code": {"text": "Astma"}, "recordedDate": "2020-03-01"}
    )
    path = f"/me/entry/Condition/{entry['id']}"
    assert "Stämmer det här inte?" in await pages.said(path)
    refused = await pages.post(path, words=" ")
    assert refused.status_code == 422
    assert "Skriv med några ord vad som är fel." in words_of(refused.text)
    assert "Dina ord står nu bredvid" in await pages.done(path, words="Jag har aldrig haft astma <b>")
    timeline = await pages.get("/me")
    assert "Du har låtit anteckna att det här är fel" in words_of(timeline.text)
    assert "astma &lt;b&gt;" in timeline.text
    assert "Meddelande" not in words_of(timeline.text), "the note stands with its entry, not as an entry of its own"
    rules = await service.database.fetchval("SELECT rules FROM access_log WHERE action = 'create' ORDER BY seq DESC LIMIT 1")
    assert rules == ["P-6"]


@pytest.mark.parametrize("path", ["Condition/nothing", "Condition/%00", "Sickness/1", "Consent/1", "Patient/1"])
async def test_what_is_no_entry_is_not_here(service: Service, path: str) -> None:
    _, pages = await somebody(service)
    assert (await pages.get(f"/me/entry/{path}")).status_code == 404
    assert (await pages.post(f"/me/entry/{path}", words="Det är fel")).status_code in (400, 403, 404)


async def test_an_entry_of_somebody_else_is_not_here_and_is_not_noted(service: Service) -> None:
    id, _ = await somebody(service)
    entry = await service.as_(CLINIC_DOCTOR).create(observation(id))
    _, other = await somebody(service)
    path = f"/me/entry/Observation/{entry['id']}"
    assert (await other.get(path)).status_code == 404
    assert (await other.post(path, words="Det är fel")).status_code == 404


async def test_a_search_finds_nothing_for_a_proxy_by_what_they_may_not_read(service: Service) -> None:
    old = await old_man(service)
    await old.empower(Matter.MEDICINES)
    person = await service.person_of(old.patient)
    daughter = old.daughter.actor
    acting = Actor(daughter.id, Kind.PROXY, name="Eva", person=daughter.person, acts_for=person, acts_for_name="Gösta")
    pages = Pages(service, acting)
    assert "Metoprolol" in await pages.said("/me?q=metoprolol")
    assert "Astma" not in await pages.said("/me")
    assert await pages.said("/me?q=astma") == (await pages.said("/me?q=qwerty"))
