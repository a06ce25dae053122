"""A person's own words beside an entry that they hold to be wrong or misleading (PDL 3:8, 3:14; spec P-6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from kedja import exactjson, spec
from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.access.custody import Label
from kedja.access.evaluate import permitting_rule
from kedja.access.instants import text_of
from kedja.gate.deciding import custody_of_row
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.gate.prepare import prepare, version_of
from kedja.outcome import refuse
from kedja.store.keys import new_id
from kedja.store.pool import transaction
from kedja.store.write import LogLine, apply, lock

CATEGORY_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/communication-kind"
CONTESTED: Final = "contested"


async def contest(door: Door, actor: Actor, resource_type: str, id: str, words: str, request: str, base: str) -> str:
    """Keep the words as a Communication about the entry, at the unit that holds it; its id. The entry itself is not touched.

    Raises OutcomeError 404 for an entry that the actor may not see, 403 where the law lets nobody have it noted.
    """
    row = await door.read(actor, resource_type, id, request)
    note = _note(exactjson.loads(row.body.encode()), f"{resource_type}/{id}", words, text_of(door.clock()))
    now, key = door.clock(), await key_of(door.store, actor)
    async with transaction(door.store) as conn:
        standing = (await lock(conn, [(resource_type, id)])).get((resource_type, id))
        if standing is None or standing["deleted"]:
            raise refuse(410, "deleted", f"{resource_type}/{id} was deleted: there is nothing to have noted")
        custody = replace(custody_of_row(standing), start=now, end=now, labels=Label.NONE, source="")
        rule = permitting_rule(permit(actor, "annotate", now), custody, (), resource_type, id)
        if rule is None:
            told = "that an entry is wrong is noted for whom it is about, in health and social care records (PDL 3 kap. 8 §)"
            raise refuse(403, "forbidden", told)
        version = version_of(prepare(note, new_id(), base), custody, None, now)
        line = LogLine(custody.person, "create", [rule], [f"Communication/{version.id}/_history/1"])
        await apply(conn, [version], key, request, [line])
    return version.id


def _note(entry: dict[str, Any], reference: str, words: str, sent: str) -> dict[str, Any]:
    subject = {"reference": next(iter(spec.subject_references(entry)), reference)}
    return {
        "resourceType": "Communication",
        "status": "completed",
        "category": [
            {"coding": [{"system": CATEGORY_SYSTEM, "code": CONTESTED}], "text": "Patienten anser att uppgiften är fel"}
        ],
        "subject": subject,
        "about": [{"reference": reference}],
        "sent": sent,
        "sender": subject,
        "payload": [{"contentString": words}],
    }
