"""A request as the interactions take it: its body as JSON whatever it came in, its parameters, its headers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from kedja import exactjson, fhirxml
from kedja.http.compression import read_body
from kedja.http.media import FHIR_JSON, FHIR_XML, Wanted, sent, wanted
from kedja.outcome import OutcomeError, refuse

Pairs = tuple[tuple[str, str], ...]
_RESOURCES: Final = {
    FHIR_JSON: "json",
    FHIR_XML: "xml",
    "application/json": "json",
    "text/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
    "": "json",
    "application/x-www-form-urlencoded": "json",  # what curl says when nothing is said
}
_PATCHES: Final = {"application/json-patch+json": "patch", **_RESOURCES}
_HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_FORMS: Final = {"application/x-www-form-urlencoded": "form", "": "form"}
_IN_THREAD: Final = 256 * 1024  # bytes of XML that would hold up the event loop while they are read


def is_search(request: Request) -> bool:
    """Whether the body is a form of search parameters."""
    return request.method == "POST" and request.scope["path"].endswith("/_search")


def headers_of(request: Request) -> dict[str, str]:
    """By lower-case name; of a header that stands more than once the values together, as in one."""
    found: dict[str, str] = {}
    for name, value in request.headers.items():
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def query_of(request: Request) -> Pairs:
    return pairs(request.scope["query_string"].decode("latin-1"))


def wanted_of(headers: Mapping[str, str], params: Pairs) -> Wanted:
    """The format of the answer. Raises OutcomeError 406."""
    named = dict(params)
    return wanted(headers.get("accept", ""), named.get("_format"), named.get("_pretty"))


def is_host(host: str) -> bool:
    """Whether this can be the name, or the address, and the port of a server."""
    return _HOST.fullmatch(host) is not None


@lru_cache(maxsize=256)
def takes_json(content_type: str) -> bool:
    """Whether a body of this Content-Type is a resource in JSON; False too for what is refused."""
    try:
        return sent(content_type, _RESOURCES) == "json"
    except OutcomeError:
        return False


def base_of(request: Request, headers: Mapping[str, str]) -> str:
    """Our own address, as the client calls it. Raises OutcomeError 400 for a Host that is none: it would stand in links."""
    name, port = request.scope.get("server") or ("localhost", None)
    host = headers.get("host") or (f"{name}:{port}" if port else name)
    if not is_host(host):
        raise refuse(400, "value", f"the header Host is `{host[:80]}`: send the name and port of this server")
    return f"{request.scope['scheme']}://{host}/fhir"


async def body_of(request: Request, headers: Mapping[str, str]) -> bytes:
    """The body: of a resource its JSON, of a search its form, of a JSON Patch the patch.

    Raises OutcomeError 413, 415, and 400 for XML that cannot be read.
    """
    if request.method not in ("POST", "PUT", "PATCH"):
        return b""
    body = await read_body(request.stream(), headers.get("content-encoding", ""), headers.get("content-length", ""))
    if not body:
        return body
    served = _FORMS if is_search(request) else _PATCHES if request.method == "PATCH" else _RESOURCES
    if sent(headers.get("content-type", ""), served) != "xml":
        return body
    return await asyncio.to_thread(_json, body) if len(body) > _IN_THREAD else _json(body)


def _json(body: bytes) -> bytes:
    return exactjson.dumps(fhirxml.loads(body))


def form(body: bytes) -> Pairs:
    try:
        return pairs(body.decode())
    except UnicodeDecodeError:
        raise refuse(400, "value", "the form is not valid UTF-8: percent-encode it as UTF-8") from None


def pairs(text: str) -> Pairs:
    """Names and values of a query string. Raises OutcomeError 400."""
    try:
        return tuple(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=200))
    except UnicodeDecodeError:
        raise refuse(400, "value", "the query is not valid UTF-8: percent-encode it as UTF-8") from None
    except ValueError:
        raise refuse(400, "too-costly", "the query has over 200 parameters: ask for less at once") from None
