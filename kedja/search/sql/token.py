"""token and uri: hashes in `resource.tokens`, which GIN indexes."""

from __future__ import annotations

from kedja.search.nodes import Texts, Tokens
from kedja.search.sql.bind import bind, integers

_LAST = "\U0010ffff"  # sorts behind every character that text has


def render(tokens: Tokens, alias: str, args: list[object]) -> str:
    has = f"{alias}.tokens && {bind(args, list(tokens.hashes), 'bigint[]')}"
    return f"NOT ({has})" if tokens.negated else has


def render_texts(texts: Texts, alias: str, args: list[object]) -> str:
    """First the texts that begin so, of which there are few, then what has their hashes."""
    tests = " OR ".join(
        f"(x.value ~>=~ {bind(args, each, 'text')} AND x.value ~<~ {bind(args, each + _LAST, 'text')})"
        for each in texts.beginnings
    )
    known = f"SELECT array_agg(x.hash) FROM search_text x WHERE x.param IN ({integers(texts.params, 'integer')}) AND ({tests})"
    return f"{alias}.tokens && coalesce(({known}), '{{}}')"
