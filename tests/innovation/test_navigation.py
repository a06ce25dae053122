"""Answers that are kept with a case, and the pages that ask and tell."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from kedja.access.actor import Actor
from kedja.gate import Door, innovation_navigator, new_id
from kedja.gate import innovation_cases as cases
from kedja.innovation.actors.data import TIES, actor_map
from kedja.innovation.navigator.engine import next_question, pruned
from kedja.innovation.navigator.rules import Navigator, standard
from kedja.outcome import OutcomeError
from kedja.signin.session import form_token
from tests.fhir.service import Service, running
from tests.innovation.people import NURSE, PILOT, RULES, SOUTHERN_NURSE
from tests.innovation.test_cases import given
from tests.innovation.test_navigator import SMALL
from tests.sessions import cookie, signed_in

WIDE = SMALL | {"reach": "whole"}


@pytest.fixture
async def case(door: Door) -> str:
    return await cases.file(door, NURSE, given("Sensorgolv"), new_id())


async def test_kept_answers_give_the_case_its_zone_and_stand_in_its_history(door: Door, case: str) -> None:
    await innovation_navigator.keep(door, NURSE, case, SMALL, new_id())
    await innovation_navigator.keep(door, PILOT, case, WIDE, new_id())
    sheet = await cases.case(door, NURSE, case, new_id())
    assert sheet.case.zone == "red"
    assert sheet.navigation and sheet.navigation.kept.answers == pruned(standard(), WIDE)
    assert not sheet.navigation.since
    assert [event["kind"] for event in sheet.events if event["kind"] == "navigated"] == ["navigated"] * 2
    assert case in [one.row["case_id"] for one in await innovation_navigator.navigations(door, PILOT, new_id())]


async def test_only_those_who_take_part_keep_answers_and_see_who_answered(door: Door, case: str) -> None:
    for stranger in (SOUTHERN_NURSE, RULES):
        with pytest.raises(OutcomeError) as refused:
            await innovation_navigator.keep(door, stranger, case, SMALL, new_id())
        assert refused.value.status == 403
    await innovation_navigator.keep(door, NURSE, case, SMALL, new_id())
    assert (await cases.case(door, SOUTHERN_NURSE, case, new_id())).navigation is None
    assert await innovation_navigator.navigations(door, SOUTHERN_NURSE, new_id()) == []


async def test_half_an_answer_is_not_kept(door: Door, case: str) -> None:
    with pytest.raises(OutcomeError) as refused:
        await innovation_navigator.keep(door, NURSE, case, {"area": "care"}, new_id())
    assert refused.value.status == 422
    assert (await cases.case(door, NURSE, case, new_id())).case.zone == ""


async def test_a_case_waits_on_who_answered_when_the_law_has_changed(
    door: Door, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await innovation_navigator.keep(door, NURSE, case, SMALL, new_id())
    await innovation_navigator.ask_again(door)
    assert "navigator" not in await waits(door, case)
    changed = tuple(replace(rule, version="another") if rule.id == "psl-lead" else rule for rule in standard().rules)
    other = Navigator(standard().questions, changed)
    monkeypatch.setattr(innovation_navigator, "standard", lambda: other)
    assert await innovation_navigator.ask_again(door) >= 1
    assert await innovation_navigator.ask_again(door) == 0
    assert (await waits(door, case))["navigator"] == NURSE.id
    found = {one.row["case_id"]: one for one in await innovation_navigator.navigations(door, NURSE, new_id())}
    assert [rule.id for rule in found[case].since.changed] == ["psl-lead"]
    await innovation_navigator.keep(door, NURSE, case, SMALL, new_id())
    assert "navigator" not in await waits(door, case)


async def test_a_law_that_begins_to_apply_is_asked_about_again(door: Door, case: str) -> None:
    coming = SMALL | {"kind": "technology", "purpose": "no", "ai": "people", "data": "none", "home": "no", "public": "no"}
    await innovation_navigator.keep(door, NURSE, case, coming | {"essential": "no", "samples": "no"}, new_id())
    later = replace(door, clock=lambda: door.clock() + timedelta(days=3 * 365))
    found = {one.row["case_id"]: one for one in await innovation_navigator.navigations(later, NURSE, new_id())}
    assert "ai-people" in [rule.id for rule in found[case].since.began]


async def waits(door: Door, case: str) -> dict[str, str]:
    return {row["what"]: row["actor"] for row in (await cases.case(door, NURSE, case, new_id())).waits}


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory, door: Door) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as made:
        yield made


async def page(service: Service, path: str, actor: Actor | None = None, language: str = "en") -> httpx.Response:
    headers = {"Accept-Language": language, "Host": "kedja.test"}
    if actor is not None:
        headers |= cookie(await signed_in(service.app, actor))
    return await service.http.get(path, headers=headers)


async def test_the_questions_are_asked_page_by_page_without_scripts_until_the_result(service: Service) -> None:
    wanted, answers = {**SMALL, "harm": "yes"}, {}
    while (question := next_question(standard(), answers)) is not None:
        shown = await page(service, f"/innovation/navigator?{urlencode(answers)}")
        assert shown.status_code == 200 and question.text.en in unescape(shown.text) and question.why.en in unescape(shown.text)
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', shown.text))
        assert hidden == answers | {"sent": question.id}
        answers[question.id] = wanted[question.id]
    ended = unescape((await page(service, f"/innovation/navigator?{urlencode(answers)}")).text)
    assert "Yellow zone: ask your nearest manager first" in ended
    assert "PSL (2010:659) 3 kap. 2 och 4 §§" in ended and "/innovation/actors/ivo" in ended
    assert "Sign in to keep the answers with a case." in ended


async def test_an_answer_can_be_changed_and_a_forgotten_one_is_told(service: Service) -> None:
    changing = (await page(service, f"/innovation/navigator?{urlencode(SMALL)}&ask=kind", language="sv")).text
    assert "Vad är det som är nytt?" in changing and re.search(r'value="process" required checked', changing)
    forgotten = (await page(service, "/innovation/navigator?sent=area", language="sv")).text
    assert "Välj ett svar." in forgotten
    odd = await page(service, "/innovation/navigator?area=%0A&kind=drug&ask=nothing&case=../../x&sent=%0A")
    assert odd.status_code == 200 and "Where is it to be used?" in odd.text


async def test_answers_are_kept_from_the_page_and_the_case_shows_zone_and_laws(service: Service, case: str) -> None:
    shown = unescape((await page(service, f"/innovation/navigator?{urlencode(WIDE)}&case={case}", NURSE)).text)
    assert "Keep it with the case" in shown
    session = await signed_in(service.app, NURSE)
    sent = {**WIDE, "case": case, "form_token": form_token(session, service.app.state.secret)}
    kept = await service.http.post("/innovation/navigator", data=sent, headers={**cookie(session), "Host": "kedja.test"})
    assert (kept.status_code, kept.headers["location"]) == (303, f"/innovation/cases/{case}?done=navigated")
    shown = unescape((await page(service, f"/innovation/cases/{case}", NURSE)).text)
    assert "Red zone" in shown and "Answered by" in shown and "asked the regulation navigator" in shown
    assert case in (await page(service, "/innovation/navigator/kept", NURSE)).text


async def test_every_actor_has_a_page_and_every_view_of_the_map_its_list(service: Service) -> None:
    for actor in actor_map().actors:
        shown = await page(service, f"/innovation/actors/{actor.id}")
        assert shown.status_code == 200 and actor.mandates[0].text.en in unescape(shown.text)
    for kind in TIES:
        shown = unescape((await page(service, f"/innovation/actors?show={kind}")).text)
        assert all(tie.cite in shown for tie in actor_map().ties if tie.kind is kind)
    whole = (await page(service, "/innovation/actors")).text
    for actor in actor_map().actors:
        assert whole.count(f'href="/innovation/actors/{actor.id}"') == 2, actor.id  # once in the drawing, once in the list
    assert (await page(service, "/innovation/actors/nobody")).status_code == 404
    assert (await page(service, "/innovation/actors?show=nothing&question=%0A")).status_code == 200


async def test_who_owns_a_question_is_told_with_the_paragraph_and_what_nobody_owns_too(service: Service) -> None:
    found = unescape((await page(service, "/innovation/actors?question=Vem+har+ansvaret+för+fallskador%3F", language="sv")).text)
    assert "Ingen äger detta som helhet." in found and "Ingen myndighet har ansvaret för fallskador" in found
    found = unescape((await page(service, "/innovation/actors?question=May+we+talk+to+a+supplier+before+procurement")).text)
    assert "National Agency for Public Procurement" in found and "Because you wrote:" in found
    nobody = await page(service, "/innovation/actors?question=zzzz")
    assert "No mandate is about that" in nobody.text


def test_the_drawing_and_its_parts_stand_in_the_style_sheet() -> None:
    styles = (Path(__file__).parents[2] / "kedja/portals/static/kedja.css").read_text(encoding="utf-8")
    assert all(f".zone-{zone}" in styles for zone in ("green", "yellow", "red"))
    assert ".actor-map .box" in styles
