"""Search of a type, of the whole service and of a compartment, by GET or POST (FHIR R4 3.1.1, 2.29)."""

from __future__ import annotations

from dataclasses import replace

from kedja.interactions.call import Answer, Call, is_id, known_type
from kedja.interactions.prefer import preference
from kedja.outcome import refuse
from kedja.search.bundle import searchset
from kedja.search.canonical import canonical
from kedja.search.cursor import continued
from kedja.search.nodes import Query
from kedja.search.parse import parse
from kedja.search.resolve import resolve

_FORMAT = ("_format", "_pretty")  # how the answer is written, not what is asked


async def search(call: Call, resource_type: str) -> Answer:
    return await _answer(call, understood(call, known_type(resource_type)))


async def system(call: Call) -> Answer:
    """All types, or those of `_type`; only parameters that they have in common."""
    return await _answer(call, understood(call, ""))


async def compartment(call: Call, code: str, id: str, resource_type: str = "*") -> Answer:
    """What is about `code/id`: of one type, or `*` of all that are in the compartment."""
    if not is_id(id):
        raise refuse(400, "value", f"`{id[:80]}` is no id: write {code}/id/{resource_type}")
    return await _answer(call, understood(call, "" if resource_type == "*" else known_type(resource_type), (code, id)))


def understood(call: Call, resource_type: str, of: tuple[str, str] | None = None) -> Query:
    """The query of the call, from where its cursor says; what `ap` is near to is the time of the first page."""
    pairs = [pair for pair in call.params if pair[0] not in _FORMAT]
    asked = parse(resource_type, pairs, lenient=preference(call.headers).lenient, compartment=of)
    now = call.door.clock()
    query = continued(resolve(asked, base=call.base, now=now), call.secret, call.actor.id, now)
    return replace(resolve(asked, base=call.base, now=query.after.began), after=query.after) if query.after else query


async def _answer(call: Call, query: Query) -> Answer:
    rows = await call.door.search(call.actor, query, call.request, canonical(query))
    return Answer(200, searchset(query, rows, call.base, call.secret, call.actor.id))
