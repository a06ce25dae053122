"""What the pages of care ask of the gate about a patient, beside `ask`."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from kedja.gate import deliveries
from kedja.gate.overview import overview as gate_overview
from kedja.portals.shared.ask import held_of
from kedja.portals.shared.entry import Held
from kedja.portals.shared.page import Visit
from kedja.portals.shared.tell import TABLE

_WHOLE: Final = (
    "AllergyIntolerance", "Flag", "RiskAssessment", "Condition", "MedicationRequest", "MedicationStatement", "Immunization",
    "CarePlan", "Goal", "CareTeam", "RelatedPerson", "FamilyMemberHistory", "Consent", "ServiceRequest",
)  # fmt: skip
_NEWEST: Final = tuple(name for name in TABLE if name not in _WHOLE)
_LASTS: Final = 60.0  # seconds that what is known of the sources is used


@dataclass(frozen=True, slots=True)
class Opened:
    """As `gate.overview.Overview`, told."""

    held: Sequence[Held] = ()
    since: datetime | None = None
    left: Mapping[str, int] = field(default_factory=dict[str, int])


NOTHING: Final = Opened()


async def overview(visit: Visit, person: int) -> Opened:
    """The patient's record; with `?older=1` also what a lifetime has of it."""
    older = visit.request.query_params.get("older") == "1"
    whole = [name for name in _WHOLE if name in TABLE]
    found = await gate_overview(visit.door, visit.actor, person, whole, _NEWEST, visit.id, older=older)
    return Opened([held_of(each) for each in found.entries], found.since, found.left)


async def late_sources(visit: Visit) -> Sequence[str]:
    """The titles of sources whose last delivery is not in as a whole; at most a minute old."""
    app = visit.request.app.state
    known: tuple[float, Sequence[str]] | None = getattr(app, "late_sources", None)
    if known is None or known[0] + _LASTS < time.monotonic():
        known = (time.monotonic(), await deliveries.unfinished(visit.door))
        app.late_sources = known
    return known[1]
