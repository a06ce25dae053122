"""Search within a type, by GET or POST (FHIR R4 3.1.1)."""

from __future__ import annotations

from kedja.interactions.call import Answer, Call, known_type
from kedja.search.bundle import searchset
from kedja.search.parse import parse
from kedja.search.resolve import resolve


async def search(call: Call, resource_type: str) -> Answer:
    lenient = "handling=lenient" in call.headers.get("prefer", "")
    params = [(name, value) for name, value in call.params if name not in ("_format", "_pretty")]
    query = resolve(parse(known_type(resource_type), params, lenient=lenient))
    rows = await call.door.search(call.actor, query, call.request)
    return Answer(200, searchset(query, rows, call.base, call.secret, call.actor.id))
