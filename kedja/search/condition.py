"""The condition on custody, as frozen nodes: what a law permits, said so that SQL and Python can both evaluate it.

`access` compiles rules to these nodes; `search.sql.condition` renders them over the columns of `resource` (alias given);
`access.evaluate` evaluates the same nodes for one custody and its facts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Union

SHIELDED: Final = 1 << 24
"""The bit of `resource.labels` on all that is of a person with protected identity."""

Value = Union[str, int, bool, datetime, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class All:
    """Every one holds; `All(())` is always true."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one holds; `AnyOf(())` is never true: default deny."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    of: Condition


@dataclass(frozen=True, slots=True)
class Column:
    """`resource.<name> <op> value`.

    Ops: `=`, `<>`, `in` (tuple of str), `has`, `lacks` (bits of labels), `open<=`, `open>=` (instants; null meets them).
    """

    name: str  # person | regime | provider | unit | source | labels | type | id | start | end
    op: str
    value: Value


@dataclass(frozen=True, slots=True)
class Same:
    """In a `Fact`: the fact's column equals the resource's custody column (`block.unit = resource.unit`).

    `or_null`: a fact whose column is null, about the whole, meets it too.
    """

    fact: str
    column: str
    or_null: bool = False


@dataclass(frozen=True, slots=True)
class Is:
    """In a `Fact`: the fact's column against a constant.

    Ops: `=`, `in`, `null-or` (null or equal), `has`, `lacks` (bits), `<=` (instants; a null is never).
    """

    fact: str
    op: str
    value: Value


@dataclass(frozen=True, slots=True)
class Overlaps:
    """In a `Fact`: the fact's information period (start_column, end_column; null is open) overlaps the documented period.

    Both periods include both their ends, and a null end of either is open: to touch is to overlap.
    """

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class LacksLabelsOf:
    """In a `Fact`: the resource has none of the label bits in this column of the fact (a block's exclusions)."""

    fact: str


@dataclass(frozen=True, slots=True)
class Aged:
    """In a `Fact` of `subject_state`: who was born when it starts is at least, and below, so many whole years old at `now`.

    The day is that of Europe/Stockholm; who was born on 29 February has their birthday on 1 March in other years.
    """

    least: int | None = None
    below: int | None = None


@dataclass(frozen=True, slots=True)
class NotLifted:
    """In a `Fact` of `block`: no lift of this kind for this reader is in force of the resource's provider and unit.

    It stands inside the block, so that what nobody blocked pays nothing. Null in `lift.unit`, `to_unit` and `to_employee` is
    all units, all of `to_provider`, and everyone there.
    """

    kind: str  # inner | outer
    provider: str
    unit: str
    employee: str


Where = Union[Same, Is, Overlaps, LacksLabelsOf, Aged, NotLifted]


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of this fact table about the resource's person exists, is in force at `now`, and meets every condition.

    `table`: care_relation | consent | block | subject_state | representation | lift. In force: starts is null or <= now, and
    ends is null or > now; with `ever` it has begun, and may have ended.
    """

    table: str
    now: datetime
    where: tuple[Where, ...]
    ever: bool = False


@dataclass(frozen=True, slots=True)
class Recent:
    """The documented period ends, or is open, less than so many months before `now`."""

    months: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Ruled:
    """A branch that carries the number of the rule that permits it, so that the log can name its authority."""

    rule: str
    of: Condition


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A condition compiled once for one who asks, the same object for every request: what is rendered of it can be kept.

    Its facts are asked at `sometime`, which stands for the time of a request.
    """

    of: Condition
    sometime: datetime


class _Somebody(int):
    """A person key that is none."""


SOMEBODY: Final = _Somebody(-(1 << 62))
"""Stands in a shape for the person of a `Permit`, so that what is rendered serves all of whom the same is left."""


class Permit(AnyOf):
    """The branches of a shape with their facts asked at `now`; made when they are looked at, since SQL needs the shape alone.

    `person` is who SOMEBODY stands for in the shape.
    """

    __slots__ = ("_bind", "_made", "now", "person", "shape")
    shape: Shape
    now: datetime
    person: int
    _bind: Callable[[datetime], tuple[Condition, ...]]
    _made: tuple[Condition, ...] | None

    def __init__(self, shape: Shape, now: datetime, bind: Callable[[datetime], tuple[Condition, ...]], person: int = 0) -> None:
        for name, value in (("shape", shape), ("now", now), ("person", person), ("_bind", bind), ("_made", None)):
            object.__setattr__(self, name, value)

    def at(self, now: datetime, person: int) -> Permit:
        """The same at another time, and of another person where it is of one."""
        return Permit(self.shape, now, self._bind, person if self.person else 0)

    @property
    def of(self) -> tuple[Condition, ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        made = self._made
        if made is None:
            made = self._bind(self.now)
            object.__setattr__(self, "_made", made)
        return made


Condition = Union[All, AnyOf, Not, Column, Fact, Recent, Ruled]

NOTHING = AnyOf(())
EVERYTHING = All(())
