"""Whether a search names its person exactly, and asks for no place: what finds those whose identity is protected (OSL 22:1).

Exactly: by the id of a resource that is somebody's, by a whole identifier, by a literal reference to such a resource, or by a
chain or `_has` that names one so. To ask where somebody lives, is reached or is met takes it away again, since the answer
would tell; so does any parameter that is not R4's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from kedja import spec
from kedja.search.escape import split, unescape
from kedja.search.filter import Denied, Filter, Joined, Step, Test, parse_filter
from kedja.search.nodes import Parameter
from kedja.search.parameters import parameters_of
from kedja.spec.places import PLACE_SYSTEMS, PLACES, asks_for_place

PERSONAL: Final = frozenset({"Patient", *spec.compartment("Patient")}) - PLACES - {"Group"}
"""Types of which each resource is somebody's."""
_ADDRESS: Final = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/[A-Za-z0-9.-]{1,64}(?:/_history/[^/]+)?$")
_COMPARTMENTS: Final = ("Patient", "Encounter", "RelatedPerson")


def is_exact(
    types: Sequence[str],
    parameters: Iterable[Parameter],
    sort: Iterable[str] = (),
    compartment: tuple[str, str] | None = None,
) -> bool:
    """Whether a search of these types by all these parameters, in this order, finds those who are protected."""
    asked = list(parameters)
    named = compartment is not None and compartment[0] in _COMPARTMENTS
    if not named and not any(_of_all(types, one) for one in asked):
        return False
    by_place = any(asks_place(name, one) for name in types for one in asked)
    return not by_place and not any(_sorts_by_place(name, code.removeprefix("-")) for name in types for code in sort)


def _of_all(types: Sequence[str], parameter: Parameter) -> bool:
    personal = [name for name in types if name in PERSONAL]
    return bool(personal) and all(names_exactly(name, parameter) for name in personal)


def names_exactly(resource_type: str, parameter: Parameter) -> bool:
    """Whether what meets this parameter is somebody's who is named by it."""
    if parameter.reverse is not None:
        return parameter.chain is not None and names_exactly(parameter.reverse[0], parameter.chain)
    known = spec.search_parameters(resource_type).get(parameter.code) if resource_type in PERSONAL else None
    if known is None:
        return False
    if parameter.chain is not None:
        targets = [
            name for name in _targets(resource_type, known.code, parameter.modifier) if parameter.chain.code in _codes(name)
        ]
        return bool(targets) and all(names_exactly(name, parameter.chain) for name in targets)
    if known.type == "reference" and parameter.modifier == "identifier":
        return set(_targets(resource_type, known.code, "")) <= PERSONAL and _whole(parameter.values)
    if known.type == "reference" and (not parameter.modifier or spec.is_resource_type(parameter.modifier)):
        kinds = [_kinds(resource_type, known.code, parameter.modifier, value) for value in parameter.values]
        return all(found and set(found) <= PERSONAL for found in kinds)
    if known.code == "_id":
        return not parameter.modifier
    return known.code == "identifier" and parameter.modifier in ("", "of-type") and _whole(parameter.values)


def asks_place(resource_type: str, parameter: Parameter) -> bool:
    """Whether what meets this parameter tells where its person lives, is reached or is met. Of `_has` its source tells."""
    if parameter.reverse is not None:
        return False
    if parameter.code == "_filter":
        return _filters_by_place(resource_type, parse_filter(parameter.values[0]))
    if asks_for_place(resource_type, parameter.code):
        return True
    known = spec.search_parameters(resource_type)[parameter.code]
    if known.type != "reference":
        return any(value.partition("|")[0] in PLACE_SYSTEMS for value in parameter.values)
    targets = _targets(resource_type, known.code, parameter.modifier if spec.is_resource_type(parameter.modifier) else "")
    if parameter.chain is not None:
        return any(name in PLACES and parameter.chain.code in _codes(name) for name in targets or PLACES)
    if parameter.modifier and parameter.modifier not in targets:
        return parameter.modifier != "missing" and not PLACES.isdisjoint(targets or PLACES)
    return any(not PLACES.isdisjoint(_kinds(resource_type, known.code, "", value) or PLACES) for value in parameter.values)


def _filters_by_place(resource_type: str, asked: Filter) -> bool:
    match asked:
        case Joined(_, of):
            return any(_filters_by_place(resource_type, each) for each in of)
        case Denied(of):
            return _filters_by_place(resource_type, of)
        case Test(path, _, value):
            inside = any(step.where is not None and _filters_by_place_behind(resource_type, step) for step in path)
            return inside or asks_place(resource_type, _as_chain([step.name for step in path], value))


def _filters_by_place_behind(resource_type: str, step: Step) -> bool:
    """What is asked in the brackets of `subject[...]`, of whatever it can lead to."""
    targets = _targets(resource_type, step.name, "")
    return step.where is None or not targets or any(_filters_by_place(name, step.where) for name in targets)


def _as_chain(codes: Sequence[str], value: str) -> Parameter:
    code, *rest = codes
    return Parameter("_filter", code, "", (value,), _as_chain(rest, value) if rest else None)


def _sorts_by_place(resource_type: str, code: str) -> bool:
    if asks_for_place(resource_type, code):
        return True
    known = spec.search_parameters(resource_type)[code]
    return known.type == "reference" and not PLACES.isdisjoint(_targets(resource_type, code, "") or PLACES)


@cache
def _targets(resource_type: str, code: str, modifier: str) -> tuple[str, ...]:
    """The types that R4's parameter can lead to from somebody's resource: whose it is, is a Patient. Empty: any."""
    if modifier:
        return (modifier,)
    known = spec.search_parameters(resource_type).get(code)
    if known is None:
        return ()
    whole = [f"{resource_type}.{name}" for name in spec.subject_elements(resource_type)[:1]]
    if any(known.expression == path or known.expression.startswith(f"{path}.where(") for path in whole):
        return ("Patient",)
    return known.target


def _kinds(resource_type: str, code: str, modifier: str, value: str) -> tuple[str, ...]:
    """The types that this value of a reference can be of; empty: it does not tell."""
    match = _ADDRESS.search(unescape(value))
    return (match[1],) if match and spec.is_resource_type(match[1]) else _targets(resource_type, code, modifier)


def _whole(values: Iterable[str]) -> bool:
    """Identifiers with their value, not a system alone."""
    return all(unescape(split(value, "|")[-1]) for value in values)


def _codes(resource_type: str) -> Iterable[str]:
    return parameters_of(resource_type)
