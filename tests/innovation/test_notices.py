"""What somebody is told of: on their page, and in a letter that tells nothing of the case."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage

import pytest

from kedja.access.actor import Actor
from kedja.gate import Door, new_id
from kedja.gate import innovation_cases as cases
from kedja.gate.innovation_notices import address, by_smtp, inbox, mail, unseen
from kedja.gate.innovation_seats import holders, seat, unseat
from kedja.gate.innovation_work import settle
from kedja.innovation.deciders import Holder
from kedja.outcome import OutcomeError
from tests.innovation.people import HEAD, NORTH, NURSE, PILOT, RULES
from tests.innovation.test_cases import given


async def told(door: Door, actor: Actor, id: str) -> list[str]:
    return [row["kind"] for row in (await inbox(door, actor, new_id())).notices if row["case_id"] == id]


async def test_who_gave_an_idea_and_who_must_decide_are_told_and_not_who_did_it(door: Door) -> None:
    id = await cases.file(door, NURSE, given("Säg till"), new_id())
    await settle(door, PILOT, id, "service", "", "", new_id())
    assert await unseen(door, NURSE) > 0
    assert await told(door, NURSE, id) == ["settled"]
    assert await told(door, HEAD, id) == ["wait"]
    assert await told(door, PILOT, id) == []
    assert await unseen(door, NURSE) == 0


async def test_a_letter_goes_to_whom_asks_for_it_once_and_says_only_that_there_is_something(door: Door) -> None:
    await address(door, NURSE, "nurse@example.org", "sv", new_id())
    id = await cases.file(door, NURSE, given("Hemlig rubrik"), new_id())
    await settle(door, PILOT, id, "service", "", "", new_id())
    sent: list[EmailMessage] = []
    assert await mail(door, "https://kedja.test", "kedja@example.org", sent.append) == 1
    assert await mail(door, "https://kedja.test", "kedja@example.org", sent.append) == 0
    assert [message["To"] for message in sent] == ["nurse@example.org"]
    assert "https://kedja.test/innovation/notices" in sent[0].get_content()
    assert "Hemlig rubrik" not in str(sent[0])
    await address(door, NURSE, "", "sv", new_id())
    await settle(door, PILOT, id, "service", "green", "", new_id())
    assert await mail(door, "https://kedja.test", "kedja@example.org", sent.append) == 0
    with pytest.raises(OutcomeError) as refused:
        await address(door, NURSE, "nurse@example.org\nBcc: all@example.org", "sv", new_id())
    assert refused.value.status == 422


async def test_a_letter_that_cannot_be_sent_is_tried_again(door: Door) -> None:
    await address(door, HEAD, "head@example.org", "en", new_id())
    id = await cases.file(door, NURSE, given("Försök igen"), new_id())
    await settle(door, PILOT, id, "service", "", "", new_id())

    def refuse(_: EmailMessage) -> None:
        raise OSError("no route")

    assert await mail(door, "http://k", "kedja@example.org", refuse) == 0
    sent: list[EmailMessage] = []
    assert await mail(door, "http://k", "kedja@example.org", sent.append) == 1


async def test_letters_go_out_over_smtp() -> None:
    said: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 test\r\n")
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            said.append(line)
            if line.upper() == "DATA":
                writer.write(b"354 go on\r\n")
                said.append((await reader.readuntil(b"\r\n.\r\n")).decode())
            writer.write(b"221 bye\r\n" if line.upper() == "QUIT" else b"250 ok\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Hej"
    message.set_content("Något har hänt")
    port = server.sockets[0].getsockname()[1]
    await asyncio.wait_for(asyncio.to_thread(by_smtp(f"127.0.0.1:{port}"), message), 60)
    server.close()
    assert "rcpt TO:<b@example.org>" in said
    assert any("Subject: Hej" in each for each in said)


async def test_the_administrator_of_rules_names_who_decides_and_nobody_else_does(door: Door) -> None:
    await seat(door, RULES, Holder("unit-head", "new-head", "Ny chef", "Chef"), new_id())
    assert "new-head" in [row["actor"] for row in await holders(door, RULES, new_id())]
    id = await cases.file(door, NURSE, given("Ny beslutare"), new_id())
    (decider,) = (await cases.case(door, NURSE, id, new_id())).deciders
    assert {"head", "new-head"} == {holder.actor for holder in decider.holders}
    await unseat(door, RULES, "unit-head", "new-head", new_id())
    for stranger in (PILOT, HEAD, NURSE):
        with pytest.raises(OutcomeError) as refused:
            await seat(door, stranger, Holder("board", stranger.id, "Jag", ""), new_id())
        assert refused.value.status == 403
    with pytest.raises(OutcomeError):
        await seat(door, RULES, Holder("throne", "x", "X", ""), new_id())
    assert NORTH
