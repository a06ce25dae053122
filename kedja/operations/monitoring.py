"""`Patient/$monitoring`: what may monitor in a person's home now, asked by social care or its technique's own system."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kedja import exactjson
from kedja.access.actor import Kind
from kedja.access.instants import text_of
from kedja.gate.monitoring import State, state
from kedja.interactions.call import Answer, Call
from kedja.operations.parameters import inputs, output
from kedja.outcome import refuse


async def monitoring(call: Call, resource_type: str, id: str) -> Answer:
    """Parameters with a `technique` for each that the caller's provider has asked for: its `code`, `active`, each `data`, `start`
    and `end` of the day, `days` that data are kept, `until` when the consent holds, and the `rule`. Raises 403, 404.
    """
    inputs(call, ())
    if call.actor.kind not in (Kind.CARE_WORKER, Kind.SYSTEM):
        await call.door.denied(call.actor, 0, "monitor", ["S-9"], [f"{resource_type}/{id}"], call.request, "")
        raise refuse(403, "forbidden", "technique that monitors is used by social care (SoLPuL 9 §)")
    row = await call.door.read(call.actor, resource_type, id, call.request)
    found = await state(call.door, call.actor, row.person, call.request)
    return Answer(200, exactjson.dumps(output(*({"name": "technique", "part": list(_parts(one))} for one in found))))


def _parts(one: State) -> Iterator[dict[str, Any]]:
    yield {"name": "code", "valueCode": one.terms.technique}
    yield {"name": "active", "valueBoolean": one.permitted}
    for each in one.terms.data:
        yield {"name": "data", "valueCode": each}
    for name, value in (("start", one.terms.start), ("end", one.terms.end)):
        if value:
            yield {"name": name, "valueTime": f"{value}:00"}
    yield {"name": "days", "valueInteger": one.terms.days}
    if one.until is not None:
        yield {"name": "until", "valueDateTime": text_of(one.until)}
    for rule in one.rules:
        yield {"name": "rule", "valueUri": f"https://kedja.example/fhir/rule/{rule}"}
