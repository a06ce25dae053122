"""One request and one answer, without a web framework."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from kedja import exactjson, spec
from kedja.access.actor import Actor
from kedja.gate import Door
from kedja.outcome import refuse

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
FHIR_JSON = "application/fhir+json"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # RFC 9110 5.6.7: in English, wherever the server stands
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks what. `headers` have lower-case names; `base` is the service's address, as https://host/fhir."""

    door: Door
    actor: Actor
    request: str  # the id of the request, for the log and the answer
    base: str
    params: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    secret: bytes = b""  # signs page cursors


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def version_headers(version: int, updated: datetime) -> dict[str, str]:
    """`updated` is in UTC, as all times of the store."""
    day, month = _DAYS[updated.weekday()], _MONTHS[updated.month - 1]
    told = f"{day}, {updated.day:02} {month} {updated.year:04} {updated.hour:02}:{updated.minute:02}:{updated.second:02} GMT"
    return {"ETag": f'W/"{version}"', "Last-Modified": told}


def known_type(resource_type: str) -> str:
    """The type itself. Raises 404 with the nearest name."""
    if resource_type in spec.TYPES:
        return resource_type
    near = get_close_matches(resource_type, spec.TYPES, 1)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    raise refuse(404, "not-supported", f"`{resource_type}` is no resource type of FHIR R4{hint}")


def is_id(text: str) -> bool:
    """Whether this can be a logical id (FHIR R4 2.24.0.1)."""
    return _ID.fullmatch(text) is not None


def if_match(call: Call) -> int | None:
    """The version in If-Match, or None. Raises 400 when it is no version."""
    header = call.headers.get("if-match")
    if header is None:
        return None
    text = header.strip().removeprefix("W/").strip('"')
    if not text.isdigit() or len(text) > 9:
        raise refuse(400, "value", f'If-Match is `{header}`: send the ETag of the version that you read, as W/"3"')
    return int(text)


def resource_in(body: bytes) -> dict[str, Any]:
    """The JSON object of a request's body. Raises 400."""
    if not body:
        raise refuse(400, "required", "the request has no body: send a resource as JSON")
    resource = exactjson.loads(body)
    if not isinstance(resource, dict):
        raise refuse(400, "structure", "the body is not a JSON object: send one resource")
    return resource  # pyright: ignore[reportUnknownVariableType]
