"""Files that are sent with a message: what they are by their content, never by their name; how large; and how many. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1
from typing import Any, Final

Resource = dict[str, Any]
MOST_FILES: Final = 3
MOST_BYTES: Final = 5 * 1024 * 1024
_LONGEST_NAME: Final = 80
_SIGNS: Final[Mapping[str, tuple[bytes, ...]]] = {
    "application/pdf": (b"%PDF-",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
}
_ENDINGS: Final = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "text/plain": ".txt"}
KINDS: Final = ".pdf,.jpg,.jpeg,.png,.txt"


@dataclass(frozen=True, slots=True)
class File:
    """A file that may be sent: its type as its content says, and a name that is safe to show and to save under."""

    name: str
    kind: str
    content: bytes

    def binary(self) -> Resource:
        """The Binary that holds it."""
        return {"resourceType": "Binary", "contentType": self.kind, "data": base64.b64encode(self.content).decode()}

    def attachment(self, id: str) -> Resource:
        """The Attachment of a message that leads to the Binary with this id; hash as R4 has it (SHA-1)."""
        hashed = base64.b64encode(sha1(self.content, usedforsecurity=False).digest()).decode()
        return {
            "contentType": self.kind,
            "url": f"Binary/{id}",
            "size": len(self.content),
            "hash": hashed,
            "title": self.name,
        }


def file_of(name: str, content: bytes) -> File | None:
    """The file, or None for a content that is none of the types that may be sent."""
    kind = kind_of(content)
    return File(safe_name(name, kind), kind, content) if kind else None


def kind_of(content: bytes) -> str:
    """The type that the content is of: PDF, JPEG, PNG or plain text in UTF-8; '' for any other."""
    for kind, signs in _SIGNS.items():
        if content.startswith(signs):
            return kind
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return ""
    control = any(sign < " " and sign not in "\t\r\n" for sign in text)
    return "" if control or not text.strip() or text.lstrip()[:1] == "<" else "text/plain"


def safe_name(name: str, kind: str) -> str:
    """The last part of a name, without what a file system or a header could misread, with the ending of its type."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(sign for sign in last if sign.isprintable() and sign not in '"<>|:*?;%').strip(" .")
    stem = plain.rsplit(".", 1)[0] if "." in plain else plain
    return f"{stem[:_LONGEST_NAME].strip() or 'fil'}{_ENDINGS[kind]}"
