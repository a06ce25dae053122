"""UCUM, the Unified Code for Units of Measure (2.2): what a code means, exactly.

`canonical` for an index, `convert` for exact arithmetic, `is_valid` for validation. Codes are case sensitive.
"""

from kedja.ucum.convert import Canonical, canonical, convert, is_valid, reduced

__all__ = ["Canonical", "canonical", "convert", "is_valid", "reduced"]
