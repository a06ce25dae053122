"""One statement of many parts, of which those that have nothing to do are left out: fewer values to send and less to set up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final

from kedja.store.queries import sql

Columns = Sequence[Sequence[Any]]
_PART: Final = re.compile(r"^-- part (\w+)\n", re.MULTILINE)
_PLACE: Final = re.compile(r"\$(\d+)")


def assembled(name: str, parts: Mapping[str, Columns]) -> tuple[str, list[Sequence[Any]]]:
    """The text of `queries/<name>.sql` with these parts and its end, and the values of all of them, in the order given."""
    text = _text(name, tuple([(part, len(columns)) for part, columns in parts.items()]))
    return text, [column for columns in parts.values() for column in columns]


@lru_cache(maxsize=1024)
def _text(name: str, parts: tuple[tuple[str, int], ...]) -> str:
    known = _known(name)
    texts: list[str] = []
    before = 0
    for part, width in parts:
        texts.append(_moved(known[part], before))
        before += width
    return f"WITH {', '.join(texts)}\n{known['end']}"


def _moved(text: str, before: int) -> str:
    """The part with its values counted on from those before it."""
    return _PLACE.sub(lambda place: f"${int(place[1]) + before}", text)


@cache
def _known(name: str) -> dict[str, str]:
    _, *found = _PART.split(sql(name))
    return dict(zip(found[::2], found[1::2]))
