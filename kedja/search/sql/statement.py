"""The whole search as ONE statement: matches, count, page, includes, and the rows of the access log that tell of it."""

from __future__ import annotations

from typing import Final

from kedja.search.claim import Claim
from kedja.search.condition import SHIELDED
from kedja.search.kept import Keep, Window
from kedja.search.log import LogRow
from kedja.search.nodes import And, Chain, Criterion, Not, OfTypes, Or, Query, References
from kedja.search.restrict import Restricted
from kedja.search.sql.claim import claimed
from kedja.search.sql.including import MAX_INCLUDED, included
from kedja.search.sql.kept import NOT_KEPT, ordered, taken
from kedja.search.sql.order import behind, order_by, sort_columns, sort_texts
from kedja.search.sql.plan import walks
from kedja.search.sql.select import asked, meets_criteria, of_type, permitted_by, permitted_rows
from kedja.search.sql.snapshot import as_of
from kedja.search.sql.writer import Writer

NEWEST: Final = 5000
"""Resources that a search by codes and dates looks through before it is planned for what it asks for."""
_FOUND: Final = "mode, type, id, version, updated, key, person, labels, body, rule, sort"
COLUMNS: Final = f"{_FOUND}, total, more, cut, snapshot, kept, again"


def statement(
    restricted: Restricted, log: LogRow, order: Keep | Window | None = None, *, sparing: bool = False
) -> tuple[str, list[object]]:
    """(SQL, its values) of a restricted query; its order is kept, or taken from what is kept, as `order` says.

    `sparing`, of a first page: one plan serves all values, since what is many is not looked through: then the first row says
    `again`, nothing else is found, and nothing is logged.

    Rows: mode, type, id, version, updated, key, person, labels, body, rule, sort, total, more, cut, snapshot, kept, again. The
    first has mode `page`: its `total` is the number of matches (null when not asked for), `more` says whether a further page
    follows, `cut` whether over `MAX_INCLUDED` resources would have been included, `snapshot` what further pages are of, `updated`
    when it was taken, `kept` the order that is kept and where in it this page ends. Then come `match` rows in order, then
    `include` rows.
    """
    return written(restricted.query, restricted.claim, log, order, sparing=sparing)


def written(
    query: Query, claim: Claim | None, log: LogRow, order: Keep | Window | None = None, *, sparing: bool = False
) -> tuple[str, list[object]]:
    """As `statement`, of what is in a restricted query."""
    writer = Writer(sparing=sparing)
    if query.control.count_only:
        begun(query, claim, writer)
        return _count_only(writer, log, named_in(query), matched(query, order, writer))
    answer = answered(query, claim, log, order, writer)
    _log(writer, log, named_in(query))
    return f"{with_parts(writer)}SELECT {COLUMNS} FROM (\n{answer}\n) answer ORDER BY part, place", writer.args


def answered(query: Query, claim: Claim | None, log: LogRow, order: Keep | Window | None, writer: Writer) -> str:
    """Add all parts but the log's, and give what selects the rows of the answer: `COLUMNS`, `part`, `place`."""
    begun(query, claim, writer)
    total = matched(query, order, writer)
    kept = _page(query, order, log, writer)
    with_others = included(query, writer)
    _found(query, writer, with_others)
    return _answer(total, with_others, kept, writer)


def begun(query: Query, claim: Claim | None, writer: Writer) -> None:
    """Add what comes first."""
    if claim:
        claimed(claim, writer)
    if query.after:
        as_of(query.after.snapshot, writer)


def matched(query: Query, order: Keep | Window | None, writer: Writer) -> str:
    """Add `matches` where all of them are needed, and give how many there are."""
    if not isinstance(order, Window) and (_counts(query) or order or not _at_once(query)):
        _matches(query, writer)
    return _total(query, writer)


def _total(query: Query, writer: Writer) -> str:
    """The first page counts; the others say what it counted."""
    if query.after:
        return writer.bind(query.after.total, "bigint")
    if query.control.at_most:
        return f"(SELECT count(*) FROM (SELECT FROM matches LIMIT {query.control.at_most:d}) counted)"
    return "(SELECT count(*) FROM matches)" if query.control.total else "NULL::bigint"


