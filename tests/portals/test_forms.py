"""Forms between a unit and a person: asked for, answered bit by bit, sent, changed; and who sees what of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from kedja.access.actor import Kind, acting
from kedja.access.consents import wellness_share
from kedja.access.mandate import Matter
from kedja.access.mandates import mandate
from kedja.forms.shipped import BASE
from kedja.portals.staff.handle import handle as staff_handle
from tests.fhir.acting import DAUGHTER, NOW, born, family
from tests.fhir.service import CLINIC_DOCTOR, SURGERY_DOCTOR, WARD_DOCTOR, Service, citizen, patient, running
from tests.portals.pages import Pages, words_of

HISTORY, PHQ, GOALS, FOLLOW = "self-history", "phq-9", "own-goals", "goals-met"
_ROWS = "SELECT type, id, regime, unit, deleted, version, labels FROM resource WHERE person = $1 AND type = $2 ORDER BY key"


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


class Pair:
    """A patient and the clinic's doctor, each with pages."""

    def __init__(self, service: Service, patient: str, person: int) -> None:
        self.service, self.patient, self.person = service, patient, person
        self.clinic, self.himself = Pages(service, CLINIC_DOCTOR), Pages(service, citizen(person))

    def at(self, pages: Pages, rest: str = "") -> str:
        visit: Any = type("Visit", (), {"actor": pages.actor, "secret": self.service.app.state.secret})
        return f"/staff/patient/{staff_handle(visit, self.person)}{rest}"

    async def ask(self, form: str, **more: str) -> str:
        """Ask for the form; the id of what was asked."""
        before = {row["id"] for row in await self.rows("Task")}
        said = await self.clinic.done(self.at(self.clinic, "/forms"), form=f"{BASE}{form}|1", **more)
        assert "Patienten är tillfrågad" in said
        return next(row["id"] for row in await self.rows("Task") if row["id"] not in before)

    async def rows(self, type: str) -> list[Any]:
        return await self.service.database.fetch(_ROWS, self.person, type)

    async def save(self, id: str, go: str = "later", step: int = 0, **answers: Any) -> Any:
        page = (await self.himself.get(f"/me/forms/{id}?step={step}")).text
        asked = re.findall(r'name="asked" value="([^"]+)"', page)
        seen, count = re.findall(r'name="seen" value="([^"]+)"', page), re.findall(r'name="count" value="([^"]+)"', page)
        fields = {f"{name.replace('_', '-')}~": value for name, value in answers.items()}
        return await self.himself.post(f"/me/forms/{id}", go=go, step=step, asked=asked, seen=seen, count=count, **fields)


async def pair(service: Service) -> Pair:
    made = await service.as_(CLINIC_DOCTOR).create(patient() | {"birthDate": "1968-01-17"})
    return Pair(service, made["id"], await service.person_of(made["id"]))


async def test_answers_are_kept_as_one_goes_and_only_the_person_sees_them_until_they_are_sent(service: Service) -> None:
    two = await pair(service)
    id = await two.ask(HISTORY, why="Inför besöket", due="2099-01-01")
    assert "Din hälsa inför besöket" in await two.himself.said("/me/forms")
    assert (await two.save(id, reason="Min sömn hemlighet")).headers["location"] == "/me/forms?done=kept#done"
    (draft,) = await two.rows("QuestionnaireResponse")
    assert (draft["regime"], draft["unit"], draft["labels"] & 1024) == ("wellness", "", 1024)
    assert "Påbörjade" in await two.himself.said("/me/forms")
    assert "Min sömn" in (await Pages(service, citizen(two.person)).get(f"/me/forms/{id}")).text, "another device"
    for pages in (two.clinic, Pages(service, WARD_DOCTOR)):
        for rest in ("", "/forms", f"/forms/{id}"):
            assert "hemlighet" not in (await pages.get(two.at(pages, rest))).text
    share = wellness_share(f"Patient/{two.patient}", CLINIC_DOCTOR.assignment.provider, dated=NOW, starts=NOW)  # type: ignore[union-attr]
    await service.as_(citizen(two.person)).create(share)
    assert await service.as_(CLINIC_DOCTOR).search(f"QuestionnaireResponse?subject=Patient/{two.patient}") == []
    missing = words_of((await two.himself.post(f"/me/forms/{id}/send")).text)
    assert "Hur mår du på det hela taget?" in missing
    assert "2 svar saknas" in missing
    await two.save(id, step=1, general="#1", worse="false", what_worse="osynligt", pain="3")
    sent = await two.himself.done(f"/me/forms/{id}/send")
    assert "Dina svar är skickade" in sent
    assert "osynligt" not in sent
    draft, answer = await two.rows("QuestionnaireResponse")
    assert draft["deleted"]
    assert (answer["regime"], answer["unit"]) == ("health", CLINIC_DOCTOR.assignment.unit)  # type: ignore[union-attr]
    assert "Min sömn hemlighet" in await two.clinic.said(two.at(two.clinic, f"/forms/{id}"))
    (kept,) = await service.as_(CLINIC_DOCTOR).search(f"QuestionnaireResponse?subject=Patient/{two.patient}")
    assert kept["status"] == "completed"
    links = re.findall(r"'linkId': '([^']+)'", str(kept))
    assert not {"what-worse", "pain"} & set(links), "what is hidden is not sent"
    (task,) = await service.as_(CLINIC_DOCTOR).search(f"Task?patient=Patient/{two.patient}")
    assert task["status"] == "completed"
    assert task["output"][0]["valueReference"]["reference"] == f"QuestionnaireResponse/{kept['id']}"
    logged = "SELECT DISTINCT action FROM access_log WHERE person = $1 AND 'P-18' = ANY(rules)"
    assert {row["action"] for row in await service.database.fetch(logged, two.person)} == {"create", "update", "delete"}


