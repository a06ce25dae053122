"""`Observation/$lastn`: the latest observations of each kind (FHIR R4 Observation-lastn)."""

from __future__ import annotations

from urllib.parse import urlencode

from kedja import exactjson
from kedja.gate.latest import latest
from kedja.interactions.call import Answer, Call
from kedja.interactions.prefer import preference
from kedja.operations.parameters import Inputs, inputs
from kedja.outcome import refuse
from kedja.search.parse import parse
from kedja.search.resolve import resolve

_NOT_TAKEN = ("_count", "_sort", "_include", "_revinclude", "_total", "_summary", "_cursor")


async def lastn(call: Call, resource_type: str, id: str) -> Answer:
    """A searchset of the `max` (by default 1) newest Observations of each group of equivalent codes, newest first.

    Takes the search parameters of Observation; a patient or subject must be named. Raises 400 where none is.
    """
    given, pairs = _inputs(call)
    each = given.number("max") or 1
    if not any(name.split(":")[0].split(".")[0] in ("patient", "subject") for name, _ in pairs):
        raise refuse(400, "required", "name a patient: `$lastn?patient=ID`", "?patient")
    asked = parse(resource_type, [*pairs, ("_sort", "-date")], lenient=preference(call.headers).lenient)
    query = resolve(asked, base=call.base, now=call.door.clock())
    understood = [pair for pair in query.pairs if pair[0] != "_sort"]
    detail = f"$lastn?{urlencode([*understood, ('max', each)])}"
    rows = await latest(call.door, call.actor, query, each, call.request, detail)
    link = {"relation": "self", "url": f"{call.base}/Observation/{detail}"}
    entries = [
        b'{"fullUrl":%b,"resource":%b,"search":{"mode":"match"}}'
        % (exactjson.dumps(f"{call.base}/Observation/{row['id']}"), row["body"].encode())
        for row in rows
        if row["mode"] == "match"
    ]
    head = exactjson.dumps({"resourceType": "Bundle", "type": "searchset", "total": len(entries), "link": [link]})
    return Answer(200, head[:-1] + b',"entry":[' + b",".join(entries) + b"]}" if entries else head)


def _inputs(call: Call) -> tuple[Inputs, list[tuple[str, str]]]:
    """(what is the operation's own, what is the search's)."""
    names = {name for name, _ in call.params}
    given = inputs(call, sorted({*names, "max", "patient", "subject", "category", "code", "date", "status"}))
    for name in _NOT_TAKEN:
        if given.all(name):
            raise refuse(400, "not-supported", f"`{name}` has no place in `$lastn`", f"?{name}")
    pairs = [(name, str(value)) for name, values in given.values.items() if name != "max" for value in values]
    return given, pairs
