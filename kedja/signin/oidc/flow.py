"""The way to the provider and back: one signed cookie holds what was asked, for ten minutes, in the browser that asked.

`state` is random; the nonce and PKCE's verifier are made from it with the installation's secret, so that they stand nowhere.
"""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from kedja.signin.oidc.settings import Settings

COOKIE: Final = "kedja_flow"
LASTS: Final = 600  # seconds
_AUDIENCE: Final = "kedja-flow"


@dataclass(frozen=True, slots=True)
class Flow:
    """What was asked. `level` is the least that is needed; `again`: who is signed in at the provider must prove it anew."""

    state: str
    provider: str
    next: str
    level: int
    again: bool
    at: int  # seconds since 1970


def begin(provider: str, next: str, level: int, again: bool, now: int) -> Flow:
    return Flow(secrets.token_urlsafe(32), provider, next, level, again, now)


def nonce(flow: Flow, secret: bytes) -> str:
    return _derived("nonce", flow, secret)


def verifier(flow: Flow, secret: bytes) -> str:
    """PKCE's code verifier: 43 characters (RFC 7636, 4.1)."""
    return _derived("verifier", flow, secret)


def address(
    flow: Flow, told: Mapping[str, Any], settings: Settings, redirect_uri: str, acr: Sequence[str], secret: bytes, language: str
) -> str:
    """The provider's address with the request for authentication (OpenID Connect Core 1.0, 3.1.2.1)."""
    challenge = _b64(sha256(verifier(flow, secret).encode()).digest())
    asked = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(settings.scopes),
        "state": flow.state,
        "nonce": nonce(flow, secret),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "ui_locales": language,
    }
    if acr and told.get("claims_parameter_supported"):  # where it is left out, `false` (Discovery 1.0, 3)
        asked["claims"] = json.dumps({"id_token": {"acr": {"essential": True, "values": list(acr)}}})
    elif acr:
        asked["acr_values"] = " ".join(acr)
    if flow.again:
        asked["prompt"] = "login"
    start = str(told["authorization_endpoint"])
    return f"{start}{'&' if '?' in start else '?'}{urlencode(asked)}"


def kept(flow: Flow, secret: bytes) -> str:
    """The cookie's value."""
    claims = {"aud": _AUDIENCE, "flow": asdict(flow)}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret), algorithms=["HS256"])


def read(cookie: str, secret: bytes, now: int) -> Flow | None:
    """What this browser asked, at most ten minutes ago; None where it asked nothing."""
    try:
        claims = jwt.decode(cookie, OctKey.import_key(secret), algorithms=["HS256"]).claims
        flow = msgspec.convert(claims["flow"], Flow)
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    return flow if claims.get("aud") == _AUDIENCE and 0 <= now - flow.at <= LASTS else None


def _derived(use: str, flow: Flow, secret: bytes) -> str:
    return _b64(hmac.digest(secret, f"{use}:{flow.state}".encode(), "sha256"))


def _b64(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
