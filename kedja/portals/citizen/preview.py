"""/me/preview: what a care unit or a proxy would see of the person, now or after a decision that is only thought of.

The law itself answers: the same condition that stands in the reader's own searches, with the consents and blocks of the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from starlette.datastructures import QueryParams
from starlette.responses import Response

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.consents import block_consent, svod_consent, wellness_share
from kedja.access.mandate import CODES, Matter
from kedja.gate.seen import Seen
from kedja.portals.shared import ask, ask_control
from kedja.portals.shared.ask_control import Unit
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.language import Language
from kedja.portals.shared.mandates import choices
from kedja.portals.shared.page import Visit, render
from kedja.portals.shared.readings import type_names
from kedja.portals.shared.tell import DOMAIN_OF_REGIME, domain_name

_RIGHTS: Final = ("Läsa;alla;SJF",)
_ASSUMED: Final = ("patient", "consent", "share")
_MONTH: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Line:
    """What is kept of one kind, or at one place: `shown` of `number` entries would be seen."""

    name: str
    number: int
    shown: int
    domain: str = ""


async def preview(visit: Visit) -> Response:
    """`unit` and `role`, or `who=proxy` and `matter`; `patient`, `consent`, `share` and `block` are what is thought of."""
    query, units = visit.request.query_params, await ask_control.units(visit)
    unit = next((unit for unit in units if unit.id == query.get("unit")), None)
    block = next((unit for unit in units if unit.id == query.get("block")), None)
    matters = _matters(query)
    seen: list[Seen] | None = None
    if query.get("who") == "proxy" and matters:
        seen = await ask_control.seen_by_proxy(visit, matters)
    elif unit is not None:
        wishes = _wishes(await ask.own_patient(visit), unit, block, query, visit.door.clock())
        seen = await ask_control.seen_by(visit, _reader(unit, query.get("role", "")), wishes, patient="patient" in query)
    return render(
        visit,
        "citizen/preview.html",
        units=units,
        unit=unit,
        block=block,
        role=query.get("role", "doctor"),
        proxy=query.get("who") == "proxy",
        matters=choices(matters, visit._),
        assumed=[name for name in _ASSUMED if name in query],
        kinds=kinds(seen or (), visit._),
        places=places(seen or (), await ask.directory(visit), visit._),
        total=sum(each.number for each in seen or ()),
        shown=None if seen is None else sum(each.shown for each in seen),
    )


def kinds(seen: Iterable[Seen], _: Language) -> list[Line]:
    """What would be seen of each kind, most first. Pure."""
    names = type_names(_)
    return _lines((names.get(each.type, _("other")), "", each) for each in seen)


def places(seen: Iterable[Seen], directory: Mapping[str, str], _: Language) -> list[Line]:
    """What would be seen of each place, most first. Pure."""

    def name(each: Seen) -> str:
        if each.regime == "wellness":
            return _("Your own account")
        place = each.source if each.regime == "registry" else each.unit or each.provider
        return directory.get(place, place)

    return _lines(((name(each), DOMAIN_OF_REGIME.get(each.regime, "care"), each) for each in seen), _)


def _lines(named: Iterable[tuple[str, str, Seen]], _: Language | None = None) -> list[Line]:
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for name, domain, each in named:
        number, shown = sums.get((name, domain), (0, 0))
        sums[name, domain] = number + each.number, shown + each.shown
    found = [
        Line(f"{name} ({domain_name(domain, _)})" if _ else name, number, shown, domain)
        for (name, domain), (number, shown) in sums.items()
    ]
    return sorted(found, key=lambda line: (-line.shown, -line.number, line.name))


def _reader(unit: Unit, role: str) -> Actor:
    """Somebody of this unit who works with care and may read all that the unit's work asks for."""
    kind = Kind.CARE_WORKER if role == "care" else Kind.PROFESSIONAL
    licences = {"doctor": ("LK",), "nurse": ("SSK",)}.get(role, ())
    assignment = Assignment("thought-of", Purpose.CARE, unit.provider, unit.id, _RIGHTS, unit.provider_name, unit.name)
    return Actor("thought-of", kind, hsa_id="thought-of", prescriber=role == "doctor", licences=licences, assignment=assignment)


def _wishes(patient: str, unit: Unit, block: Unit | None, query: QueryParams, now: datetime) -> Sequence[Resource]:
    """The consents and blocks that are thought of, as they would be made."""
    found: list[Resource] = []
    if "consent" in query:
        found.append(svod_consent(patient, unit.provider, dated=now, unit=unit.id, starts=now, ends=now + _MONTH))
    if "share" in query:
        found.append(wellness_share(patient, unit.provider, dated=now, unit=unit.id, starts=now, ends=now + _MONTH))
    if block is not None:
        blocked = partial(block_consent, patient, block.provider, unit=block.id, dated=now, starts=now)
        found += [blocked(inner=inner) for inner in (True, False)]
    return found


def _matters(query: QueryParams) -> Matter:
    matters = Matter.NONE
    for code in query.getlist("matter"):
        matters |= CODES.get(code, Matter.NONE)
    return matters
