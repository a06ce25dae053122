"""The members of a value: how many there are of each, and of each slice (R4 5.1.0.5 slicing)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kedja.fhirpath import Item
from kedja.validation.faults import Fault, invalid
from kedja.validation.profiles.checks import Compiler, ItemCheck, value_check
from kedja.validation.profiles.discriminators import Matches, implied, matcher
from kedja.validation.profiles.nodes import Node, Slicing
from kedja.validation.profiles.values import Found, found
from kedja.validation.scope import Scope


class Slice(NamedTuple):
    """One slice: which values are of it, how many it wants, and what each of them is held against."""

    node: Node
    matches: Matches
    check: ItemCheck
    inner: Sliced | None


class Sliced(NamedTuple):
    """The slices of one element, in the order of the profile."""

    name: str
    slicing: Slicing
    slices: tuple[Slice, ...]


def member_check(parent: Node, compiler: Compiler) -> ItemCheck:
    """The check of every member of which the profile says something."""
    held = [(child, value_check(child, compiler), sliced(child, compiler)) for child in parent.children.values()]

    def check(item: Item, scope: Scope) -> list[Fault]:
        scope = scope.inside(item.value)
        faults: list[Fault] = []
        for child, one, slices in held:
            values = found(item, child.name)
            faults += counted(child, values)
            faults += [fault.below(value.step) for value in values for fault in one(value.item, scope)]
            if slices is not None:
                faults += _slice_faults(slices, values, scope)
        return faults

    return check


def sliced(node: Node, compiler: Compiler, inherited: Slicing | None = None) -> Sliced | None:
    """The slices of an element; None where it has none."""
    if not node.slices:
        return None
    slicing = node.slicing or inherited
    if slicing is None or not slicing.discriminators:
        told = implied(node)
        slicing = slicing if told is None and slicing else told or Slicing()
        if node.slicing is not None and told is not None:
            slicing = Slicing(told.discriminators, node.slicing.rules, node.slicing.ordered)
    return Sliced(node.name, slicing, tuple(_slice(held, slicing, compiler) for held in node.slices.values()))


def _slice(node: Node, slicing: Slicing, compiler: Compiler) -> Slice:
    check = value_check(node, compiler)

    def fits(item: Item, scope: Scope) -> bool:
        return not invalid(check(item, scope))

    return Slice(node, matcher(slicing, node, compiler) or fits, check, sliced(node, compiler, slicing))


def counted(node: Node, values: Sequence[object]) -> list[Fault]:
    """Too few or too many."""
    name = node.id.rpartition(".")[2]
    if node.min is not None and len(values) < node.min:
        text = f"the profile wants at least {node.min} of `{name}` and there are {len(values)}: add what is missing"
        return [Fault(f".{node.name}", "required", text)]
    if node.max is not None and node.max != "*" and len(values) > int(node.max):
        text = f"the profile wants at most {node.max} of `{name}` and there are {len(values)}: remove what is too many"
        return [Fault(f".{node.name}", "structure", text)]
    return []


def _slice_faults(sliced: Sliced, values: list[Found], scope: Scope) -> list[Fault]:
    of_slice: dict[str, list[Found]] = {held.node.id: [] for held in sliced.slices}
    faults: list[Fault] = []
    last, others = -1, False
    for value in values:
        place = next((place for place, held in enumerate(sliced.slices) if held.matches(value.item, scope)), None)
        if place is None:
            others = True
            faults += _of_no_slice(sliced, value)
            continue
        held = sliced.slices[place]
        of_slice[held.node.id].append(value)
        faults += _misplaced(sliced, value, place, last, others)
        last = max(last, place)
        faults += [fault.below(value.step) for fault in held.check(value.item, scope)]
    for held in sliced.slices:
        faults += counted(held.node, of_slice[held.node.id])
        if held.inner is not None:
            faults += _slice_faults(held.inner, of_slice[held.node.id], scope)
    return faults


def _of_no_slice(sliced: Sliced, value: Found) -> list[Fault]:
    if sliced.slicing.rules != "closed":
        return []
    names = ", ".join(held.node.id.rpartition(":")[2] for held in sliced.slices)
    return [Fault(value.step, "structure", f"this is none of the slices {names}, and the profile allows no other: remove it")]


def _misplaced(sliced: Sliced, value: Found, place: int, last: int, others: bool) -> list[Fault]:
    name = sliced.slices[place].node.id.rpartition(":")[2]
    if sliced.slicing.ordered and place < last:
        return [Fault(value.step, "structure", f"the slice {name} stands too late: keep the order of the profile")]
    if sliced.slicing.rules == "openAtEnd" and others:
        return [Fault(value.step, "structure", f"the slice {name} stands after what is of no slice: put it before")]
    return []
