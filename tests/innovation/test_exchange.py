"""Cases as files: what goes out comes in again, and what is wrong is named by its row."""

from __future__ import annotations

import pytest

from kedja.gate import Door, new_id
from kedja.gate import innovation_cases as cases
from kedja.innovation.exchange import Unreadable, from_file, to_csv, to_json
from kedja.outcome import OutcomeError
from tests.innovation.people import NORTH, NURSE, PILOT, SOUTH
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
    assert await cases.take_in(door, PILOT, SOUTH, incoming, new_id()) == 1


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


async def test_nobody_files_for_an_organisation_that_takes_no_part(door: Door) -> None:
    with pytest.raises(OutcomeError) as refused:
        await cases.take_in(door, PILOT, "nowhere", from_file(b"title,problem\nx,y\n"), new_id())
    assert refused.value.status == 404
    assert NORTH
