"""The sign-in file (`KEDJA_SIGN_IN`): which providers there are, how Kedja proves itself to them, which levels are asked for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from kedja.config import CannotRun
from kedja.signin.oidc.claims import Claims, claims_table

SCOPES: Final = (
    "openid",
    "profile",
    "https://id.oidc.se/scope/naturalPersonNumber",
    "https://id.oidc.se/scope/naturalPersonOrgId",
)
LEAST: Final = 3  # HSLF-FS 2016:40 3 kap.: strong authentication over open networks; tillitsnivå 3 (Digg)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_NEEDED: Final = frozenset({"name", "issuer", "client_id"})
_OF_A_PROVIDER: Final = _NEEDED | {
    "title_sv",
    "title_en",
    "client_secret",
    "client_secret_file",
    "client_key_file",
    "scopes",
    "least",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """One provider. Kedja proves itself by `secret`, by `key` (PEM, private_key_jwt), or, with neither, by PKCE alone."""

    name: str
    title_sv: str
    title_en: str
    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    scopes: tuple[str, ...] = SCOPES
    least: int = LEAST


@dataclass(frozen=True, slots=True)
class SignIn:
    """The file, read. `levels`: the least level of pages, by their address, where an installation asks for more."""

    providers: tuple[Settings, ...]
    claims: Claims
    levels: Mapping[str, int]


def read(file: str) -> SignIn:
    """The sign-in file, or no provider where there is none. Raises CannotRun with a sentence that says what is wrong."""
    if not file:
        return SignIn((), claims_table(), {})
    try:
        table = tomllib.loads(Path(file).read_text(encoding="utf-8"))
        providers = tuple(_provider(row, Path(file).parent) for row in table.get("provider", []))
        if not providers or len({each.name for each in providers}) < len(providers):
            raise ValueError("it needs a [[provider]], and each a name of its own")
        if unknown := table.keys() - {"provider", "claims", "levels"}:
            raise ValueError(f"`{min(unknown)}` is not understood")
        return SignIn(providers, claims_table(table.get("claims")), _levels(table.get("levels", {})))
    except (OSError, ValueError, TypeError, re.error) as error:
        raise CannotRun(f"The sign-in file {file} cannot be used: {error}.") from None


def _provider(row: Mapping[str, Any], folder: Path) -> Settings:
    if unknown := row.keys() - _OF_A_PROVIDER:
        raise ValueError(f"`{min(unknown)}` of a provider is not understood")
    if missing := _NEEDED - row.keys():
        raise ValueError(f"a provider lacks `{min(missing)}`")
    name, issuer = str(row["name"]), str(row["issuer"])
    if not _NAME.fullmatch(name):
        raise ValueError(f"the name `{name}` is not of a-z, 0-9 and -")
    if not is_safe(issuer):
        raise ValueError(f"the issuer `{issuer}` is no https address")
    scopes, least = tuple(row.get("scopes", SCOPES)), row.get("least", LEAST)
    if "openid" not in scopes:
        raise ValueError("`scopes` lacks `openid`")
    if not isinstance(least, int) or not 0 <= least <= 4:
        raise ValueError("`least` is a level from 0 to 4")
    secret = row.get("client_secret") or _content(folder, row.get("client_secret_file")).strip()
    key = _content(folder, row.get("client_key_file"))
    if key and not is_key(key):
        raise ValueError("`client_key_file` holds no private key, RSA or EC P-256 in PEM")
    if secret and key:
        raise ValueError("a provider has a secret or a key, not both")
    title = str(row.get("title_en", name))
    sv = str(row.get("title_sv", title))
    return Settings(name, sv, title, issuer, str(row["client_id"]), str(secret), key, scopes, least)


def is_key(pem: str) -> bool:
    """Whether a token can be signed with this key."""
    try:
        return private_key(pem).is_private
    except (JoseError, ValueError):
        return False


def private_key(pem: str) -> RSAKey | ECKey:
    """An RSA or EC key in PEM. Raises JoseError or ValueError for what is none."""
    try:
        return RSAKey.import_key(pem)
    except JoseError:
        return ECKey.import_key(pem)


def is_safe(address: str) -> bool:
    """Whether nobody in between can read or change what is sent there: https, or this machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK))


def _levels(table: Mapping[str, Any]) -> Mapping[str, int]:
    for address, level in table.items():
        if not address.startswith("/") or not isinstance(level, int) or not 1 <= level <= 4:
            raise ValueError(f"[levels] has addresses of pages and levels from 1 to 4, not `{address}`")
    return dict(table)


def _content(folder: Path, file: str | None) -> str:
    return (folder / file).read_text(encoding="utf-8") if file else ""
