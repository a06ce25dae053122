"""transaction and batch (FHIR R4 3.1.0.11): a Bundle in, a Bundle out.

A transaction's writes are one change to the store, all or none, in the order DELETE, POST, PUT; its reads come after. A
batch's entries stand alone, each with its own answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from kedja import exactjson
from kedja.gate import Change, Written, new_id
from kedja.gate.writes import write
from kedja.interactions.call import Answer, Call, known_type, resource_in
from kedja.interactions.write import checked, valid_id
from kedja.outcome import Issue, OutcomeError, refuse

Resource = dict[str, Any]
Run = Callable[[Call, str], Awaitable[Answer]]
_ORDER = {"DELETE": 0, "POST": 1, "PUT": 2, "PATCH": 2, "GET": 3, "HEAD": 3}
MAX_ENTRIES = 5000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry with its request taken apart. `target` is Type or Type/id or Type?query."""

    position: int
    method: str
    target: str
    full_url: str
    resource: Resource | None
    if_match: int | None


async def process(call: Call, run: Run) -> Answer:
    """`run(call, method)` answers one entry of a batch, or one read of a transaction, as if it had come alone."""
    bundle = resource_in(call.body)
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") not in ("transaction", "batch"):
        raise refuse(400, "value", "the service's own address takes a Bundle of type `transaction` or `batch`", "Bundle.type")
    entries = _entries(bundle)
    parts = await (_transaction if bundle["type"] == "transaction" else _batch)(call, entries, run)
    head = exactjson.dumps({"resourceType": "Bundle", "type": f"{bundle['type']}-response"})
    return Answer(200, head[:-1] + b',"entry":[' + b",".join(parts) + b"]}" if parts else head)


async def _transaction(call: Call, entries: Sequence[Entry], run: Run) -> list[bytes]:
    writes = sorted((entry for entry in entries if entry.method in ("DELETE", "POST", "PUT")), key=lambda e: _ORDER[e.method])
    issues: list[Issue] = []
    changes = [change for entry in writes if (change := _change(entry, issues)) is not None]
    if issues:
        raise OutcomeError(400, *issues)
    _refuse_twice(changes, writes)
    places = {
        entry.full_url: f"{change.type}/{change.id}"
        for entry, change in zip(writes, changes)
        if entry.full_url and change.resource
    }
    changes = [replace(change, resource=_relink(change.resource, places)) for change in changes]
    written = await write(call.door, call.actor, changes, call.request, call.base) if changes else []
    parts: dict[int, bytes] = {entry.position: _written_part(call, result) for entry, result in zip(writes, written)}
    for entry in entries:
        if entry.method not in ("DELETE", "POST", "PUT"):
            parts[entry.position] = _answer_part(await _alone(call, entry, run))
    return [parts[position] for position in sorted(parts)]


async def _batch(call: Call, entries: Sequence[Entry], run: Run) -> list[bytes]:
    return [_answer_part(await _alone(call, entry, run)) for entry in entries]


async def _alone(call: Call, entry: Entry, run: Run) -> Answer:
    parts = urlsplit(entry.target)
    headers = {"if-match": f'W/"{entry.if_match}"'} if entry.if_match is not None else {}
    body = exactjson.dumps(entry.resource) if entry.resource is not None else b""
    params = tuple(parse_qsl(parts.query, keep_blank_values=True))
    alone = replace(call, params=params, headers=headers, body=body)
    try:
        return await run(replace(alone), f"{entry.method} {parts.path}")
    except OutcomeError as error:
        return Answer(error.status, exactjson.dumps(error.as_fhir()))


def _entries(bundle: Resource) -> list[Entry]:
    listed = bundle.get("entry", [])
    if not isinstance(listed, list):
        raise refuse(400, "structure", "`entry` must be an array", "Bundle.entry")
    if len(listed) > MAX_ENTRIES:
        raise refuse(
            413, "too-long", f"the bundle has {len(listed)} entries; at most {MAX_ENTRIES} are taken: split it", "Bundle.entry"
        )
    entries: list[Entry] = []
    issues: list[Issue] = []
    for position, item in enumerate(listed):
        try:
            entries.append(_entry(position, item))
        except OutcomeError as error:
            issues += error.issues
    if issues:
        raise OutcomeError(400, *issues)
    return entries


