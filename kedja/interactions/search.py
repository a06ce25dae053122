"""Search within a type, by GET or POST (FHIR R4 3.1.1)."""

from __future__ import annotations

from kedja.interactions.call import Answer, Call, known_type
from kedja.search.bundle import searchset
from kedja.search.canonical import canonical
from kedja.search.cursor import continued
from kedja.search.parse import parse
from kedja.search.resolve import resolve

_FORMAT = ("_format", "_pretty")  # there is one format; asking for it changes nothing


async def search(call: Call, resource_type: str) -> Answer:
    lenient = "handling=lenient" in call.headers.get("prefer", "")
    pairs = [(name, value) for name, value in call.params if name not in _FORMAT]
    query = resolve(parse(known_type(resource_type), pairs, lenient=lenient), base=call.base, now=call.door.clock())
    query = continued(query, call.secret, call.actor.id)
    rows = await call.door.search(call.actor, query, call.request, canonical(query))
    return Answer(200, searchset(query, rows, call.base, call.secret, call.actor.id))
