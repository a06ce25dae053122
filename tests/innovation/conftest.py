"""A store with the organisations of `people` and their seats, behind a door."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kedja.gate import Door
from kedja.store.pool import connect
from tests.innovation.people import COMPANY, NORTH, PATIENTS, SEATS, SOUTH


@pytest.fixture(scope="module")
async def door(module_database_url: str) -> AsyncIterator[Door]:
    """The gate over a fresh database with two regions, a company and a council of patients; seats of the northern region held."""
    store = await connect(module_database_url, size=4)
    async with store.pool.acquire() as conn:
        for org, name, kind in (
            (NORTH, "Region Nord", "region"),
            (SOUTH, "Region Syd", "region"),
            (COMPANY, "Fallvakt AB", "company"),
            (PATIENTS, "Patientrådet", "patients"),
        ):
            await conn.execute("INSERT INTO innovation_org (org, name, kind) VALUES ($1, $2, $3)", org, name, kind)
        for seat, actor in SEATS:
            await conn.execute(
                "INSERT INTO innovation_seat (org, seat, actor, name, title) VALUES ($1, $2, $3, $4, '')",
                NORTH,
                seat,
                actor.id,
                actor.name,
            )
    yield Door(store)
    await store.close()
