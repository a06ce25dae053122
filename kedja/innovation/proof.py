"""Files as proof: which are taken, by their content, and how an entry names them: by their hash and what they are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from kedja.innovation.catalogue import Kind
from kedja.innovation.words import Words

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_FILES: Final = 20  # of one part
TYPES: Final = {"application/pdf": "PDF", "image/png": "PNG", "image/jpeg": "JPEG", "text/plain; charset=utf-8": "text"}
_NAMED: Final = re.compile(r"([0-9a-f]{64}) (.+)")
_MOST_NAME: Final = 120


class Untaken(ValueError):
    """Why a file is not taken, to say to who sent it."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(sv, en)


@dataclass(frozen=True, slots=True)
class Named:
    """A file as an entry names it."""

    hash: str
    name: str

    def __str__(self) -> str:
        return f"{self.hash} {self.name}"


@dataclass(frozen=True, slots=True)
class Proof:
    """A file that was looked at: what it is by its content."""

    named: Named
    media: str
    body: bytes


def proof(name: str, body: bytes) -> Proof:
    """A file that somebody sends. Raises Untaken for one that is empty, too large, or of no type that is taken."""
    if not body:
        raise Untaken("Filen är tom.", "The file is empty.")
    if len(body) > MOST_BYTES:
        raise Untaken("Filen är större än 5 MB.", "The file is larger than 5 MB.")
    media = _media(body)
    if media is None:
        raise Untaken(
            "Filen är varken PDF, PNG, JPEG eller text i UTF-8, vad den än heter.",
            "The file is neither PDF, PNG, JPEG nor text in UTF-8, whatever it is called.",
        )
    last = re.split(r"[/\\]", name)[-1]
    shown = " ".join("".join(sign for sign in last if sign.isprintable()).split())[-_MOST_NAME:]
    return Proof(Named(sha256(body).hexdigest(), shown or "fil"), media, body)


def named(text: str) -> Named:
    """What an entry says of a file. Raises ValueError for what is none."""
    found = _NAMED.fullmatch(text)
    if found is None:
        raise ValueError("an entry names a file by its hash and its name")
    return Named(found[1], found[2])


def parts(kind: Kind) -> dict[str, Any]:
    """The fields that take files, by id."""
    return {field.id: field for field in kind.fields if field.type == "files"}


def _media(body: bytes) -> str | None:
    if body.startswith(b"%PDF-"):
        return "application/pdf" if b"%%EOF" in body[-2048:] else None
    if body.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in body[-16:]:
        return "image/png"
    if body.startswith(b"\xff\xd8\xff") and body.rstrip(b"\0").endswith(b"\xff\xd9"):
        return "image/jpeg"
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return "text/plain; charset=utf-8" if all(sign.isprintable() or sign in "\r\n\t" for sign in text) else None
