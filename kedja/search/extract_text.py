"""Text as string parameters compare it (FHIR R4 3.1.1.4.8: without regard to case, accents, punctuation)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from unicodedata import category, combining, normalize

MAX_TEXT: Final = 600  # characters: a B-tree entry of PostgreSQL holds 2,704 bytes, a character takes up to 4

# Letters that Unicode does not take apart, though readers of Swedish type the plain letter for them.
_PLAIN: Final = {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"}
_APOSTROPHES: Final = "'’‘ʼ`´"


class _Folding(dict[int, str | None]):
    """For `str.translate`: what each character becomes, found out when it is first met."""

    def __missing__(self, point: int) -> str | None:
        letter = chr(point)
        becomes = None if letter in _APOSTROPHES else " " if category(letter)[0] == "P" else _PLAIN.get(letter, letter)
        self[point] = becomes
        return becomes


_FOLDING: Final = _Folding()
_PLAIN_ASCII: Final = re.compile(r"[a-zA-Z0-9]+( [a-zA-Z0-9]+)*")


def exact_text(text: str) -> str:
    """As `:exact` compares it: letter by letter, where one letter written in two ways (`å`, `a` and a ring) is one."""
    text = text[:MAX_TEXT]
    return text if text.isascii() else normalize("NFC", text)


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Lower case, no accents (`å`, `ä`, `ö` become `a`, `a`, `o`), no apostrophes, single spaces for other punctuation.

    Folding twice is folding once. Text of nothing but punctuation keeps it, so that it does not match everything.
    """
    text = text[:MAX_TEXT]
    if _PLAIN_ASCII.fullmatch(text):
        return text.lower()
    plain = _bare(text)
    folded = " ".join(plain.translate(_FOLDING).split())
    return (folded or " ".join(plain.split()))[:MAX_TEXT].rstrip()


def _bare(text: str) -> str:
    """Without accents and case; folding case can bring new accents and the reverse, so until nothing changes."""
    while True:
        taken_apart = normalize("NFKD", normalize("NFKD", text).casefold())
        bare = "".join(letter for letter in taken_apart if not combining(letter))
        if bare == text:
            return bare
        text = bare
