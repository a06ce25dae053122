"""The named predicates that rules are written with: the whole vocabulary of the law's files."""

from __future__ import annotations

from typing import Final

from kedja.access.vocabulary import care, facts, obligations, people, protected, records, reuse, who
from kedja.access.vocabulary.predicate import About, Predicate

__all__ = ["PREDICATES", "About", "Predicate"]

_PARTS: Final = (
    who.PREDICATES,
    records.PREDICATES,
    facts.PREDICATES,
    reuse.PREDICATES,
    care.PREDICATES,
    people.PREDICATES,
    obligations.PREDICATES,
    protected.PREDICATES,
)

PREDICATES: Final[dict[str, Predicate]] = {name: predicate for part in _PARTS for name, predicate in part.items()}
