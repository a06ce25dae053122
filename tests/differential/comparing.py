"""Where the two engines disagree about one search, in words; None where they do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tests.differential.asking import MOST_PAGES, Client, Page, Refused
from tests.differential.matching.escapes import split
from tests.differential.oracle import Asked, Oracle


@dataclass(frozen=True)
class Compared:
    """`told`: what differs, or None. `expected`: how many the slow search finds."""

    told: str | None
    expected: int


async def difference(client: Client, oracle: Oracle, asked: Asked) -> Compared:
    expected = [one.reference for one in oracle.search(asked)]
    try:
        pages = await client.pages(asked)
    except Refused as refused:
        return Compared(f"refused: {refused}", len(expected))
    return Compared(_differs(asked, expected, pages) or _includes_differ(oracle, asked, pages), len(expected))


async def shrunk(client: Client, oracle: Oracle, asked: Asked, told: str) -> tuple[Asked, str]:
    """The search with as few parameters and alternatives as still differ, and what differs then."""
    for pairs in _smaller(asked.pairs):
        less = replace(asked, pairs=pairs)
        found = await difference(client, oracle, less)
        if found.told:
            return await shrunk(client, oracle, less, found.told)
    return asked, told


def _smaller(pairs: tuple[tuple[str, str], ...]) -> Iterator[tuple[tuple[str, str], ...]]:
    """Without one of the pairs, or of its alternatives."""
    for place, (name, value) in enumerate(pairs):
        before, after = pairs[:place], pairs[place + 1 :]
        if name != "_type":  # without it the others would have to be of all types
            yield before + after
        parts = split(value, ",")
        for part in parts if len(parts) > 1 else ():
            yield (*before, (name, part), *after)


def _differs(asked: Asked, expected: Sequence[str], pages: Sequence[Page]) -> str | None:
    got = [place for page in pages for place in page.matches]
    wanted = list(expected[: len(got)]) if len(pages) == MOST_PAGES else list(expected)
    size = int(dict(asked.pairs).get("_count", "20"))
    if any(len(page.matches) > size for page in pages):
        return f"a page has more than {size}"
    if len(pages) == MOST_PAGES and len(got) < size * MOST_PAGES and len(expected) > len(got):
        return f"only {len(got)} of {len(expected)} came"
    if any(page.total not in (None, len(expected)) for page in pages):
        return f"the total is {pages[0].total}, not {len(expected)}"
    if got == wanted:
        return None
    missing, extra = [one for one in expected if one not in set(got)], [one for one in got if one not in set(expected)]
    if len(pages) == MOST_PAGES:
        missing = [one for one in wanted if one not in set(got)]
    if missing or extra:
        return f"of {len(expected)} expected, {len(missing)} are missing {missing[:3]}; {len(extra)} too many {extra[:3]}"
    place = next(place for place, (one, other) in enumerate(zip(got, wanted)) if one != other)
    return f"the order differs from place {place} on: {got[place]} instead of {wanted[place]}"


def _includes_differ(oracle: Oracle, asked: Asked, pages: Sequence[Page]) -> str | None:
    for page in pages:
        wanted, got = oracle.included(page.matches, asked.pairs), set(page.included)
        if got != wanted and not page.cut:
            return f"included with {page.matches[:3]}: missing {sorted(wanted - got)[:3]}, too many {sorted(got - wanted)[:3]}"
    return None
