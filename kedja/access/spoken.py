"""Places in what is written freely: streets with numbers, postal codes with towns, telephone numbers, e-mail addresses.

A protected person's notes may say where they live or how they are reached. What looks so is taken out; what does not look so, a
place told in other words, is not: no pattern finds that. It is taken out too often rather than too seldom.
"""

from __future__ import annotations

import re
from typing import Final

HIDDEN: Final = "[skyddat]"
"""What stands where something was taken out of a text."""

_STREETS: Final = "gatan|vägen|gränd|gränden|stigen|torget|torg|backen|allén|gården|stranden|kajen|liden|parken"
_PLACE: Final = re.compile(
    rf"""
      \b[A-ZÅÄÖ][\wåäöÅÄÖé-]{{0,40}}(?:{_STREETS})\s{{1,3}}\d{{1,4}}\s?[A-Za-z]?\b    # Storgatan 12 B
    | \b[1-9]\d\d[ ]?\d\d[ ,]{{1,3}}[A-ZÅÄÖ][a-zåäöé]{{1,30}}                          # 123 45 Ekholm
    | (?<![\d.,-])(?:\+46[ -]?(?:\(0\)[ -]?)?|0)
      (?!\d{{5}}[-+]\d{{4}}(?!\d))\d(?:[ -]{{0,2}}\d){{6,10}}(?!\d)    # 070-123 45 67, but no 010203-2384
    | [\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,4}}                           # x@y.se
    """,
    re.VERBOSE,
)


def without_places(text: str) -> str:
    """The text with `HIDDEN` in place of what looks like a place or a way to reach somebody."""
    return _PLACE.sub(HIDDEN, text)
