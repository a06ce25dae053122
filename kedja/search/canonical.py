"""A search said again as it was understood."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from kedja.search.nodes import Pairs, Query


def canonical(query: Query, more: Pairs = ()) -> str:
    """`Observation?code=...&_count=20`: what was understood, in order, without the cursor; `more` is put last."""
    pairs = query.pairs + more
    text = urlencode(pairs, quote_via=quote, safe=":/,")
    return f"{query.select.type}?{text}" if pairs else query.select.type
