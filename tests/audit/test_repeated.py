"""Work in the background goes on after whatever stopped it once."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from kedja.gate.repeated import repeated
from kedja.outcome import refuse


@pytest.mark.parametrize(
    "fault", [asyncpg.DeadlockDetectedError("x"), ConnectionError("x"), refuse(422, "invalid", "x"), KeyError("x")], ids=repr
)
async def test_what_fails_once_is_done_again(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    again = asyncio.Event()
    tries = 0

    async def work() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise fault
        again.set()

    async with repeated(work, 0.001, "the work"):
        await asyncio.wait_for(again.wait(), 30)
    assert any(record.getMessage().startswith("the work: ") for record in caplog.records)


async def test_it_ends_with_what_it_is_open_for() -> None:
    async with repeated(asyncio.Event().wait, 0.001, "the work"):
        await asyncio.sleep(0.01)
    assert not [task for task in asyncio.all_tasks() if "_forever" in repr(task)]
