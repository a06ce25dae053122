"""Where the next page begins: opaque, signed, and good only for the same search by the same actor."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import replace
from typing import Any, Final

import msgspec

from kedja.outcome import refuse
from kedja.search.canonical import canonical
from kedja.search.nodes import After, Query

_SIGNATURE: Final = 16  # bytes


def seal(payload: Any, secret: bytes, actor: str, query: str) -> str:
    """The payload as base64url JSON behind its signature. `query` is the canonical search, `actor` the id of who asks."""
    text = msgspec.json.encode(payload)
    return urlsafe_b64encode(_sign(text, secret, actor, query) + text).rstrip(b"=").decode()


def open_(cursor: str, secret: bytes, actor: str, query: str) -> Any:
    """What `seal` closed. Raises OutcomeError 400 when it was altered, or belongs to another search or actor."""
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (NotBase64, ValueError):
        raw = b""
    signature, text = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not text or not hmac.compare_digest(signature, _sign(text, secret, actor, query)):
        raise refuse(
            400,
            "value",
            "`_cursor` does not belong to this search: follow the next link as it was given, or search again without `_cursor`",
            "?_cursor",
        )
    return msgspec.json.decode(text)


def continued(query: Query, secret: bytes, actor: str) -> Query:
    """The query from where its cursor says; a query without a cursor as it is. Raises OutcomeError 400."""
    if not query.control.cursor:
        return query
    sort, key = open_(query.control.cursor, secret, actor, canonical(query))
    return replace(query, after=After(tuple(sort), int(key)))


def _sign(text: bytes, secret: bytes, actor: str, query: str) -> bytes:
    parts = (actor.encode(), query.encode(), text)
    message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.digest(secret, b"kedja search cursor" + message, "sha256")[:_SIGNATURE]
