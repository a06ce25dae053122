"""Sign-in with a certified OpenID provider that runs beside: as a person, as staff, to a higher level, and when it fails."""

from __future__ import annotations

import re
from datetime import date, timedelta

import httpx
import pytest

from kedja.access.actor import Kind, Purpose
from kedja.gate import assignments
from kedja.gate.assignments import Row
from kedja.signin.session import COOKIE
from tests.fhir.service import CLINIC, NORTH, RIGHTS, SOUTH, SURGERY, WARD, Service
from tests.signin.conftest import LOA, Person, Running

ANNA, BO = "SE2399999999-ANNA", "SE2399999999-BO"


def row(id: str, hsa_id: str, provider: str, unit: str, **more: object) -> Row:
    named = {"name": "", "title": "Läkare", "kind": Kind.PROFESSIONAL, "purpose": Purpose.CARE, "rights": RIGHTS} | more
    place = {"provider": provider, "provider_name": f"Provider {provider[-1]}", "unit": unit, "unit_name": f"Unit {unit[-4:]}"}
    return Row(id=id, hsa_id=hsa_id, **place, **named)  # type: ignore[arg-type]


ROWS = [
    row("anna-1", ANNA, NORTH, CLINIC, name="Anna Forsberg"),
    row("anna-old", ANNA, SOUTH, SURGERY, ends=date(2020, 1, 1)),
    row("bo-1", BO, NORTH, WARD, name="Bo Ek"),
    row("bo-2", BO, SOUTH, SURGERY, name="Bo Ek", purpose=Purpose.QUALITY),
]


@pytest.fixture(autouse=True)
async def _assigned(service: Service) -> None:
    await service.database.execute("DELETE FROM session")
    await assignments.replace(service.app.state.door, ROWS)


async def form(person: Person, path: str) -> dict[str, str]:
    found = re.search(r'name="form_token" value="([0-9a-f]{64})"', (await person.get(path)).text)
    assert found
    return {"form_token": found[1]}


@pytest.mark.parametrize("by", ["secret", "key", "public"])
async def test_a_person_signs_in_with_their_personal_number(person: Person, service: Service, by: str) -> None:
    answer = await person.signs_in("astrid", by=by)
    assert (answer.status_code, answer.headers["location"]) == (303, "/me"), answer.text
    page = await person.get("/me")
    assert page.status_code == 200
    assert "Astrid Öberg Åkesson" in page.text
    number = await service.database.fetchval("SELECT value FROM person_identifier WHERE system LIKE '%/personnummer'")
    assert number == "195803142388"


async def test_a_person_with_a_coordination_number_and_one_name_signs_in_too(person: Person, service: Service) -> None:
    assert (await person.signs_in("amina")).headers["location"] == "/me"
    assert "Amina" in (await person.get("/me")).text
    number = await service.database.fetchval("SELECT value FROM person_identifier WHERE system LIKE '%/samordningsnummer'")
    assert number == "198507752387"


async def test_the_same_person_is_the_same_however_they_sign_in(person: Person, service: Service) -> None:
    for by in ("secret", "key"):
        await person.signs_in("astrid", by=by)
        person.http.cookies.clear()
    found = await service.database.fetchval("SELECT count(*) FROM person_identifier WHERE value = '195803142388'")
    assert found == 1


async def test_staff_with_one_assignment_act_by_it_and_the_header_says_so(person: Person) -> None:
    assert (await person.signs_in("anna")).headers["location"] == "/staff"
    page = (await person.get("/staff")).text
    assert "Anna Forsberg" in page
    assert "Läkare, Unit 1001" in page
    assert "/sign-in/as" not in page, "there is nothing to switch to: the other assignment is over"


async def test_staff_with_several_assignments_choose_and_switch(person: Person) -> None:
    answer = await person.signs_in("bo", next="/staff/requests")
    assert answer.headers["location"] == "/sign-in/as?next=/staff/requests"
    before = person.http.cookies[COOKIE]
    assert (await person.get("/staff")).status_code == 303, "nothing is open until something is chosen"
    page = (await person.get("/sign-in/as?next=/staff/requests")).text
    assert re.findall(r'name="choice" value="([^"]+)"', page) == ["bo-1", "bo-2"]
    token = await form(person, "/sign-in/as")
    chosen = await person.http.post("/sign-in/as", data={**token, "choice": "bo-1", "next": "/staff/requests"})
    assert chosen.headers["location"] == "/staff/requests"
    first = person.http.cookies[COOKIE]
    assert first != before
    assert "Unit 1002" in (await person.get("/staff")).text
    token = await form(person, "/sign-in/as")
    await person.http.post("/sign-in/as", data={**token, "choice": "bo-2"})
    assert person.http.cookies[COOKIE] not in (before, first)
    assert "Unit 2001" in (await person.get("/staff")).text


