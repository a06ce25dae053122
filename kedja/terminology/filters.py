"""The filters of an include: a property, an operator and a value become a test of one concept (R4 4.9.7.1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Protocol, cast

import re2  # pyright: ignore[reportMissingTypeStubs]: linear in the text whatever the pattern, which may be a stranger's

from kedja.terminology.systems import Broken, Concept, System, properties

Json = dict[str, Any]
Test = Callable[[Concept], bool]
_LONGEST: Final = 500  # characters of a pattern
_IDENTITY: Final = ("concept", "code")


class _Pattern(Protocol):
    def fullmatch(self, text: str) -> object | None: ...


def test(system: System, condition: Json) -> Test:
    """Whether a concept of the system meets this filter. Raises Broken for what is no filter."""
    name, operator, value = (str(condition.get(part, "")) for part in ("property", "op", "value"))
    if not name or not value:
        raise Broken(f"the filter `{name} {operator} {value}` lacks its property or its value")
    if operator in _HIERARCHY:
        if name not in _IDENTITY:
            raise Broken(f"the operator `{operator}` goes with the property `concept`, not with `{name}`")
        among = _HIERARCHY[operator](system, value)
        return lambda concept: concept.code in among
    make = _OF_VALUES.get(operator)
    if make is None:
        raise Broken(f"`{operator}` is no filter operator of R4")
    meets = make(value)
    values = _values(system, name)
    return lambda concept: meets(values(concept))


def _not_below(system: System, code: str) -> frozenset[str]:
    return frozenset(system.concepts) - system.below(code)


_HIERARCHY: Final[dict[str, Callable[[System, str], frozenset[str]]]] = {
    "is-a": lambda system, code: system.below(code),
    "descendent-of": lambda system, code: system.below(code) - {code},
    "is-not-a": _not_below,
    "generalizes": lambda system, code: system.above(code),
    "child-of": lambda system, code: system.children.get(code, frozenset()),
}


def _values(system: System, name: str) -> Callable[[Concept], list[str]]:
    """The values that a concept has under this name."""
    match name:
        case "concept" | "code":
            return lambda concept: [concept.code]
        case "display":
            return lambda concept: [concept.display]
        case "parent":
            return lambda concept: list(system.parents.get(concept.code, ()))
        case "child":
            return lambda concept: list(system.children.get(concept.code, ()))
        case _:
            return lambda concept: [_text(value) for code, value in properties(concept.source) if code == name]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


Meets = Callable[[list[str]], bool]


def _equal(value: str) -> Meets:
    return lambda found: value in found


def _among(value: str) -> Meets:
    listed = {part.strip() for part in value.split(",")}
    return lambda found: not listed.isdisjoint(found)


def _not_among(value: str) -> Meets:
    listed = {part.strip() for part in value.split(",")}
    return lambda found: listed.isdisjoint(found)


def _exists(value: str) -> Meets:
    wanted = value != "false"
    return lambda found: bool(found) is wanted


def _regex(value: str) -> Meets:
    pattern = _compiled(value)
    return lambda found: any(pattern.fullmatch(text) is not None for text in found)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> _Pattern:
    if len(pattern) > _LONGEST:
        raise Broken(f"the regular expression has {len(pattern)} characters; at most {_LONGEST} are taken")
    try:
        return cast("_Pattern", re2.compile(pattern))  # pyright: ignore[reportUnknownMemberType]
    except re2.error as error:  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        raise Broken(f"the regular expression `{pattern[:80]}` cannot be read: {error}") from None


_OF_VALUES: Final[dict[str, Callable[[str], Meets]]] = {
    "=": _equal,
    "in": _among,
    "not-in": _not_among,
    "exists": _exists,
    "regex": _regex,
}
