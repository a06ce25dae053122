"""string: folded and exact text in `search_string`. A prefix is said as a range, so that the index serves it in any plan."""

from __future__ import annotations

from typing import Final

from kedja.search.nodes import Strings
from kedja.search.sql.bind import bind, integers

BEGINS: Final = ("starts", "exact", "equals")
"""Matches that an index on the text finds without looking at others."""
_LAST: Final = "\U0010ffff"  # sorts behind every character that text has


def render(strings: Strings, alias: str, args: list[object]) -> str:
    return f"EXISTS (SELECT FROM search_string s WHERE s.resource = {alias}.key AND {_meets(strings, args)})"


def resources(strings: Strings, args: list[object]) -> str:
    """The keys of the resources that have such a text."""
    return f"SELECT s.resource FROM search_string s WHERE {_meets(strings, args)}"


def _meets(strings: Strings, args: list[object]) -> str:
    tests = " OR ".join(f"({_test(strings.match, folded, exact, args)})" for folded, exact in strings.values)
    return f"s.param IN ({integers(strings.params, 'integer')}) AND ({tests})"


def _test(match: str, folded: str, exact: str, args: list[object]) -> str:
    value = bind(args, folded, "text")
    if match == "exact":
        return f"s.value = {value} AND s.exact = {bind(args, exact, 'text')}"
    if match == "equals":
        return f"s.value = {value}"
    if match == "differs":
        return f"s.value <> {value}"
    if match == "ends":
        return f"right(s.value, {len(folded):d}) = {value}"
    if match == "contains":
        return f"strpos(s.value, {value}) > 0"
    return f"s.value ~>=~ {value} AND s.value ~<~ {bind(args, folded + _LAST, 'text')}"
