"""The joint plan: each unit that takes part has it in its own record, and all copies are changed together or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asyncpg import Connection, Record

from kedja import exactjson
from kedja.access.actor import Actor, Kind
from kedja.access.compile import permit
from kedja.access.custody import Custody, Regime
from kedja.access.evaluate import permitting_rule
from kedja.discharge.case import Party
from kedja.discharge.plan import PLAN_SYSTEM, is_joint, key_of
from kedja.discharge.reading import recipients_of
from kedja.gate import logging
from kedja.gate.deciding import custody_of_row
from kedja.gate.deeds import Deed, Follows, Resource
from kedja.gate.door import Door
from kedja.gate.facts import facts_within
from kedja.gate.prepare import prepare, version_of
from kedja.gate.races import RACES
from kedja.outcome import refuse
from kedja.search.hashing import token_hash
from kedja.store.edits import standing_bodies
from kedja.store.pool import transaction
from kedja.store.queries import sql
from kedja.store.write import LogLine, apply, lock

_PERSONS: Final = (Kind.CITIZEN, Kind.PROXY)
_CHANGED: Final = "somebody has changed the plan since you read it: look at it as it stands now, and make your change again"


@dataclass(frozen=True, slots=True)
class Amended:
    """The plan as it stands now; `version` counts its changes, which all copies have in common."""

    resource: dict[str, Any]
    version: int


def of_plan(deed: Deed) -> Iterator[Follows]:
    """A new joint plan comes to each unit that takes part, in its own record; later it is changed by `amend` alone.

    Raises OutcomeError 422 for a plan without the patient's consent (lag 2017:612 4:2), and where copies would part.
    """
    if not (is_joint(deed.resource) or (deed.version.version > 1 and key_of(deed.resource))):
        return
    if deed.version.version > 1:
        raise refuse(422, "business-rule", "a joint plan is changed on its page, for all who take part at once", "CarePlan")
    if not key_of(deed.resource):
        raise refuse(422, "required", f"a joint plan has an identifier of {PLAN_SYSTEM}", "CarePlan.identifier")
    if not any(each.get("reference", "").startswith("Consent/") for each in deed.resource.get("supportingInfo", ())):
        told = "a joint plan is made with the patient's consent: refer to it (2017:612 4 kap. 2 §)"
        raise refuse(422, "required", told, "CarePlan.supportingInfo")
    own = (deed.version.provider, deed.version.unit)
    for each in recipients_of({"recipient": deed.resource.get("contributor", [])}):
        if (each.provider, each.unit) != own:
            regime = Regime.SOCIAL if each.party is Party.SOCIAL else Regime.HEALTH
            custody = Custody(regime, deed.version.person, each.provider, each.unit, deed.version.start, deed.version.end)
            yield Follows({name: value for name, value in deed.resource.items() if name not in ("id", "meta")}, custody, "")


async def amend(
    door: Door, actor: Actor, id: str, seen: int, edit: Callable[[Resource], Resource], request: str, detail: str = ""
) -> Amended:
    """Change a plan that stood at version `seen`, in every copy. `edit` may raise OutcomeError.

    Raises 404 for a plan that is not the actor's to see, 403 for who takes no part in it, 412 where it was changed since.
    """
    row = await door.read(actor, "CarePlan", id, request)
    plan = exactjson.loads(row.body.encode())
    if not is_joint(plan):
        raise refuse(404, "not-found", f"CarePlan/{id} is no joint plan")
    now, key = door.clock(), await logging.key_of(door.store, actor)
    token = token_hash("CarePlan", "identifier", f"{PLAN_SYSTEM}|{key_of(plan)}")
    try:
        async with transaction(door.store) as conn:
            ids = [each["id"] for each in await conn.fetch(sql("joint_plan_copies"), row.person, token)]
            standing = await lock(conn, [("CarePlan", each) for each in ids])
            mine = standing.get(("CarePlan", id))
            if mine is None or mine["version"] != seen:
                raise refuse(412, "conflict", _CHANGED)
            rule = await _rule(conn, actor, standing, now)
            if rule is None:
                raise refuse(403, "forbidden", "the plan is changed by the person and by the units that take part in it")
            bodies = await standing_bodies(conn, [("CarePlan", id)])  # as it is stored: what was read may have places masked
            new = edit(exactjson.loads(bodies["CarePlan", id].encode()))
            versions = [
                version_of(prepare(new, place[1]), custody_of_row(each), each, now)
                for place, each in standing.items()
                if not each["deleted"]
            ]
            places = [f"CarePlan/{each.id}/_history/{each.version}" for each in versions]
            await apply(conn, versions, key, request, [LogLine(row.person, "update", [rule], places, detail)])
    except RACES:
        raise refuse(412, "conflict", _CHANGED) from None
    return Amended(new, seen + 1)


async def _rule(conn: Connection, actor: Actor, standing: Mapping[tuple[str, str], Record], now: datetime) -> str | None:
    """By which rule the actor takes part: of the copy that is theirs to write, whichever copy they have read."""
    persons = actor.kind in _PERSONS
    facts = await facts_within(conn, {row["person"] for row in standing.values()}) if persons else ()
    law = permit(actor, "take-part" if persons else "write", now)
    found = (permitting_rule(law, custody_of_row(row), facts, *place) for place, row in standing.items() if not row["deleted"])
    return next((rule for rule in found if rule is not None), None)
