"""`Patient/$contest`: a person has it noted that an entry of their record is wrong (PDL 3:8)."""

from __future__ import annotations

from typing import Final

from kedja import exactjson
from kedja.gate.contest import contest as noted
from kedja.interactions.call import Answer, Call, known_type
from kedja.operations.parameters import inputs, output
from kedja.outcome import refuse

_LEAST, _MOST = 3, 4000  # characters
_SAID: Final = f"`text` says in {_LEAST} to {_MOST} characters what is wrong"


async def contest(call: Call, resource_type: str, id: str) -> Answer:
    """Parameters with `note`, the Communication that stands beside the entry now. Inputs: `entry` (`Observation/1`), `text`."""
    given = inputs(call, ("entry", "text"))
    type_name, slash, entry = (given.text("entry") or "").partition("/")
    if not slash or not entry:
        raise refuse(400, "required", "`entry` names what is wrong, as `Observation/1`", "?entry")
    known_type(type_name)
    words = (given.text("text") or "").strip()
    if not _LEAST <= len(words) <= _MOST:
        raise refuse(400, "value", _SAID, "?text")
    note = await noted(call.door, call.actor, type_name, entry, words, call.request, call.base)
    return Answer(200, exactjson.dumps(output({"name": "note", "valueReference": {"reference": f"Communication/{note}"}})))
