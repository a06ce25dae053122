"""What a decision support service asks to be sent (CDS Hooks 2.0, prefetch), as far as the law lets the actor read it.

Nothing else leaves: elements that a template does not name are left out, and what was sent is logged by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.gate.record import record
from kedja.store.queries import sql

Resource = dict[str, Any]
_TEMPLATE: Final = re.compile(r"^([A-Z][A-Za-z]+)\?(.+)$")
_PERSON: Final = "{{context.patientId}}"
_ALWAYS: Final = ("resourceType", "id")
_LONGEST: Final = 200
_LISTED: Final = "nll"  # the national list holds the same prescriptions once more


@dataclass(frozen=True, slots=True)
class Template:
    """A search about the patient of the context: of a type, with a status, and of these elements alone (() for all)."""

    type: str
    status: str
    elements: tuple[str, ...]


def template_of(text: str) -> Template | None:
    """A prefetch template that can be answered here, or None: the service is then sent nothing for it."""
    found = _TEMPLATE.match(text)
    if found is None:
        return None
    asked = dict(parse_qsl(found[2]))
    who = asked.pop("_id" if found[1] == "Patient" else "patient", "")
    elements = tuple(filter(None, asked.pop("_elements", "").split(",")))
    status = asked.pop("status", "")
    return Template(found[1], status, elements) if who == _PERSON and not asked else None


async def prefetch(
    door: Door, actor: Actor, person: int, templates: Mapping[str, str], service: str, request: str
) -> dict[str, Resource | None]:
    """What each template asks for, as a searchset; None for what is not answered here. Logged as sent to `service`."""
    wanted = {name: template_of(text) for name, text in templates.items()}
    types = sorted({each.type for each in wanted.values() if each})
    kept = [each for each in await record(door, actor, person, types, request) if each.regime != _LISTED] if types else []
    held = [exactjson.loads(each.body.encode()) for each in kept]
    sent = {name: _searchset(held, template) if template else None for name, template in wanted.items()}
    found = [each["resource"] for answered in sent.values() if answered for each in answered["entry"]]
    places = [f"{each['resourceType']}/{each['id']}" for each in found]
    key = await key_of(door.store, actor)
    await door.store.pool.execute(sql("supported"), person, key, [], sorted(set(places)), request, service)
    return sent


async def overridden(door: Door, actor: Actor, person: int, card: str, reason: str, request: str) -> None:
    """Log that a card was read and not followed, and why."""
    key = await key_of(door.store, actor)
    told = f"overridden {card} {reason}"[:_LONGEST]
    await door.store.pool.execute(sql("supported"), person, key, [], [], request, told)


def _searchset(held: list[Resource], template: Template) -> Resource:
    found = [each for each in held if each["resourceType"] == template.type and template.status in ("", each.get("status"))]
    entries = [{"resource": _of(each, template.elements)} for each in found]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries}


def _of(resource: Resource, elements: tuple[str, ...]) -> Resource:
    if not elements:
        return resource
    return {name: value for name, value in resource.items() if name in (*_ALWAYS, *elements)}
