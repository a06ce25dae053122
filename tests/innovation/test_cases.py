"""Cases behind the door: given, found, waited for, and logged."""

from __future__ import annotations

from typing import Any

import pytest

from kedja.gate import Door, new_id
from kedja.gate import innovation_cases as gate
from kedja.outcome import OutcomeError
from tests.innovation.people import CITIZEN, NORTH, NURSE, PILOT, SELLER, SOUTHERN_NURSE


def given(title: str, org: str = NORTH, **more: Any) -> dict[str, Any]:
    problem = {"title": title, "problem": "Patienter med hjärtsvikt väntar för länge på återbesök."}
    return {"org": org, "org_name": "Region Nord", "unit": "", "unit_name": "", "machine": "", "confidential": ""} | {
        "title": title,
        "problem": problem,
        **more,
    }


async def test_an_idea_is_in_the_pilots_queue_and_its_giver_sees_on_whom_it_waits(door: Door) -> None:
    id = await gate.file(door, NURSE, given("Kortare väntan"), new_id())
    sheet = await gate.case(door, NURSE, id, new_id())
    assert [(row["what"], row["role"]) for row in sheet.waits] == [("triage", "pilot")]
    assert [one.holders[0].actor for one in sheet.deciders] == ["head"]
    mine = [each for each in await gate.waiting(door, PILOT, new_id()) if each.mine]
    assert id in [each.row["case_id"] for each in mine]
    assert not any(each.mine for each in await gate.waiting(door, NURSE, new_id()))


async def test_a_stranger_is_not_told_that_a_secret_case_is_there_and_the_attempt_is_logged(door: Door) -> None:
    id = await gate.file(door, SELLER, given("Hemlig sensor", confidential="secret"), new_id())
    request = new_id()
    with pytest.raises(OutcomeError) as missing:
        await gate.case(door, SOUTHERN_NURSE, id, request)
    assert missing.value.status == 404
    found, total = await gate.cases(door, SOUTHERN_NURSE, gate.Asked("hemlig sensor"), new_id())
    assert (found, total) == ([], 0)
    row = await door.store.pool.fetchrow("SELECT * FROM access_log WHERE request = $1", request)
    assert row is not None
    assert (row["person"], row["decision"], row["resources"]) == (0, "deny", [f"InnovationCase/{id}"])


async def test_who_sees_only_what_is_open_is_not_told_who_gave_it_nor_what_they_wrote_to_each_other(door: Door) -> None:
    id = await gate.file(door, NURSE, given("Öppen idé"), new_id())
    await gate.tell(door, NURSE, id, "bara för oss", open=False, request=new_id())
    await gate.tell(door, PILOT, id, "för alla", open=True, request=new_id())
    sheet = await gate.case(door, SOUTHERN_NURSE, id, new_id())
    assert (sheet.case.giver, sheet.case.giver_name) == ("", "")
    assert ["för alla" in row["body"] for row in sheet.events if row["kind"] == "message"] == [True]
    with pytest.raises(OutcomeError) as refused:
        await gate.tell(door, SOUTHERN_NURSE, id, "får inte", open=True, request=new_id())
    assert refused.value.status == 403


async def test_cases_are_found_by_inflected_words_in_both_languages(door: Door) -> None:
    id = await gate.file(door, NURSE, given("Fallsensorer i hemmen"), new_id())
    for words in ("fallsensor", "hemmens fallsensorer", '"fallsensorer i hemmen"'):
        found, _ = await gate.cases(door, NURSE, gate.Asked(words), new_id())
        assert id in [each.id for each in found], words
    found, _ = await gate.cases(door, NURSE, gate.Asked("tandvård"), new_id())
    assert id not in [each.id for each in found]


async def test_a_citizen_gives_and_follows_their_own_and_nothing_is_published_by_itself(door: Door) -> None:
    id = await gate.file(door, CITIZEN, given("Från en patient"), new_id())
    assert (await gate.case(door, CITIZEN, id, new_id())).case.giver_name == CITIZEN.name
    assert id not in [row["id"] for row in await gate.published(door)]