def _newest(query: Query, writer: Writer) -> str:
    """As `_rows`, of the newest of the type alone; where these are not enough and there are older ones, it is to be asked again.

    `walk` is a column, so that the planner sees that the rows are in order already.
    """
    rule = permitted_by(query.select.law, query.select.types, "r", writer)
    walked = f"FROM resource r WHERE {of_type(query.select, 'r', writer)} ORDER BY r.key + 0 DESC"
    enough = f"(SELECT count(*) FROM placed) > {query.control.count:d}"
    writer.again.append(f"(NOT {enough} AND EXISTS (SELECT {walked} OFFSET {NEWEST:d} LIMIT 1))")
    return (
        f"  SELECT r.walk AS key, {rule} AS rule\n  FROM (SELECT r.*, r.key + 0 AS walk {walked} LIMIT {NEWEST:d}) r\n"
        f"  WHERE {meets_criteria(query.select, 'r', writer)}"
    )


def _counts(query: Query) -> bool:
    return not query.after and (query.control.total or query.control.at_most > 0 or query.control.count_only)


def with_parts(writer: Writer) -> str:
    return "WITH " + ",\n".join(writer.parts) + "\n"


def _matches(query: Query, writer: Writer) -> None:
    """All that the page, the count and the order are of, each with the rule that permits it."""
    writer.part("matches", permitted_rows(_rows(query, writer)))


def _rows(query: Query, writer: Writer) -> str:
    """`key + 0` is what the index `resource_newest` is ordered by, within one type."""
    key = f"r.{writer.origin}" if query.select.others else f"r.{writer.origin} + 0"
    rule = permitted_by(query.select.law, query.select.types, "r", writer)
    columns = sort_columns(query.sort, writer)
    return f"  SELECT {key} AS key{columns}, {rule} AS rule\n  FROM resource r\n  WHERE {asked(query.select, 'r', writer)}"


def _page(query: Query, order: Keep | Window | None, log: LogRow, writer: Writer) -> str:
    """Add `placed` and `page`, and give what the cursor shall hold of an order that is kept.

    One row more than the page has tells whether another page follows.
    """
    match order:
        case Keep():
            return ordered(query, order, log, writer)
        case Window():
            return taken(query, order, writer)
        case None:
            _walked(query, writer)
            return NOT_KEPT


def _walked(query: Query, writer: Writer) -> None:
    """How many rows a chain leads to is not known when the plan is made; a guess that is wrong makes a walk through all keys."""
    order = order_by(query.sort)
    begin = f"\n  WHERE {behind(query.sort, query.after, writer)}" if query.after else ""
    count = query.control.count
    if _at_once(query):
        every = _newest(query, writer) if writer.sparing and walks(query) else _rows(query, writer)
        rows = f"  SELECT * FROM (\n{every}\n  ) every{begin}\n  ORDER BY {order}"
        writer.part("candidates", f"{permitted_rows(rows)}\n  LIMIT {count + 1:d}")
    else:
        order_of_all = order_by(query.sort, walk=False)
        writer.part("candidates", f"  SELECT * FROM matches{begin}\n  ORDER BY {order_of_all}\n  LIMIT {count + 1:d}")
    columns = f"key, row_number() OVER (ORDER BY {order}) AS place, {sort_texts(query.sort)} AS sort, rule"
    writer.part("placed", f"  SELECT {columns} FROM candidates")
    writer.part("page", f"  SELECT key, place, sort, rule FROM placed WHERE place <= {count:d}{writer.settled()}")


def _at_once(query: Query) -> bool:
    """Whether the page is found without finding all matches: walking through the keys in order where that is the shortest."""
    counts = _counts(query) and not query.control.at_most
    return not counts and not any(_is_chained(criterion) for criterion in query.select.criteria)


def _is_chained(criterion: Criterion) -> bool:
    match criterion:
        case And(of) | Or(of):
            return any(_is_chained(each) for each in of)
        case OfTypes(of):
            return any(_is_chained(each) for _, each in of)
        case Not(of):
            return _is_chained(of)
        case _:
            return isinstance(criterion, Chain)


