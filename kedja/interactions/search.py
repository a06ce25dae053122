"""Search within a type, by GET or POST (FHIR R4 3.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kedja.interactions.call import Answer, Call, known_type
from kedja.interactions.prefer import preference
from kedja.search.bundle import searchset
from kedja.search.canonical import canonical
from kedja.search.cursor import continued
from kedja.search.nodes import Query
from kedja.search.parse import parse
from kedja.search.resolve import resolve

_FORMAT = ("_format", "_pretty")  # there is one format; asking for it changes nothing


async def search(call: Call, resource_type: str) -> Answer:
    query = understood(call, resource_type, call.params)
    rows = await call.door.search(call.actor, query, call.request, canonical(query))
    return Answer(200, searchset(query, rows, call.base, call.secret, call.actor.id))


def understood(call: Call, resource_type: str, params: Sequence[tuple[str, str]]) -> Query:
    """The query of these parameters, from where its cursor says; what `ap` is near to is the time of the first page."""
    lenient = preference(call.headers).lenient
    asked = parse(known_type(resource_type), [pair for pair in params if pair[0] not in _FORMAT], lenient=lenient)
    now = call.door.clock()
    query = continued(resolve(asked, base=call.base, now=now), call.secret, call.actor.id, now)
    return replace(resolve(asked, base=call.base, now=query.after.began), after=query.after) if query.after else query
