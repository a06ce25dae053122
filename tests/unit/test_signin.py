"""Tokens and forms: what is forged, old or meant for something else is refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.outcome import OutcomeError
from kedja.signin import demo, tokens
from kedja.signin.secret import signing_secret
from kedja.signin.session import check_form, form_token

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
        tokens.mint(DOCTOR, SECRET, HOUR, audience="another"),
        "eyJhbGciOiJub25lIn0.eyJpc3MiOiJrZWRqYSIsImF1ZCI6ImtlZGphLWFwaSJ9.",
    ],
    ids=["empty", "no token", "no claims", "another secret", "cut", "expired", "another use", "alg none"],
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
