"""composite: `part$part`, each as its own type says, of the same element (FHIR R4 3.1.1.4.13)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

from kedja.search.composites import DISCRETE, Part, Place, places
from kedja.search.escape import split
from kedja.search.extract_composites import part_name
from kedja.search.extract_numbers import IN_BASE_UNITS
from kedja.search.groups import Group
from kedja.search.hashing import param_hash, token_hash
from kedja.search.implied import texts_of
from kedja.search.nodes import And, Composite, Criterion, Not, NumberRange, Or, Parameter, Present, Tokens
from kedja.search.values.context import Asking, bad_value
from kedja.search.values.number import number
from kedja.search.values.quantity import amount
from kedja.search.values.reference import references
from kedja.search.values.token import token, token_hashes

Resolve = Callable[[Asking], Criterion]


def resolve(asking: Asking, resolve_part: Resolve) -> Criterion:
    """`resolve_part` reads a part that is asked for by itself, as the parameter that it is."""
    asked = [
        _of_place(asking, place, _values(asking, value, place), resolve_part)
        for value in asking.parameter.values
        for place in places(asking.type, asking.code)
    ]
    hashes = tuple(found for one in asked if isinstance(one, Tokens) for found in one.hashes)
    others = [one for one in asked if not isinstance(one, Tokens)]
    together = [*([Tokens(hashes)] if hashes else []), *others]
    return together[0] if len(together) == 1 else Or(tuple(together))


def present(asking: Asking, missing: bool, present_part: Resolve) -> Criterion:
    """`:missing`: whether there is an element that has all of the parts."""
    there: list[Criterion] = []
    for place in places(asking.type, asking.code):
        if place.steps:
            there.append(Present("token", (token_hash(asking.type, place.name, ""),), missing=False))
        else:
            there.append(And(tuple(present_part(_part_asking(asking, part, "false", "missing")) for part in place.parts)))
    return Not(Or(tuple(there))) if missing else Or(tuple(there))


def _values(asking: Asking, value: str, place: Place) -> list[str]:
    parts = split(value, "$")
    if len(parts) != len(place.parts) or not all(parts):
        example = "$".join(part.definition.code for part in place.parts)
        raise bad_value(asking.parameter, value, f"write its {len(place.parts)} parts as {example}; a $ that is meant is \\$")
    return parts


def _of_place(asking: Asking, place: Place, values: list[str], resolve_part: Resolve) -> Criterion:
    if not place.steps:
        return And(tuple(resolve_part(_part_asking(asking, part, text)) for part, text in zip(place.parts, values)))
    if place.is_exact:
        texts = [_texts(asking, part, text) for part, text in zip(place.parts, values)]
        return Tokens(tuple(token_hash(asking.type, place.name, "$".join(pair)) for pair in product(*texts)))
    return _beside(asking, place, values)


def _part_asking(asking: Asking, part: Part, value: str, modifier: str = "") -> Asking:
    parameter = Parameter(asking.parameter.name, part.definition.code, modifier, (value,))
    return replace(asking, parameter=parameter, definition=part.definition, places=part.groups)


def _beside(asking: Asking, place: Place, values: list[str]) -> Criterion:
    tokens: list[tuple[int, ...]] = []
    ranges: list[tuple[int, int, NumberRange]] = []
    near: list[Criterion] = []
    for place_of_part, (part, text) in enumerate(zip(place.parts, values)):
        one = _part_asking(asking, part, text)
        if part.kind in DISCRETE:
            name = part_name(place, place_of_part)
            tokens.append(tuple(token_hash(asking.type, name, each) for each in _texts(asking, part, text)))
            if part.kind == "token" and part.groups:
                near.append(Tokens(token_hashes(one, *token(one, text))))
        else:
            found, in_base = amount(one, text) if part.kind == "quantity" else (number(one, text), False)
            name = f"{place.name}:{IN_BASE_UNITS}" if in_base else place.name
            ranges.append((param_hash(asking.type, name), place_of_part, found))
    return And((*near, Composite(tuple(tokens), tuple(ranges))))


def _texts(asking: Asking, part: Part, text: str) -> tuple[str, ...]:
    """The texts in the index that a discrete part is one of."""
    one = _part_asking(asking, part, text)
    if part.kind == "reference":
        return tuple(references(one))
    system, code = token(one, text)
    kinds = [Group("", (), frozenset({path.type}), _bound(part, path.type)) for path in part.paths]
    return tuple(dict.fromkeys(found for group in kinds for found in texts_of(group, system, code)))


def _bound(part: Part, type_name: str) -> frozenset[str]:
    return frozenset(url for group in part.groups for url in group.valuesets) if type_name == "code" else frozenset()
