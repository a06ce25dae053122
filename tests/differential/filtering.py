"""Filters to search with: comparisons that fit a resource, joined, denied and nested."""

from __future__ import annotations

from random import Random
from typing import Any

from kedja import spec
from tests.differential import writing
from tests.differential.matching import escapes, string, token
from tests.differential.matching.date import prefixed
from tests.differential.world import Held, World
from tests.differential.writing import one_in, pick

_OPERATORS = {
    "string": ("eq", "ne", "co", "sw", "ew", "pr"),
    "token": ("eq", "eq", "ne", "pr"),
    "reference": ("eq", "re", "pr"),
    "uri": ("eq", "pr"),
    "date": ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap", "po", "pr"),
    "number": ("eq", "gt", "lt", "ge", "le", "ap"),
    "quantity": ("eq", "ne", "gt", "lt", "ge", "le", "ap"),
}


def filter_pair(random: Random, world: World, focus: Held) -> tuple[str, str] | None:
    text = _expression(random, world, focus, 0)
    return ("_filter", text) if text else None


def _expression(random: Random, world: World, focus: Held, depth: int) -> str:
    parts = [part for _ in range(random.randint(1, 3)) if (part := _part(random, world, focus, depth))]
    text = parts[0] if parts else ""
    for part in parts[1:]:
        text += f" {pick(random, ('and', 'or'))} {part}"
    return text


def _part(random: Random, world: World, focus: Held, depth: int) -> str:
    if depth < 2 and one_in(random, 4):
        inside = _expression(random, world, focus, depth + 1)
        return f"{pick(random, ('', 'not '))}({inside})" if inside else ""
    return _through(random, world, focus, depth) if one_in(random, 4) else _comparison(random, world, focus)


def _comparison(random: Random, world: World, focus: Held) -> str:
    codes = [code for code, of in world.codes[focus.type].items() if of in _OPERATORS and not code.startswith("_")]
    filled = [code for code in codes if world.values(focus, code)]
    if not filled:
        return ""
    code = pick(random, filled)
    kind = world.codes[focus.type][code]
    operator = pick(random, _OPERATORS[kind])
    if operator == "pr":
        return f"{pick(random, codes)} pr {pick(random, ('true', 'false'))}"
    value = _value(random, kind, pick(random, world.values(focus, code)), operator)
    return f"{code} {operator} {_quoted(value)}" if value else ""


def _value(random: Random, kind: str, value: Any, operator: str) -> str:
    if kind == "string":
        text = pick(random, string.texts(value) or ["a"])
        part = {"sw": text[: random.randint(1, 9)], "ew": text[-random.randint(1, 9) :], "co": text[1:5]}.get(operator, text)
        return part.strip() if string.fold(part) else ""
    if kind == "token":
        have = pick(random, token.codes(value) or [token.Coded(None, None)])
        plain = have.code if have.bare or not have.system or one_in(random, 3) else f"{have.system}|{have.code}"
        return plain or ""
    written = writing.BY_TYPE[kind](random, value) or ""
    if kind in ("uri", "reference"):
        return escapes.plain(written)  # in a filter a comma is a comma
    return prefixed(written)[1] if kind in ("date", "number", "quantity") else written


def _quoted(value: str) -> str:
    """Where it has what a bare value may not have."""
    plain = not any(mark in value for mark in ' ()[]"\\,$')
    return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _through(random: Random, world: World, focus: Held, depth: int) -> str:
    """`subject.name co x`, or `subject[active eq true].name co x`."""
    known = [code for code, of in world.codes[focus.type].items() if of == "reference"]
    ways = [
        (code, target)
        for code in known
        for target in world.targets(focus, code)
        if len(spec.search_parameters(focus.type)[code].target) < 9
    ]
    if not ways:
        return ""
    code, target = pick(random, ways)
    inner = _comparison(random, world, target)
    where = _comparison(random, world, target) if one_in(random, 3) else ""
    return f"{code}{f'[{where}]' if where else ''}.{inner}" if inner else ""
