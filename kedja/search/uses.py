"""What a search is made by: every parameter that it uses, at whatever depth, for rules on what may be searched by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LINK: Final = "link"
SORT: Final = "sort"
INCLUDE: Final = "include"
BESIDE: Final = frozenset({LINK, SORT, INCLUDE})


@dataclass(frozen=True, slots=True)
class Use:
    """A parameter as it is used: in the search itself, in a chain, in `_has`, in `_filter`.

    `expression` is that of its definition, "" for `_text` and `_content`; `values` as written, with their escapes. What a
    chain or `_has` goes along, what is sorted by and what is included by are uses without values, of the kinds in `BESIDE`.
    """

    code: str
    expression: str
    kind: str  # its search type, or one of `BESIDE`
    modifier: str
    values: tuple[str, ...]
