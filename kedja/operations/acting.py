"""`Patient/$acting-for`: whom the caller may act for, with the handle that the header `Kedja-Acting-For` takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kedja import exactjson
from kedja.access.instants import text_of
from kedja.access.mandate import CODES, MATTER_SYSTEM
from kedja.gate.acting import Represented, represented
from kedja.gate.handles import handle
from kedja.interactions.call import Answer, Call
from kedja.operations.parameters import inputs, output

Resource = dict[str, Any]
_RULE = "https://kedja.example/fhir/rule"


async def acting_for(call: Call, resource_type: str, id: str) -> Answer:
    """Parameters with a `person` for each child of the caller and each who has given them a mandate. Raises 403 for staff.

    Parts: `kind` (`guardian`, `proxy`), `name`, `birthDate`, for a mandate each `matter` and when it ends (`until`), and the
    `rule` that decides. `handle` is there where something may be read.
    """
    inputs(call, ())
    found = await represented(call.door, call.actor, call.request)
    return Answer(200, exactjson.dumps(output(*({"name": "person", "part": list(_parts(call, one))} for one in found))))


def _parts(call: Call, one: Represented) -> Iterator[Resource]:
    yield {"name": "kind", "valueCode": one.kind.value}
    if one.name:
        yield {"name": "name", "valueHumanName": one.name[0]}
    if one.birth_date:
        yield {"name": "birthDate", "valueDate": one.birth_date}
    for code, matter in CODES.items():
        if matter & one.matters:
            yield {"name": "matter", "valueCoding": {"system": MATTER_SYSTEM, "code": code}}
    if one.until is not None:
        yield {"name": "until", "valueDateTime": text_of(one.until)}
    yield {"name": "rule", "valueUri": f"{_RULE}/{one.decision.rule_ids[0]}"}
    if one.decision.permitted:
        yield {"name": "handle", "valueString": handle(call.actor, one.kind, one.person, call.secret)}
