"""string (FHIR R4 3.1.1.4.8): starts with, whatever case, accents and punctuation; `:contains`; `:exact`."""

from __future__ import annotations

import unicodedata
from typing import Any

from tests.differential.matching.escapes import plain

PARTS = ("text", "line", "family", "given", "prefix", "suffix", "city", "district", "state", "postalCode", "country")
APOSTROPHES = "'’‘ʼ`´"
LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"})


def texts(value: Any) -> list[str]:
    """A string itself; of a HumanName or an Address "any of the string fields"."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, dict):
        return []
    found = [value.get(part) for part in PARTS]
    return [text for one in found for text in (one if isinstance(one, list) else [one]) if isinstance(text, str)]


def fold(text: str) -> str:
    """As it is compared: no case, no accents, no punctuation, single spaces."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter)).translate(LETTERS)
    open_ = "".join("" if c in APOSTROPHES else " " if unicodedata.category(c)[0] == "P" else c for c in bare)
    return " ".join(open_.split()) or " ".join(bare.split())


def matches(value: Any, modifier: str, asked: str) -> bool:
    wanted = plain(asked)
    if modifier == "exact":
        return wanted in texts(value)
    if modifier == "contains":
        return any(fold(wanted) in fold(text) for text in texts(value))
    return any(fold(text).startswith(fold(wanted)) for text in texts(value))


def sort_values(value: Any) -> list[str]:
    return [fold(text) for text in texts(value)]
