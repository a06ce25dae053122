"""What a text is about: its stems, the parts of its compounds, its concepts, and pieces of its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kedja.innovation.likeness.lexicon import lexicon
from kedja.innovation.likeness.stems import STOP, language_of, plain_words, stem

_PIECE: Final = 4  # letters of a piece of a word
_SHORTEST_PART: Final = 3
_LONGEST_PHRASE: Final = 3
_MOST_PARTS: Final = 4
_BINDING: Final = ("", "s", "e", "o", "a", "u")  # what stands between the parts of a Swedish compound
# How much a term counts: the word itself, a part of it, what it means, and what that is one of.
WORD, PART, MEANING, WIDER = 1.0, 0.6, 1.8, 0.7


@dataclass(frozen=True, slots=True)
class Analysis:
    """`terms`: term -> how much of it; `surface`: term -> the word that it was first found in; `pieces` of all words."""

    terms: Mapping[str, float]
    surface: Mapping[str, str]
    pieces: frozenset[str]
    length: float


@lru_cache(maxsize=20_000)
def analyse(text: str) -> Analysis:
    """Of one text. Kept by the text itself, so that a changed one is never answered for by an old analysis."""
    words = plain_words(text)
    language = language_of(words)
    terms: dict[str, float] = {}
    surface: dict[str, str] = {}
    loose: dict[str, str] = {}  # words that mean something narrower: told only where no word means it itself
    pieces: set[str] = set()

    def add(term: str, weight: float, word: str) -> None:
        terms[term] = terms.get(term, 0.0) + weight
        surface.setdefault(term, word)

    def mean(concept: str, word: str) -> None:
        add(f"={concept}", MEANING, word)
        for wider in lexicon().broader.get(concept, ()):
            terms[f"={wider}"] = terms.get(f"={wider}", 0.0) + WIDER
            loose.setdefault(f"={wider}", word)

    kept = [(word, stem(word, language)) for word in words if word not in STOP[language]]
    for word, root in kept:
        pieces |= _pieces(root)
        add(root, WORD, word)
        for concept in lexicon().concepts.get(root, ()):
            mean(concept, word)
        for part in split(word):
            add(part, PART, word)
            for concept in lexicon().concepts.get(part, ()):
                mean(concept, word)
    for concept, phrase in _phrases([(word, stem(word, language)) for word in words]):
        mean(concept, phrase)
    return Analysis(terms, loose | surface, frozenset(pieces), sum(terms.values()))


@lru_cache(maxsize=50_000)
def split(word: str) -> tuple[str, ...]:
    """The stems of the parts of a Swedish compound, fewest parts first; () when it is none that is known.

    `fallolyckor` -> (fall, olyck); `äldreboendet` -> (äldr, boend). A word with one part that is not known is split when the
    part that is known is long enough to be no accident.
    """
    if len(word) < 2 * _SHORTEST_PART:
        return ()
    return _parted(word, _MOST_PARTS) or (() if stem(word, "sv") in lexicon().concepts else _half(word))


def _whole(word: str, most: int) -> tuple[str, ...] | None:
    """`word` as one known part, or as several."""
    last = stem(word, "sv")
    if last in lexicon().parts or word in lexicon().parts:
        return (last,)
    return _parted(word, most)


def _parted(word: str, most: int) -> tuple[str, ...] | None:
    """`word` as two known parts or more, the longest first part that there is."""
    parts = lexicon().parts
    if most == 1:
        return None
    for end in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
        for binding in _BINDING:
            head = word[: end - len(binding)] if binding else word[:end]
            if len(head) < _SHORTEST_PART or not word[:end].endswith(binding):
                continue
            if (head in parts or stem(head, "sv") in parts) and (rest := _whole(word[end:], most - 1)) is not None:
                return (stem(head, "sv"), *rest)
    return None


def _half(word: str) -> tuple[str, ...]:
    """A compound of which only the beginning or the end is known, at least five letters of it, and as many are left."""
    parts = lexicon().parts
    for end in range(len(word) - 4, 4, -1):
        if word[:end] in parts:
            return (stem(word[:end], "sv"), stem(word[end:].removeprefix("s"), "sv"))
    for start in range(4, len(word) - 3):
        root = stem(word[start:], "sv")
        if root in parts and (len(root) > 4 or root in lexicon().ends):
            return (stem(word[:start].removesuffix("s"), "sv"), root)
    return ()


def _pieces(root: str) -> set[str]:
    marked = f"<{root}>"
    return {marked[at : at + _PIECE] for at in range(max(1, len(marked) - _PIECE + 1))}


def _phrases(words: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Concepts of words that stand together, with those words."""
    known = lexicon().phrases
    for size in range(2, _LONGEST_PHRASE + 1):
        for at in range(len(words) - size + 1):
            some = words[at : at + size]
            if (concept := known.get(tuple(root for _, root in some))) is not None:
                yield concept, " ".join(word for word, _ in some)
