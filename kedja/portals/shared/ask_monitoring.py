"""What the pages about technique that monitors at home ask of the gate, beside `ask`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kedja.care.monitoring import Terms
from kedja.gate import monitoring
from kedja.gate.monitoring import Asked
from kedja.portals.shared.page import Visit


async def asked(visit: Visit, person: int) -> list[Asked]:
    return await monitoring.asked(visit.door, visit.actor, person, visit.id)


async def answer(visit: Visit, id: str, said: str) -> None:
    """Raises OutcomeError 404, 409."""
    await monitoring.answer(visit.door, visit.actor, id, said, visit.id)


async def propose(visit: Visit, patient: str, cohabitants: Sequence[str], terms: Terms, ends: datetime) -> None:
    await monitoring.propose(visit.door, visit.actor, patient, cohabitants, terms, ends, visit.id)
