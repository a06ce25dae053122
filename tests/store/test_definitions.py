"""Definitions of a store: packages and stored resources, read anew when they change, by whichever process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kedja.access.actor import Kind
from kedja.definitions import EMPTY, current, install
from kedja.gate import Change, Door, new_id
from kedja.gate.definitions import kept, refresh
from kedja.gate.writes import write
from kedja.store.definitions import list_packages, put_package, remove_package
from kedja.store.pool import connect, transaction
from tests.fhir.service import CLINIC, NORTH, staff

WRITER = staff("loader", NORTH, CLINIC, Kind.SYSTEM)
URL = "https://example.org/fhir/ValueSet/colours"
COLOURS: dict[str, Any] = {"resourceType": "ValueSet", "url": URL, "version": "1", "status": "active"}


@pytest.fixture
async def door(database_url: str) -> AsyncIterator[Door]:
    store = await connect(database_url, size=2)
    try:
        yield Door(store)
    finally:
        await store.pool.close()
        install(EMPTY)


async def test_a_package_is_gone_by_until_it_is_removed(door: Door):
    async with transaction(door.store) as conn:
        assert await put_package(conn, "example.colours", "1.0.0", "abc", [COLOURS])
        assert not await put_package(conn, "example.colours", "1.0.0", "abc", [COLOURS])
        (listed,) = await list_packages(conn)
    assert (listed["name"], listed["definitions"]) == ("example.colours", 1)
    assert (await refresh(door)).find("ValueSet", URL) == COLOURS
    async with transaction(door.store) as conn:
        assert await put_package(conn, "example.colours", "1.0.0", "def", [COLOURS | {"name": "Colours"}])
    assert (await refresh(door)).find("ValueSet", URL) == COLOURS | {"name": "Colours"}
    async with transaction(door.store) as conn:
        assert await remove_package(conn, "example.colours") == 1
    assert (await refresh(door)).find("ValueSet", URL) is None


async def test_what_is_written_is_gone_by_as_soon_as_it_is_acknowledged(door: Door):
    await write(door, WRITER, [Change("ValueSet", "colours", COLOURS)], "r1")
    found = current().find("ValueSet", URL)
    assert found is not None and found["id"] == "colours"
    await write(door, WRITER, [Change("ValueSet", "colours", COLOURS | {"name": "Colours"})], "r2")
    assert (current().find("ValueSet", URL) or {})["name"] == "Colours"
    await write(door, WRITER, [Change("ValueSet", "colours", None)], "r3")
    assert current().find("ValueSet", URL) is None


async def test_a_process_is_told_what_another_wrote(door: Door, database_url: str):
    install(EMPTY)
    other = await connect(database_url, size=1)
    try:
        async with kept(door, database_url):
            async with asyncio.timeout(20):
                async with transaction(other) as conn:
                    await put_package(conn, "example.colours", "1.0.0", "abc", [COLOURS])
                while current().find("ValueSet", URL) is None:
                    await asyncio.sleep(0.02)
    finally:
        await other.pool.close()


async def test_what_changes_nothing_leaves_the_same_snapshot(door: Door):
    await write(door, WRITER, [Change("ValueSet", new_id(), COLOURS)], "r1")
    before = current()
    assert await refresh(door) is before


async def test_nobody_writes_over_a_package(door: Door):
    async with transaction(door.store) as conn:
        await put_package(conn, "example.colours", "1.0.0", "abc", [COLOURS])
    await write(door, WRITER, [Change("ValueSet", "colours", COLOURS | {"name": "Mine"})], "r1")
    assert "name" not in ((await refresh(door)).find("ValueSet", URL) or {})