def _found(query: Query, writer: Writer, included: bool) -> None:
    """What is returned, with the rule that permits each."""
    rows = "SELECT key, 'match' AS mode, 0 AS part, place, sort, rule FROM page"
    if included:
        rows += (
            f"\n    UNION ALL SELECT key, 'include', 1, place, '{{}}'::text[], rule FROM included WHERE place <= {MAX_INCLUDED}"
        )
    writer.part(
        "found",
        "  SELECT listed.mode, listed.part, listed.place, listed.sort, r.type, r.id, r.version, r.updated,\n"
        f"         r.{writer.origin} AS key, r.person, r.labels, r.body, listed.rule\n"
        f"  FROM (\n    {rows}\n  ) listed JOIN resource r ON r.{writer.origin} = listed.key",
    )


def _log(writer: Writer, log: LogRow, persons: list[int]) -> None:
    """One row for each person whose data is returned or who is named; one about nobody when there is neither."""
    actor, action, request, detail = _log_values(writer, log)
    writer.part(
        "log",
        "  INSERT INTO access_log (person, actor, action, decision, rules, resources, request, detail)\n"
        f"  SELECT person, {actor}, {action}, 'permit', array_remove(array_agg(DISTINCT rule), '')\n"
        f"             || CASE WHEN bool_or((labels & {SHIELDED}) <> 0) THEN ARRAY['SP-3'] ELSE '{{}}' END,\n"
        f"         array_agg(type || '/' || id ORDER BY part, place), {request}, {detail}\n"
        "  FROM found GROUP BY person\n  UNION ALL\n"
        f"  SELECT asked.person, {actor}, {action}, 'permit', '{{}}', '{{}}', {request}, {detail}\n"
        f"  FROM unnest({writer.bind(persons or [0], 'bigint[]')}) AS asked (person)\n"
        f"  WHERE NOT EXISTS (SELECT FROM found WHERE asked.person = 0 OR found.person = asked.person){writer.settled()}",
    )


def named_in(query: Query) -> list[int]:
    """The persons whom the search names: that they were asked about is in their log, whatever was found."""
    references = [criterion for criterion in query.select.criteria if isinstance(criterion, References)]
    return sorted({*query.named, *(person for reference in references for person in reference.persons)})


def _count_only(writer: Writer, log: LogRow, persons: list[int], total: str) -> tuple[str, list[object]]:
    actor, action, request, detail = _log_values(writer, log)
    writer.part(
        "log",
        "  INSERT INTO access_log (person, actor, action, decision, request, detail)\n"
        f"  SELECT asked.person, {actor}, {action}, 'permit', {request}, {detail}\n"
        f"  FROM unnest({writer.bind(persons or [0], 'bigint[]')}) AS asked (person)\n  WHERE TRUE{writer.settled()}",
    )
    return with_parts(writer) + _page_row(total, "false", "false", NOT_KEPT, writer), writer.args


def _log_values(writer: Writer, log: LogRow) -> tuple[str, str, str, str]:
    return (
        writer.bind(log.actor, "integer"),
        writer.bind(log.action, "text"),
        writer.bind(log.request, "text"),
        writer.bind(log.detail, "text"),
    )


def _page_row(total: str, more: str, cut: str, kept: str, writer: Writer) -> str:
    return (
        f"SELECT 'page' AS mode, '' AS type, '' AS id, 0 AS version, now() AS updated, 0::bigint AS key,\n"
        f"       0::bigint AS person, 0 AS labels, '' AS body, '' AS rule, '{{}}'::text[] AS sort, {total} AS total,\n"
        f"       {more} AS more, {cut} AS cut, pg_current_snapshot()::text AS snapshot,\n"
        f"       {kept} AS kept, {' OR '.join(writer.again) or 'false'} AS again"
    )


def _answer(total: str, included: bool, kept: str, writer: Writer) -> str:
    more = "(SELECT count(*) FROM placed) > (SELECT count(*) FROM page)"
    cut = f"(SELECT count(*) > {MAX_INCLUDED} FROM included)" if included else "false"
    return (
        f"{_page_row(total, more, cut, kept, writer)}, -1 AS part, 0::bigint AS place\n"
        "UNION ALL\n"
        f"SELECT {_FOUND}, NULL, NULL, NULL, NULL, NULL, NULL, part, place FROM found"
    )
