"""What a browser sends to a page: a form of limited size that was made for this session. Checked here, before any page begins."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.types import Message, Receive

from kedja.outcome import refuse
from kedja.signin.session import check_form

MOST_BYTES: Final = 1024 * 1024  # of a form without files
MOST_OF_FILE: Final = 10 * 1024 * 1024
_FIELDS: Final = 200


async def form(request: Request, id: str, secret: bytes, files: int = 0) -> FormData:
    """The form, of the session or visitor with this id, with at most `files` files.

    Raises OutcomeError: 403 for a form of another session or from another site, 413 for one that is too large, 422 for one that
    holds a NUL.
    """
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise refuse(403, "security", "this form was sent from a page of another site: open the page here and send it again")
    most = MOST_BYTES + files * MOST_OF_FILE
    limited = Request(request.scope, _limited(request.receive, most))
    sent = await limited.form(max_files=files, max_fields=_FIELDS, max_part_size=MOST_BYTES)
    check_form(str(sent.get("form_token", "")), id, secret)
    if any("\0" in value for value in sent.values() if isinstance(value, str)):
        raise refuse(422, "value", "this form holds a character that cannot be kept: write it anew")
    return sent


def can_be_kept(request: Request) -> bool:
    """Whether the address holds no NUL, which no text in the store can have: nothing is there."""
    return not any("\0" in str(value) for value in (*request.path_params.values(), *request.query_params.values()))


def _limited(receive: Receive, most: int) -> Receive:
    """As `receive`; raises OutcomeError 413 once more than `most` bytes have come."""
    came = 0

    async def counted() -> Message:
        nonlocal came
        message = await receive()
        came += len(message.get("body", b""))
        if came > most:
            raise refuse(413, "too-long", f"this form is larger than {most // 1024 // 1024} MB: send less of it at a time")
        return message

    return counted
