"""uri: the whole of it, exactly; `:below` and `:above` by the segments of its path (FHIR R4 3.1.1.4.14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kedja.search.escape import unescape
from kedja.search.hashing import token_hash
from kedja.search.nodes import Tokens
from kedja.search.uris import or_above
from kedja.search.values.context import Asking

Texts = tuple[tuple[str, str], ...]  # (modifier that has tokens of its own or none, text)


def resolve(asking: Asking) -> Tokens:
    texts = [found for value in asking.parameter.values for found in _TEXTS[asking.parameter.modifier](unescape(value))]
    return Tokens(
        tuple(token_hash(asking.type, f"{group.name}{modifier}", text) for group in asking.groups for modifier, text in texts)
    )


def _itself(text: str) -> Texts:
    return (("", text),)


def _below(text: str) -> Texts:
    """It, or any that have it above them."""
    bare = text if "://" not in text else text.rstrip("/")
    return (("", text), ("", bare), (":below", bare))


def _above(text: str) -> Texts:
    return tuple(("", each) for each in or_above(text))


_TEXTS: Final[dict[str, Callable[[str], Texts]]] = {"": _itself, "below": _below, "above": _above}
