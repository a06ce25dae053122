"""The parts of a statement that keep the order of a search, and that take a page from one that is kept."""

from __future__ import annotations

from kedja.search.kept import Keep, Window
from kedja.search.log import LogRow
from kedja.search.nodes import Query
from kedja.search.sql.order import behind, order_by, sort_columns, sort_texts
from kedja.search.sql.select import asked, permitted_by, permitted_rows
from kedja.search.sql.writer import Writer

NOT_KEPT = "NULL::bigint[]"


def ordered(query: Query, keep: Keep, log: LogRow, writer: Writer) -> str:
    """Add the parts `order_kept` and `placed` over `matches`, and give what the cursor shall hold: `[order, place]`."""
    begin = f"\n  WHERE {behind(query.sort, query.after, writer)}" if query.after else ""
    columns = f"*, row_number() OVER (ORDER BY {order_by(query.sort)}) AS place"
    writer.part(
        "ordered", f"  SELECT {columns} FROM matches{begin}\n  ORDER BY place LIMIT {keep.bounds.most:d}", how="MATERIALIZED"
    )
    least = max(keep.bounds.least, query.control.count)
    order, actor = writer.bind(keep.order, "bigint"), writer.bind(log.actor, "integer")
    writer.part(
        "order_kept",
        "  INSERT INTO search_order (search, part, keys, actor)\n"
        f"  SELECT {order}, (place - 1) / {keep.bounds.part:d}, array_agg(key ORDER BY place), {actor} FROM ordered\n"
        f"  WHERE (SELECT count(*) FROM ordered) > {least:d} GROUP BY 2\n  RETURNING part",
    )
    count = query.control.count
    writer.part(
        "placed", f"  SELECT key, place, {sort_texts(query.sort)} AS sort, rule FROM ordered WHERE place <= {count + 1:d}"
    )
    writer.part("page", f"  SELECT key, place, sort, rule FROM placed WHERE place <= {count:d}")
    return f"CASE WHEN EXISTS (SELECT FROM order_kept) THEN ARRAY[{order}, (SELECT max(place) FROM page)] END"


def taken(query: Query, window: Window, writer: Writer) -> str:
    """Add the parts `matches`, `placed` and `page` of what still matches among these keys; give what the cursor shall hold.

    The values of the order are read of the last row alone: where the page ends, should the order be kept no longer.
    """
    keys = writer.bind(list(window.keys), "bigint[]")
    rule = permitted_by(query.select.law, query.select.types, "r", writer)
    where = asked(query.select, "r", writer)
    rows = (
        f"  SELECT r.{writer.origin} AS key, kept.nth, {rule} AS rule FROM unnest({keys}) WITH ORDINALITY AS kept (key, nth)\n"
        f"  JOIN resource r ON r.{writer.origin} = kept.key\n  WHERE {where}"
    )
    writer.part("matches", permitted_rows(rows))
    count = query.control.count
    writer.part("candidates", f"  SELECT key, nth, rule FROM matches ORDER BY nth LIMIT {count + 1:d}")
    writer.part("placed", "  SELECT key, nth, row_number() OVER (ORDER BY nth) AS place, rule FROM candidates")
    columns = f"r.key{sort_columns(query.sort, writer)}"
    row = f"SELECT {columns} FROM resource r WHERE r.{writer.origin} = placed.key"
    last = f"CASE WHEN place = {count:d} THEN (SELECT {sort_texts(query.sort)} FROM ({row}) last) ELSE '{{}}'::text[] END"
    writer.part("page", f"  SELECT key, nth, place, {last} AS sort, rule FROM placed WHERE place <= {count:d}{writer.settled()}")
    order, place = writer.bind(window.order, "bigint"), writer.bind(window.place, "bigint")
    return f"ARRAY[{order}, {place} + (SELECT max(nth) FROM page)]"
