"""Whether a token is what this provider signed, for us, now, in answer to what we asked (OpenID Connect Core 1.0, 3.1.3.7)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError

from kedja.signin.oidc.metadata import Metadata

SKEW: Final = 60  # seconds that the clocks of two machines may differ
OLDEST: Final = 600  # seconds between the making of a token and its use
# Signatures by a key pair alone: with `none` anybody could sign, with HS256 anybody who reads the provider's public key.
_KEY_TYPES: Final[Mapping[str, str]] = {
    **{f"{family}{bits}": "RSA" for family in ("RS", "PS") for bits in (256, 384, 512)},
    **{f"ES{bits}": "EC" for bits in (256, 384, 512)},
    "EdDSA": "OKP",
    "Ed25519": "OKP",
}


class Untrusted(Exception):
    """A token that proves nothing. The text is for the operator's log."""


async def id_token(token: str, provider: Metadata, client_id: str, nonce: str, now: int) -> dict[str, Any]:
    """The claims of an ID token. `now` is seconds since 1970. Raises Untrusted, or Down where the provider gives no keys."""
    claims = await signed(token, provider)
    needed = {"iss": provider.issuer, "aud": client_id, "nonce": nonce}
    registry = jwt.JWTClaimsRegistry(
        now,
        SKEW,
        **{name: {"essential": True, "value": value} for name, value in needed.items()},  # type: ignore[arg-type]
        **{name: {"essential": True} for name in ("sub", "exp", "iat")},  # type: ignore[arg-type]
    )
    try:
        registry.validate(claims)
    except (JoseError, TypeError, ValueError) as error:
        raise Untrusted(f"the ID token: {error}") from None
    _audience(claims, client_id)
    if claims["iat"] < now - OLDEST - SKEW:
        raise Untrusted("the ID token is old")
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise Untrusted("the ID token is about nobody")
    return claims


def _audience(claims: Mapping[str, Any], client_id: str) -> None:
    """A token for several parties names the one that asked for it, and that is us."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if several and "azp" not in claims:
        raise Untrusted("the ID token is for several parties, and does not say which asked for it")
    if claims.get("azp", client_id) != client_id:
        raise Untrusted("the ID token was asked for by another party")


async def signed(token: str, provider: Metadata) -> dict[str, Any]:
    """The claims of a JWT that this provider signed. Raises Untrusted or Down."""
    header = _header(token)
    kty = _KEY_TYPES.get(str(header.get("alg")))
    kid = header.get("kid")
    if kty is None or not (kid is None or isinstance(kid, str)):
        raise Untrusted(f"a token is signed by {header.get('alg')!r}, which is not taken")
    keys = await provider.keys(kid, kty)
    if not keys:
        raise Untrusted("a token is signed by a key that the provider does not have")
    for key in keys:
        try:
            return dict(jwt.decode(token, key, algorithms=[str(header["alg"])]).claims)
        except (JoseError, ValueError, TypeError):
            continue
    raise Untrusted("a token is not signed by the provider")


def _header(token: str) -> dict[str, Any]:
    start = token.split(".", 1)[0]
    try:
        return object_of(base64.urlsafe_b64decode(start + "=" * (-len(start) % 4)))
    except (binascii.Error, ValueError):
        raise Untrusted("a token is no JWT") from None


def object_of(text: bytes) -> dict[str, Any]:
    """A JSON object. Raises ValueError."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found
