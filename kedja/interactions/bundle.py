"""transaction and batch (FHIR R4 3.1.0.11): a Bundle in, a Bundle out.

A transaction's writes are one change to the store, all or none, in the order DELETE, POST, PUT and PATCH; its reads come
after. A batch's entries stand alone, each with its own answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Any, Final

from kedja import exactjson
from kedja.gate import Change, Written, new_id
from kedja.gate.links import relink
from kedja.gate.refusals import Refusals
from kedja.gate.writes import write
from kedja.interactions.call import Answer, Call, known_type, resource_in
from kedja.interactions.conditional import criteria, criteria_in, deletable, lookups
from kedja.interactions.entries import ORDER, Entry, entries_of, placed
from kedja.interactions.patch import JSON_PATCH, edit_in, patch_in
from kedja.interactions.prefer import preference
from kedja.interactions.write import checked, expected, nothing_expected, told_of, valid_id
from kedja.outcome import Issue, OutcomeError, refuse

Run = Callable[[Call, str], Awaitable[Answer]]
_HEADERS: Final = {"ifMatch": "if-match", "ifNoneMatch": "if-none-match", "ifModifiedSince": "if-modified-since"}
_WRITES: Final = ("DELETE", "POST", "PUT", "PATCH")


async def process(call: Call, run: Run) -> Answer:
    """`run(call, method)` answers one entry of a batch, or one read of a transaction, as if it had come alone."""
    bundle = resource_in(call.body)
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") not in ("transaction", "batch"):
        raise refuse(400, "value", "the service's own address takes a Bundle of type `transaction` or `batch`", "Bundle.type")
    entries = entries_of(bundle, call)
    parts = await (_transaction if bundle["type"] == "transaction" else _batch)(call, entries, run)
    head = exactjson.dumps({"resourceType": "Bundle", "type": f"{bundle['type']}-response"})
    return Answer(200, head[:-1] + b',"entry":[' + b",".join(parts) + b"]}" if parts else head)


async def _transaction(call: Call, entries: Sequence[Entry], run: Run) -> list[bytes]:
    writes = sorted((entry for entry in entries if entry.method in _WRITES), key=lambda entry: ORDER[entry.method])
    issues: list[Issue] = []
    links = _links(writes)
    changes = [change for entry in writes if (change := _change(call, entry, links, issues)) is not None]
    searches = _lookups(call, writes, issues)
    if issues:
        raise OutcomeError(400, *issues)
    try:
        written = await write(call.door, call.actor, changes, call.request, call.base, searches) if changes else []
    except Refusals as refusals:
        wrong = sorted(((writes[n], error) for n, error in refusals.each), key=lambda pair: pair[0].position)
        told = [placed(issue, entry.place) for entry, error in wrong for issue in error.issues]
        raise OutcomeError(wrong[0][1].status, *told) from None
    except OutcomeError as error:
        place = writes[0].place if len(writes) == 1 else "Bundle"
        raise OutcomeError(error.status, *(placed(issue, place) for issue in error.issues)) from None
    parts = {entry.position: _written_part(call, result) for entry, result in zip(writes, written)}
    for entry in entries:
        if entry.method not in _WRITES:
            parts[entry.position] = _answer_part(await _alone(call, entry, run))
    return [parts[position] for position in sorted(parts)]


async def _batch(call: Call, entries: Sequence[Entry], run: Run) -> list[bytes]:
    return [_answer_part(await _alone(call, entry, run)) for entry in entries]


async def _alone(call: Call, entry: Entry, run: Run) -> Answer:
    """The answer of an entry as if it had come by itself; a write tells of its resource only when Prefer says so."""
    headers = {_HEADERS[name]: value for name, value in entry.conditions.items() if name in _HEADERS}
    if "ifNoneExist" in entry.conditions:
        headers["if-none-exist"] = entry.conditions["ifNoneExist"]
    wish = call.headers.get("prefer", "")
    quiet = entry.method in _WRITES and "return" not in preference(call.headers).said and "$" not in entry.path
    headers["prefer"] = f"return=minimal, {wish}" if quiet else wish
    try:
        body, headers["content-type"] = _body(entry)
        alone = replace(call, params=entry.pairs or (), headers=headers, body=body)
        return await run(alone, f"{'GET' if entry.method == 'HEAD' else entry.method} {entry.path}")
    except OutcomeError as error:
        return Answer(error.status, exactjson.dumps(error.as_fhir()))


def _body(entry: Entry) -> tuple[bytes, str]:
    if entry.resource is None:
        return b"", ""
    if entry.method == "PATCH" and entry.resource.get("resourceType") == "Binary":
        return patch_in(entry.resource, f"{entry.place}.resource"), JSON_PATCH
    return exactjson.dumps(entry.resource), "application/fhir+json"


@dataclass(frozen=True, slots=True)
class _Links:
    """Where each fullUrl leads: to its address already (`certain`), or only to one of its type, as long as a search says more.

    So references between entries are checked as what they will be. `ids` are those of the entries that create.
    """

    places: Mapping[str, str]
    ids: Mapping[int, str]
    certain: bool


def _links(writes: Sequence[Entry]) -> _Links:
    ids = {entry.position: new_id() for entry in writes if entry.method == "POST"}
    certain = all(entry.pairs is None and "ifNoneExist" not in entry.conditions and entry.method != "PATCH" for entry in writes)
    places: dict[str, str] = {}
    for entry in writes:
        if entry.full_url and entry.resource:
            kind, _, id = entry.path.partition("/")
            places[entry.full_url] = f"{kind}/{ids.get(entry.position) or id or 'x'}"
    return _Links(places, ids, certain)


def _change(call: Call, entry: Entry, links: _Links, issues: list[Issue]) -> Change | None:
    """The change of one entry; what is wrong goes to `issues`, placed in the bundle."""
    headers = {_HEADERS[name]: value for name, value in entry.conditions.items() if name in _HEADERS}
    try:
        resource_type, id = _address(entry)
        alone = replace(call, headers=headers)
        if entry.method in ("POST", "PUT"):
            linked = checked(relink(entry.resource or {}, links.places, entry.full_url), resource_type)
            entry = replace(entry, resource=linked) if links.certain else entry
        change = _MAKE[entry.method](alone, entry, resource_type, links.ids.get(entry.position, id))
        return change if links.certain else replace(change, full_url=entry.full_url)
    except OutcomeError as error:
        issues += [placed(issue, entry.place) for issue in error.issues]
        return None


def _address(entry: Entry) -> tuple[str, str]:
    """(type, id) of what is written; the id is '' where a search or the server says it."""
    parts = entry.path.split("/")
    place = f"{entry.place}.request.url"
    if any(part[:1] in ("$", "_") for part in parts):
        raise refuse(400, "not-supported", "operations and searches by POST are not part of a transaction: send a batch", place)
    try:
        resource_type = known_type(parts[0])
    except OutcomeError as error:
        raise refuse(400, "not-supported", error.issues[0].diagnostics, place) from None
    wanted = 1 if entry.method == "POST" or entry.pairs is not None else 2
    if entry.method == "POST" and entry.resource is None:
        raise refuse(400, "required", "POST needs a resource", f"{entry.place}.resource")
    if len(parts) != wanted or (entry.method == "POST" and entry.pairs is not None):
        raise refuse(400, "value", f"`{entry.path[:120]}` does not fit {entry.method}", place)
    return resource_type, valid_id(parts[1]) if wanted == 2 else ""


def _post(call: Call, entry: Entry, resource_type: str, id: str) -> Change:
    asked, place = entry.conditions.get("ifNoneExist"), f"{entry.place}.request.ifNoneExist"
    where = None if asked is None else criteria_in(call, resource_type, asked, place)
    return Change(resource_type, id, entry.resource, fresh=True, where=where)


def _put(call: Call, entry: Entry, resource_type: str, id: str) -> Change:
    resource = entry.resource or {}
    if id and resource.get("id", id) != id:
        told = f"the resource's id must be `{id}`, as in the url"
        raise refuse(400, "invariant", told, f"{entry.place}.resource.id")
    where = None if id else criteria(call, resource_type, entry.pairs or (), f"{entry.place}.request.url")
    return Change(resource_type, id, resource, if_match=expected(call), if_none=nothing_expected(call), where=where)


def _patch(call: Call, entry: Entry, resource_type: str, id: str) -> Change:
    edit = edit_in(entry.resource or {}, resource_type, f"{entry.place}.resource")
    where = None if id else criteria(call, resource_type, entry.pairs or (), f"{entry.place}.request.url")
    return Change(resource_type, id, None, edit=edit, if_match=expected(call), where=where)


def _delete(call: Call, entry: Entry, resource_type: str, id: str) -> Change:
    if id:
        return Change(resource_type, id, None, if_match=expected(call))
    pairs, most = deletable(entry.pairs or ())
    where = criteria(call, resource_type, pairs, f"{entry.place}.request.url")
    return Change(resource_type, "", None, if_match=expected(call), where=where, most=most)


_MAKE: Final = {"POST": _post, "PUT": _put, "PATCH": _patch, "DELETE": _delete}


def _lookups(call: Call, writes: Sequence[Entry], issues: list[Issue]) -> dict[str, Any]:
    resources = [(entry.resource, f"{entry.place}.resource") for entry in writes if entry.resource and entry.method != "DELETE"]
    try:
        return lookups(call, resources)
    except OutcomeError as error:
        issues += error.issues
        return {}


def _written_part(call: Call, written: Written) -> bytes:
    status = {"created": "201 Created", "deleted": "204 No Content", "nothing": "204 No Content"}.get(written.outcome, "200 OK")
    response: dict[str, Any] = {"status": status}
    if written.outcome != "nothing":
        response |= {
            "location": f"{written.type}/{written.id}/_history/{written.version}",
            "etag": f'W/"{written.version}"',
            "lastModified": written.updated.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
    wish = preference(call.headers)
    if "return" in wish.said and wish.returns == "OperationOutcome":
        response["outcome"] = told_of(written)
    if "return" in wish.said and wish.returns == "representation" and written.body:
        return b'{"resource":' + written.body.encode() + b',"response":' + exactjson.dumps(response) + b"}"
    return exactjson.dumps({"response": response})


def _answer_part(answer: Answer) -> bytes:
    response: dict[str, Any] = {"status": str(answer.status)}
    for header, name in (("Location", "location"), ("ETag", "etag")):
        if header in answer.headers:
            response[name] = answer.headers[header]
    if "Last-Modified" in answer.headers:
        response["lastModified"] = parsedate_to_datetime(answer.headers["Last-Modified"]).isoformat().replace("+00:00", "Z")
    head = exactjson.dumps({"response": response})
    if not answer.body:
        return head
    if answer.status >= 400 or answer.body.startswith(b'{"resourceType":"OperationOutcome"'):
        return head[:-2] + b',"outcome":' + answer.body + b"}}"
    return b'{"resource":' + answer.body + b"," + head[1:]
