"""What a search is made by: every parameter that it uses, at whatever depth, for rules on what may be searched by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """A parameter as it is used: in the search itself, in a chain, in `_has`, in `_filter`.

    `expression` is that of its definition, "" for `_text` and `_content`; `values` as written, with their escapes.
    """

    code: str
    expression: str
    kind: str  # its search type
    modifier: str
    values: tuple[str, ...]
