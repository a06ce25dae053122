"""`_filter` against the definitions: the same criteria as parameters give, joined as it says (FHIR R4, search_filter)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from kedja.outcome import OutcomeError, refuse
from kedja.search.chain import MAX_UNTYPED_TARGETS
from kedja.search.definitions import UnknownParameter, definition_of, parameters_of, reference_of
from kedja.search.filter import Denied, Filter, Joined, Step, Test, parse_filter
from kedja.search.hashing import param_salt
from kedja.search.nodes import And, Chain, Criterion, DateRange, Dates, Not, Or, Parameter, Select, Strings, Updated
from kedja.search.published import is_by_url

MAX_SELECTIONS: Final = 40
_ESCAPED: Final = re.compile(r"([\\,$])")
_WITHIN: Final = {"eq": "", "ap": "ap", "gt": "gt", "lt": "lt", "ge": "ge", "le": "le", "sa": "sa", "eb": "eb", "ne": "ne"}
# Search type -> operators -> (modifier, prefix). `ne`, `pr` and those of strings and periods are said below.
_PLAIN: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "string": {"sw": ("", ""), "co": ("contains", "")},
    "token": {"eq": ("", ""), "in": ("in", ""), "ni": ("not-in", ""), "ss": ("below", ""), "sb": ("above", "")},
    "reference": {"eq": ("", ""), "re": ("", "")},
    "uri": {"eq": ("", ""), "re": ("", ""), "ss": ("below", ""), "sb": ("above", "")},
    "date": {operator: ("", prefix) for operator, prefix in _WITHIN.items()},
    "number": {operator: ("", prefix) for operator, prefix in _WITHIN.items()},
    "quantity": {operator: ("", prefix) for operator, prefix in _WITHIN.items()},
}
_ALSO: Final = {"string": ("eq", "ew", "ne"), "token": ("ne",), "reference": ("ne",), "uri": ("ne",), "date": ("po",)}

_TEXTS: Final[dict[str, Literal["equals", "ends", "differs"]]] = {"eq": "equals", "ew": "ends", "ne": "differs"}

Read = Callable[[str, Parameter], Criterion]


def filtered(resource_type: str, text: str, read: Read) -> Criterion:
    """What `_filter=text` asks of this type; `read` is how a parameter becomes a criterion. Raises OutcomeError 400."""
    return _Filtering(read).criterion(resource_type, parse_filter(text))


@dataclass(slots=True)
class _Filtering:
    read: Read
    selections: int = 0

    def criterion(self, resource_type: str, asked: Filter) -> Criterion:
        match asked:
            case Joined(word, of):
                parts = tuple(self.criterion(resource_type, each) for each in of)
                return And(parts) if word == "and" else Or(parts)
            case Denied(of):
                return Not(self.criterion(resource_type, of))
            case Test((step,), operator, value):
                if step.where is not None:
                    raise _refused(f"`{step.name}[...]` is not compared with anything: write `{step.name}[...].code eq value`")
                return self._compared(resource_type, step.name, operator, value)
            case Test(path, operator, value):
                return self._through(resource_type, path[0], Test(path[1:], operator, value))

    def _through(self, resource_type: str, step: Step, rest: Test) -> Chain:
        """To what the reference leads: all that is asked there is asked of the same resource."""
        definition = reference_of(resource_type, step.name, "_filter")
        asked: Filter = rest if step.where is None else Joined("and", (step.where, rest))
        targets = [name for name in definition.target if rest.path[0].name in parameters_of(name)]
        if len(targets) > MAX_UNTYPED_TARGETS:
            raise _refused(
                f"`{step.name}` refers to {len(targets)} types that have `{rest.path[0].name}`: use a chain that names one"
            )
        found: list[tuple[int, Select]] = []
        faults: list[OutcomeError] = []
        for target in targets:
            try:
                found.append((param_salt(resource_type, step.name), Select(target, (self._counted(target, asked),))))
            except UnknownParameter as fault:
                faults.append(fault)
        if not found:
            raise faults[0] if faults else _refused(f"no target of `{step.name}` has a parameter `{rest.path[0].name}`")
        return Chain(tuple(found), is_by_url(resource_type, definition))

    def _counted(self, target: str, asked: Filter) -> Criterion:
        self.selections += 1
        if self.selections > MAX_SELECTIONS:
            raise refuse(
                400, "too-costly", f"`_filter` leads through more than {MAX_SELECTIONS} selections: ask for less", "?_filter"
            )
        return self.criterion(target, asked)

    def _compared(self, resource_type: str, code: str, operator: str, value: str) -> Criterion:
        kind = definition_of(resource_type, code, "_filter").type
        if operator == "pr":
            if value not in ("true", "false"):
                raise _refused(f"`{code} pr {value[:40]}` cannot be used: write true or false")
            return self._parameter(resource_type, code, "missing", "false" if value == "true" else "true")
        if kind == "string" and operator in _TEXTS:
            return self._text(resource_type, code, operator, value)
        if operator == "ne" and operator in _ALSO.get(kind, ()):
            return self._other(resource_type, code, self._parameter(resource_type, code, "", _escaped(value)))
        if operator == "po" and kind == "date":
            return _overlapping(self._parameter(resource_type, code, "", value))
        known = _PLAIN.get(kind, {})
        if operator not in known:
            served = ", ".join((*known, *_ALSO.get(kind, ()), "pr"))
            raise _refused(f"`{operator}` cannot be asked of `{code}`, which is a {kind}; there are: {served}")
        modifier, prefix = known[operator]
        return self._parameter(resource_type, code, modifier, prefix + _escaped(value))

    def _parameter(self, resource_type: str, code: str, modifier: str, value: str) -> Criterion:
        return self.read(resource_type, Parameter("_filter", code, modifier, (value,)))

    def _text(self, resource_type: str, code: str, operator: str, value: str) -> Criterion:
        found = self._parameter(resource_type, code, "", _escaped(value))
        assert isinstance(found, Strings)
        return replace(found, match=_TEXTS[operator])

    def _other(self, resource_type: str, code: str, same: Criterion) -> Criterion:
        """Has a value, and none that is the same."""
        return And((self._parameter(resource_type, code, "missing", "false"), Not(same)))


def _overlapping(found: Criterion) -> Criterion:
    match found:
        case Dates(_, every):
            return replace(found, every=tuple(tuple(_any_of(one) for one in ranges) for ranges in every))
        case Updated(ranges):
            return Updated(tuple(_any_of(one) for one in ranges))
        case _:
            return found


def _any_of(asked: DateRange) -> DateRange:
    """`ap` of the range that was written, not widened."""
    return replace(asked, prefix="ap")


def _escaped(value: str) -> str:
    """A comma, dollar or backslash in a filter is meant; `|` parts systems from codes."""
    return _ESCAPED.sub(r"\\\1", value)


def _refused(told: str) -> OutcomeError:
    return refuse(400, "value", f"in `_filter`: {told}", "?_filter")
