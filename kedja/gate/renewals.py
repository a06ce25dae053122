"""A person asks the unit that prescribed a medicine to prescribe it again: kept in the unit's record, by a rule of the law."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.access.custody import Label
from kedja.access.evaluate import permitting_rule
from kedja.care import renewal
from kedja.gate.booking import patient_of
from kedja.gate.deciding import custody_of_row
from kedja.gate.door import Door
from kedja.gate.facts import facts_within
from kedja.gate.logging import key_of
from kedja.gate.prepare import prepare, version_of
from kedja.gate.shield import is_shielded
from kedja.outcome import OutcomeError, refuse
from kedja.store.edits import standing_bodies
from kedja.store.keys import new_id
from kedja.store.pool import transaction
from kedja.store.queries import sql
from kedja.store.write import LogLine, apply, lock

_WORDS: Final = {
    renewal.Not.ASKED: "this medicine is asked for already: the unit has not answered yet",
    renewal.Not.SPECIAL: "this medicine is talked about with who prescribes before it is prescribed again",
}


class NotRenewed(OutcomeError):
    """The medicine is not asked for again, and why."""

    def __init__(self, why: renewal.Not) -> None:
        told = _WORDS.get(why, "this medicine is not asked for again here: call the unit")
        super().__init__(409, *refuse(409, "business-rule", told).issues)
        self.why = why


async def ask(door: Door, actor: Actor, order: str, words: str, request: str) -> str:
    """Ask for a medicine again; the proposal's id. Raises NotRenewed, 403, 404."""
    await door.read(actor, "MedicationRequest", order, request)
    place, key = ("MedicationRequest", order), await key_of(door.store, actor)
    try:
        async with transaction(door.store) as conn:
            row = (await lock(conn, [place])).get(place)
            body = (await standing_bodies(conn, [place])).get(place)
            if row is None or body is None:
                raise refuse(410, "deleted", f"MedicationRequest/{order} was deleted: there is nothing to ask for again")
            found, now = exactjson.loads(body.encode()), door.clock()
            custody, shielded = custody_of_row(row), is_shielded(row["labels"])
            law, facts = permit(actor, "request", now), await facts_within(conn, [custody.person])
            rule = permitting_rule(law, custody, facts, *place)
            why = renewal.why_not(found, custody, shielded=shielded)
            if why is None and await conn.fetchval(sql("renewal_asked"), custody.person, f"MedicationRequest/{order}"):
                why = renewal.Not.ASKED
            if why is not None:
                raise NotRenewed(why)
            if rule is None:
                raise refuse(403, "forbidden", "a medicine is asked for by whom it is for, or by who has their mandate for it")
            patient, name = await patient_of(conn, custody.person, custody.provider)
            made = renewal.proposal(found, patient, name, custody.unit, words, now)
            kept = replace(custody, start=now, end=now, labels=Label.ORDINATION, source="")
            version = version_of(prepare(made, new_id()), kept, None, now)
            line = LogLine(custody.person, "create", [rule], [f"MedicationRequest/{version.id}/_history/1"])
            await apply(conn, [version], key, request, [line])
            return version.id
    except OutcomeError as error:
        if error.status == 403:
            await door.denied(actor, actor.subject, "request", [], ["/".join(place)], request, "")
        raise
