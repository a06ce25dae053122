"""Rows -> a searchset Bundle as bytes. The stored text of each resource is put in as it is, never read (FHIR R4 3.1.1.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from kedja import exactjson
from kedja.outcome import Issue, outcome
from kedja.search.canonical import address, canonical
from kedja.search.cursor import Row, cursor_behind
from kedja.search.nodes import Query
from kedja.search.sql.including import MAX_INCLUDED

FEWER: Final = "fewer"
INTERVAL_URL: Final = "https://kedja.example/fhir/StructureDefinition/count-interval"


def searchset(query: Query, rows: Sequence[Row], base: str, secret: bytes, actor: str) -> bytes:
    """The Bundle of one page. `base` is the service's address; `secret` and `actor` seal the cursor of the next link.

    `total` stands only where it was asked for; of a page of mode `fewer` only that there are fewer than that. Resources left
    out, and parameters that were not understood under lenient handling, are told in an entry of mode `outcome`.
    """
    page, *found = rows
    head: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset"}
    if page["mode"] == FEWER:
        head["_total"] = {"extension": [{"url": INTERVAL_URL, "valueRange": _fewer_than(page["total"])}]}
    elif page["total"] is not None:
        head["total"] = page["total"]
    head["link"] = _links(query, page, found, base, secret, actor)
    entries = [_entry(base, row) for row in found]
    entries += [_told(issue) for issue in _told_issues(query, page)]
    text = exactjson.dumps(head)
    return text[:-1] + b',"entry":[' + b",".join(entries) + b"]}" if entries else text


def _fewer_than(below: int) -> dict[str, Any]:
    return {"low": {"value": 0}, "high": {"value": below - 1}}


def _links(query: Query, page: Row, found: Sequence[Row], base: str, secret: bytes, actor: str) -> list[dict[str, str]]:
    here = (("_cursor", query.control.cursor),) if query.control.cursor else ()
    links = [{"relation": "self", "url": address(base, canonical(query, here))}]
    if page["more"]:
        last = [row for row in found if row["mode"] == "match"][-1]
        cursor = cursor_behind(query, page, last, secret, actor)
        links.append({"relation": "next", "url": address(base, canonical(query, (("_cursor", cursor),)))})
    return links


def _entry(base: str, row: Row) -> bytes:
    url = exactjson.dumps(f"{base}/{row['type']}/{row['id']}")
    return b'{"fullUrl":%b,"resource":%b,"search":{"mode":"%b"}}' % (url, row["body"].encode(), row["mode"].encode())


def _told_issues(query: Query, page: Row) -> Iterator[Issue]:
    yield from query.warnings
    if page["cut"]:
        text = f"more than {MAX_INCLUDED} resources belong with this page; {MAX_INCLUDED} are included: take a smaller `_count`"
        yield Issue("too-costly", text, ("?_include", "?_revinclude"), "warning")


def _told(issue: Issue) -> bytes:
    return exactjson.dumps({"resource": outcome([issue]), "search": {"mode": "outcome"}})
