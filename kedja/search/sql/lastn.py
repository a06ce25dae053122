"""What `$lastn` chooses among: the matches of a restricted search with their codes and dates, inside the service alone."""

from __future__ import annotations

from kedja.search.hashing import param_hash
from kedja.search.restrict import Restricted
from kedja.search.sql.bind import integers
from kedja.search.sql.select import tests
from kedja.search.sql.writer import Writer


def candidates(restricted: Restricted, most: int) -> tuple[str, list[object]]:
    """(SQL, its values). Rows: id, code (JSON text of Observation.code), the newest first; one more than `most` at most."""
    writer = Writer()
    where = tests(restricted.query.select, "r", writer)
    date = integers([param_hash("Observation", "date")], "integer")
    parts = "WITH " + ",\n".join(writer.parts) + "\n" if writer.parts else ""
    return (
        f"{parts}SELECT r.id, ((r.body::jsonb) -> 'code')::text AS code FROM resource r\n"
        "LEFT JOIN LATERAL (SELECT max(d.lo) AS lo FROM search_date d\n"
        f"  WHERE d.resource = r.key AND d.param = {date}) done ON true\n"
        f"WHERE {where}\nORDER BY done.lo DESC NULLS LAST, r.key DESC LIMIT {most + 1:d}",
        writer.args,
    )
