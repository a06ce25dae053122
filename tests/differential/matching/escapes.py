"""`,`, `|`, `$` and the backslash itself stand for themselves behind a backslash (FHIR R4 3.1.1.4.0.1)."""

from __future__ import annotations

import re


def split(text: str, mark: str) -> list[str]:
    """The parts between the marks, still with their backslashes."""
    parts = [""]
    for piece in re.findall(r"\\.|[^\\]|\\$", text, re.DOTALL):
        if piece == mark:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def plain(text: str) -> str:
    return re.sub(r"\\([,|$\\])", r"\1", text)


def escaped(text: str) -> str:
    return re.sub(r"([,|$\\])", r"\\\1", text)
