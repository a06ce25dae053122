"""Chains and `_has` against the definitions, nested as deep as they were written (FHIR R4 3.1.1.5.3, 3.1.1.5.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kedja.outcome import OutcomeError, refuse
from kedja.search.definitions import UnknownParameter, check_type, parameters_of, reference_of
from kedja.search.exactly import is_exact
from kedja.search.hashing import param_salt
from kedja.search.nodes import Chain, Criterion, Has, Parameter, Select
from kedja.search.published import is_by_url
from kedja.search.suggest import did_you_mean
from kedja.spec import SearchParameter, is_resource_type
from kedja.spec.places import PLACES

MAX_UNTYPED_TARGETS: Final = 8
Read = Callable[[str, Parameter], Criterion]


def chain(resource_type: str, parameter: Parameter, read: Read) -> Chain:
    """`subject.family=x`: refers to one that meets the rest. Without `:Type`, of each type that can have the rest.

    Raises OutcomeError 400; UnknownParameter when the name, or the rest of every target, is not known.
    """
    rest = _rest(parameter)
    definition = reference_of(resource_type, parameter.code, parameter.name)
    salt = param_salt(resource_type, parameter.code)
    by_url = is_by_url(resource_type, definition)
    if parameter.modifier:
        target = _named_target(parameter, definition)
        return Chain(((salt, _select(target, rest, read)),), by_url)
    targets = _fitting_targets(parameter, rest, definition)
    found: list[tuple[int, Select]] = []
    faults: list[OutcomeError] = []
    for target in targets:
        try:
            found.append((salt, _select(target, rest, read)))
        except OutcomeError as fault:  # `:exact` of what is a token there
            faults.append(fault)
    if not found:
        raise faults[0]
    return Chain(tuple(found), by_url)


def has(resource_type: str, parameter: Parameter, read: Read) -> Has:
    """`_has:Observation:patient:code=x`: one that meets the rest refers here. Raises as `chain`."""
    assert parameter.reverse is not None
    source, code = parameter.reverse
    definition = reference_of(check_type(source, parameter.name), code, parameter.name)
    if definition.target and resource_type not in definition.target:
        raise refuse(400, "value", f"`{code}` of {source} never refers to {resource_type}", f"?{parameter.name}")
    sources = _select(source, _rest(parameter), read, of_place=resource_type in PLACES)
    return Has(param_salt(source, code), sources, is_by_url(source, definition))


def _select(resource_type: str, rest: Parameter, read: Read, *, of_place: bool = False) -> Select:
    """Those of a type that meet the rest. `of_place`: that there are any tells of a place."""
    exact = not of_place and is_exact((resource_type,), (rest,))
    return Select(resource_type, (read(resource_type, rest),), exact=exact)


def _rest(parameter: Parameter) -> Parameter:
    assert parameter.chain is not None
    return parameter.chain


def _named_target(parameter: Parameter, definition: SearchParameter) -> str:
    target = check_type(parameter.modifier, parameter.name)
    if definition.target and target not in definition.target:
        raise refuse(400, "value", f"`{parameter.code}` never refers to {target}", f"?{parameter.name}")
    return target


def _fitting_targets(parameter: Parameter, rest: Parameter, definition: SearchParameter) -> list[str]:
    if not definition.target:
        raise refuse(
            400,
            "too-costly",
            f"`{parameter.code}` refers to any type: name one, as `{parameter.code}:Patient.{rest.code}`",
            f"?{parameter.name}",
        )
    found = [target for target in definition.target if breadth(target, rest)]
    if len(found) > MAX_UNTYPED_TARGETS:
        example = f"{parameter.code}:{found[0]}.{rest.code}"
        raise refuse(
            400, "too-costly", f"`{parameter.code}` refers to {len(found)} types: name one, as `{example}`", f"?{parameter.name}"
        )
    if not found:
        known = {code for target in definition.target for code in parameters_of(target)}
        raise UnknownParameter(
            parameter.name, f"no target of `{parameter.code}` has a parameter `{rest.code}`{did_you_mean(rest.code, known)}"
        )
    return found


def breadth(resource_type: str, parameter: Parameter, known: dict[tuple[str, Parameter], int] | None = None) -> int:
    """How many selections the chains of the parameter make, each a search of its own; 0 where it cannot be asked of this type.

    `known` keeps what was counted: the same rest is asked of the same type by many ways.
    """
    known = {} if known is None else known
    place = (resource_type, parameter)
    if place not in known:
        known[place] = _breadth(resource_type, parameter, known)
    return known[place]


def _breadth(resource_type: str, parameter: Parameter, known: dict[tuple[str, Parameter], int]) -> int:
    if parameter.reverse:
        source, code = parameter.reverse
        pointer = parameters_of(source).get(code) if is_resource_type(source) else None
        leads_here = pointer is not None and (not pointer.target or resource_type in pointer.target)
        return 1 + breadth(source, _rest(parameter), known) if leads_here else 0
    definition = parameters_of(resource_type).get(parameter.code)
    if definition is None or parameter.chain is None:
        return 0 if definition is None else 1
    targets = [parameter.modifier] if is_resource_type(parameter.modifier) else definition.target
    lawful = [target for target in targets if not definition.target or target in definition.target]
    found = [number for target in lawful if (number := breadth(target, parameter.chain, known))]
    return sum(1 + number for number in found[:MAX_UNTYPED_TARGETS])
