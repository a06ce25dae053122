"""How fast an import goes: records a second since it began, or since it went on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic


@dataclass(slots=True)
class Pace:
    """`clock` gives seconds. What was settled before the first look is not of this run."""

    clock: Callable[[], float] = monotonic
    _first: tuple[float, int] | None = field(default=None, init=False)

    def rate(self, settled: int) -> float:
        """Records a second, when so many are settled in all."""
        now = self.clock()
        if self._first is None:
            self._first = (now, settled)
        begun, before = self._first
        return (settled - before) / (now - begun) if now > begun else 0.0
