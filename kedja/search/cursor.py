"""Where the next page begins: sealed, and good only for the same search by the same actor, and for an hour.

The signature over the text is also the nonce that it is enciphered with, so that a cursor tells nothing of the store.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

import msgspec

from kedja.outcome import refuse
from kedja.search.canonical import canonical
from kedja.search.nodes import After, Query

LIFETIME: Final = timedelta(hours=1)  # superseded versions keep their index half an hour longer (schema/003_snapshot.sql)
_SIGNATURE: Final = 16  # bytes


class Row(Protocol):
    """A row of `sql.statement`, by column name."""

    def __getitem__(self, column: str, /) -> Any: ...


def seal(payload: Any, secret: bytes, actor: str, query: str) -> str:
    """The payload as JSON, enciphered behind its signature. `query` is the canonical search, `actor` the id of who asks."""
    text = msgspec.json.encode(payload)
    signature = _sign(text, secret, actor, query)
    return urlsafe_b64encode(signature + _ciphered(text, secret, signature)).rstrip(b"=").decode()


def open_(cursor: str, secret: bytes, actor: str, query: str) -> Any:
    """What `seal` closed. Raises OutcomeError 400 when it was altered, or belongs to another search or actor."""
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (NotBase64, ValueError):
        raw = b""
    signature = raw[:_SIGNATURE]
    text = _ciphered(raw[_SIGNATURE:], secret, signature)
    if not text or not hmac.compare_digest(signature, _sign(text, secret, actor, query)):
        raise refuse(
            400,
            "value",
            "`_cursor` does not belong to this search: follow the next link as it was given, or search again without `_cursor`",
            "?_cursor",
        )
    return msgspec.json.decode(text)


def continued(query: Query, secret: bytes, actor: str, now: datetime | None = None) -> Query:
    """The query from where its cursor says; a query without a cursor as it is.

    Raises OutcomeError 400, and 410 when the first page was given too long ago.
    """
    if not query.control.cursor:
        return query
    sort, key, snapshot, began, total, kept = open_(query.control.cursor, secret, actor, canonical(query))
    after = After(tuple(sort), int(key), snapshot, datetime.fromtimestamp(began, UTC), total, kept and tuple(kept))
    if (now or datetime.now(UTC)) - after.began > LIFETIME:
        text = "the pages of this search are no longer kept, an hour after its first page: search again without `_cursor`"
        raise refuse(410, "expired", text, "?_cursor")
    return replace(query, after=after)


def cursor_behind(query: Query, page: Row, last: Row, secret: bytes, actor: str) -> str:
    """The cursor of what comes behind the row `last` of this page, as of the snapshot of the first page."""
    after = query.after
    snapshot, began = (after.snapshot, after.began) if after else (page["snapshot"], page["updated"])
    payload = [list(last["sort"]), last["key"], snapshot, began.timestamp(), page["total"], page["kept"]]
    return seal(payload, secret, actor, canonical(query))


def _ciphered(text: bytes, secret: bytes, nonce: bytes) -> bytes:
    """There and back again."""
    key = hmac.digest(secret, b"kedja search cursor cipher" + nonce, "sha256")
    return bytes(a ^ b for a, b in zip(text, hashlib.shake_256(key).digest(len(text))))


def _sign(text: bytes, secret: bytes, actor: str, query: str) -> bytes:
    parts = (actor.encode(), query.encode(), text)
    message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.digest(secret, b"kedja search cursor" + message, "sha256")[:_SIGNATURE]
