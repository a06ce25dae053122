"""Sessions: in the store, hashed; another id after every change; ended from here, from elsewhere, by idleness and by age."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from kedja.access.actor import Kind, acting
from kedja.signin.session import COOKIE, form_token, open_session
from kedja.signin.tokens import mint
from tests.fhir.service import CLINIC_DOCTOR, Service, citizen, observation, patient, running
from tests.sessions import cookie, proof_of, signed_in

NUMBER = "195803142388"


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


async def get(service: Service, path: str, session: str) -> httpx.Response:
    service.http.cookies.clear()
    return await service.http.get(path, headers=cookie(session) | {"Accept-Language": "en"})


async def post(service: Service, path: str, session: str, **fields: str) -> httpx.Response:
    service.http.cookies.clear()
    token = form_token(session, service.app.state.secret)
    return await service.http.post(path, data={"form_token": token, **fields}, headers=cookie(session))


async def holds(service: Service, session: str) -> bool:
    return (await get(service, "/staff", session)).status_code == 200


async def logged(service: Service, what: str) -> int:
    return await service.database.fetchval("SELECT sum(times) FROM sign_in_log WHERE what = $1", what) or 0


async def test_the_store_never_holds_what_the_cookie_holds(service: Service) -> None:
    session = await signed_in(service.app, CLINIC_DOCTOR)
    row = await service.database.fetchrow("SELECT s::text AS words, id FROM session s ORDER BY key DESC LIMIT 1")
    assert row is not None
    assert session not in row["words"]
    assert sha256(session.encode()).digest() != row["id"], "a keyed hash: the table alone does not tell whether a guess is right"


async def test_signing_out_ends_every_copy_of_the_cookie(service: Service) -> None:
    session = await signed_in(service.app, CLINIC_DOCTOR)
    assert await holds(service, session)
    answer = await post(service, "/sign-out", session)
    assert answer.status_code == 303
    assert f'{COOKIE}=""' in answer.headers["set-cookie"]
    assert not await holds(service, session)


async def test_a_session_ends_when_it_is_not_used(service: Service) -> None:
    session = await signed_in(service.app, CLINIC_DOCTOR)
    await service.database.execute("UPDATE session SET seen = now() - interval '29 minutes' WHERE ends > now()")
    assert await holds(service, session)
    seen = await service.database.fetchval("SELECT now() - seen FROM session ORDER BY key DESC LIMIT 1")
    assert seen and seen < timedelta(minutes=1), "its use is noted"
    await service.database.execute("UPDATE session SET seen = now() - interval '31 minutes'")
    assert not await holds(service, session)


async def test_a_session_ends_at_its_time_however_much_it_is_used(service: Service) -> None:
    session = await signed_in(service.app, CLINIC_DOCTOR)
    left = await service.database.fetchval("SELECT ends - created FROM session ORDER BY key DESC LIMIT 1")
    assert left == timedelta(hours=8)
    await service.database.execute("UPDATE session SET ends = now()")
    assert not await holds(service, session)


async def test_another_secret_ends_every_session(service: Service) -> None:
    session = await signed_in(service.app, CLINIC_DOCTOR)
    secret, service.app.state.secret = service.app.state.secret, b"another secret of thirty-two bytes"
    try:
        assert not await holds(service, session)
    finally:
        service.app.state.secret = secret


async def test_acting_for_somebody_else_gives_another_id_and_ends_the_old_one(service: Service) -> None:
    made = await service.as_(CLINIC_DOCTOR).create(patient(NUMBER))
    me = citizen(await service.person_of(made["id"]))
    child = acting(me, Kind.GUARDIAN, 10**6, "Somebody")
    session = await signed_in(service.app, child, proof_of(me))
    answer = await post(service, "/me/acting", session, handle="")
    assert answer.status_code == 303, answer.text
    changed = answer.cookies[COOKIE]
    assert changed != session
    assert (await get(service, "/me", session)).status_code == 303, "the old id opens nothing"
    assert (await get(service, "/me", changed)).status_code == 200
    old_form = form_token(session, service.app.state.secret)
    service.http.cookies.clear()
    refused = await service.http.post("/me/blocks", data={"form_token": old_form}, headers=cookie(changed))
    assert refused.status_code == 403


async def test_signing_in_again_ends_the_session_that_the_browser_had(service: Service) -> None:
    first = await signed_in(service.app, CLINIC_DOCTOR)
    headers = [(b"cookie", f"{COOKIE}={first}".encode())]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers, "app": service.app}
    second = await open_session(Request(scope | {"scheme": "http"}), Response(), proof_of(CLINIC_DOCTOR), CLINIC_DOCTOR)
    assert not await holds(service, first)
    assert await holds(service, second)


async def test_a_session_reads_but_does_not_write_where_no_form_is(service: Service) -> None:
    session = await signed_in(service.app, CLINIC_DOCTOR)
    assert (await get(service, "/fhir/Patient?_count=1", session)).status_code == 200
    service.http.cookies.clear()
    refused = await service.http.post("/fhir/Observation", json=observation("x"), headers=cookie(session))
    assert refused.status_code == 401


async def test_who_has_not_chosen_yet_opens_nothing(service: Service) -> None:
    session = await signed_in(service.app, None, proof_of(CLINIC_DOCTOR))
    assert not await holds(service, session)
    assert (await get(service, "/fhir/Patient", session)).status_code == 401


async def test_forged_and_ended_sessions_and_tokens_are_counted_and_a_flood_leaves_few_rows(service: Service) -> None:
    before = await logged(service, "no-session")
    for guess in ("x" * 43, "y" * 43, "z" * 5000):
        assert not await holds(service, guess)
    assert await logged(service, "no-session") == before + 3
    tokens = await logged(service, "no-token")
    secret, hour = service.app.state.secret, timedelta(hours=1)
    for token in ("x", mint(CLINIC_DOCTOR, b"o" * 32, hour), mint(CLINIC_DOCTOR, secret, -hour)):
        answer = await service.http.get("/fhir/Patient", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
    assert await logged(service, "no-token") == tokens + 3
    rows = await service.database.fetchval("SELECT count(*) FROM sign_in_log WHERE what = 'no-session' AND place = 'GET /staff'")
    assert rows in (1, 2), "by the minute"


async def test_the_page_of_another_kind_and_a_form_of_another_session_stand_in_the_log_of_who_tried(service: Service) -> None:
    session = await signed_in(service.app, CLINIC_DOCTOR)
    before = await service.database.fetchval("SELECT coalesce(max(seq), 0) FROM access_log")
    assert (await get(service, "/me", session)).status_code == 403
    service.http.cookies.clear()
    assert (await service.http.post("/staff", data={"form_token": "0" * 64}, headers=cookie(session))).status_code == 403
    rows = await service.database.fetch(
        "SELECT l.decision, l.detail, a.actor FROM access_log l JOIN log_actor a ON a.key = l.actor WHERE seq > $1 ORDER BY seq",
        before,
    )
    assert [tuple(row) for row in rows] == [
        ("deny", "GET /me: 403", CLINIC_DOCTOR.id),
        ("deny", "POST /staff: 403", CLINIC_DOCTOR.id),
    ]


async def test_a_form_that_is_too_large_or_comes_from_another_site_is_not_read(service: Service) -> None:
    session = await signed_in(service.app, CLINIC_DOCTOR)
    assert (await post(service, "/staff", session, wanted="x" * 1024 * 1024)).status_code == 413
    token = form_token(session, service.app.state.secret)
    foreign = cookie(session) | {"Sec-Fetch-Site": "cross-site"}
    service.http.cookies.clear()
    assert (await service.http.post("/staff", data={"form_token": token, "wanted": "x"}, headers=foreign)).status_code == 403


async def test_behind_https_the_cookie_is_of_this_host_alone(service: Service) -> None:
    app = service.app
    plain, app.state.config = app.state.config, replace(app.state.config, public_url="https://kedja.test")
    try:
        service.http.cookies.clear()
        answer = await service.http.get("/sign-in")
        set_cookie = answer.headers["set-cookie"]
        assert set_cookie.startswith("__Host-kedja_visitor=")
        assert all(word in set_cookie for word in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"))
        assert "Domain" not in set_cookie
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        session = await signed_in(app, CLINIC_DOCTOR)
        assert not await holds(service, session), "the name without __Host- is not looked at"
        there = await service.http.get("/staff", headers={"Cookie": f"__Host-{COOKIE}={session}"})
        assert there.status_code == 200
    finally:
        app.state.config = plain


async def test_where_no_provider_is_connected_the_page_says_so(service: Service) -> None:
    service.http.cookies.clear()
    page = (await service.http.get("/sign-in", headers={"Accept-Language": "en"})).text
    assert "No sign-in provider is connected" in page
    assert "Demo" not in page


async def test_every_answer_has_headers_of_security(service: Service) -> None:
    service.http.cookies.clear()
    for path in ("/", "/fhir/metadata", "/fhir/Patient", "/health", "/audit/key", "/ask", "/static/x", "/me", "/nowhere"):
        headers = (await service.http.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY", path
        assert headers["referrer-policy"] == "same-origin", path
