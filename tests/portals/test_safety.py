"""What the pages refuse, and what they tell the browser: over plain HTTP, without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from kedja.access.actor import Actor, Kind
from kedja.signin import tokens
from kedja.signin.secret import signing_secret
from kedja.signin.session import form_token
from tests.portals.windows import Server

ASTRID = Actor("demo:astrid", Kind.CITIZEN, "Astrid", person=1)


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url) as opened:
        yield opened


def token_in(page: str) -> str:
    found = re.search(r'name="form_token" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def sign_in(client: httpx.Client, login: str, next: str = "") -> httpx.Response:
    token = token_in(client.get("/sign-in").text)
    return client.post("/sign-in", data={"form_token": token, "login": login, "next": next})


def test_pages_forbid_foreign_and_inline_scripts_frames_and_caches(client: httpx.Client) -> None:
    sign_in(client, "astrid")
    for path in ("/", "/sign-in", "/me", "/nowhere"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_no_page_has_inline_script_or_style(client: httpx.Client) -> None:
    sign_in(client, "astrid")
    for path in ("/", "/sign-in", "/me", "/me/results", "/me/results/NPU27300", "/me/log", "/me/blocks", "/me/medicines"):
        page = client.get(path).text
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", page), path


def test_a_form_without_its_token_changes_nothing(client: httpx.Client) -> None:
    assert client.post("/sign-in", data={"login": "astrid"}).status_code == 403
    sign_in(client, "astrid")
    for path, form in (
        ("/me/blocks", {"unit": "SE2399999999-1101", "kind": "both"}),
        ("/me/blocks/lift", {"block": "x"}),
        ("/sign-out", {}),
    ):
        assert client.post(path, data=form).status_code == 403, path
        assert client.post(path, data={**form, "form_token": "0" * 64}).status_code == 403, path
    assert "Du har inga spärrar" in client.get("/me/blocks", headers={"accept-language": "sv"}).text


def test_the_form_token_of_another_session_is_refused(client: httpx.Client, server: Server) -> None:
    sign_in(client, "astrid")
    with httpx.Client(base_url=server.url) as other:
        sign_in(other, "bjorn")
        theirs = token_in(other.get("/me").text)
    assert client.post("/me/blocks", data={"form_token": theirs, "unit": "SE2399999999-1101", "kind": "both"}).status_code == 403


@pytest.mark.parametrize(
    "next", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\\\\evil"]
)
def test_signing_in_and_choosing_a_language_lead_nowhere_else(client: httpx.Client, next: str) -> None:
    assert sign_in(client, "astrid", next).headers["location"] == "/me"
    assert client.get("/language/en", params={"next": next}).headers["location"] == "/"


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(client: httpx.Client) -> None:
    answer = client.get("/me/results?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/me/results%3Fx%3D1"
    assert sign_in(client, "astrid", "/me/results").headers["location"] == "/me/results"


def test_a_citizen_opens_no_staff_page_and_staff_no_citizens_page(client: httpx.Client) -> None:
    sign_in(client, "astrid")
    assert client.get("/staff").status_code == 403
    assert client.get("/staff/patient/1-00000000000000000000").status_code == 403
    sign_in(client, "anna")
    assert client.get("/me").status_code == 403


def test_the_address_of_a_patient_cannot_be_guessed_or_lent(client: httpx.Client, server: Server) -> None:
    sign_in(client, "anna")
    token = token_in(client.get("/staff").text)
    found = client.post("/staff", data={"form_token": token, "wanted": "19580314-2388"})
    address = found.headers["location"]
    assert client.get(address).status_code == 200
    key, mark = address.rsplit("/", 1)[1].split("-")
    for other in (f"{int(key) + 1}-{mark}", f"{key}-{mark[:-1]}0x", key, "0-", f"-{mark}", "9" * 30 + "-" + mark):
        assert client.get(f"/staff/patient/{other}").status_code == 404, other
    with httpx.Client(base_url=server.url) as colleague:
        sign_in(colleague, "peter")
        assert colleague.get(address).status_code == 404


def test_a_block_of_somebody_else_is_not_lifted(client: httpx.Client, server: Server) -> None:
    with httpx.Client(base_url=server.url) as bjorn:
        sign_in(bjorn, "bjorn")
        theirs = re.findall(r'name="block" value="([^"]+)"', bjorn.get("/me/blocks").text)
        assert len(theirs) == 2
        sign_in(client, "astrid")
        token = token_in(client.get("/me/blocks").text)
        for id in theirs:
            assert client.post("/me/blocks/lift", data={"form_token": token, "block": id}).status_code == 404
        assert len(re.findall(r'name="block" value="', bjorn.get("/me/blocks").text)) == 2


def test_a_forged_session_is_nobody(client: httpx.Client) -> None:
    for forged in ("x" * 43, "", "å".encode().hex(), tokens.mint(ASTRID, b"x" * 32, timedelta(hours=1))):
        client.cookies.set("kedja_session", forged)
        assert client.get("/me").status_code == 303


def test_a_session_cookie_is_no_bearer_token(client: httpx.Client) -> None:
    sign_in(client, "astrid")
    cookie = client.cookies["kedja_session"]
    assert httpx.get(f"{client.base_url}/fhir/Observation", headers={"authorization": f"Bearer {cookie}"}).status_code == 401
    assert client.get("/fhir/Observation").status_code == 200
    assert client.post("/fhir/Observation", json={"resourceType": "Observation"}).status_code == 401


def test_the_demo_provider_is_not_there_without_the_demo(server_without_demo: Server) -> None:
    with httpx.Client(base_url=server_without_demo.url, headers={"accept-language": "en"}) as client:
        page = client.get("/sign-in").text
        assert "Demo" not in page
        assert "Astrid" not in page
        assert "/sign-in/with/bankid" in page
        assert client.post("/sign-in", data={"login": "astrid"}).status_code == 403
        token = form_token(client.cookies["kedja_visitor"], signing_secret(server_without_demo.home, demo=False))
        assert client.post("/sign-in", data={"login": "astrid", "form_token": token}).status_code == 404


def test_static_files_are_these_and_no_others(client: httpx.Client) -> None:
    assert client.get("/static/kedja.css").status_code == 200
    for path in (
        "/static/../page.py",
        "/static/%2e%2e/shared/page.py",
        "/static/vendor/vendored.toml",
        "/static/nothing.css",
        "/static/",
    ):
        assert client.get(path).status_code == 404, path
    versioned = re.search(r"/static/kedja\.css\?v=\w+", client.get("/").text)
    assert versioned
    answer = client.get(versioned[0])
    assert "immutable" in answer.headers["cache-control"]
    assert client.get(versioned[0], headers={"if-none-match": answer.headers["etag"]}).status_code == 304


def test_odd_requests_are_answered_with_a_page(client: httpx.Client) -> None:
    sign_in(client, "astrid")
    for path in (
        "/me?before=%00",
        "/me?domain=nothing",
        "/me/log?before=9999999999999999999999",
        "/me/results/%00",
        "/me/blocks/new?unit=%27",
    ):
        assert client.get(path).status_code in (200, 404, 422), path
    assert (
        client.post("/me/blocks", content=b"\xff\xfe", headers={"content-type": "application/x-www-form-urlencoded"}).status_code
        == 403
    )
    assert client.post("/me/blocks", json={}).status_code == 403


def test_words_of_a_record_are_never_markup(client: httpx.Client) -> None:
    sign_in(client, "anna")
    token = token_in(client.get("/staff").text)
    page = client.post("/staff", data={"form_token": token, "wanted": '<script>alert(1)</script>"><img src=x>'}).text
    assert "<script>alert" not in page
    assert "<img" not in page
