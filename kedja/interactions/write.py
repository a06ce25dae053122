"""create, update and delete (FHIR R4 3.1.0.4 to 3.1.0.8)."""

from __future__ import annotations

from typing import Any

from kedja import exactjson
from kedja.gate import Change, Written, new_id
from kedja.gate.writes import write
from kedja.interactions.call import Answer, Call, if_match, is_id, known_type, resource_in, version_headers
from kedja.outcome import Issue, OutcomeError, outcome, refuse
from kedja.validation import validate

Resource = dict[str, Any]


async def create(call: Call, resource_type: str) -> Answer:
    """201 with Location; the id is the server's."""
    resource = checked(resource_in(call.body), known_type(resource_type))
    if "if-none-exist" in call.headers:
        raise refuse(412, "not-supported", "If-None-Exist is not served yet: search first, then create")
    (written,) = await write(
        call.door, call.actor, [Change(resource_type, new_id(), resource, fresh=True)], call.request, call.base
    )
    return _written(call, written)


async def update(call: Call, resource_type: str, id: str) -> Answer:
    """200, or 201 when the id was free (upsert)."""
    known_type(resource_type)
    valid_id(id)
    resource = checked(resource_in(call.body), resource_type)
    if resource.get("id") != id:
        have = f"`{resource['id']}`" if "id" in resource else "missing"
        raise refuse(
            400, "invariant", f"the resource's id is {have}; it must be `{id}`, as in the address", f"{resource_type}.id"
        )
    (written,) = await write(
        call.door, call.actor, [Change(resource_type, id, resource, if_match=if_match(call))], call.request, call.base
    )
    return _written(call, written)


async def delete(call: Call, resource_type: str, id: str) -> Answer:
    """204; again: 204 as well. The history remains (PDL 3:14: nothing is erased by a client)."""
    known_type(resource_type)
    change = Change(resource_type, id, None, if_match=if_match(call))
    (written,) = await write(call.door, call.actor, [change], call.request, call.base)
    return Answer(204, b"", {"ETag": f'W/"{written.version}"'})


def checked(resource: Resource, resource_type: str | None = None) -> Resource:
    """The resource itself. Raises 400 with every structural error and where it is."""
    issues = validate(resource, expect_type=resource_type)
    if any(issue.severity in ("error", "fatal") for issue in issues):
        raise OutcomeError(400, *issues)
    return resource


def valid_id(id: str) -> str:
    if not is_id(id):
        raise refuse(400, "value", f"`{id[:80]}` is no id: 1 to 64 of A-Z a-z 0-9 - .", "Resource.id")
    return id


def _written(call: Call, written: Written) -> Answer:
    status = 201 if written.outcome == "created" else 200
    headers = version_headers(written.version, written.updated)
    if status == 201:
        headers["Location"] = f"{call.base}/{written.type}/{written.id}/_history/{written.version}"
    preference = call.headers.get("prefer", "")
    if "return=minimal" in preference:
        return Answer(status, b"", headers)
    if "return=OperationOutcome" in preference:
        told = outcome([Issue("informational", f"{written.type}/{written.id} was {written.outcome}", severity="information")])
        return Answer(status, exactjson.dumps(told), headers)
    return Answer(status, written.body.encode(), headers)
