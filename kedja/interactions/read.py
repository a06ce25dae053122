"""read and vread (FHIR R4 3.1.0.2, 3.1.0.3)."""

from __future__ import annotations

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
