"""composite: what goes together in one element, in `search_composite`; near: degrees in `search_number`."""

from __future__ import annotations

from typing import Final

from kedja.search.nodes import Composite, Near
from kedja.search.sql.bind import bind, integers
from kedja.search.sql.number import test

_EARTH: Final = 6_371_008.8  # metres: the mean radius (IUGG)
_DEGREE: Final = 110_000  # metres: less than any degree of latitude has


def render(composite: Composite, alias: str, args: list[object]) -> str:
    """The first range finds the element's row; each further one is another row of the same element."""
    (param, part, first), *others = composite.ranges
    tests = [f"n.resource = {alias}.key", f"n.param = {integers([param], 'integer')}", f"n.part = {part:d}"]
    tests += [f"n.tokens && {bind(args, list(hashes), 'bigint[]')}" for hashes in composite.tokens]
    tests.append(test(first, args))
    for place, (param, part, asked) in enumerate(others, 2):
        other = f"n{place}"
        tests.append(
            f"EXISTS (SELECT FROM search_composite {other} WHERE {other}.resource = n.resource AND {other}.item = n.item"
            f" AND {other}.param = {integers([param], 'integer')} AND {other}.part = {part:d} AND {test(asked, args, other)})"
        )
    return f"EXISTS (SELECT FROM search_composite n WHERE {' AND '.join(tests)})"


def render_near(near: Near, alias: str, args: list[object]) -> str:
    """By the haversine formula; the latitude alone leaves most of the earth out before."""
    north, east, metres = (bind(args, float(value), "float8") for value in (near.north, near.east, near.metres))
    a, o = "a.value::float8", "o.value::float8"
    half = f"power(sind(({a} - {north}) / 2), 2) + cosd({north}) * cosd({a}) * power(sind(({o} - {east}) / 2), 2)"
    return (
        f"EXISTS (SELECT FROM search_number a JOIN search_number o ON o.resource = a.resource"
        f" AND o.param = {integers([near.longitude], 'integer')}"
        f" WHERE a.resource = {alias}.key AND a.param = {integers([near.latitude], 'integer')}"
        f" AND abs({a} - {north}) <= {metres} / {_DEGREE} AND 2 * {_EARTH} * asin(sqrt(least(1, {half}))) <= {metres})"
    )
