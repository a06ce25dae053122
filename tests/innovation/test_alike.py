"""What is like an idea is shown before it is filed and at triage, with the reason, and never what the asker may not see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import httpx
import pytest

from kedja.access.actor import Actor
from kedja.gate import Door, innovation_alike, new_id
from kedja.gate import innovation_cases as cases
from kedja.signin.session import form_token
from tests.fhir.service import Service, running
from tests.innovation.people import CITIZEN, NORTH, NURSE, PILOT, SELLER, SOUTH, SOUTHERN_NURSE
from tests.innovation.test_cases import given
from tests.sessions import cookie, signed_in

BED = "Sensormadrass som larmar när någon går upp"
IDEA = "Gamla ramlar ur sängen nattetid"


def bed(org: str = SOUTH, **more: str) -> dict[str, Any]:
    problem = {"title": BED, "problem": "Givare i sängen förhindrar fall på natten på äldreboendet."}
    return given(BED, org, **more) | {"problem": problem}


async def test_the_like_in_another_region_is_found_with_the_reason_and_the_log_tells_what_but_not_the_idea(door: Door) -> None:
    id = await cases.file(door, SOUTHERN_NURSE, bed(), new_id())
    request = new_id()
    found = await innovation_alike.alike(door, NURSE, IDEA, request)
    assert found[0].id == id and found[0].path == f"cases/{id}"
    assert ("nattetid", "natten") in {(shared.asked, shared.found) for shared in found[0].why}
    row = await door.store.pool.fetchrow("SELECT * FROM access_log WHERE request = $1", request)
    assert row is not None and f"InnovationCase/{id}" in row["resources"]
    assert "ramlar" not in str(dict(row))
    assert [one.id for one in await innovation_alike.alike(door, NURSE, IDEA, new_id(), without=id)] == []


async def test_what_the_asker_may_not_see_neither_shows_nor_changes_what_does(door: Door) -> None:
    before = await innovation_alike.alike(door, NURSE, IDEA, new_id())
    secret = await cases.file(door, SELLER, bed(NORTH, confidential="secret"), new_id())
    assert await innovation_alike.alike(door, NURSE, IDEA, new_id()) == before
    assert secret in [one.id for one in await innovation_alike.alike(door, SELLER, IDEA, new_id())]
    assert await innovation_alike.alike(door, CITIZEN, IDEA, new_id()) == []


async def test_what_was_filed_a_moment_ago_is_found(door: Door) -> None:
    id = await cases.file(door, NURSE, given("Ruttplanering för hemtjänstens bilar"), new_id())
    assert (await innovation_alike.alike(door, NURSE, "smartare körscheman i hemvården", new_id()))[0].id == id


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory, door: Door) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as made:
        yield made


async def send(service: Service, actor: Actor, **form: str) -> httpx.Response:
    session = await signed_in(service.app, actor)
    sent = {**form, "form_token": form_token(session, service.app.state.secret)}
    return await service.http.post(
        "/innovation/new", data=sent, headers={**cookie(session), "Host": "kedja.test", "Accept-Language": "en"}
    )


async def test_the_intake_shows_what_is_like_an_idea_before_it_files_it(service: Service, door: Door) -> None:
    await cases.file(door, SOUTHERN_NURSE, bed(), new_id())
    idea = {"title": IDEA, "problem": "De äldre faller när de går upp ur sängen på natten.", "org": NORTH}
    shown = await send(service, NURSE, **idea)
    text = unescape(shown.text)
    assert shown.status_code == 200 and "Something like it exists: look before you send" in text
    assert BED in text and "De äldre faller" in text
    filed = await send(service, NURSE, **idea, compared="yes")
    assert filed.status_code == 303
    path = filed.headers["location"].partition("?")[0]
    headers = {"Host": "kedja.test", "Accept-Language": "en"} | cookie(await signed_in(service.app, PILOT))
    triage = unescape((await service.http.get(path, headers=headers)).text)
    assert "What is like it" in triage and "Link them" in triage


async def test_an_idea_like_nothing_is_filed_at_once(service: Service) -> None:
    filed = await send(service, NURSE, title="Zzyx", problem="Xyzzy qwerty plugh.", org=NORTH)
    assert filed.status_code == 303


async def test_the_page_of_likes_answers_in_both_languages_and_bears_odd_texts(service: Service) -> None:
    for language, words in (("sv", "Vad liknar den?"), ("en", "What is like it?")):
        headers = {"Host": "kedja.test", "Accept-Language": language} | cookie(await signed_in(service.app, NURSE))
        for text in ("", "%0A", "bed+alarm+for+older+people", "å" * 900):
            shown = await service.http.get(f"/innovation/alike?text={text}", headers=headers)
            assert shown.status_code == 200 and words in unescape(shown.text)
