"""`_text` and `_content` (FHIR R4 3.1.1.4.17): all the words, in the narrative or anywhere; plain words alone are asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Resource = dict[str, Any]


def in_narrative(resource: Resource, asked: str) -> bool:
    return _has(_words(resource.get("text", {}).get("div", "")), asked)


def anywhere(resource: Resource, asked: str) -> bool:
    return _has({word for text in _texts(resource) for word in _words(text)}, asked)


def narrative_words(resource: Resource) -> list[str]:
    return sorted(word for word in _words(resource.get("text", {}).get("div", "")) if word.isalpha() and len(word) > 3)


def _has(words: set[str], asked: str) -> bool:
    return all(word in words for word in asked.lower().split())


def _words(text: str) -> set[str]:
    """Without the tags, and without the marks that stand before or behind a word."""
    return {word.strip(".,:;()\"'!?") for word in re.sub(r"<[^>]*>", " ", text).lower().split()}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)