async def test_what_is_sent_is_changed_by_a_new_version_and_the_draft_can_be_thrown_away(service: Service) -> None:
    two = await pair(service)
    id = await two.ask(HISTORY)
    await two.save(id, reason="första")
    await two.save(id, step=1, general="#1", worse="false")
    await two.himself.done(f"/me/forms/{id}/send")
    await two.save(id, reason="andra")
    assert "Du har börjat ändra" in await two.himself.said("/me/forms")
    assert "första" in await two.clinic.said(two.at(two.clinic, f"/forms/{id}"))
    await two.himself.done(f"/me/forms/{id}/discard")
    assert "första" in await two.himself.said(f"/me/forms/{id}")
    await two.save(id, reason="tredje")
    assert "tredje" in await two.himself.done(f"/me/forms/{id}/send")
    (kept,) = await service.as_(CLINIC_DOCTOR).search(f"QuestionnaireResponse?subject=Patient/{two.patient}")
    assert (kept["status"], kept["meta"]["versionId"]) == ("amended", "2")
    assert "har ändrat svaren" in await two.clinic.said(two.at(two.clinic, f"/forms/{id}"))


async def test_a_score_is_told_in_words_to_the_person_and_to_the_unit(service: Service) -> None:
    two = await pair(service)
    id = await two.ask(PHQ)
    assert (await two.save(id, "next", 0, **{f"phq_{n}": "#2" for n in range(1, 10)})).headers["location"] == (
        f"/me/forms/{id}?step=0&new=1#f10"
    ), "more is asked now"
    assert "Ring 112" in (await two.himself.get(f"/me/forms/{id}?step=0")).text
    assert "Ganska svåra besvär" in await two.himself.done(f"/me/forms/{id}/send")
    for path in (two.at(two.clinic, "/forms"), two.at(two.clinic)):
        assert "Summa 18" in await two.clinic.said(path)
    assert "Moderately severe trouble" in await Pages(service, CLINIC_DOCTOR, "en").said(two.at(two.clinic, "/forms"))


async def test_own_goals_become_goals_of_the_plan_and_are_asked_about_later(service: Service) -> None:
    two = await pair(service)
    id = await two.ask(GOALS)
    more = await two.save(id, "add:goal~")
    page = (await two.himself.get(more.headers["location"].split("#")[0])).text
    assert 'name="goal-text~1"' in page
    names = re.findall(r'name="asked" value="([^"]+)"', page)
    texts = {"goal-text~0": "gå till affären", "goal-text~1": "sova hela natten", "goal-day~1": "2027-01-01"}
    await two.himself.post(f"/me/forms/{id}", go="next", step=0, asked=names, count=["goal~:2"], **texts)
    await two.himself.done(f"/me/forms/{id}/send")
    goals = await service.as_(CLINIC_DOCTOR).search(f"Goal?subject=Patient/{two.patient}")
    assert sorted(each["description"]["text"] for each in goals) == ["gå till affären", "sova hela natten"]
    assert {each["expressedBy"]["reference"] for each in goals} == {f"Patient/{two.patient}"}
    follow = await two.ask(FOLLOW)
    asked = (await two.himself.get(f"/me/forms/{follow}")).text
    assert "gå till affären" in asked
    assert "sova hela natten" in asked


