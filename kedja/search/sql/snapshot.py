"""`resource` as it was when the first page of a search was made.

A part of the statement has the table's name, so that everything that reads `resource` in it reads this instead: the versions
that the snapshot sees, be they current or superseded since. A superseded version has a key of its own, which its rows of the
index tables have too; `origin` is the key of the resource. Custody is each version's own; the law's facts are those of now.
"""

from __future__ import annotations

from typing import Final

from kedja.search.sql.writer import Writer

_SAME: Final = (
    "type, id, version, updated, {deleted} AS deleted, person, regime, provider, unit, source, labels,\n"
    "           doc_start, doc_end, self_hash, tokens, refs, {body} AS body, xid"
)
_BODY: Final = "(SELECT h.body FROM resource_history h WHERE h.key = p.origin AND h.version = p.version)"


def as_of(snapshot: str, writer: Writer) -> None:
    """Let the statement read `resource` as of this snapshot. It must be the first part."""
    seen = writer.bind(snapshot, "text::pg_snapshot")
    current = _SAME.format(deleted="deleted", body="body")
    past = _SAME.format(deleted="false", body=_BODY)
    writer.origin = "origin"
    writer.part(
        "resource",
        f"  SELECT * FROM (\n    SELECT key, key AS origin, {current}, NULL::xid8 AS superseded FROM resource\n"
        f"    UNION ALL\n    SELECT key, origin, {past}, superseded FROM resource_past p\n  ) version\n"
        f"  WHERE pg_visible_in_snapshot(xid, {seen})\n"
        f"    AND (superseded IS NULL OR NOT pg_visible_in_snapshot(superseded, {seen}))",
        how="NOT MATERIALIZED",
    )
