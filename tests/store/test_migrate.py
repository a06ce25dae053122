"""The schema is applied once, and a store that does not fit is refused."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from kedja.config import CannotRun
from kedja.store.migrate import Step, migrate, steps


async def test_schema_is_applied_once(empty_database_url: str) -> None:
    conn = await asyncpg.connect(empty_database_url)
    assert await migrate(conn) == [step.name for step in steps()]
    assert await migrate(conn) == []
    await conn.close()


async def test_two_migrations_at_once_apply_each_step_once(empty_database_url: str) -> None:
    first, second = [await asyncpg.connect(empty_database_url) for _ in range(2)]
    applied = await asyncio.gather(migrate(first), migrate(second))
    assert sorted(map(len, applied)) == [0, len(steps())]
    await first.close()
    await second.close()


async def test_changed_step_is_refused(empty_database_url: str) -> None:
    conn = await asyncpg.connect(empty_database_url)
    await migrate(conn, [Step(1, "001_a", "CREATE TABLE a ()")])
    with pytest.raises(CannotRun, match="another `001_a`"):
        await migrate(conn, [Step(1, "001_a", "CREATE TABLE b ()")])
    await conn.close()


async def test_store_of_a_newer_program_is_refused(empty_database_url: str) -> None:
    conn = await asyncpg.connect(empty_database_url)
    await migrate(conn, [Step(1, "001_a", "CREATE TABLE a ()"), Step(2, "002_b", "CREATE TABLE b ()")])
    with pytest.raises(CannotRun, match="newer Kedja"):
        await migrate(conn, [Step(1, "001_a", "CREATE TABLE a ()")])
    await conn.close()


async def test_failing_step_leaves_nothing(empty_database_url: str) -> None:
    conn = await asyncpg.connect(empty_database_url)
    with pytest.raises(asyncpg.PostgresError):
        await migrate(conn, [Step(1, "001_a", "CREATE TABLE a (); SELECT 1/0")])
    assert await conn.fetchval("SELECT to_regclass('a')") is None
    assert await migrate(conn, [Step(1, "001_a", "CREATE TABLE a ()")]) == ["001_a"]
    await conn.close()
