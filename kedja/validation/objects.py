"""Checks of objects, arrays and primitive siblings (R4 2.6.2): the parts that `compile` puts together."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final, cast

from kedja.validation.faults import MAX_FAULTS, Check, Fault, kind, nearest, shown, unsound
from kedja.validation.invariants import Rules
from kedja.validation.scope import Scope

# Says to the object's check: compare this primitive array with its `_` sibling. Compared by identity.
COMPARE: Final[list[Fault]] = [Fault("", "processing", "compare")]


class Members:
    """What the check of one type looks at. Filled after the check exists, since types contain each other."""

    __slots__ = ("checks", "choice_of", "required", "required_choices", "rules", "steps", "type_name")

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name
        self.checks: dict[str, Check] = {}  # by JSON name, `_name` too
        self.steps: dict[str, str] = {}  # JSON name -> FHIRPath step, where it differs
        self.required: set[str] = set()  # JSON names
        self.required_choices: dict[str, tuple[str, ...]] = {}
        self.choice_of: dict[str, str] = {}  # `valueString` and `_valueString` -> `value`
        self.rules = Rules((), ())


def object_check(members: Members) -> Check:
    """The check of one object of a type."""
    check_of, choice_of, required = members.checks.get, members.choice_of, members.required
    required_choices = members.required_choices
    rules = members.rules
    ruled = bool(rules.strict or rules.advice)

    def check(value: Any, scope: Scope) -> list[Fault] | None:
        if not isinstance(value, dict):
            return [Fault("", "structure", f"{kind(value)} stands where one {members.type_name} object is wanted")]
        object_ = cast("dict[str, Any]", value)
        faults: list[Fault] | None = None
        for name, member in object_.items():
            member_check = check_of(name)
            found = [_unknown(members, name)] if member_check is None else member_check(member, scope)
            if found:
                faults = (faults or []) + _placed(members, object_, name, found)
                if len(faults) > MAX_FAULTS:
                    return faults
        if (not object_.keys() >= required or required_choices) and scope.asked.whole:
            faults = (faults or []) + _missing(members, object_)
        if choice_of:
            chosen = [name for name in object_ if name in choice_of]
            if len(chosen) > 1:
                faults = (faults or []) + _chosen_twice(members, chosen)
        if len(object_) < 2 and (not object_ or "id" in object_):
            return [*(faults or []), Fault("", "structure", "an empty object says nothing: remove it")]
        if ruled and scope.asked.full and (faults is None or not unsound(faults)):
            return (faults or []) + (rules.broken(object_, scope) or []) or None
        return faults

    return check


def list_check(one: Check) -> Check:
    """An array of objects."""

    def check(value: Any, scope: Scope) -> list[Fault] | None:
        if not isinstance(value, list) or not value:
            return [_no_array(value)]
        return _item_faults(cast("list[Any]", value), one, scope)

    return check


def primitive_list_check(one: Check) -> Check:
    """An array of primitive values; null holds the place of one that only its `_` sibling describes."""
    array = list_check(one)

    def check(value: Any, scope: Scope) -> list[Fault] | None:
        if isinstance(value, list) and None in value:
            return _item_faults(cast("list[Any]", value), _unless_null(one), scope) or COMPARE
        return array(value, scope)

    return check


def sibling_list_check(one: Check) -> Check:
    """`_given`: an array of objects and nulls."""
    array = list_check(_unless_null(one))

    def check(value: Any, scope: Scope) -> list[Fault] | None:
        return array(value, scope) or COMPARE

    return check


def _unless_null(one: Check) -> Check:
    return lambda value, scope: None if value is None else one(value, scope)


def _item_faults(items: list[Any], one: Check, scope: Scope) -> list[Fault] | None:
    faults: list[Fault] | None = None
    for position, item in enumerate(items):
        found = one(item, scope)
        if found:
            faults = (faults or []) + [fault.below(f"[{position}]") for fault in found]
            if len(faults) > MAX_FAULTS:
                break
    return faults


def _no_array(value: Any) -> Fault:
    if value == []:
        return Fault("", "structure", "an empty array says nothing: remove it")
    return Fault("", "structure", f"{kind(value)} stands where an array is wanted: put it in [ ]")


def _placed(members: Members, object_: Mapping[str, Any], name: str, found: list[Fault]) -> list[Fault]:
    """The faults of the member `name`, seen from its object."""
    if found is COMPARE:
        base = name.removeprefix("_")
        values = object_.get(base)
        if name != base and isinstance(values, list) and None in values:
            return []  # told with `base` itself
        name, found = base, _compared(object_, base)
    step = "." + members.steps.get(name, name[:64])
    return [fault.below(step) for fault in found]


def _compared(object_: Mapping[str, Any], name: str) -> list[Fault]:
    """The array `name` beside its sibling `_name`: equal length, and at each place a value or a description."""
    values, siblings = object_.get(name), object_.get(f"_{name}")
    if not isinstance(values, list):
        values = [None] * len(cast("list[Any]", siblings))
    if not isinstance(siblings, list):
        siblings = [None] * len(cast("list[Any]", values))
    values, siblings = cast("list[Any]", values), cast("list[Any]", siblings)
    if len(values) != len(siblings):
        text = (
            f"`{name}` has {len(values)} items and `_{name}` has {len(siblings)}: give both the same number, with null as filler"
        )
        return [Fault("", "structure", text)]
    alone = f"null stands alone: give a value here, or an extension at the same place in `_{name}`"
    nulls = (place for place, pair in enumerate(zip(values, siblings)) if pair == (None, None))
    return [Fault(f"[{place}]", "structure", alone) for place in islice(nulls, MAX_FAULTS + 1)]


def _unknown(members: Members, name: str) -> Fault:
    close = nearest(name, (known for known in members.checks if known[0] != "_"))
    meant = f"did you mean `{close}`?" if close else "remove it, or carry it in an extension"
    return Fault("", "structure", f"{members.type_name} has no element {shown(name)}: {meant}")


def _missing(members: Members, object_: Mapping[str, Any]) -> list[Fault]:
    faults = [
        Fault(f".{name}", "required", f"{members.type_name} needs `{name}`: add it")
        for name in sorted(members.required)
        if name not in object_ and f"_{name}" not in object_
    ]
    for base, names in members.required_choices.items():
        if not any(name in object_ or f"_{name}" in object_ for name in names):
            listed = ", ".join(names[:8])
            faults.append(Fault(f".{base}", "required", f"{members.type_name} needs `{base}[x]`: add one of {listed}"))
    return faults


def _chosen_twice(members: Members, chosen: list[str]) -> list[Fault]:
    by_choice: dict[str, set[str]] = {}
    for name in chosen:
        by_choice.setdefault(members.choice_of[name], set()).add(name.removeprefix("_"))
    return [
        Fault(f".{base}", "structure", f"`{base}[x]` stands as {' and '.join(sorted(names))}: keep one of them")
        for base, names in by_choice.items()
        if len(names) > 1
    ]
