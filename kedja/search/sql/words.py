"""Words: full text of the stored resource, read when it is asked for. It costs a write nothing, and a search what it reads."""

from __future__ import annotations

from typing import Final

from kedja.search.nodes import Words
from kedja.search.sql.bind import bind

# Tags of the narrative's XHTML are no words to the parser of PostgreSQL.
_NARRATIVE: Final = "to_tsvector('simple', coalesce({row}.body::jsonb #>> '{{text,div}}', ''))"
_ALL: Final = "jsonb_to_tsvector('simple', {row}.body::jsonb, '[\"string\"]')"


def render(words: Words, alias: str, args: list[object]) -> str:
    return "(" + " OR ".join(_test(words.narrative, *query, alias, args) for query in words.queries) + ")"


def _test(narrative: bool, query: str, certain: tuple[str, ...], alias: str, args: list[object]) -> str:
    """A body that is empty, of what was deleted, is never read as JSON."""
    vector = (_NARRATIVE if narrative else _ALL).format(row=alias)
    first = [f"{alias}.body <> ''", *(f"strpos(lower({alias}.body), {bind(args, word, 'text')}) > 0" for word in certain)]
    found = f"{vector} @@ websearch_to_tsquery('simple', {bind(args, query, 'text')})"
    return f"CASE WHEN {' AND '.join(first)} THEN {found} ELSE FALSE END"
