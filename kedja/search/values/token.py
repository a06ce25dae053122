"""token: `code`, `system|code`, `|code`, `system|`; `:not`, `:text`, `:of-type`, `:in`, ... (FHIR R4 3.1.1.4.10).

A modifier is a function in `MODIFIERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kedja.search.escape import split, unescape
from kedja.search.extract_text import fold
from kedja.search.groups import Group
from kedja.search.hashing import param_hash, token_hash
from kedja.search.implied import texts_of
from kedja.search.nodes import Criterion, Ids, Not, Texts, Tokens
from kedja.search.values import concepts
from kedja.search.values.context import Asking, bad_value, without

_TEXTS: Final = frozenset({"CodeableConcept", "Coding", "Identifier"})


def resolve(asking: Asking) -> Criterion:
    return MODIFIERS[asking.parameter.modifier](asking)


def _is(asking: Asking) -> Criterion:
    if asking.code == "_id":
        return Ids(tuple(unescape(value) for value in asking.parameter.values))
    return Tokens(tuple(found for value in asking.parameter.values for found in token_hashes(asking, *token(asking, value))))


def _is_not(asking: Asking) -> Criterion:
    """What has no value at all is none of them either (R4 3.1.1.4.10)."""
    found = _is(asking)
    return Tokens(found.hashes, negated=True) if isinstance(found, Tokens) else Not(found)


def _text(asking: Asking) -> Criterion:
    places = [group for group in asking.groups if group.types & _TEXTS]
    if not places:
        raise without(asking.parameter, "its codes have no text beside them: leave `:text` out")
    beginnings = tuple(fold(unescape(value)) for value in asking.parameter.values)
    if not all(beginnings):
        raise bad_value(asking.parameter, asking.parameter.values[0], "give at least one letter or digit")
    return Texts(tuple(param_hash(asking.type, f"{group.name}:text") for group in places), beginnings)


def _of_type(asking: Asking) -> Criterion:
    places = [group for group in asking.groups if "Identifier" in group.types]
    if not places:
        raise without(asking.parameter, "it is no identifier: leave `:of-type` out")
    texts = [_typed(asking, value) for value in asking.parameter.values]
    return Tokens(tuple(token_hash(asking.type, f"{group.name}:of-type", text) for group in places for text in texts))


def _typed(asking: Asking, value: str) -> str:
    parts = [unescape(part) for part in split(value, "|")]
    if len(parts) != 3 or not all(parts):
        raise bad_value(asking.parameter, value, "write the type's system and code, and the identifier: system|code|value")
    return "|".join(parts)


def _in(asking: Asking) -> Tokens:
    return _one_of(asking, concepts.of_valuesets(asking))


def _not_in(asking: Asking) -> Tokens:
    """As for `:not`, what has no value at all is in none."""
    return Tokens(_in(asking).hashes, negated=True)


def _above(asking: Asking) -> Tokens:
    return _one_of(asking, concepts.above(asking, [token(asking, value) for value in asking.parameter.values]))


def _below(asking: Asking) -> Tokens:
    return _one_of(asking, concepts.below(asking, [token(asking, value) for value in asking.parameter.values]))


def _one_of(asking: Asking, codes: list[concepts.Code]) -> Tokens:
    return Tokens(tuple(found for system, code in codes for found in token_hashes(asking, system, code)))


def token(asking: Asking, value: str) -> tuple[str | None, str]:
    """(system, code) of a value: None for any system, `""` for none; `""` for any code."""
    parts = [unescape(part) for part in split(value, "|")]
    if len(parts) > 2 or not any(parts):
        raise bad_value(asking.parameter, value, "write code, system|code, |code or system|; a | that is meant is \\|")
    return (None, parts[0]) if len(parts) == 1 else (parts[0], parts[1])


def token_hashes(asking: Asking, system: str | None, code: str) -> tuple[int, ...]:
    """What stands in the index of a resource that has this token."""
    return tuple(found for group in asking.groups for found in group_hashes(asking.type, group, system, code))


def group_hashes(resource_type: str, group: Group, system: str | None, code: str) -> tuple[int, ...]:
    return tuple(token_hash(resource_type, group.name, text) for text in texts_of(group, system, code))


MODIFIERS: Final[dict[str, Callable[[Asking], Criterion]]] = {
    "": _is,
    "not": _is_not,
    "text": _text,
    "of-type": _of_type,
    "in": _in,
    "not-in": _not_in,
    "above": _above,
    "below": _below,
}
