"""token and uri: hashes in `resource.tokens`, which GIN indexes."""

from __future__ import annotations

from kedja.search.nodes import Tokens
from kedja.search.sql.bind import bind


def render(tokens: Tokens, alias: str, args: list[object]) -> str:
    has = f"{alias}.tokens && {bind(args, list(tokens.hashes), 'bigint[]')}"
    return f"NOT ({has})" if tokens.negated else has
