"""Which items are shown (FHIR R4 Questionnaire.item.enableWhen, enableBehavior).

An item is shown where its own conditions hold and what it stands in is shown; below a question also only once that is answered.
The answer to a question that is not shown is no answer. Of a question in a group that repeats, the nearest is meant: the one of
the same instance, where the condition stands in it, else any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from kedja.forms.filled import Filled, Place, places
from kedja.forms.form import Form, Item, Value, When


def shown(form: Form, filled: Filled) -> frozenset[Place]:
    """The places of all items that are shown."""
    return _Showing(form, filled).all()


class _Showing:
    def __init__(self, form: Form, filled: Filled) -> None:
        self.form, self.filled = form, filled
        self.known: dict[Place, bool] = {}
        self.by_link: dict[str, list[Place]] = {}
        for item, place in places(form, filled):
            self.by_link.setdefault(item.link_id, []).append(place)

    def all(self) -> frozenset[Place]:
        return frozenset(place for of_link in self.by_link.values() for place in of_link if self.is_shown(place))

    def is_shown(self, place: Place) -> bool:
        if place not in self.known:
            self.known[place] = self._is_shown(place)
        return self.known[place]

    def _is_shown(self, place: Place) -> bool:
        item = self.form.by_link[place[0]]
        above = self.form.above[item.link_id][-1:]
        for link in above:
            holder = self.form.by_link[link]
            outer = (link, place[1][: _depth(holder)])
            if not self.is_shown(outer) or (holder.is_question and not self.filled.of(outer)):
                return False
        met = (self._met(when, place) for when in item.when)
        return not item.when or (any(met) if item.any_of else all(met))

    def _met(self, when: When, place: Place) -> bool:
        given = [value for each in self._nearest(when.question, place) if self.is_shown(each) for value in self.filled.of(each)]
        return holds(when, given)

    def _nearest(self, link: str, place: Place) -> Sequence[Place]:
        mine, theirs = self.form.by_link[place[0]], self.form.by_link[link]
        common = 0
        own = (*mine.holders, mine.link_id) if mine.is_group and mine.repeats else mine.holders
        while common < min(len(own), len(theirs.holders)) and own[common] == theirs.holders[common]:
            common += 1
        return [each for each in self.by_link.get(link, ()) if each[1][:common] == place[1][:common]]


def _depth(item: Item) -> int:
    return len(item.holders) + (1 if item.is_group and item.repeats else 0)


def holds(when: When, given: Sequence[Value]) -> bool:
    """Whether the condition holds of these answers: of one of them at least."""
    if when.operator == "exists":
        return bool(given) == (when.value is True)
    return any(compares(when.operator, next(iter(each.values())), when.value) for each in given)


def compares(operator: str, one: Any, other: Any) -> bool:
    """`one <= other` and the like; False for what cannot be compared."""
    if operator in ("=", "!="):
        return (essence(one) == essence(other)) == (operator == "=")
    left, right = _ordered(one), _ordered(other)
    if left is None or right is None or isinstance(left, str) != isinstance(right, str):
        return False
    less, same = left < right, left == right  # type: ignore[operator]  # both are text, or both numbers
    return {"<": less, "<=": less or same, ">": not (less or same), ">=": not less}[operator]


def essence(value: Any) -> Any:
    """What makes two values the same: a coding is its system and code, a quantity its number and unit."""
    if isinstance(value, Mapping):
        if "code" in value or "value" in value:
            return value.get("system"), value.get("code", value.get("unit")), _ordered(value)
        return tuple(sorted((name, str(each)) for name, each in value.items()))
    number = _number(value)
    return value if number is None else number


def _ordered(value: Any) -> Decimal | str | None:
    if isinstance(value, Mapping):
        return _number(value.get("value"))
    return value if isinstance(value, str) else _number(value)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
