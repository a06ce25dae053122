"""The most alike of some documents, and why.

BM25 over stems, parts of compounds and concepts, blended with how many pieces of words are shared. Everything that is counted,
how rare a word is and how long a text usually is, is counted over the documents that are given: whoever asks gets an answer
that depends on nothing but what they may see.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kedja.innovation.likeness.analysis import Analysis, analyse

_K1: Final = 0.9
_B: Final = 0.3
_PIECES: Final = 0.15  # how much pieces of words weigh against terms
_REASONS: Final = 6


@dataclass(frozen=True, slots=True)
class Document:
    """Something that a new idea may be like: `kind` is what it is (case, test, solution), `id` where it is kept."""

    kind: str
    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Shared:
    """One reason: a word of the question and the word of the document that means, or is, the same."""

    asked: str
    found: str


@dataclass(frozen=True, slots=True)
class Like:
    """`score`: 0 to 1, 1 for a document that says all that the question does."""

    document: Document
    score: float
    why: tuple[Shared, ...]


def alike(question: str, documents: Sequence[Document], most: int = 10, least: float = 0.08) -> list[Like]:
    """At most `most` documents that are like the question, the most alike first; those under `least` are left out."""
    asked = analyse(question)
    if not asked.terms or not documents:
        return []
    analyses = [analyse(f"{document.title}\n{document.title}\n{document.text}") for document in documents]
    rarity = _rarity(asked, analyses)
    usual = sum(each.length for each in analyses) / len(analyses) or 1.0
    whole = sum(weight * rarity[term] for term, weight in asked.terms.items()) * (_K1 + 1) or 1.0
    scored: list[Like] = []
    for document, analysis in zip(documents, analyses, strict=True):
        gains = _gains(asked, analysis, rarity, usual)
        terms = sum(gains.values()) / whole
        pieces = len(asked.pieces & analysis.pieces) / math.sqrt(len(asked.pieces) * (len(analysis.pieces) or 1))
        score = (1 - _PIECES) * terms + _PIECES * pieces
        if score >= least:
            scored.append(Like(document, round(min(score, 1.0), 4), _why(asked, analysis, gains)))
    return sorted(scored, key=lambda like: (-like.score, like.document.kind, like.document.id))[:most]


def _rarity(asked: Analysis, analyses: Sequence[Analysis]) -> dict[str, float]:
    """How much it says that a document has a term: more, the fewer have it."""
    count = len(analyses)
    having = {term: sum(term in each.terms for each in analyses) for term in asked.terms}
    return {term: math.log(1 + (count - n + 0.5) / (n + 0.5)) for term, n in having.items()}


def _gains(asked: Analysis, analysis: Analysis, rarity: dict[str, float], usual: float) -> dict[str, float]:
    """What each term of the question that the document has gives it."""
    norm = _K1 * (1 - _B + _B * analysis.length / usual)
    terms = analysis.terms
    return {
        term: weight * rarity[term] * terms[term] * (_K1 + 1) / (terms[term] + norm)
        for term, weight in asked.terms.items()
        if term in terms
    }


def _why(asked: Analysis, analysis: Analysis, gains: dict[str, float]) -> tuple[Shared, ...]:
    """The words that made it alike, those that gave most first, each only once."""
    found: dict[str, Shared] = {}
    for term in sorted(gains, key=lambda term: -gains[term]):
        shared = Shared(asked.surface[term], analysis.surface[term])
        if shared.asked not in found:
            found[shared.asked] = shared
    return tuple(found.values())[:_REASONS]