async def test_what_is_not_theirs_cannot_be_chosen(person: Person) -> None:
    await person.signs_in("bo")
    token = await form(person, "/sign-in/as")
    for choice in ("anna-1", "own", "", "bo-1 "):
        assert (await person.http.post("/sign-in/as", data={**token, "choice": choice})).status_code == 403, choice
    assert (await person.get("/staff")).status_code == 303


async def test_who_is_staff_and_a_person_chooses_which(person: Person) -> None:
    await person.signs_in("both")
    page = (await person.get("/sign-in/as")).text
    assert re.findall(r'name="choice" value="([^"]+)"', page) == ["bo-1", "bo-2", "own"]
    token = await form(person, "/sign-in/as")
    assert (await person.http.post("/sign-in/as", data={**token, "choice": "own"})).headers["location"] == "/me"
    assert (await person.get("/staff")).status_code == 403


async def test_an_assignment_that_is_withdrawn_ends_its_sessions_and_no_other(person: Person, service: Service) -> None:
    await person.signs_in("anna")
    done = await assignments.replace(service.app.state.door, [each for each in ROWS if each.hsa_id == ANNA])
    assert (done.gone, (await person.get("/staff")).status_code) == (2, 200)
    done = await assignments.replace(service.app.state.door, [])
    assert (done.gone, done.ended) == (2, 1)
    assert (await person.get("/staff")).status_code == 303


async def test_who_has_no_assignment_and_no_number_is_let_in_nowhere(person: Person) -> None:
    answer = await person.signs_in("nobody")
    assert answer.status_code == 403
    assert "have nothing to open here" in answer.text
    assert COOKIE not in person.http.cookies


