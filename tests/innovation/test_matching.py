"""Who is told of a need that fits: every organisation that offers something for it, at once, on record, and nobody by choice."""

from __future__ import annotations

from typing import Any

import pytest

from kedja.access.actor import Actor, Kind
from kedja.gate import Door
from kedja.gate import innovation_catalogue as gate
from kedja.gate.innovation_notices import inbox, unseen
from kedja.gate.innovation_replies import say
from kedja.innovation.catalogue import kinds
from kedja.outcome import OutcomeError
from tests.innovation.people import CITIZEN, COMPANY, PATIENTS, PILOT, SELLER, worker

NEED, OFFER = kinds()["need"], kinds()["offer"]
RIVAL, LATER, SILENT = (worker(id, f"239999-996{at}", "företag", kind=Kind.PARTNER) for at, id in enumerate(("r", "l", "s")))
COLLEAGUE = worker("colleague", COMPANY, "företag", kind=Kind.PARTNER)
WANTED: dict[str, Any] = {
    "title": "Färre fall",
    "need": "Fall",
    "areas": ["falls", "night"],
    "setting": "home",
    "route": "dialogue",
}


async def offer(door: Door, actor: Actor, *areas: str, published: bool = True) -> None:
    given = {"title": "Matta", "what": "Larmar", "kind": "device", "areas": list(areas), "maturity": "tested"}
    number = await gate.make(door, actor, OFFER, given, "sv", "r")
    if published:
        await gate.move(door, actor, OFFER, number, 1, "published", "", "r")


async def need(door: Door, **given: Any) -> int:
    number = await gate.make(door, PILOT, NEED, {**WANTED, "closes": "2030-01-01", **given}, "sv", "r")
    await gate.move(door, PILOT, NEED, number, 1, "open", "", "r")
    return number


async def told(door: Door, number: int) -> list[Any]:
    return list((await gate.sheet(door, PILOT, NEED, number, 0, "r")).told)


async def test_every_company_whose_solution_fits_is_told_at_once_and_no_other(door: Door) -> None:
    for actor, areas in ((SELLER, ("falls",)), (SELLER, ("night",)), (RIVAL, ("night", "wounds")), (LATER, ("wounds",))):
        await offer(door, actor, *areas)
    await offer(door, SILENT, "falls", published=False)
    before = await unseen(door, SELLER)
    number = await need(door)
    rows = await told(door, number)
    assert sorted(row["org_name"] for row in rows) == sorted(
        actor.assignment.provider_name for actor in (SELLER, RIVAL) if actor.assignment
    )
    assert len({row["at"] for row in rows}) == 1
    assert {row["text"] for row in rows} == {"Färre fall"}
    assert [await unseen(door, each) for each in (SELLER, COLLEAGUE, LATER, SILENT, CITIZEN)] == [before + 1, before + 1, 0, 0, 0]
    assert [(row["number"], row["fits"]) for row in (await inbox(door, COLLEAGUE, "r")).told] == [(number, True)]

    await gate.sheet(door, COLLEAGUE, NEED, number, 0, "r")  # whoever of the company opens it has opened it for all
    assert {row["org_name"]: row["seen"] is not None for row in await told(door, number)} == {
        "Organisation 9951": True,
        "Organisation 9960": False,
    }
    assert await unseen(door, SELLER) == before

    changed = {**WANTED, "closes": "2030-01-01", "areas": ["falls", "wounds"]}
    await gate.change(door, PILOT, NEED, number, 2, changed, "", "sv", "r")
    assert sorted(row["org_name"][-4:] for row in await told(door, number)) == ["9951", "9960", "9961"]
    await offer(door, SILENT, "falls")
    assert sorted(row["org_name"][-4:] for row in await told(door, number)) == ["9951", "9960", "9961", "9962"]


async def test_nobody_is_told_of_a_draft_of_a_need_that_is_met_or_of_one_whose_day_has_passed(door: Door) -> None:
    voice = worker("voice-2", PATIENTS, "patienter", kind=Kind.PARTNER)
    draft = await gate.make(door, PILOT, NEED, {**WANTED, "areas": ["cancer"], "closes": "2030-01-01"}, "sv", "r")
    ended, over = await need(door, areas=["cancer"]), await need(door, areas=["cancer"], closes="2020-01-01")
    await gate.move(door, PILOT, NEED, ended, 2, "ended", "Löst", "r")
    await offer(door, voice, "cancer")
    assert [await told(door, number) for number in (draft, ended, over)] == [[], [], []]
    assert await unseen(door, voice) == 0


async def test_one_company_cannot_be_told_alone(door: Door) -> None:
    number = await need(door, areas=["rehab"])
    for actor in (PILOT, SELLER):
        with pytest.raises(OutcomeError) as refused:
            await say(door, actor, NEED, number, NEED.reply("matched"), "Psst", "", "r")
        assert refused.value.status == 403
