"""Signed tokens that carry an actor: bearer tokens of API clients (RFC 7519, HS256)."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from kedja.access.actor import Actor
from kedja.outcome import OutcomeError, refuse

ISSUER: Final = "kedja"
API: Final = "kedja-api"
_ALGORITHMS: Final = ["HS256"]
_LEEWAY: Final = 5  # seconds that clocks of two machines may differ


@dataclass(frozen=True, slots=True)
class Verified:
    """What a token says once its signature is checked. `expires` is seconds since 1970."""

    actor: Actor
    id: str
    audience: str
    expires: int


def mint(actor: Actor, secret: bytes, ttl: timedelta, *, audience: str = API, id: str = "") -> str:
    """A token that stands for this actor until `ttl` has passed. `secret` is at least 32 bytes."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": audience,
        "sub": actor.id,
        "iat": now,
        "exp": now + int(ttl.total_seconds()),
        "jti": id,
        "actor": msgspec.to_builtins(asdict(actor)),
    }
    return jwt.encode({"alg": "HS256"}, claims, _key(secret), algorithms=_ALGORITHMS)


def verify(token: str, secret: bytes) -> Actor:
    """The actor of a bearer token. Raises OutcomeError 401 `login` when it is forged, expired or meant for something else."""
    return verified(token, secret, API).actor


def verified(token: str, secret: bytes, audience: str) -> Verified:
    """As `verify`, for any audience, with the token's id."""
    try:
        result = _decode(token, secret)
    except (JoseError, ValueError, KeyError, TypeError, msgspec.ValidationError):
        raise _refusal("this token was not issued here, or was altered: get a new one") from None
    if result.audience != audience:
        raise _refusal("this token is meant for another use: get one for this")
    if result.expires + _LEEWAY < time.time():
        raise _refusal("this token has expired: get a new one")
    return result


@lru_cache(maxsize=4096)
def _decode(token: str, secret: bytes) -> Verified:
    """The signature is checked once for each token; its time is checked by the caller each time."""
    claims: dict[str, Any] = jwt.decode(token, _key(secret), algorithms=_ALGORITHMS).claims
    if claims["iss"] != ISSUER:
        raise ValueError("another issuer")
    actor = msgspec.convert(claims["actor"], Actor)
    return Verified(actor, str(claims["jti"]), str(claims["aud"]), int(claims["exp"]))


@lru_cache(maxsize=4)
def _key(secret: bytes) -> OctKey:
    if len(secret) < 32:
        raise ValueError("a signing secret has at least 32 bytes")
    return OctKey.import_key(secret)


def _refusal(sentence: str) -> OutcomeError:
    return refuse(401, "login", sentence)
