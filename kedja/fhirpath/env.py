"""What an evaluation knows beside its input: the variables, the clock, and the hooks to what lies outside this room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final, NamedTuple

from kedja.fhirpath.items import Item, Items
from kedja.fhirpath.nodes import FhirPathError
from kedja.fhirpath.references import Resource, entries

MAX_STEPS: Final = 1_000_000
_NOTHING: Final[Mapping[str, Items]] = MappingProxyType({})


@dataclass(frozen=True)
class Env:
    """`resource` is `%resource`; `root` is `%rootResource`, where the resource is contained in another one.

    Hooks: `resolve` gives the resource that a literal reference leads to; `member_of` and `conforms_to` tell whether an item is
    in a value set or fits a profile (None: not known, an error); `html` whether XHTML is fit for a narrative; `trace` is told
    what `trace()` sees. `variables` adds to the variables, by name without `%`. `strict` refuses `as` on several items.
    """

    resource: Resource
    root: Resource | None = None
    resolve: Callable[[str], Resource | None] | None = None
    member_of: Callable[[Item, str], bool | None] | None = None
    conforms_to: Callable[[Item, str], bool | None] | None = None
    html: Callable[[str], bool] | None = None
    trace: Callable[[str, Items], None] | None = None
    variables: Mapping[str, Items] = field(default_factory=lambda: _NOTHING)
    strict: bool = False

    @cached_property
    def entries(self) -> dict[str, Resource]:
        """Where the resource stands in a Bundle: its resources, by what references call them."""
        return entries(self.resource if self.root is None else self.root)


class Run:
    """One evaluation: its instant, taken when first asked for, and the work that it has left."""

    __slots__ = ("_now", "_steps", "env", "known", "start")

    def __init__(self, env: Env, start: Item) -> None:
        self.env = env
        self.start = start
        self.known: dict[int, Items] = {}  # the descendants of resources, which invariants ask for again and again
        self._steps = MAX_STEPS
        self._now: datetime | None = None

    def now(self) -> datetime:
        """The same instant at each call, with the zone of this machine."""
        if self._now is None:
            self._now = datetime.now().astimezone()
        return self._now

    def spend(self, steps: int) -> None:
        """Raises FhirPathError when an evaluation goes on for too long."""
        self._steps -= steps
        if self._steps < 0:
            raise FhirPathError(f"the expression takes more than {MAX_STEPS} steps on these data: make it simpler")


class Context(NamedTuple):
    """Where an evaluation is: `$this`, `$index`, `$total`."""

    run: Run
    this: Item
    position: int | None = None
    total: Items | None = None


Evaluator = Callable[[Items, Context], Items]