def _entry(position: int, item: Any) -> Entry:
    place = f"Bundle.entry[{position}]"
    request = item.get("request") if isinstance(item, dict) else None
    if not isinstance(request, dict):
        raise refuse(400, "required", "each entry needs `request` with method and url", f"{place}.request")
    method, url = request.get("method"), request.get("url")
    if method not in _ORDER or method == "PATCH":
        raise refuse(
            400, "value", f"the method `{method}` is not served in bundles: DELETE, POST, PUT, GET are", f"{place}.request.method"
        )
    if not isinstance(url, str):
        raise refuse(400, "required", "the request needs a url such as `Patient` or `Patient/1`", f"{place}.request.url")
    if "ifNoneExist" in request:
        raise refuse(
            400, "not-supported", "ifNoneExist is not served yet: search first, then create", f"{place}.request.ifNoneExist"
        )
    resource = item.get("resource")
    if method in ("POST", "PUT") and not isinstance(resource, dict):
        raise refuse(400, "required", f"{method} needs a resource", f"{place}.resource")
    seen = str(request.get("ifMatch", "")).removeprefix("W/").strip('"')
    if seen and not seen.isdigit():
        raise refuse(400, "value", 'ifMatch must be the ETag that you read, as W/"3"', f"{place}.request.ifMatch")
    full_url = item.get("fullUrl")
    return Entry(
        position, method, url.lstrip("/"), full_url if isinstance(full_url, str) else "", resource, int(seen) if seen else None
    )


def _change(entry: Entry, issues: list[Issue]) -> Change | None:
    """The change of one entry; what is wrong goes to `issues`, placed in the bundle."""
    place = f"Bundle.entry[{entry.position}]"
    try:
        parts = entry.target.split("/")
        resource_type = known_type(parts[0].split("?")[0])
        if "?" in entry.target:
            raise refuse(400, "not-supported", "conditional writes in bundles are not served yet", f"{place}.request.url")
        if len(parts) != (1 if entry.method == "POST" else 2):
            raise refuse(400, "value", f"`{entry.target}` does not fit {entry.method}", f"{place}.request.url")
        if entry.method == "DELETE":
            return Change(resource_type, valid_id(parts[1]), None, if_match=entry.if_match)
        resource = checked(entry.resource or {}, resource_type)
        if entry.method == "POST":
            return Change(resource_type, new_id(), resource, fresh=True)
        if resource.get("id", parts[1]) != parts[1]:
            raise refuse(400, "invariant", f"the resource's id must be `{parts[1]}`, as in the url", f"{place}.resource.id")
        return Change(resource_type, valid_id(parts[1]), resource, if_match=entry.if_match)
    except OutcomeError as error:
        issues += [_placed(issue, place) for issue in error.issues]
        return None


def _placed(issue: Issue, place: str) -> Issue:
    """The issue with its location inside the bundle: `Patient.name` of entry 3 is `Bundle.entry[3].resource.name`."""
    expressions = tuple(
        text if text.startswith("Bundle.") else ".".join([f"{place}.resource", *text.split(".")[1:]]) for text in issue.expression
    )
    return replace(issue, expression=expressions or (place,))


def _refuse_twice(changes: Sequence[Change], entries: Sequence[Entry]) -> None:
    seen: set[tuple[str, str]] = set()
    for change, entry in zip(changes, entries):
        if (change.type, change.id) in seen:
            raise refuse(
                400,
                "invariant",
                f"{change.type}/{change.id} stands twice: a transaction changes a resource once",
                f"Bundle.entry[{entry.position}]",
            )
        seen.add((change.type, change.id))


def _relink(value: Any, places: dict[str, str]) -> Any:
    """The same tree with every string that is the fullUrl of an entry replaced by where that entry was stored."""
    if not places or isinstance(value, (bool, int, float)) or value is None:
        return value
    if isinstance(value, str):
        return places.get(value, value)
    if isinstance(value, dict):
        return {name: _relink(member, places) for name, member in value.items()}
    return [_relink(item, places) for item in value]


def _written_part(call: Call, written: Written) -> bytes:
    status = {"created": "201 Created", "deleted": "204 No Content"}.get(written.outcome, "200 OK")
    response = {
        "status": status,
        "location": f"{written.type}/{written.id}/_history/{written.version}",
        "etag": f'W/"{written.version}"',
        "lastModified": written.updated.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if "return=representation" in call.headers.get("prefer", "") and written.body:
        return b'{"resource":' + written.body.encode() + b',"response":' + exactjson.dumps(response) + b"}"
    return exactjson.dumps({"response": response})


def _answer_part(answer: Answer) -> bytes:
    response: dict[str, Any] = {"status": str(answer.status)}
    for header, name in (("Location", "location"), ("ETag", "etag")):
        if header in answer.headers:
            response[name] = answer.headers[header]
    if answer.status >= 400:
        head = exactjson.dumps({"response": response})
        return head[:-2] + b',"outcome":' + answer.body + b"}}"
    if answer.body:
        return b'{"resource":' + answer.body + b',"response":' + exactjson.dumps(response) + b"}"
    return exactjson.dumps({"response": response})
