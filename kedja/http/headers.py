"""What every answer tells the browser not to do; pages say more of it themselves (`portals.shared.security`)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from starlette.types import Message, Scope, Send

_YEAR: Final = 365 * 24 * 3600
# Of what is no page: nothing in it is run, framed, guessed the type of, or handed to another site.
_HEADERS: Final = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_HTTPS: Final = (b"strict-transport-security", f"max-age={_YEAR}".encode())


@lru_cache(maxsize=8)
def secure(base_url: str, scheme: str) -> tuple[tuple[bytes, bytes], ...]:
    """The headers of security of an answer that has none of its own; HSTS where users come by https."""
    return (*_HEADERS, _HTTPS) if base_url.startswith("https://") or scheme == "https" else _HEADERS


def with_headers(base_url: str, scope: Scope, send: Send) -> Send:
    """As `send`, with the headers of security (`secure`) that the answer does not have of its own."""
    if scope["type"] != "http":
        return send
    wanted = secure(base_url, scope.get("scheme", ""))

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = message.setdefault("headers", [])
            there = {name.lower() for name, _ in headers}
            message["headers"] = [*headers, *(each for each in wanted if each[0] not in there)]
        await send(message)

    return sending