async def test_bad_answers_stay_on_the_page_with_why_and_lose_nothing(service: Service) -> None:
    two = await pair(service)
    id = await two.ask(HISTORY)
    refused = await two.save(id, "next", step=2, weight="åttio", movement="3")
    assert refused.status_code == 422
    assert 'value="åttio"' in refused.text
    assert "går inte att läsa" in words_of(refused.text)
    assert 'value="3"' in (await two.himself.get(f"/me/forms/{id}?step=2")).text
    for step in ("-1", "99", "x", "²"):
        assert (await two.himself.get(f"/me/forms/{id}?step={step}")).status_code == 200
    for bad in ("x~", "~", "goal~9.9.9", "reason~0", "\u0660~"):
        answer = await two.himself.post(
            f"/me/forms/{id}", go=f"add:{bad}", step="9", asked=[bad], count=[f"{bad}:9"], **{bad: "x"}
        )
        assert answer.status_code in (303, 422), bad


async def test_a_form_that_is_taken_back_or_not_asked_for_is_not_answered(service: Service) -> None:
    two, other = await pair(service), await pair(service)
    id = await two.ask(HISTORY)
    for path in (f"/me/forms/{id}", f"/me/forms/{id}/review"):
        assert (await other.himself.get(path)).status_code == 404
    assert (await other.himself.post(f"/me/forms/{id}", go="next")).status_code == 404
    ward = Pages(service, WARD_DOCTOR)
    assert (await ward.post(two.at(ward, f"/forms/{id}"))).status_code in (403, 404, 409)
    await two.clinic.done(two.at(two.clinic, f"/forms/{id}"))
    assert (await two.himself.post(f"/me/forms/{id}", go="next")).status_code == 409
    refused = await two.clinic.post(two.at(two.clinic, "/forms"), form="nothing", why="Behåll detta", due="")
    assert refused.status_code == 422
    assert "Behåll detta" in refused.text
    gone = await two.clinic.post(two.at(two.clinic, "/forms"), form=f"{BASE}{HISTORY}|1", due="2020-01-01")
    assert gone.status_code == 422
    surgery = Pages(service, SURGERY_DOCTOR)
    assert "Inget formulär" in await surgery.said(two.at(surgery, "/forms"))


async def test_a_mother_answers_for_her_small_child_and_a_big_child_for_themselves(service: Service) -> None:
    home = await family(service, born(8))
    two = Pair(service, home.patient, home.person)
    id = await two.ask(HISTORY)
    mother = acting(home.mother.actor, Kind.GUARDIAN, home.person, "Barnet")
    two.himself = Pages(service, mother)
    await two.save(id, reason="ont i magen")
    await two.save(id, step=1, general="#1", worse="false")
    await two.himself.done(f"/me/forms/{id}/send")
    said = await two.clinic.said(two.at(two.clinic, f"/forms/{id}"))
    assert "ont i magen" in said
    assert "besvarat av Citizen" in said
    child = Pages(service, citizen(home.person))
    assert (await child.get(f"/me/forms/{id}")).status_code == 404, "too young to read for themselves"


async def test_a_proxy_answers_within_the_mandate_and_is_told_of_nothing_beyond_it(service: Service) -> None:
    two = await pair(service)
    daughter = await service.as_(CLINIC_DOCTOR).create(patient(DAUGHTER))
    person = await service.person_of(daughter["id"])
    id = await two.ask(HISTORY)

    async def proxy(matters: Matter) -> Pages:
        number = ("http://electronichealth.se/identifier/personnummer", DAUGHTER)
        given = mandate(
            f"Patient/{two.patient}", number, matters, dated=NOW, starts=NOW, ends=NOW + timedelta(days=9), name="Dotter"
        )
        await service.as_(citizen(two.person)).create(given)
        return Pages(service, acting(citizen(person), Kind.PROXY, two.person, "Far"))

    narrow = await proxy(Matter.MEDICINES)
    assert "Inget att svara på" in await narrow.said("/me/forms")
    assert (await narrow.get(f"/me/forms/{id}")).status_code == 404
    two.himself = await proxy(Matter.PLANS | Matter.DOCUMENTS)
    await two.save(id, reason="Far vill gå mer")
    await two.save(id, step=1, general="#1", worse="false")
    assert "Dina svar är skickade" in await two.himself.done(f"/me/forms/{id}/send")
