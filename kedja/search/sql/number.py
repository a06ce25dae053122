"""number and quantity: values in `search_number`, with the unit where one is asked for (FHIR R4 3.1.1.4.4, 3.1.1.4.11).

A row whose range lies evenly around its value is a number, compared as that number: prefixes leave its implied precision
out. Any other row is a range (a Range, or `<5`), compared by its ends. The bare comparisons of `n.lo` and `n.hi` follow
from the exact ones and are there for the index.
"""

from __future__ import annotations

from typing import Final

from kedja.search.nodes import NumberRange, Numbers
from kedja.search.sql.bind import bind, filled, integers

_IS_NUMBER: Final = "n.lo + n.hi = n.value * 2"
_EQUAL: Final = f"CASE WHEN {_IS_NUMBER} THEN n.value >= {{lo}} AND n.value < {{hi}} ELSE n.lo >= {{lo}} AND n.hi <= {{hi}} END"
_TESTS: Final = {
    "eq": f"n.lo <= {{hi}} AND n.hi >= {{lo}} AND {_EQUAL}",
    "ne": f"NOT ({_EQUAL})",
    "gt": f"n.hi >= {{value}} AND CASE WHEN {_IS_NUMBER} THEN n.value > {{value}} ELSE n.hi > {{value}} END",
    "lt": f"n.lo <= {{value}} AND CASE WHEN {_IS_NUMBER} THEN n.value < {{value}} ELSE n.lo < {{value}} END",
    "ge": f"n.hi >= {{value}} AND CASE WHEN {_IS_NUMBER} THEN n.value >= {{value}} ELSE n.hi > {{value}} END",
    "le": f"n.lo <= {{value}} AND CASE WHEN {_IS_NUMBER} THEN n.value <= {{value}} ELSE n.lo < {{value}} END",
    "sa": f"n.hi >= {{value}} AND CASE WHEN {_IS_NUMBER} THEN n.value > {{value}} ELSE n.lo >= {{value}} END",
    "eb": f"n.lo <= {{value}} AND CASE WHEN {_IS_NUMBER} THEN n.value < {{value}} ELSE n.hi <= {{value}} END",
    "ap": f"n.lo <= {{hi}} AND n.hi >= {{lo}} AND (n.value BETWEEN {{lo}} AND {{hi}} OR NOT ({_IS_NUMBER}))",
}


def render(numbers: Numbers, alias: str, args: list[object]) -> str:
    param = integers(numbers.params, "integer")
    tests = " OR ".join(f"({test(each, args)})" for each in numbers.ranges)
    return f"EXISTS (SELECT FROM search_number n WHERE n.resource = {alias}.key AND n.param IN ({param}) AND ({tests}))"


def test(asked: NumberRange, args: list[object], alias: str = "n") -> str:
    """What a row of values must meet."""
    found = filled(_TESTS[asked.prefix].replace("n.", f"{alias}."), args, "numeric", value=asked.value, lo=asked.lo, hi=asked.hi)
    for column, hashed in (("unit", asked.unit), ("code", asked.code)):
        if hashed is not None:
            found += f" AND {alias}.{column} = {bind(args, hashed, 'bigint')}"
    return found
