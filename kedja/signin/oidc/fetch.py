"""What Kedja asks of a provider over HTTP: small JSON answers, at once or not at all, in threads of their own.

The standard library's client is enough: three requests a sign-in, most of them cached. It trusts the system's certificates, so
that a provider inside a region's own network needs no setting of ours.
"""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, Final
from urllib.parse import urlencode

from kedja.signin.oidc.settings import is_safe

_TIMEOUT: Final = 5.0  # seconds
_MOST: Final = 1024 * 1024  # bytes of an answer
_THREADS: Final = ThreadPoolExecutor(4, "oidc")  # a provider that hangs holds up no other work

Headers = Mapping[str, str]


class Down(Exception):
    """The provider does not answer, or not as one: try again later."""


class Refused(Exception):
    """The provider says no: `error` is its code (RFC 6749, 5.2)."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(f"{status} {error}")
        self.error = error


class _Stay(urllib.request.HTTPRedirectHandler):
    """Answers are where they are said to be: what leads elsewhere is no answer."""

    def redirect_request(self, req: Any, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str) -> None:
        return None


_OPENER: Final = urllib.request.build_opener(_Stay())


async def get(address: str, headers: Headers | None = None) -> tuple[str, bytes]:
    """(media type, body) of an answer with status 200. Raises Down or Refused."""
    return await _ask(address, None, headers or {})


async def get_json(address: str, headers: Headers | None = None) -> dict[str, Any]:
    """A JSON object. Raises Down or Refused."""
    return _object((await get(address, headers))[1], address)


async def post_form(address: str, fields: Mapping[str, str], headers: Headers | None = None) -> dict[str, Any]:
    """The JSON object that a form is answered with. Raises Down or Refused."""
    return _object((await _ask(address, urlencode(fields).encode(), headers or {}))[1], address)


async def _ask(address: str, body: bytes | None, headers: Headers) -> tuple[str, bytes]:
    if not is_safe(address):
        raise Down(f"{address} is no https address")
    request = urllib.request.Request(address, body, {"Accept": "application/json, application/jwt", **headers})
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _open, request)


def _open(request: urllib.request.Request) -> tuple[str, bytes]:
    try:
        with _OPENER.open(request, timeout=_TIMEOUT) as answer:
            body = answer.read(_MOST + 1)
            if len(body) > _MOST:
                raise Down(f"{request.full_url} answers more than {_MOST} bytes")
            return answer.headers.get_content_type(), body
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(request.full_url, error) from None
    except (OSError, ValueError) as error:
        raise Down(f"{request.full_url}: {error}") from None


def _refusal(address: str, error: urllib.error.HTTPError) -> Down | Refused:
    if error.code >= 500 or error.code == 429 or error.code < 400:
        return Down(f"{address} answers {error.code}")
    try:
        told = json.loads(error.read(_MOST))
        return Refused(error.code, str(told.get("error", ""))[:100])
    except (ValueError, AttributeError, OSError):
        return Refused(error.code, "")


def _object(body: bytes, address: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Down(f"{address} answers no JSON object")
    return found
