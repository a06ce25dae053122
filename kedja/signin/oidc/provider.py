"""One provider: the address to send somebody to, and who they are when they come back with a code."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from joserfc import jwt
from joserfc.jwk import RSAKey

from kedja.signin.oidc import flow as flows
from kedja.signin.oidc import verify
from kedja.signin.oidc.claims import Claims
from kedja.signin.oidc.fetch import Down, Headers, get, post_form
from kedja.signin.oidc.flow import Flow
from kedja.signin.oidc.metadata import Metadata
from kedja.signin.oidc.settings import Settings, private_key
from kedja.signin.oidc.verify import Untrusted

_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_LASTS: Final = 60  # seconds
_JWT: Final = "application/jwt"
# What the ID token says, or nobody.
_OF_THE_TOKEN: Final = frozenset({"iss", "aud", "exp", "iat", "nonce", "azp", "acr", "amr", "auth_time"})


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that is connected. `redirect_uri` is where it sends people back to, as it is registered there."""

    settings: Settings
    metadata: Metadata
    claims: Claims
    redirect_uri: str

    async def start(self, flow: Flow, secret: bytes, language: str) -> str:
        """The address to send the browser to. Raises Down."""
        acr = self.claims.acr_values(flow.level) if flow.level else []
        told = await self.metadata.told()
        return flows.address(flow, told, self.settings, self.redirect_uri, acr, secret, language)

    async def finish(self, flow: Flow, code: str, secret: bytes, now: int) -> dict[str, Any]:
        """The claims about who came back with this code: of the ID token, with those of UserInfo.

        Raises Down, Refused (the code is not taken), Untrusted.
        """
        told = await self.metadata.told()
        fields, headers = self._client(told, now)
        fields |= {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        fields["code_verifier"] = flows.verifier(flow, secret)
        tokens = await post_form(told["token_endpoint"], fields, headers)
        nonce = flows.nonce(flow, secret)
        claims = await verify.id_token(str(tokens.get("id_token", "")), self.metadata, self.settings.client_id, nonce, now)
        if flow.again and claims.get("auth_time", now) < flow.at - verify.SKEW:
            raise Untrusted("the provider did not have the user prove anew who they are")
        info = await self._user_info(told, tokens, claims)
        return {name: value for name, value in info.items() if name not in _OF_THE_TOKEN} | claims

    def _client(self, told: Mapping[str, Any], now: int) -> tuple[dict[str, str], Headers]:
        """How Kedja proves itself: (fields, headers) of the request for tokens (OpenID Connect Core 1.0, 9)."""
        settings = self.settings
        if settings.key:
            return {"client_assertion_type": _ASSERTION, "client_assertion": self._assertion(told, now)}, {}
        if not settings.secret:
            return {"client_id": settings.client_id}, {}
        if "client_secret_basic" in told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
            pair = f"{quote(settings.client_id, safe='')}:{quote(settings.secret, safe='')}"
            return {}, {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        return {"client_id": settings.client_id, "client_secret": settings.secret}, {}

    def _assertion(self, told: Mapping[str, Any], now: int) -> str:
        """A JWT that only the holder of the client's key can have made (private_key_jwt)."""
        key = private_key(self.settings.key)
        claims = {
            "iss": self.settings.client_id,
            "sub": self.settings.client_id,
            "aud": told["issuer"],
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + _ASSERTION_LASTS,
        }
        alg = "RS256" if isinstance(key, RSAKey) else "ES256"
        return jwt.encode({"alg": alg, "kid": key.thumbprint()}, claims, key, algorithms=[alg])

    async def _user_info(self, told: Mapping[str, Any], tokens: Mapping[str, Any], claims: Mapping[str, Any]) -> dict[str, Any]:
        """What the provider tells beside the ID token, signed or not; of nobody else (OpenID Connect Core 1.0, 5.3.2)."""
        if not told.get("userinfo_endpoint") or not tokens.get("access_token"):
            return {}
        media, body = await get(told["userinfo_endpoint"], {"Authorization": f"Bearer {tokens['access_token']}"})
        found = await self._signed_info(body) if media == _JWT else _plain(body)
        if found.get("sub") != claims["sub"]:
            raise Untrusted("UserInfo is about somebody else")
        return found

    async def _signed_info(self, body: bytes) -> dict[str, Any]:
        found = await verify.signed(body.decode("ascii", "replace").strip(), self.metadata)
        audience = found.get("aud", self.settings.client_id)
        mine = self.settings.client_id in (audience if isinstance(audience, list) else [audience])
        if not mine or found.get("iss", self.settings.issuer) != self.settings.issuer:
            raise Untrusted("UserInfo is for another party, or of another provider")
        return found


def _plain(body: bytes) -> dict[str, Any]:
    try:
        found = verify.object_of(body)
    except ValueError:
        raise Down("UserInfo is no JSON object") from None
    return found


def public_jwk(pem: str) -> dict[str, Any]:
    """The public part of a client's key, RSA or EC P-256 in PEM, as the provider registers it. Raises ValueError."""
    key = private_key(pem)
    return {**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig"}
