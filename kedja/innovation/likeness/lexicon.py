"""Which words mean the same, and which are parts of Swedish compounds: `lexicon.toml`, by stems."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kedja.innovation.likeness.stems import plain_words, stem


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`concepts`: stem -> concepts; `phrases`: stems that stand together -> concept; `broader`: concept -> those it is one of;
    `parts`: what compounds are made of; `ends`: the short ones that may end one whose beginning is not known."""

    concepts: Mapping[str, tuple[str, ...]]
    broader: Mapping[str, tuple[str, ...]]
    phrases: Mapping[tuple[str, ...], str]
    parts: frozenset[str]
    ends: frozenset[str]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    data = tomllib.loads((Path(__file__).parent / "lexicon.toml").read_text("utf-8"))
    concepts: dict[str, tuple[str, ...]] = {}
    phrases: dict[tuple[str, ...], str] = {}
    for concept, words in data["concept"].items():
        for word in words:
            for first, *more in _stems(word):
                if more:
                    phrases[first, *more] = concept
                elif concept not in concepts.get(first, ()):
                    concepts[first] = (*concepts.get(first, ()), concept)
    named = (word for words in data["concept"].values() for word in words if len(plain_words(word)) == 1 and len(word) > 2)
    parts = {each for word in (*named, *data["parts"]["words"]) for each in _forms(word)}
    broader = {concept: tuple(wider) for concept, wider in data["broader"].items()}
    if unknown := {each for pair in broader.items() for each in (pair[0], *pair[1])} - data["concept"].keys():
        raise ValueError(f"the lexicon has no concept {', '.join(sorted(unknown))}")
    return Lexicon(concepts, broader, phrases, frozenset(parts), frozenset(data["parts"]["ends"]))


def _stems(words: str) -> set[tuple[str, ...]]:
    """A word or several, stemmed as Swedish and as English: a text may be either."""
    plain = plain_words(words)
    return {tuple(stem(word, language) for word in plain) for language in ("sv", "en")}


def _forms(word: str) -> set[str]:
    """A Swedish word and its stem: the first part of a compound stands in either form."""
    return {word, stem(word, "sv")}
