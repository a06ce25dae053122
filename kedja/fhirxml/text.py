"""Text in XML: what is escaped, and what XML 1.0 cannot hold."""

from __future__ import annotations

import re
from typing import Final

# Tabs and line ends are written as references: a reader makes spaces of those that stand in an attribute as they are.
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_TABLE: Final = str.maketrans(_ESCAPES)
_SPECIAL: Final = re.compile(r'[&<>"\t\n\r]')
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escaped(text: str) -> str:
    """For an attribute in double quotes, or between tags."""
    return text.translate(_TABLE) if _SPECIAL.search(text) else text


def forbidden(text: str) -> str | None:
    """The first character that XML 1.0 (2.2) cannot hold, as U+0001."""
    found = _FORBIDDEN.search(text)
    return f"U+{ord(found[0]):04X}" if found else None
