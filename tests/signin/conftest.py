"""The certified provider of npm, `oidc-provider`, in a process of its own beside the application."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey

from kedja.signin.oidc.provider import public_jwk
from tests.fhir.service import Service, running

PACKAGE = "oidc-provider@9.13.3"
BASE = "http://kedja.test"
LOA = "http://id.elegnamnden.se/loa/1.0/loa"
ID = "https://id.oidc.se"
SCOPES = ("openid", "profile", f"{ID}/scope/naturalPersonNumber", f"{ID}/scope/naturalPersonOrgId", "hsa")
ACCOUNTS: dict[str, dict[str, str]] = {
    "astrid": {"name": "Astrid Öberg Åkesson", f"{ID}/claim/personalIdentityNumber": "195803142388"},
    "amina": {"given_name": "Amina", f"{ID}/claim/coordinationNumber": "198507752387"},
    "anna": {"name": "Anna Forsberg", "employeeHsaId": "SE2399999999-ANNA"},
    "bo": {"name": "Bo Ek", f"{ID}/claim/orgAffiliation": "SE2399999999-BO@2399999999", f"{ID}/claim/orgName": "Region Sörvik"},
    "both": {"name": "Cia", "employeeHsaId": "SE2399999999-BO", f"{ID}/claim/personalIdentityNumber": "196811202388"},
    "nobody": {"name": "Nobody", "employeeHsaId": "SE2399999999-NONE"},
}


@dataclass(frozen=True, slots=True)
class Running:
    """The provider that runs, and the sign-in file that connects three clients of it, and one provider that is down."""

    issuer: str
    file: Path
    process: subprocess.Popen[str]


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the npm package; skips where there is no Node.js, or no registry to have it from."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("no Node.js: the OpenID provider of npm is not run (Debian: `nodejs` and `npm`)")
    folder = tmp_path_factory.mktemp("oidc-provider")
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if done.returncode:
        pytest.skip(f"npm could not install {PACKAGE}: {done.stderr.strip()[-300:]}")
    return folder


@pytest.fixture(scope="module")
def provider(modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("provider")
    key = ECKey.generate_key("P-256").as_pem(private=True).decode()
    names = ("secret", "key", "public")
    clients: list[dict[str, Any]] = [
        {"client_id": "secret", "client_secret": "a secret: of/ours", "token_endpoint_auth_method": "client_secret_basic"},
        {
            "client_id": "key",
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": [public_jwk(key)]},
            "userinfo_signed_response_alg": "RS256",
        },
        {"client_id": "public", "token_endpoint_auth_method": "none"},
    ]
    config = {
        "modules": str(modules),
        "clients": clients,
        "redirects": [f"{BASE}/sign-in/back/{name}" for name in names],
        "acr": [f"{LOA}{level}" for level in (2, 3, 4)],
        "conform": True,  # claims by UserInfo, as the Swedish profile has it
        "accounts": ACCOUNTS,
        "scopes": SCOPES,
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "key.pem").write_text(key)
    (folder / "secret").write_text("a secret: of/ours\n")
    command = ["node", str(Path(__file__).with_name("provider.mjs")), str(folder / "config.json")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        assert port.isdecimal(), "the provider did not start"
        issuer = f"http://127.0.0.1:{port}"
        (folder / "sign-in.toml").write_text(_file(issuer))
        yield Running(issuer, folder / "sign-in.toml", process)
    finally:
        process.terminate()
        process.wait(20)


def _file(issuer: str) -> str:
    scopes = json.dumps(SCOPES)
    own = {"secret": 'client_secret_file = "secret"\nleast = 2', "key": 'client_key_file = "key.pem"', "public": ""}
    common = f'issuer = "{issuer}"\nscopes = {scopes}'
    rows = [
        f'[[provider]]\nname = "{each}"\ntitle_en = "The {each} one"\nclient_id = "{each}"\n{common}\n{own[each]}' for each in own
    ]
    down = '[[provider]]\nname = "down"\ntitle_en = "The broken one"\nissuer = "http://127.0.0.1:9"\nclient_id = "x"'
    return "\n".join([*rows, down, '[levels]\n"/me/mandates/new" = 4\n'])


@pytest.fixture(scope="module")
async def service(
    provider: Running, module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Service]:
    home = tmp_path_factory.mktemp("home")
    async with running(module_database_url, home, sign_in=str(provider.file), public_url=BASE) as started:
        yield started


@dataclass
class Person:
    """A browser: its cookies here are `http`'s, those at the provider `there`'s."""

    http: httpx.AsyncClient
    there: httpx.AsyncClient

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path, headers={"Accept-Language": "en"})

    async def shows(self, start: httpx.Response, login: str, level: int = 3) -> str:
        """The way through the provider, from where it was begun here to the address that leads back."""
        assert start.status_code == 303, start.text
        return await self.at_provider(start.headers["location"], f"login={login}&acr={LOA}{level}")

    async def at_provider(self, address: str, answer: str) -> str:
        for _ in range(10):
            if address.startswith(BASE):
                return address.removeprefix(BASE)
            if "/interaction/" in address:
                address += f"?{answer}"
            told = await self.there.get(address)
            assert told.status_code in (302, 303), told.text
            address = str(told.url.join(told.headers["location"]))
        raise AssertionError(f"no way back from {address}")

    async def signs_in(self, login: str, level: int = 3, by: str = "secret", next: str = "") -> httpx.Response:
        """The answer here to coming back."""
        start = await self.get(f"/sign-in/with/{by}" + (f"?next={next}" if next else ""))
        return await self.get(await self.shows(start, login, level))


@pytest.fixture
async def person(service: Service) -> AsyncIterator[Person]:
    transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as here, httpx.AsyncClient(timeout=30) as there:
        yield Person(here, there)
