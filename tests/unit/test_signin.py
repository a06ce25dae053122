"""Tokens, sessions and forms: what is forged, old or meant for something else is refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.outcome import OutcomeError
from kedja.signin import demo, tokens
from kedja.signin.authenticate import authenticate
from kedja.signin.secret import signing_secret
from kedja.signin.session import COOKIE, check_form, close_session, form_token, open_session, session_of

SECRET = b"0123456789abcdef0123456789abcdef"
OTHER_SECRET = b"fedcba9876543210fedcba9876543210"
HOUR = timedelta(hours=1)
DOCTOR = Actor(
    id="demo:doctor",
    kind=Kind.PROFESSIONAL,
    name="Åsa Öberg",
    title="Läkare",
    hsa_id="SE2399999999-0001",
    prescriber=True,
    assignment=Assignment(
        "a1", Purpose.CARE, "SE2399999999-P1", "SE2399999999-U1", ("Läsa;alla;SJF",), "Region Sörvik", "Ekbacken"
    ),
)


def request(method: str = "GET", **headers: str) -> Request:
    named = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "path": "/", "headers": named, "query_string": b""})


def session_cookie() -> str:
    response = Response()
    open_session(response, DOCTOR, SECRET, secure=False)
    return response.headers["set-cookie"].split(";")[0]


def test_a_token_gives_back_the_actor_that_it_was_made_for():
    assert tokens.verify(tokens.mint(DOCTOR, SECRET, HOUR), SECRET) == DOCTOR


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        tokens.mint(DOCTOR, OTHER_SECRET, HOUR),
        tokens.mint(DOCTOR, SECRET, HOUR)[:-2],
        tokens.mint(DOCTOR, SECRET, -HOUR),
        tokens.mint(DOCTOR, SECRET, HOUR, audience=tokens.SESSION),
        "eyJhbGciOiJub25lIn0.eyJpc3MiOiJrZWRqYSIsImF1ZCI6ImtlZGphLWFwaSJ9.",
    ],
    ids=["empty", "no token", "no claims", "another secret", "cut", "expired", "a session", "alg none"],
)
def test_what_was_not_issued_here_for_this_use_is_refused(token: str):
    with pytest.raises(OutcomeError) as refusal:
        tokens.verify(token, SECRET)
    assert refusal.value.status == 401


def test_a_token_that_was_good_a_moment_ago_is_refused_once_it_is_over(monkeypatch: pytest.MonkeyPatch):
    token = tokens.mint(DOCTOR, SECRET, HOUR)
    assert tokens.verify(token, SECRET) == DOCTOR
    monkeypatch.setattr(tokens.time, "time", lambda: 9_999_999_999)
    with pytest.raises(OutcomeError, match="expired"):
        tokens.verify(token, SECRET)


def test_a_short_secret_signs_nothing():
    with pytest.raises(ValueError, match="32 bytes"):
        tokens.mint(DOCTOR, b"short", HOUR)


def test_a_bearer_token_signs_in_for_any_method():
    header = f"Bearer {tokens.mint(DOCTOR, SECRET, HOUR)}"
    assert authenticate(request("POST", authorization=header), SECRET) == DOCTOR


def test_a_session_cookie_reads_but_does_not_write_where_no_form_is():
    cookie = session_cookie()
    assert authenticate(request("GET", cookie=cookie), SECRET) == DOCTOR
    assert authenticate(request("POST", cookie=cookie), SECRET) is None


def test_nobody_is_signed_in_without_a_token():
    assert authenticate(request(), SECRET) is None


def test_a_header_that_is_no_bearer_token_is_refused():
    with pytest.raises(OutcomeError, match="Bearer"):
        authenticate(request(authorization="Basic YTpi"), SECRET)


def test_the_session_cookie_is_out_of_reach_of_scripts_and_of_other_sites():
    response = Response()
    open_session(response, DOCTOR, SECRET, secure=True)
    cookie = response.headers["set-cookie"].lower()
    assert cookie.startswith(COOKIE)
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" in cookie


def test_signing_out_takes_the_cookie_away():
    response = Response()
    close_session(response)
    assert 'kedja_session=""' in response.headers["set-cookie"]
    assert "Max-Age=0" in response.headers["set-cookie"]


def test_each_session_has_an_id_of_its_own():
    first = session_of(request(cookie=session_cookie()), SECRET)
    second = session_of(request(cookie=session_cookie()), SECRET)
    assert first and second and first.id != second.id


def test_a_bearer_token_is_no_session():
    assert session_of(request(cookie=f"{COOKIE}={tokens.mint(DOCTOR, SECRET, HOUR)}"), SECRET) is None


def test_a_form_of_another_session_is_refused():
    check_form(form_token("mine", SECRET), "mine", SECRET)
    for token in ("", form_token("yours", SECRET), form_token("mine", OTHER_SECRET), "å"):
        with pytest.raises(OutcomeError) as refusal:
            check_form(token, "mine", SECRET)
        assert refusal.value.status == 403


def test_a_demo_login_becomes_an_actor_with_its_assignment():
    row = {
        "id": "doctor",
        "name": "Åsa Öberg",
        "title": "Läkare",
        "kind": "professional",
        "hsa_id": "SE2399999999-0001",
        "prescriber": True,
        "assignment": {
            "id": "a1",
            "purpose": "care",
            "provider": "SE2399999999-P1",
            "unit": "SE2399999999-U1",
            "rights": ["Läsa;alla;SJF"],
            "provider_name": "Region Sörvik",
            "unit_name": "Ekbacken",
        },
    }
    login = demo.find([row], "Åsa Öberg")
    assert login is not None
    assert demo.actor_of(login, 0) == DOCTOR
    assert demo.find([row], "nobody") is None


def test_what_the_demo_signed_is_worth_nothing_without_it(tmp_path: Path) -> None:
    token = tokens.mint(DOCTOR, signing_secret(tmp_path, demo=True), timedelta(hours=1))
    assert tokens.verify(token, signing_secret(tmp_path, demo=True)) == DOCTOR
    with pytest.raises(OutcomeError):
        tokens.verify(token, signing_secret(tmp_path, demo=False))
