"""Code systems and value sets: R4's own, those of added packages, and those stored through the service (R4 4.7 to 4.9).

Three answers, never two where one is a guess: True, False, and None for what cannot be told from what is here. A canonical is
`url` or `url|version`.
"""

from __future__ import annotations

from typing import Any

from kedja.terminology import validate
from kedja.terminology.lists import Entry
from kedja.terminology.systems import Broken, Untold
from kedja.terminology.validate import Asked, Coding, Verdict
from kedja.terminology.view import Codes, View, current

__all__ = [
    "Asked",
    "Broken",
    "Codes",
    "Coding",
    "Entry",
    "Untold",
    "Verdict",
    "View",
    "ancestors",
    "codes",
    "contains",
    "current",
    "descendants",
    "expand",
    "validate_coding",
]


def contains(value_set_url: str, system: str | None, code: str) -> bool | None:
    """Whether the value set has this code of this system; without a system, of any (as for an element of type `code`)."""
    return current().member(value_set_url, system, code)


def codes(value_set_url: str) -> Codes | None:
    """{system: its codes in the value set}; None where they cannot all be listed."""
    return current().codes(value_set_url)


def expand(value_set_url: str) -> tuple[Entry, ...]:
    """Every code with its display, in the order of the value set. Raises Untold, with what is missing."""
    return tuple(current().listing(value_set_url).values())


def validate_coding(value_set_url: str, coding: dict[str, Any]) -> Verdict:
    """Whether this Coding is of the value set, under a display of its own. Raises Untold when the value set is not here."""
    return validate.in_valueset(current(), value_set_url, validate.coding_of(coding))


def ancestors(system: str, code: str) -> frozenset[str] | None:
    """The code and all that it is a kind of; None where the system, the code or the meaning of its hierarchy is not known."""
    known = current().system(system)
    return known.above(code) if known is not None and known.subsuming and known.find(code) else None


def descendants(system: str, code: str) -> frozenset[str] | None:
    """The code and all that is a kind of it; None as `ancestors`."""
    known = current().system(system)
    return known.below(code) if known is not None and known.subsuming and known.find(code) else None
