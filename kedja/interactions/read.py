"""read, vread and history of one resource (FHIR R4 3.1.0.2, 3.1.0.3, 3.1.0.11)."""

from __future__ import annotations

from kedja import exactjson
from kedja.gate.door import Row
from kedja.interactions.call import Answer, Call, is_id, known_type, version_headers
from kedja.interactions.fresh import is_fresh
from kedja.outcome import refuse


async def read(call: Call, resource_type: str, id: str) -> Answer:
    row = await call.door.read(call.actor, known_type(resource_type), _possible(id), call.request)
    headers = version_headers(row.version, row.updated)
    if is_fresh(call.headers, headers["ETag"], row.updated):
        return Answer(304, b"", headers)
    return Answer(200, row.body.encode(), headers)


async def vread(call: Call, resource_type: str, id: str, version: str) -> Answer:
    if not version.isdigit() or len(version) > 9:
        raise refuse(404, "not-found", f"`{version}` is no version of {resource_type}/{id}: versions are whole numbers from 1")
    row = await call.door.vread(call.actor, known_type(resource_type), _possible(id), int(version), call.request)
    headers = version_headers(row.version, row.updated)
    if is_fresh(call.headers, headers["ETag"], row.updated):
        return Answer(304, b"", headers)
    return Answer(200, row.body.encode(), headers)


def _possible(id: str) -> str:
    if not is_id(id):
        raise refuse(404, "not-found", f"`{id[:80]}` is no id: ids are 1 to 64 of A-Z a-z 0-9 - .")
    return id


async def history(call: Call, resource_type: str, id: str) -> Answer:
    """Newest first, `_count` at a time (default 100, at most 1,000), older ones through the next link."""
    count, before = _paging(call)
    rows = await call.door.history(
        call.actor, known_type(resource_type), _possible(id), call.request, count=count + 1, before=before
    )
    place = f"{call.base}/{resource_type}/{id}"
    links = [{"relation": "self", "url": f"{place}/_history?_count={count}"}]
    if len(rows) > count:
        links.append({"relation": "next", "url": f"{place}/_history?_count={count}&_before={rows[count - 1].version}"})
    entries = b",".join(_entry(resource_type, id, place, row) for row in rows[:count])
    head = exactjson.dumps({"resourceType": "Bundle", "type": "history", "link": links})
    return Answer(200, head[:-1] + b',"entry":[' + entries + b"]}" if entries else head)


def _paging(call: Call) -> tuple[int, int | None]:
    wanted = dict(call.params)
    for name in wanted:
        if name not in ("_count", "_before", "_format"):
            raise refuse(400, "not-supported", f"history of one resource takes `_count`, not `{name}`", f"?{name}")
    for name in ("_count", "_before"):
        if name in wanted and not (wanted[name].isdigit() and 0 < len(wanted[name]) < 10):
            raise refuse(400, "value", f"`{name}` is `{wanted[name]}`: send a whole number", f"?{name}")
    before = int(wanted["_before"]) if "_before" in wanted else None
    return min(max(int(wanted.get("_count", "100")), 1), 1000), before


def _entry(resource_type: str, id: str, place: str, row: Row) -> bytes:
    """One entry; the stored text goes in as it is."""
    method = "DELETE" if row.deleted else "POST" if row.version == 1 else "PUT"
    url = resource_type if method == "POST" else f"{resource_type}/{id}"
    status = {"DELETE": "204", "POST": "201", "PUT": "200"}[method]
    updated = row.updated.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    tail = exactjson.dumps(
        {
            "request": {"method": method, "url": url},
            "response": {"status": status, "etag": f'W/"{row.version}"', "lastModified": updated},
        }
    )
    head = b'{"fullUrl":' + exactjson.dumps(place)
    resource = b"" if row.deleted else b',"resource":' + row.body.encode()
    return head + resource + b"," + tail[1:]
