"""ID tokens: only what this provider signed, for us, now, in answer to this question; and what claims say, by the table."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from kedja.config import CannotRun
from kedja.identity import Identifier
from kedja.identity.systems import PERSONNUMMER, SAMORDNINGSNUMMER
from kedja.signin.oidc import flow as flows
from kedja.signin.oidc import metadata, verify
from kedja.signin.oidc.claims import UnclearClaims, claims_table
from kedja.signin.oidc.fetch import Down
from kedja.signin.oidc.metadata import Metadata
from kedja.signin.oidc.settings import is_safe, read

ISSUER, CLIENT, NONCE, NOW = "https://idp.example", "kedja", "n-1", 1_800_000_000
KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
CURVE = ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"})
ANOTHER = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
TODAY = date(2026, 11, 30)
ID = "https://id.oidc.se/claim"
GOOD = {"iss": ISSUER, "aud": CLIENT, "sub": "1", "nonce": NONCE, "iat": NOW, "exp": NOW + 300}


class Answers:
    """What the provider answers, and how often it was asked."""

    def __init__(self, *keys: Any) -> None:
        self.keys, self.asked, self.down, self.now = list(keys), 0, False, 1000.0

    async def get_json(self, address: str) -> dict[str, Any]:
        self.asked += 1
        if self.down:
            raise Down("no answer")
        if address.endswith("openid-configuration"):
            own = {name: f"{ISSUER}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            return {"issuer": ISSUER, **own}
        return {"keys": [key.as_dict(private=False) for key in self.keys] + ["odd", {"kty": "RSA"}, {"kty": "x"}]}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    made = Answers(KEY, CURVE)
    monkeypatch.setattr(metadata, "get_json", made.get_json)
    return made


@pytest.fixture
def provider(answers: Answers) -> Metadata:
    return Metadata(ISSUER, lambda: answers.now)


def token(claims: dict[str, Any], key: Any = KEY, alg: str = "RS256", **header: Any) -> str:
    return jwt.encode({"alg": alg, "kid": key.kid, **header}, claims, key, algorithms=[alg])


async def checked(token: str, provider: Metadata) -> dict[str, Any]:
    return await verify.id_token(token, provider, CLIENT, NONCE, NOW)


@pytest.mark.parametrize("more", [{}, {"aud": [CLIENT]}, {"aud": [CLIENT, "b"], "azp": CLIENT}, {"azp": CLIENT}])
async def test_a_good_token_gives_its_claims(provider: Metadata, more: dict[str, Any]) -> None:
    assert (await checked(token(GOOD | more), provider))["sub"] == "1"
    assert (await checked(token(GOOD | more, CURVE, "ES256"), provider))["sub"] == "1"


@pytest.mark.parametrize("claims", [{"exp": NOW - 59}, {"iat": NOW + 59}, {"nbf": NOW + 59}, {"iat": NOW - 600}])
async def test_clocks_may_differ_by_a_minute(provider: Metadata, claims: dict[str, Any]) -> None:
    await checked(token(GOOD | claims), provider)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"iss": ISSUER + "/"},
        {"aud": "another"},
        {"aud": []},
        {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"azp": "another"},
        {"nonce": "n-2"},
        {"exp": NOW - 61},
        {"exp": "soon"},
        {"iat": NOW + 61},
        {"iat": NOW - 661},
        {"nbf": NOW + 61},
        {"sub": ""},
        {"sub": 1},
        *({name: None} for name in ("iss", "aud", "nonce", "exp", "iat", "sub")),
    ],
    ids=str,
)
async def test_a_token_that_is_not_ours_not_now_or_not_for_this_question_is_refused(
    provider: Metadata, claims: dict[str, Any]
) -> None:
    told = {name: value for name, value in (GOOD | claims).items() if value is not None}
    with pytest.raises(verify.Untrusted):
        await checked(token(told), provider)


def _plain(header: dict[str, Any], claims: dict[str, Any]) -> str:
    parts = (urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims))
    return ".".join((*parts, ""))


async def test_a_token_that_the_provider_did_not_sign_is_refused(provider: Metadata) -> None:
    public = OctKey.import_key(str(KEY.as_dict(private=False)["n"]))  # what is public as a shared secret: an old trick
    whole = token(GOOD)
    head, body, signature = whole.split(".")
    for forged in (
        token(GOOD, ANOTHER),
        _plain({"alg": "none"}, GOOD),
        _plain({"alg": "NONE", "kid": "first"}, GOOD),
        jwt.encode({"alg": "HS256", "kid": "first"}, GOOD, public, algorithms=["HS256"]),
        token(GOOD, KEY, kid="unknown"),
        token(GOOD, CURVE, "ES256", kid="first"),
        f"{head}.{body[:-2]}xx.{signature}",
        f"{head}.{body}.",
        "",
        "a",
        "a.b.c",
        "å.å.å",
        _plain({"alg": ["RS256"]}, GOOD),
        _plain({"alg": "RS256", "kid": 7}, GOOD),
    ):
        with pytest.raises(verify.Untrusted):
            await checked(forged, provider)


async def test_a_key_that_is_new_is_asked_for_once_and_a_forger_does_not_make_us_ask_again(
    provider: Metadata, answers: Answers
) -> None:
    await checked(token(GOOD), provider)
    new = RSAKey.generate_key(2048, {"kid": "second"})
    answers.keys, answers.now = [new], answers.now + 30
    await checked(token(GOOD, new), provider)
    asked = answers.asked
    for _ in range(5):
        with pytest.raises(verify.Untrusted):
            await checked(token(GOOD, ANOTHER, kid="third"), provider)
    assert answers.asked == asked
    with pytest.raises(verify.Untrusted):
        await checked(token(GOOD), provider)  # the old key is no longer theirs


async def test_a_provider_that_is_down_is_asked_again_after_a_while(provider: Metadata, answers: Answers) -> None:
    answers.down = True
    for _ in range(3):
        with pytest.raises(Down):
            await provider.told()
    assert answers.asked == 1
    answers.down, answers.now = False, answers.now + 5
    assert (await provider.told())["issuer"] == ISSUER


async def test_a_provider_that_says_it_is_another_is_not_believed(answers: Answers) -> None:
    with pytest.raises(Down, match="says that it is"):
        await Metadata("https://another.example", lambda: answers.now).told()


def test_what_was_asked_is_known_for_ten_minutes_to_who_asked_and_cannot_be_altered() -> None:
    secret = b"0123456789abcdef0123456789abcdef"
    flow = flows.begin("one", "/me", 3, False, NOW)
    kept = flows.kept(flow, secret)
    assert flows.read(kept, secret, NOW + 600) == flow
    assert flows.read(kept, secret, NOW + 601) is None
    assert flows.read(kept, secret[::-1], NOW) is None
    assert flows.read(kept[:-3] + "xxx", secret, NOW) is None
    assert flows.read("", secret, NOW) is None
    assert len({flows.nonce(flow, secret), flows.verifier(flow, secret), flow.state}) == 3


def test_claims_of_the_swedish_profile_say_who_somebody_is() -> None:
    said = claims_table().read(
        {
            f"{ID}/personalIdentityNumber": "195803142388",
            f"{ID}/orgAffiliation": "SE2399999999-P1@2399999999",
            f"{ID}/orgName": "Region  Sörvik",
            "given_name": "Astrid",
            "family_name": "Å" * 130,
            "acr": "http://id.elegnamnden.se/loa/1.0/loa3",
        },
        TODAY,
    )
    assert said.number == Identifier(PERSONNUMMER, "195803142388")
    assert (said.hsa_id, said.organisation, said.level) == ("SE2399999999-P1", "Region Sörvik", 3)
    assert said.name == "Astrid " + "Å" * 130


def test_a_coordination_number_is_one_under_either_name() -> None:
    for name in ("personalIdentityNumber", "coordinationNumber"):
        said = claims_table().read({f"{ID}/{name}": "198507752387"}, TODAY)
        assert said.number == Identifier(SAMORDNINGSNUMMER, "198507752387")


@pytest.mark.parametrize(
    "claims",
    [
        {f"{ID}/personalIdentityNumber": "195803142389"},
        {f"{ID}/personalIdentityNumber": "x"},
        {f"{ID}/coordinationNumber": "195803142388"},
        {f"{ID}/personalIdentityNumber": "195803142388", f"{ID}/coordinationNumber": "198507752387"},
    ],
    ids=["check digit", "no number", "no coordination number", "two"],
)
def test_claims_that_are_no_number_or_two_sign_nobody_in(claims: dict[str, Any]) -> None:
    with pytest.raises(UnclearClaims):
        claims_table().read(claims, TODAY)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"employeeHsaId": "anna"},
        {"employeeHsaId": ["SE2399999999-A", "SE2399999999-B"]},
        {"employeeHsaId": {"a": 1}},
        {f"{ID}/orgAffiliation": "anna@2399999999"},
        {"acr": "http://id.elegnamnden.se/loa/1.0/loa9"},
        {"acr": ["http://id.elegnamnden.se/loa/1.0/loa4"]},
        {"name": 7},
    ],
    ids=str,
)
def test_claims_that_are_not_understood_say_nothing(claims: dict[str, Any]) -> None:
    said = claims_table().read(claims, TODAY)
    assert (said.number, said.hsa_id, said.level, said.name) == (None, "", 0, "")


def test_an_installation_changes_single_lines_of_the_table() -> None:
    table = claims_table({"claim": [{"of": "hsa_id", "names": ["hsa"]}], "levels": {"urn:high": 4}})
    assert table.read({"hsa": "X1", "employeeHsaId": "SE2399999999-A", "acr": "urn:high"}, TODAY).hsa_id == "X1"
    assert table.acr_values(4)[-1] == "urn:high"
    for wrong in ({"claim": [{"of": "shoe", "names": ["a"]}]}, {"claim": [{"of": "name"}]}, {"levels": {"a": 5}}):
        with pytest.raises(ValueError, match=r"level|claim"):
            claims_table(wrong)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", r"\[\[provider\]\]"),
        ("x = ", "cannot be used"),
        ('[[provider]]\nname = "a"\nclient_id = "k"', "lacks `issuer`"),
        ('[[provider]]\nname = "A b"\nclient_id = "k"\nissuer = "https://a"', "not of a-z"),
        ('[[provider]]\nname = "a"\nclient_id = "k"\nissuer = "http://idp.example"', "no https address"),
        ('[[provider]]\nname = "a"\nclient_id = "k"\nissuer = "https://a"\nleast = 9', "least"),
        ('[[provider]]\nname = "a"\nclient_id = "k"\nissuer = "https://a"\nclient_secrets = "x"', "client_secrets"),
        ('[[provider]]\nname = "a"\nclient_id = "k"\nissuer = "https://a"\nscopes = ["profile"]', "openid"),
        ('[[provider]]\nname = "a"\nclient_id = "k"\nissuer = "https://a"\nclient_secret_file = "none"', "none"),
        ('[[provider]]\nname = "a"\nclient_id = "k"\nissuer = "https://a"\n[levels]\nme = 3', "levels"),
    ],
)
def test_a_sign_in_file_that_is_wrong_stops_the_start_with_a_sentence(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "sign-in.toml").write_text(text)
    with pytest.raises(CannotRun, match=told):
        read(str(tmp_path / "sign-in.toml"))


def test_a_key_that_is_none_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key")
    lines = '[[provider]]\nname = "a"\nclient_id = "k"\nissuer = "https://a"\nclient_key_file = "key.pem"'
    (tmp_path / "sign-in.toml").write_text(lines)
    with pytest.raises(CannotRun, match="client_key_file"):
        read(str(tmp_path / "sign-in.toml"))


def test_only_https_and_this_machine_are_safe() -> None:
    assert [is_safe(a) for a in ("https://a", "http://127.0.0.1:1", "http://localhost/", "http://[::1]:2")] == [True] * 4
    assert not any(
        is_safe(a) for a in ("http://a", "ftp://127.0.0.1", "https://", "", "http://127.0.0.1.evil.example", "file:///x")
    )
