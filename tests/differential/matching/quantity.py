"""quantity (FHIR R4 3.1.1.4.11): `number`, `number|system|code`, `number||code`; UCUM is compared whatever the unit."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any, NamedTuple

from tests.differential.matching.date import prefixed
from tests.differential.matching.escapes import plain, split
from tests.differential.matching.number import HIGHEST, LOWEST, compare, is_number, precision
from tests.differential.matching.units import UCUM, measure

CURRENCIES = "urn:iso:std:iso:4217"


class Amount(NamedTuple):
    """`low`..`high` is what a Range, or a comparator (`<5`), leaves open; for a plain number both are None."""

    value: Decimal
    low: Decimal | None
    high: Decimal | None
    system: str
    code: str
    unit: str


def amounts(value: Any) -> list[Amount]:
    """Of a Quantity, a Money (its currency is the code), a Range, or a number (an amount without a unit)."""
    if is_number(value):
        return [Amount(Decimal(value), None, None, "", "", "")]
    if not isinstance(value, dict):
        return []
    if "low" in value or "high" in value:
        return _range(value.get("low", {}), value.get("high", {}))
    if not is_number(value.get("value")):
        return []
    if "currency" in value:
        return [Amount(Decimal(value["value"]), None, None, CURRENCIES, value["currency"], "")]
    number = Decimal(value["value"])
    return [Amount(number, *_open(number, value.get("comparator")), *_unit(value))]


def _unit(quantity: dict[str, Any]) -> tuple[str, str, str]:
    return quantity.get("system", ""), quantity.get("code", ""), quantity.get("unit", "")


def _open(number: Decimal, comparator: str | None) -> tuple[Decimal | None, Decimal | None]:
    lo, hi = precision(str(number))
    return {"<": (LOWEST, number), "<=": (LOWEST, hi), ">": (number, HIGHEST), ">=": (lo, HIGHEST)}.get(
        comparator or "", (None, None)
    )


def _range(low: dict[str, Any], high: dict[str, Any]) -> list[Amount]:
    ends = [end for end in (low, high) if is_number(end.get("value"))]
    if not ends:
        return []
    bottom = precision(str(low["value"]))[0] if is_number(low.get("value")) else LOWEST
    top = precision(str(high["value"]))[1] if is_number(high.get("value")) else HIGHEST
    return [Amount(Decimal(ends[0]["value"]), bottom, top, *_unit(ends[0]))]


def matches(value: Any, modifier: str, asked: str) -> bool:
    number, *unit = [plain(part) for part in split(asked, "|")]
    system, code = [*unit, "", ""][:2]
    return any(_meets(have, *prefixed(number), system, code) for have in amounts(value))


def _meets(have: Amount, prefix: str, text: str, system: str, code: str) -> bool:
    if not system and code:
        return code in (have.code, have.unit) and _compare(have, Decimal(1), prefix, text)
    if not system or (have.system, have.code) == (system, code):
        return _compare(have, Decimal(1), prefix, text)
    if system != UCUM or have.system != UCUM or not have.code:
        return False
    with localcontext(prec=60):  # what does not come out even is compared with far more digits than any value has
        ours, theirs = measure(have.code), measure(code)
        return (
            ours is not None
            and theirs is not None
            and ours.of == theirs.of
            and _compare(have, ours.factor / theirs.factor, prefix, text)
        )


def _compare(have: Amount, times: Decimal, prefix: str, text: str) -> bool:
    """`times` leads to the unit that is asked for."""
    if have.low is None or have.high is None:
        return compare(have.value * times, prefix, text)
    number, (lo, hi) = Decimal(text), precision(text)
    low, high = have.low * times, have.high * times
    margin = abs(number) / 10
    inside = lo <= low and high <= hi
    return {
        "eq": inside,
        "ne": not inside,
        "gt": high > number,
        "ge": high > number,
        "lt": low < number,
        "le": low < number,
        "sa": low >= number,
        "eb": high <= number,
        "ap": low <= number + margin and high >= number - margin,
    }[prefix]


def sort_values(value: Any) -> list[Decimal]:
    return [have.value for have in amounts(value)]
