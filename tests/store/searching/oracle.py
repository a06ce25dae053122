"""The slow oracle: walks all resources for every search. Obvious rather than clever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from kedja.access.evaluate import evaluate
from kedja.search.condition import Condition
from kedja.search.sql.including import MAX_LEVELS
from tests.store.searching.values import PARAMETERS, TARGETS, Amount, kind_of, plain, span, values_of
from tests.store.searching.world import NOW, Held, World

Pairs = Sequence[tuple[str, str]]
CONTROLS = ("_sort", "_count", "_total", "_include", "_revinclude")


@dataclass(frozen=True)
class Found:
    matches: list[str]  # all of them, in order, over all pages
    included: Callable[[Sequence[str]], list[str]]  # what comes with a page of these


@dataclass(frozen=True)
class Oracle:
    world: World
    law: Condition

    def sees(self, held: Held) -> bool:
        facts = [*self.world.relations, *self.world.consents, *self.world.blocks]
        own = [fact for fact in facts if fact.person == held.custody.person]
        return not held.deleted and evaluate(self.law, held.custody, own, held.type, held.id)

    def visible(self, resource_type: str) -> list[Held]:
        return [held for held in self.world.held if held.type == resource_type and self.sees(held)]

    def search(self, resource_type: str, pairs: Pairs) -> Found:
        asked = [(name, value) for name, value in pairs if name.partition(":")[0] not in CONTROLS]
        found = [held for held in self.visible(resource_type) if all(self.meets(held, name, value) for name, value in asked)]
        found = sorted(found, key=lambda held: -held.key)
        for code in reversed([code for name, value in pairs if name == "_sort" for code in value.split(",")]):
            found = _sorted(found, code)
        return Found([held.reference for held in found], lambda page: self.included(page, pairs))

    def meets(self, held: Held, name: str, value: str) -> bool:
        if name.startswith("_has:"):
            _, source, code, rest = name.split(":", 3)
            sources = [other for other in self.visible(source) if held.reference in values_of(other.resource, code)]
            return any(self.meets(other, rest, value) for other in sources)
        head, dot, rest = name.partition(".")
        if dot:
            code, _, wanted = head.partition(":")
            referred = values_of(held.resource, code)
            targets = [other for other in self.world.held if other.reference in referred and self.sees(other)]
            return any(
                self.meets(other, rest, value) for other in targets if wanted in ("", other.type) and _has(other.type, rest)
            )
        return self._simple(held, head, value)

    def _simple(self, held: Held, name: str, value: str) -> bool:
        code, _, modifier = name.partition(":")
        if code == "_id":
            return held.id in value.split(",")
        if code == "_lastUpdated":
            return any(_instant(held.updated, each) for each in value.split(","))
        if modifier == "missing":
            return _is_missing(held, code) == (value == "true")
        if modifier == "identifier":
            code, modifier = name, ""
        kind = kind_of(held.type, code)
        have = values_of(held.resource, code)
        if kind == "reference":
            wanted = {ref for each in value.split(",") for ref in self._same(held.type, code, modifier, each)}
            return bool(wanted & set(have))
        result = any(_MATCHES[kind](one, modifier, each) for one in have for each in value.split(","))
        return not result if modifier == "not" else result

    def _same(self, resource_type: str, code: str, modifier: str, value: str) -> list[str]:
        """What a reference value stands for: an id alone may be of any target; a Patient is all Patients of the person."""
        names = [value] if "/" in value else [f"{t}/{value}" for t in ([modifier] if modifier else TARGETS[resource_type, code])]
        people = self.world.patients()
        ids = [ref.removeprefix("Patient/") for ref in names if ref.startswith("Patient/")]
        return names + [f"Patient/{same}" for id in ids if id in people for same in people[id][1]]

    def included(self, page: Sequence[str], pairs: Pairs) -> list[str]:
        """Level by level; `:iterate` asks the same of what came last."""
        asked = [(name, value) for name, value in pairs if name.partition(":")[0] in ("_include", "_revinclude")]
        again = [(name, value) for name, value in asked if name.endswith(":iterate")]
        known, level = set(page), self._referred(set(page), asked) - set(page)
        for _ in range(MAX_LEVELS):
            known |= level
            level = self._referred(level, again) - known
        return [
            held.reference for held in sorted(self.world.held, key=lambda held: -held.key) if held.reference in known - set(page)
        ]

    def _referred(self, sources: set[str], asked: Pairs) -> set[str]:
        from_here = [held for held in self.world.held if held.reference in sources]
        found: set[str] = set()
        for name, value in asked:
            source, code, target = (*value.split(":"), "", "")[:3]
            if name.startswith("_include"):
                of_source = [held for held in from_here if held.type == source]
                found |= {
                    ref for held in of_source for ref in values_of(held.resource, code) if target in ("", ref.split("/")[0])
                }
            else:
                found |= {one.reference for one in self.visible(source) if set(values_of(one.resource, code)) & sources}
        return {held.reference for held in self.world.held if held.reference in found and self.sees(held)}


def _is_missing(held: Held, code: str) -> bool:
    """A reference by identifier alone is a reference too."""
    known = PARAMETERS[held.type]
    return not any(values_of(held.resource, each) for each in (code, f"{code}:identifier") if each == code or each in known)


def _has(resource_type: str, name: str) -> bool:
    code = name.split(":")[0].split(".")[0]
    try:
        return code in ("_id", "_lastUpdated", "_has") or bool(kind_of(resource_type, code))
    except KeyError:
        return False


def _sorted(found: list[Held], code: str) -> list[Held]:
    """Stable: those with values by value, then those without."""
    down, name = code.startswith("-"), code.removeprefix("-")
    values = {held.reference: value for held in found if (value := _sort_value(held, name, down)) is not None}
    with_value = [held for held in found if held.reference in values]
    rest = [held for held in found if held.reference not in values]
    keys = sorted(set(values.values()), reverse=down)
    return sorted(with_value, key=lambda held: keys.index(values[held.reference])) + rest


def _sort_value(held: Held, name: str, down: bool) -> Any:
    if name == "_id":
        return held.id
    if name == "_lastUpdated":
        return held.updated
    plainly = {"string": plain, "date": lambda value: value[0], "quantity": lambda a: a.value, "number": lambda a: a.value}
    values = [plainly[kind_of(held.type, name)](value) for value in values_of(held.resource, name)]
    return (max(values) if down else min(values)) if values else None


def _token(have: tuple[str | None, str], modifier: str, value: str) -> bool:
    system, bar, code = value.partition("|")
    if not bar:
        return have[1] == value
    return (have[0] or "") == system and code in ("", have[1])


def _string(have: str, modifier: str, value: str) -> bool:
    if modifier == "exact":
        return have == value
    return plain(value) in plain(have) if modifier == "contains" else plain(have).startswith(plain(value))


def _date(have: tuple[datetime, datetime], modifier: str, value: str) -> bool:
    prefix, text = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
    (low, high), (lo, hi) = have, span(text)
    inside = lo <= low and high <= hi
    margin = abs(NOW - lo) / 10
    answers = {
        "eq": inside,
        "ne": not inside,
        "gt": high > hi,
        "lt": low < lo,
        "ge": high > hi or inside,
        "le": low < lo or inside,
        "sa": low >= hi,
        "eb": high <= lo,
        "ap": low < hi + margin and high > lo - margin,
    }
    return answers[prefix]


def _instant(have: datetime, value: str) -> bool:
    prefix, text = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
    lo, hi = span(text)
    if prefix == "ap":
        margin = abs(NOW - lo) / 10
        return lo - margin <= have < hi + margin
    inside, after, before = lo <= have < hi, have >= hi, have < lo
    return {
        "eq": inside,
        "ne": not inside,
        "gt": after,
        "sa": after,
        "lt": before,
        "eb": before,
        "ge": inside or after,
        "le": inside or before,
    }[prefix]


def _quantity(have: Amount, modifier: str, value: str) -> bool:
    number, *unit = value.split("|")
    if unit and unit[0] and (have.system, have.code) != (unit[0], unit[1]):
        return False
    if unit and not unit[0] and unit[1] not in (have.code, have.unit):
        return False
    return _number(have, modifier, number)


def _number(have: Amount, modifier: str, value: str) -> bool:
    prefix, text = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
    number = Decimal(text)
    half = Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
    margin = abs(number) / 10
    if have.is_number:
        v = have.value
        equal = number - half <= v < number + half
        near = abs(v - number) <= margin
        more, less = v > number, v < number
        return {
            "eq": equal,
            "ne": not equal,
            "gt": more,
            "sa": more,
            "lt": less,
            "eb": less,
            "ge": v >= number,
            "le": v <= number,
            "ap": near,
        }[prefix]
    inside = have.low >= number - half and have.high <= number + half
    return {
        "eq": inside,
        "ne": not inside,
        "gt": have.high > number,
        "ge": have.high > number,
        "lt": have.low < number,
        "le": have.low < number,
        "sa": have.low >= number,
        "eb": have.high <= number,
        "ap": have.low <= number + margin and have.high >= number - margin,
    }[prefix]


_MATCHES: dict[str, Callable[[Any, str, str], bool]] = {
    "token": _token,
    "string": _string,
    "date": _date,
    "quantity": _quantity,
    "number": _number,
    "uri": lambda have, modifier, value: have == value,
}
