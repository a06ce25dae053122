"""What a provider says of itself: its addresses (OpenID Connect Discovery 1.0) and its keys, which it may change at any time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from kedja.signin.oidc.fetch import Down, Refused, get_json

_FRESH: Final = 3600.0  # seconds that what a provider said is taken to hold
_UNKNOWN_KEY: Final = 20.0  # seconds between looks for a key that is not known: a forger asks for keys that are not there
_AFTER_FAILURE: Final = 3.0  # seconds in which a provider that failed is not asked again
_NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(slots=True)
class Metadata:
    """One provider's metadata and keys, fetched when they are needed. Raises Down where they cannot be had."""

    issuer: str
    clock: Callable[[], float] = time.monotonic
    _told: dict[str, Any] = field(default_factory=dict[str, Any])
    _told_at: float = float("-inf")
    _keys: list[Key] = field(default_factory=list[Key])
    _keys_at: float = float("-inf")
    _failed_at: float = float("-inf")
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def told(self) -> dict[str, Any]:
        """The metadata, at most an hour old."""
        async with self._lock:
            return await self._metadata()

    async def keys(self, kid: str | None, kty: str) -> list[Key]:
        """The keys that a token with this header may be signed by: asked for anew once where none is known."""
        async with self._lock:
            age = self.clock() - self._keys_at
            found = self._fitting(kid, kty)
            if age > _FRESH or (not found and age > _UNKNOWN_KEY):
                await self._fetch_keys()
                found = self._fitting(kid, kty)
            return found

    async def _metadata(self) -> dict[str, Any]:
        if self.clock() - self._told_at > _FRESH:
            told = await self._fetch(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if told.get("issuer") != self.issuer:
                raise Down(f"{self.issuer} says that it is {told.get('issuer')!r}")
            if missing := [name for name in _NEEDED if not isinstance(told.get(name), str)]:
                raise Down(f"{self.issuer} does not say its {missing[0]}")
            self._told, self._told_at = told, self.clock()
        return self._told

    async def _fetch_keys(self) -> None:
        told = await self._fetch((await self._metadata())["jwks_uri"])
        rows = told.get("keys")
        keys = [_key(row) for row in (rows if isinstance(rows, list) else [])]
        self._keys, self._keys_at = [key for key in keys if key is not None], self.clock()

    async def _fetch(self, address: str) -> dict[str, Any]:
        if self.clock() - self._failed_at < _AFTER_FAILURE:
            raise Down(f"{self.issuer} did not answer just now")
        try:
            return await get_json(address)
        except (Down, Refused) as error:
            self._failed_at = self.clock()
            raise Down(str(error)) from None

    def _fitting(self, kid: str | None, kty: str) -> list[Key]:
        same = [key for key in self._keys if key.key_type == kty]
        return [key for key in same if key.kid == kid] if kid is not None else same


def _key(row: Any) -> Key | None:
    """A public key for signatures; None for one of another use, or of a kind that is not known here."""
    if not isinstance(row, dict) or row.get("use", "sig") != "sig" or row.get("kty") not in ("RSA", "EC", "OKP"):
        return None
    try:
        return JWKRegistry.import_key(row)
    except (JoseError, ValueError, KeyError, TypeError):
        return None
