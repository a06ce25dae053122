"""What is done each night by one of the processes that serve: the log is reconciled, follow-ups are asked for, reviews drawn."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta
from typing import Final

from kedja.discharge.case import ZONE
from kedja.gate import booked, innovation_navigator, innovation_payment, reviews
from kedja.gate.audit import Notary
from kedja.gate.door import Door
from kedja.gate.innovation_effect import ask_follow_ups
from kedja.gate.reconcile import reconcile
from kedja.gate.repeated import repeated
from kedja.store.nights import alone, last_night, set_night

log = logging.getLogger(__name__)
_HOUR: Final = 2  # o'clock in Sweden
_EVERY: Final = 60.0  # seconds between looks at the clock
_WHOLE: Final = 6  # the weekday whose night goes through all of the log: Sunday


@asynccontextmanager
async def nights(door: Door, notary: Notary) -> AsyncIterator[None]:
    """While open, the work of each night is done once, by one of all processes."""
    async with repeated(lambda: look(door, notary), _EVERY, "the night's work"):
        yield


async def look(door: Door, notary: Notary) -> bool:
    """Do the night's work if it is time and nobody has; whether it was done. A new installation begins with its next night."""
    now = door.clock().astimezone(ZONE)
    night = now.date() if now.hour >= _HOUR else now.date() - timedelta(days=1)
    async with alone(door.store) as got:
        if not got:
            return False
        before = await last_night(door.store)
        if before is not None and before >= night:
            return False
        await set_night(door.store, night)
        if before is None:
            return False
        await work(door, notary, night)
        return True


async def work(door: Door, notary: Notary, night: date) -> None:
    """Compare store, log and tree, on Sundays all of them; remind of what is booked; ask for the follow-ups of innovations whose
    time has come, of what they do and of how they are paid, and for answers whose law has changed; then draw reviews from the
    day before, for each provider.
    """
    await reconcile(door, notary, whole=night.weekday() == _WHOLE)
    await ask_follow_ups(door)
    await innovation_payment.ask_reviews(door)
    await booked.remind(door)
    await innovation_navigator.ask_again(door)
    end = datetime.combine(night, time.min, ZONE)
    since = datetime.combine(night - timedelta(days=1), time.min, ZONE)
    for provider in await reviews.providers(door, since, end):
        await reviews.draw(door, provider, since, end)
