"""What every search type needs to understand a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kedja.outcome import OutcomeError, refuse
from kedja.search.groups import Group, groups
from kedja.search.hashing import param_hash
from kedja.search.nodes import Parameter, Prefix
from kedja.spec import SearchParameter

_PREFIXES: Final[dict[str, Prefix]] = {
    "eq": "eq",
    "ne": "ne",
    "gt": "gt",
    "lt": "lt",
    "ge": "ge",
    "le": "le",
    "sa": "sa",
    "eb": "eb",
    "ap": "ap",
}


@dataclass(frozen=True, slots=True)
class Asking:
    """One parameter of one resource type, and its definition. `base` is our address; `now` is what `ap` is near to."""

    type: str
    parameter: Parameter
    definition: SearchParameter
    base: str
    now: datetime
    places: tuple[Group, ...] = ()  # some of where it is kept, when not everywhere

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def groups(self) -> tuple[Group, ...]:
        """Where in the index the parameter is kept."""
        return self.places or groups(self.type, self.code)

    @property
    def params(self) -> tuple[int, ...]:
        """The same for texts, dates and numbers."""
        return tuple(param_hash(self.type, group.name) for group in self.groups)


class Without(OutcomeError):
    """The type has no value that could be asked for so; of several types others may."""


def bad_value(parameter: Parameter, value: str, do: str) -> OutcomeError:
    """A refusal that shows the value and says what to write."""
    return refuse(400, "value", f"`{parameter.name}={value[:80]}` cannot be used: {do}", f"?{parameter.name}")


def without(parameter: Parameter, do: str) -> Without:
    """The same where it is not the value."""
    return Without(400, *bad_value(parameter, parameter.values[0], do).issues)


def prefixed(value: str) -> tuple[Prefix, str]:
    """(`ge`, `2020`) of `ge2020`; no prefix is `eq`."""
    prefix = _PREFIXES.get(value[:2])
    return (prefix, value[2:]) if prefix else ("eq", value)
