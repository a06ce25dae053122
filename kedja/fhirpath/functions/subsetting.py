"""Subsetting and combining (FHIRPath 2.0, sections 5.3 and 5.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kedja.fhirpath.equality import distinct, same
from kedja.fhirpath.functions.table import Function, paired, plain, whole
from kedja.fhirpath.items import Item, Items
from kedja.fhirpath.nodes import FhirPathError


def _single(items: Items) -> Items:
    if len(items) > 1:
        raise FhirPathError(f"`single` found {len(items)} values")
    return items


def _counted(name: str, cut: Callable[[Items, int], Items]) -> Function:
    def rule(items: Items, count: Items) -> Items:
        number = whole(count, f"`{name}`")
        return [] if number is None else cut(items, max(number, 0))

    return paired(rule)


def _among(item: Item, others: Items) -> bool:
    return any(same(item, other) for other in others)


FUNCTIONS: Final = {
    "first": plain(lambda items: items[:1]),
    "last": plain(lambda items: items[-1:]),
    "tail": plain(lambda items: items[1:]),
    "single": plain(_single),
    "skip": _counted("skip", lambda items, count: items[count:]),
    "take": _counted("take", lambda items, count: items[:count]),
    "intersect": paired(lambda items, other: distinct([item for item in items if _among(item, other)])),
    "exclude": paired(lambda items, other: [item for item in items if not _among(item, other)]),
    "combine": paired(lambda items, other: [*items, *other]),
    "union": paired(lambda items, other: distinct([*items, *other])),
}
