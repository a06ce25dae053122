"""Persons and their numbers on a real PostgreSQL: found, made once, linked, changed, never merged silently."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import asyncpg
import pytest

from kedja.identity import Identifier, luhn
from kedja.identity.systems import PERSONNUMMER, RESERVNUMMER, SAMORDNINGSNUMMER
from kedja.outcome import OutcomeError
from kedja.store import person


def personnummer(tail: str, *, former: bool = False) -> Identifier:
    return Identifier(PERSONNUMMER, f"19{tail}{luhn(tail)}", former)


ANNA, BO = personnummer("900101238"), personnummer("500907239")
NEW_ANNA = personnummer("900102980")
SAM = Identifier(SAMORDNINGSNUMMER, "199001612383")
RESERVE, OTHER_RESERVE = Identifier(RESERVNUMMER, "22950606FH20"), Identifier(RESERVNUMMER, "00749852BZK0")


@pytest.fixture
async def conn(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def resolve(conn: asyncpg.Connection, *records: Sequence[Identifier], source: str = "vc") -> list[int | OutcomeError]:
    async with conn.transaction():
        return await person.resolve_each(conn, records, source)


async def statuses(conn: asyncpg.Connection, key: int) -> dict[str, str]:
    return {row["value"]: row["status"] for row in await person.history(conn, key)}


async def test_the_same_number_is_the_same_person_in_a_batch_and_later(conn: asyncpg.Connection):
    first, second, third = await resolve(conn, [ANNA], [BO], [ANNA])
    assert first == third != second
    assert await resolve(conn, [BO], [ANNA]) == [second, first]


async def test_who_has_no_number_is_somebody_new_each_time(conn: asyncpg.Connection):
    one, two = await resolve(conn, [], [])
    assert one != two


async def test_a_number_that_is_new_is_added_to_the_person_that_the_record_tells(conn: asyncpg.Connection):
    [key] = await resolve(conn, [ANNA])
    assert await resolve(conn, [ANNA, RESERVE]) == [key]
    assert await resolve(conn, [RESERVE]) == [key]
    assert isinstance(key, int)
    assert await statuses(conn, key) == {ANNA.value: "current", RESERVE.value: "linked"}


async def test_numbers_of_two_persons_are_refused_and_neither_is_changed(conn: asyncpg.Connection):
    anna, bo = await resolve(conn, [ANNA], [BO])
    [refusal] = await resolve(conn, [ANNA, BO])
    assert isinstance(refusal, OutcomeError)
    [reserve] = await resolve(conn, [RESERVE])
    [refusal] = await resolve(conn, [RESERVE, ANNA])
    assert isinstance(refusal, OutcomeError)
    assert (refusal.status, refusal.issues[0].code) == (409, "conflict")
    assert "different persons" in str(refusal)
    assert await resolve(conn, [ANNA], [BO], [RESERVE]) == [anna, bo, reserve]


async def test_one_bad_record_does_not_refuse_the_others(conn: asyncpg.Connection):
    [anna] = await resolve(conn, [ANNA])
    [reserve] = await resolve(conn, [RESERVE])
    good, bad, fresh = await resolve(conn, [ANNA], [ANNA, RESERVE], [BO])
    assert good == anna
    assert isinstance(bad, OutcomeError)
    assert fresh not in (anna, reserve)


async def test_a_second_personnummer_for_a_person_is_refused_until_the_change_is_recorded(conn: asyncpg.Connection):
    [anna] = await resolve(conn, [ANNA, RESERVE])
    [refusal] = await resolve(conn, [RESERVE, NEW_ANNA])
    assert isinstance(refusal, OutcomeError)
    assert "change of number" in str(refusal)
    async with conn.transaction():
        assert await person.change(conn, ANNA, NEW_ANNA, "Skatteverket 2026-03-01") == anna
    assert await resolve(conn, [RESERVE, NEW_ANNA], [ANNA]) == [anna, anna]
    history = {row["value"]: row for row in await person.history(conn, anna)}  # type: ignore[arg-type]
    assert (history[ANNA.value]["status"], history[NEW_ANNA.value]["status"]) == ("former", "current")
    assert history[ANNA.value]["basis"] == "Skatteverket 2026-03-01"
    assert history[ANNA.value]["until"] is not None


async def test_a_record_may_bring_a_former_number_with_the_current_one(conn: asyncpg.Connection):
    former = Identifier(SAM.system, SAM.value, former=True)
    [anna] = await resolve(conn, [former, ANNA])
    assert isinstance(anna, int)
    assert await statuses(conn, anna) == {SAM.value: "former", ANNA.value: "current"}
    [refusal] = await resolve(conn, [BO, personnummer("610118980")])
    assert isinstance(refusal, OutcomeError)
    assert "mark the former" in str(refusal)


async def test_a_linked_reserve_number_brings_its_records_and_leaves_the_log(conn: asyncpg.Connection):
    anna, reserve = await resolve(conn, [ANNA], [RESERVE])
    assert isinstance(anna, int)
    assert isinstance(reserve, int)
    await conn.execute(
        "INSERT INTO resource (key, type, id, version, updated, person, regime, content_hash, self_hash, tokens, refs, body)"
        " VALUES (1, 'Observation', 'o', 1, now(), $1, 'health', 0, 0, '{}', '{}', '{}')",
        reserve,
    )
    await conn.execute("INSERT INTO access_log (person, actor, action, decision) VALUES ($1, 1, 'read', 'permit')", reserve)
    async with conn.transaction():
        assert await person.link(conn, RESERVE, ANNA, "Skatteverket") == anna
    assert await conn.fetchval("SELECT person FROM resource") == anna
    assert await conn.fetchval("SELECT person FROM access_log") == reserve
    assert await statuses(conn, anna) == {ANNA.value: "current", RESERVE.value: "linked"}
    assert await resolve(conn, [RESERVE]) == [anna]


async def test_a_link_needs_a_basis_and_joins_no_two_with_numbers_of_their_own(conn: asyncpg.Connection):
    await resolve(conn, [ANNA], [BO, RESERVE])
    with pytest.raises(OutcomeError, match="who or what confirmed"):
        await person.link(conn, RESERVE, ANNA, " ")
    with pytest.raises(OutcomeError, match="both have a number of their own"):
        await person.link(conn, RESERVE, ANNA, "Skatteverket")
    with pytest.raises(OutcomeError, match="nobody has"):
        await person.link(conn, RESERVE, NEW_ANNA, "Skatteverket")
    with pytest.raises(OutcomeError, match="another person already"):
        await person.change(conn, ANNA, BO, "Skatteverket")


async def test_two_importers_that_meet_a_new_number_at_once_make_one_person(conn: asyncpg.Connection, database_url: str):
    other = await asyncpg.connect(database_url)
    first = conn.transaction()
    await first.start()
    [anna] = await person.resolve_each(conn, [[ANNA]], "one")
    waiting = asyncio.create_task(resolve(other, [BO], [ANNA], source="two"))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    await first.commit()
    assert (await waiting)[1] == anna
    await other.close()


async def test_many_importers_of_the_same_people_agree(database_url: str):
    people = [personnummer(f"{year}0101{serial}") for year in range(50, 60) for serial in (238, 239, 980)]

    async def importer(turn: int) -> list[int | OutcomeError]:
        connection = await asyncpg.connect(database_url)
        try:
            order = people[turn:] + people[:turn]
            found = await resolve(connection, *([one] for one in order))
            return found[-turn:] + found[:-turn] if turn else found
        finally:
            await connection.close()

    answers = await asyncio.gather(*(importer(turn) for turn in (0, 7, 13, 22)))
    assert answers.count(answers[0]) == len(answers)
    assert len(set(answers[0])) == len(people)


async def test_two_personnummer_given_to_one_person_at_once_do_not_both_stay(conn: asyncpg.Connection, database_url: str):
    [reserve] = await resolve(conn, [RESERVE])
    other = await asyncpg.connect(database_url)
    answers = await asyncio.gather(resolve(conn, [RESERVE, ANNA]), resolve(other, [RESERVE, NEW_ANNA]))
    await other.close()
    kinds = sorted(type(answer[0]).__name__ for answer in answers)
    assert kinds == ["OutcomeError", "int"]
    assert isinstance(reserve, int)
    assert list((await statuses(conn, reserve)).values()).count("current") == 1


async def test_a_rolled_back_importer_leaves_nobody_behind(conn: asyncpg.Connection):
    transaction = conn.transaction()
    await transaction.start()
    await person.resolve_each(conn, [[OTHER_RESERVE]], "vc")
    await transaction.rollback()
    assert await conn.fetchval("SELECT count(*) FROM person_identifier") == 0
    assert await conn.fetchval("SELECT count(*) FROM person") == 0
