"""From text to words to stems, in Swedish and English."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Final

import regex
import snowballstemmer

_WORD: Final = regex.compile(r"[\p{L}\p{N}]+")
# `registret`, `läkemedlen`: forms that the Snowball stemmer does not lead back to `register` and `läkemedel`.
_DEFINITE: Final = regex.compile(r"(?<=\w{3})([bcdfgkpstv])([lr])e[nt]$")
_STEMMER: Final = {"sv": snowballstemmer.stemmer("swedish"), "en": snowballstemmer.stemmer("english")}

# Words that say nothing of what a text is about.
STOP: Final = {
    language: frozenset(words.split())
    for language, words in tomllib.loads((Path(__file__).parent / "stop.toml").read_text("utf-8")).items()
}


def plain_words(text: str) -> list[str]:
    """The words of a text in small letters, accents of other languages folded, those of Swedish kept."""
    return [word.group() for word in _WORD.finditer(unicodedata.normalize("NFC", text).lower())]


def language_of(words: list[str]) -> str:
    """`en` where more of the words are only English than Swedish; `sv` otherwise."""
    english = sum(word in STOP["en"] and word not in STOP["sv"] for word in words)
    swedish = sum((word in STOP["sv"] and word not in STOP["en"]) or any(letter in word for letter in "åäö") for word in words)
    return "en" if english > swedish else "sv"


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """What is left of a word without its endings."""
    if language == "sv":
        word = _DEFINITE.sub(r"\1e\2", word)
    return _STEMMER[language].stemWord(word).removesuffix("et" if word.endswith(("endet", "andet")) else "\0")
