"""Cases as files: what goes out comes in again, and what is wrong is named by its row."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from kedja.access.actor import Actor, Kind
from kedja.gate import Door, new_id
from kedja.gate import innovation_cases as cases
from kedja.innovation.exchange import Examined, Unreadable, again, examine, from_file, to_csv, to_json
from kedja.outcome import OutcomeError
from tests.innovation.people import ANALYST, HEAD, NORTH, NURSE, PILOT, SELLER, SOUTH, SOUTHERN_PILOT
from tests.innovation.test_cases import given


@pytest.mark.parametrize("write", [to_json, to_csv])
async def test_what_is_exported_is_filed_elsewhere_with_the_same_words(door: Door, write) -> None:
    title = f"=Export; med tecken {write.__name__}"
    problem = {"title": title, "problem": 'Ett "behov"\nmed rader', "chain": ["home", "hospital"]}
    await cases.file(door, NURSE, given(title, problem=problem), new_id())
    found, _ = await cases.cases(door, NURSE, cases.Asked(f"export {write.__name__}"), new_id())
    incoming = from_file(write(found))
    assert [each.answers["problem"].splitlines() for each in incoming] == [problem["problem"].splitlines()]
    assert incoming[0].answers["chain"] == ["home", "hospital"]
    assert await cases.take_in(door, SOUTHERN_PILOT, SOUTH, incoming, new_id()) == 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"cases": [{"problem": {"title": "x"}}]}', "row 1, `problem`"),
        (b"title;problem;novelty\nx;y;maybe\n", "row 1, `novelty`"),
        (b"name,text\nx,y\n", "title"),
        (b"{", "no JSON"),
        (b'{"cases": 3}', "no list"),
        (b"\xff\xfe", "neither"),
        (b'[{"problem": {"title": "x", "problem": "y"}, "machine": "magic"}]', "machine"),
    ],
)
def test_what_cannot_be_taken_in_is_told_by_its_row(body: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        from_file(body)


def test_everything_that_is_wrong_is_told_with_its_line_and_what_is_right_is_kept() -> None:
    body = 'title;problem;novelty;machine\nA;"två\nrader";;\n;saknar namn;maybe;\nC;ok;unit;magic\nD;ok;unit;service\n'.encode()
    found = examine(body)
    assert [(each.row, each.line, each.field) for each in found.faults] == [
        (2, 4, "title"),
        (2, 4, "novelty"),
        (3, 5, "machine"),
    ]
    assert all(each.words.sv and each.words.en for each in found.faults)
    assert [(each.answers["title"], each.machine) for each in found.cases] == [("A", ""), ("D", "service")]
    assert examine(again(found.cases)) == Examined(found.cases, [])


@given_(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_file_is_read_or_told_why_not(body: bytes) -> None:
    with suppress(Unreadable):
        found = examine(body)
        assert all(each.words.sv and each.words.en for each in found.faults)


async def test_cases_of_a_file_are_filed_by_a_pilot_in_their_own_queue_alone(door: Door) -> None:
    incoming = from_file(b"title,problem\nx,y\n")
    for actor, org in ((NURSE, NORTH), (HEAD, NORTH), (ANALYST, NORTH), (SELLER, NORTH), (PILOT, SOUTH), (PILOT, "nowhere")):
        with pytest.raises(OutcomeError) as refused:
            await cases.take_in(door, actor, org, incoming, new_id())
        assert refused.value.status == 403, actor.id
    assert await cases.take_in(door, PILOT, NORTH, incoming, new_id()) == 1


async def test_nobody_files_for_an_organisation_that_takes_no_part(door: Door) -> None:
    command = Actor("command", Kind.SYSTEM, name="Command")
    with pytest.raises(OutcomeError) as refused:
        await cases.take_in(door, command, "nowhere", from_file(b"title,problem\nx,y\n"), new_id())
    assert refused.value.status == 404
