"""Whether a client has what it asks for already: If-None-Match and If-Modified-Since (FHIR R4 3.1.0.1.6, RFC 9110 13)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def is_fresh(headers: Mapping[str, str], etag: str, updated: datetime) -> bool:
    """Whether 304 is the answer. `headers` have lower-case names; If-Modified-Since counts only without If-None-Match.

    A date that cannot be read says nothing (RFC 9110 13.1.3).
    """
    known = headers.get("if-none-match")
    if known is not None:
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        return "*" in tags or etag.removeprefix("W/") in tags
    since = headers.get("if-modified-since")
    if not since:
        return False
    try:
        asked = parsedate_to_datetime(since)
    except ValueError:
        return False
    if asked.tzinfo is None:
        asked = asked.replace(tzinfo=UTC)
    return updated.replace(microsecond=0) <= asked