async def test_a_level_that_is_too_low_is_told_and_leads_to_a_new_sign_in(
    person: Person, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await service.app.state.providers["key"].metadata.told()
    monkeypatch.setitem(told, "claims_parameter_supported", False)  # a provider that is asked for a level, and may give less
    answer = await person.signs_in("astrid", level=2, by="key")
    assert answer.status_code == 403
    assert "stronger e-identification" in answer.text
    assert COOKIE not in person.http.cookies
    again = re.search(r'href="(/sign-in/with/key\?level=3)"', answer.text)
    assert again
    answer = await person.get(await person.shows(await person.get(again[1]), "astrid", 3))
    assert answer.headers["location"] == "/me"


async def test_a_page_that_asks_more_sends_to_prove_more_and_back(person: Person) -> None:
    await person.signs_in("astrid", level=3)
    page = await person.get("/me/mandates/new")
    assert page.status_code == 403
    link = re.search(r'href="(/sign-in/with/secret[^"]*)"', page.text)
    assert link
    start = await person.get(link[1].replace("&amp;", "&"))
    asked = httpx.URL(start.headers["location"]).params
    assert asked["prompt"] == "login", "who is signed in there shows it anew"
    assert f"{LOA}4" in asked["claims"]
    assert f"{LOA}3" not in asked["claims"]
    before = person.http.cookies[COOKIE]
    answer = await person.get(await person.shows(start, "astrid", 4))
    assert answer.headers["location"] == "/me/mandates/new"
    assert person.http.cookies[COOKIE] != before
    assert (await person.get("/me/mandates/new")).status_code == 200


async def test_a_session_of_a_low_level_reads_nothing_about_anybody_by_any_way(person: Person) -> None:
    await person.signs_in("astrid", level=2, by="secret")
    assert COOKIE in person.http.cookies
    for path in ("/me", "/me/log", "/me/results"):
        assert (await person.get(path)).status_code == 403, path
    assert (await person.get("/fhir/Observation")).status_code == 401
    assert (await person.get("/sessions")).status_code == 200


async def test_the_keys_of_the_provider_may_change_at_any_time(person: Person, provider: Running, service: Service) -> None:
    await person.signs_in("astrid")
    person.http.cookies.clear()
    httpx.post(f"{provider.issuer}/test/rotate")
    metadata = service.app.state.providers["secret"].metadata
    metadata._keys_at -= timedelta(minutes=1).total_seconds()
    person.there.cookies.clear()
    assert (await person.signs_in("astrid")).headers["location"] == "/me"


async def test_an_answer_to_a_question_of_another_browser_signs_nobody_in(person: Person) -> None:
    start = await person.get("/sign-in/with/secret")
    address = await person.shows(start, "astrid")
    kept = dict(person.http.cookies)
    person.http.cookies.clear()  # as whoever was sent the address by somebody else
    answer = await person.get(address)
    assert (answer.status_code, COOKIE in person.http.cookies) == (400, False)
    await person.get("/sign-in/with/secret")  # a sign-in of their own does not make it theirs
    assert (await person.get(address)).status_code == 400
    person.http.cookies.clear()
    for name, value in kept.items():
        person.http.cookies.set(name, value)
    assert (await person.get(address.replace("state=", "state=x"))).status_code == 400
    assert (await person.get(address.replace("/back/secret", "/back/key"))).status_code == 400
    assert (await person.get(address)).headers["location"] == "/me"


async def test_a_code_is_taken_once(person: Person) -> None:
    start = await person.get("/sign-in/with/secret")
    kept = dict(person.http.cookies)
    address = await person.shows(start, "astrid")
    assert (await person.get(address)).status_code == 303
    person.http.cookies.clear()
    for name, value in kept.items():
        person.http.cookies.set(name, value)
    answer = await person.get(address)
    assert (answer.status_code, COOKIE in person.http.cookies) == (403, False)


async def test_a_code_and_an_answer_that_are_forged_are_refused_in_words(person: Person, provider: Running) -> None:
    start = await person.get("/sign-in/with/secret")
    state = httpx.URL(start.headers["location"]).params["state"]
    for query in ("code=forged", "error=server_error", "error=%3Cscript%3E", "", "code=x&iss=https://evil.example"):
        answer = await person.get(f"/sign-in/back/secret?state={state}&{query}")
        assert answer.status_code == 403, query
        assert "could not be trusted" in answer.text
        assert "<script>" not in answer.text.split("<main")[1]


async def test_who_cancels_is_told_that_nothing_has_happened(person: Person) -> None:
    start = await person.get("/sign-in/with/secret?next=/me/log")
    answer = await person.get(await person.at_provider(start.headers["location"], "cancel"))
    assert "You cancelled the sign-in" in answer.text
    assert 'href="/sign-in/with/secret?next=/me/log"' in answer.text


async def test_a_provider_that_is_down_is_told_with_a_page_and_the_others_stand(person: Person) -> None:
    answer = await person.get("/sign-in/with/down?next=/me")
    assert answer.status_code == 503
    assert "The broken one does not answer just now" in answer.text
    assert 'href="/sign-in/with/down?next=/me"' in answer.text
    page = (await person.get("/sign-in?next=/me")).text
    found = re.findall(r'href="(/sign-in/with/[^"]+)"', page)
    assert found == [f"/sign-in/with/{name}?next=/me" for name in ("secret", "key", "public", "down")]
    assert (await person.get("/sign-in/with/another")).status_code == 404


async def test_a_person_sees_where_they_are_signed_in_and_ends_it_from_elsewhere(person: Person, service: Service) -> None:
    await person.signs_in("anna")
    await service.database.execute("UPDATE session SET browser = 'Mozilla/5.0 (iPhone) Safari/1' WHERE subject LIKE '% anna'")
    lost = dict(person.http.cookies)
    person.http.cookies.clear()
    await person.signs_in("anna")
    page = await person.get("/sessions")
    keys = re.findall(r'name="session" value="(\d+)"', page.text)
    assert len(keys) == 2
    assert "Safari, iPhone" in page.text
    token = await form(person, "/sessions")
    for other in ("0", "x", str(10**30), "-1"):
        assert (await person.http.post("/sessions/end", data={**token, "session": other})).status_code == 404, other
    ended = await person.http.post("/sessions/end", data={**token, "session": keys[1]})
    assert ended.headers["location"] == "/sessions?ended=1#done"
    assert (await person.get("/staff")).status_code == 200
    assert (await person.http.post("/sessions/end", data=token)).headers["location"] == "/sign-in"
    assert (await person.get("/staff")).status_code == 303
    person.http.cookies.clear()
    person.http.cookies.set(COOKIE, lost[COOKIE])
    assert (await person.get("/staff")).status_code == 303


async def test_nobody_ends_a_session_of_somebody_else(person: Person, service: Service) -> None:
    await person.signs_in("anna")
    theirs = await service.database.fetchval("SELECT max(key) FROM session")
    annas = dict(person.http.cookies)
    person.http.cookies.clear()
    person.there.cookies.clear()
    await person.signs_in("astrid")
    token = await form(person, "/sessions")
    assert (await person.http.post("/sessions/end", data={**token, "session": str(theirs)})).status_code == 404
    person.http.cookies.clear()
    person.http.cookies.set(COOKIE, annas[COOKIE])
    assert (await person.get("/staff")).status_code == 200


async def test_what_is_asked_of_the_provider_is_what_the_profile_asks(person: Person) -> None:
    start = await person.get("/sign-in/with/key")
    asked = httpx.URL(start.headers["location"]).params
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len(asked["code_challenge"]) == 43
    assert len(asked["state"]) >= 43
    assert len(asked["nonce"]) >= 43
    assert "openid" in asked["scope"].split()
    assert f"{LOA}3" in asked["claims"]
    cookie = start.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    for secret in (asked["nonce"], asked["code_challenge"]):
        assert secret not in cookie


async def test_signing_in_leads_to_no_other_site(person: Person) -> None:
    for next in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        answer = await person.signs_in("astrid", next=next)
        assert answer.headers["location"] == "/me", next
        person.http.cookies.clear()
