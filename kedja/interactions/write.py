"""create, update and delete (FHIR R4 3.1.0.4 to 3.1.0.8), by an id or by a search."""

from __future__ import annotations

from typing import Any

from kedja import exactjson
from kedja.gate import Change, Written, new_id
from kedja.gate.writes import write
from kedja.interactions.call import Answer, Call, if_match, is_id, known_type, resource_in, version_headers
from kedja.interactions.conditional import criteria, criteria_in, deletable, lookups
from kedja.interactions.prefer import preference
from kedja.outcome import Issue, OutcomeError, outcome, refuse
from kedja.validation import validate

Resource = dict[str, Any]


async def create(call: Call, resource_type: str) -> Answer:
    """201 with Location; the id is the server's. With If-None-Exist 200 and what is there already, 412 for several."""
    resource = checked(resource_in(call.body), known_type(resource_type))
    header = call.headers.get("if-none-exist")
    where = None if header is None else criteria_in(call, resource_type, header, "If-None-Exist")
    return answer_of(call, await one(call, Change(resource_type, new_id(), resource, fresh=True, where=where)))


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
    change = Change(resource_type, id, resource, if_match=expected(call), if_none=nothing_expected(call))
    return answer_of(call, await one(call, change))


async def update_where(call: Call, resource_type: str) -> Answer:
    """The one resource that matches, 200; none: 201, under the resource's own id if it has one; several: 412."""
    resource = checked(resource_in(call.body), known_type(resource_type))
    where = criteria(call, resource_type, call.params, "?")
    change = Change(resource_type, "", resource, where=where, if_match=expected(call), if_none=nothing_expected(call))
    return answer_of(call, await one(call, change))


async def delete(call: Call, resource_type: str, id: str) -> Answer:
    """204; again: 204 as well. The history remains (PDL 3:14: nothing is erased by a client)."""
    change = Change(known_type(resource_type), valid_id(id), None, if_match=expected(call))
    return _deleted(call, await one(call, change))


async def delete_where(call: Call, resource_type: str) -> Answer:
    """All that matches, 204, also for none; 412 for more than one, or than `_count` allows: then nothing is deleted."""
    pairs, most = deletable(call.params)
    where = criteria(call, known_type(resource_type), pairs, "?")
    return _deleted(call, await one(call, Change(resource_type, "", None, where=where, most=most, if_match=expected(call))))


async def one(call: Call, change: Change) -> Written:
    """What became of a single change. References that are searches (`Patient?identifier=...`) are resolved here too."""
    asked = lookups(call, [(change.resource, change.type)]) if change.resource and b"?" in call.body else {}
    (written,) = await write(call.door, call.actor, [change], call.request, call.base, asked)
    return written


def expected(call: Call) -> int | None:
    """The version in If-Match: None without, 0 for `*`, which any version meets."""
    return 0 if call.headers.get("if-match", "").strip() == "*" else if_match(call)


def nothing_expected(call: Call) -> bool:
    """Whether nothing may stand there yet. Raises OutcomeError 400 for an If-None-Match that names a version."""
    header = call.headers.get("if-none-match")
    if header is not None and header.strip() != "*":
        told = "of a write, If-None-Match may only be `*`: nothing is there yet. Send If-Match with the version that you read"
        raise refuse(400, "value", told, "If-None-Match")
    return header is not None


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


def told_of(written: Written) -> Resource:
    """The OperationOutcome of what became of a change (Prefer: return=OperationOutcome)."""
    number = f"{written.number} {written.type} were" if written.number > 1 else f"{written.type}/{written.id} was"
    said = f"{written.type}: nothing matched" if written.outcome == "nothing" else f"{number} {written.outcome}"
    return outcome([Issue("informational", said, severity="information")])


def answer_of(call: Call, written: Written) -> Answer:
    """The answer to a create, update or patch, as Prefer would have it."""
    status = 201 if written.outcome == "created" else 200
    headers = version_headers(written.version, written.updated)
    if written.outcome in ("created", "found"):
        headers["Location"] = f"{call.base}/{written.type}/{written.id}/_history/{written.version}"
    match preference(call.headers).returns:
        case "minimal":
            return Answer(status, b"", headers)
        case "OperationOutcome":
            return Answer(status, exactjson.dumps(told_of(written)), headers)
        case _:
            return Answer(status, written.body.encode(), headers)


def _deleted(call: Call, written: Written) -> Answer:
    headers = {"ETag": f'W/"{written.version}"'} if written.outcome != "nothing" and written.number == 1 else {}
    if preference(call.headers).returns == "OperationOutcome":
        return Answer(200, exactjson.dumps(told_of(written)), headers)
    return Answer(204, b"", headers)
