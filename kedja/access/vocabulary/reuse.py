"""The medication list, registries, biobanks, research and secondary use."""

from __future__ import annotations

from typing import Final

from kedja.access.vocabulary import declared, medication_list, secondary
from kedja.access.vocabulary.predicate import Predicate

PREDICATES: Final[dict[str, Predicate]] = {**medication_list.PREDICATES, **secondary.PREDICATES, **declared.PREDICATES}
