"""A search said again as it was understood."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from kedja.search.nodes import Pairs, Query


def canonical(query: Query, more: Pairs = ()) -> str:
    """`Observation?code=...&_count=20`: what was understood, in order, without the cursor; `more` is put last."""
    pairs = query.pairs + more
    text = urlencode(pairs, quote_via=quote, safe=":/,")
    path = query.select.type if query.path is None else query.path
    return f"{path}?{text}" if pairs else path


def address(base: str, search: str) -> str:
    """Where the search is asked, under the service's address; a search of all types is asked at that itself."""
    return f"{base}/{search}" if search and not search.startswith("?") else base + search
