"""Files as proof: known by their content, versioned with the entry, fetched by whom sees a version that has them."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.gate import Door
from kedja.gate import innovation_catalogue as gate
from kedja.gate import innovation_files as files
from kedja.innovation.catalogue import kinds
from kedja.innovation.proof import MOST_BYTES, Untaken, named, proof
from kedja.outcome import OutcomeError
from tests.innovation.people import CITIZEN, NURSE, PILOT, SOUTHERN_PILOT

REVIEW = kinds()["review"]
PDF = b"%PDF-1.7\nhej\n%%EOF\n"
GRADES = ("safety", "privacy", "security", "interoperability", "usability", "evidence")
APP: dict[str, Any] = {
    "title": "Sårapp",
    "product_version": "2",
    "maker": "X",
    "purpose": "Sår",
    "tier": "a",
    "valid_until": "2030-01-01",
}


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82", "image/png"),
        (b"\xff\xd8\xff\xe0..\xff\xd9", "image/jpeg"),
        ("a;b\r\nå;ä\n".encode(), "text/plain; charset=utf-8"),
    ],
)
def test_a_file_is_what_it_holds_whatever_it_is_called(body: bytes, media: str) -> None:
    found = proof("C:\\tmp\\..\\rapport.exe", body)
    assert (found.media, found.named.name, found.named.hash) == (media, "rapport.exe", sha256(body).hexdigest())


@pytest.mark.parametrize(
    "body", [b"", b"MZ\x90\x00", b"PK\x03\x04docx", b"%PDF-1.7 cut", b"\x00text", b"a" * (MOST_BYTES + 1), b"\xff\xfe"]
)
def test_other_files_are_not_taken(body: bytes) -> None:
    with pytest.raises(Untaken) as told:
        proof("rapport.pdf", body)
    assert told.value.words.sv and told.value.words.en


@given(st.text(max_size=300))
def test_what_an_entry_says_of_a_file_is_read_again_as_it_was(name: str) -> None:
    one = proof(name, PDF).named
    assert named(str(one)) == one
    assert "/" not in one.name and "\\" not in one.name


async def test_files_are_versioned_with_the_entry_and_fetched_by_whom_sees_it(door: Door) -> None:
    number = await gate.make(
        door, PILOT, REVIEW, {**APP, **dict.fromkeys(GRADES, "met"), "safety_files": ["0" * 64 + " x"]}, "sv", "r"
    )
    assert (
        "safety_files" not in (await gate.entry(door, PILOT, REVIEW, number, 0, "r")).values
    )  # nobody names what was not taken in
    given_ = proof("risk.pdf", PDF)
    hash = given_.named.hash
    await files.attach(door, PILOT, REVIEW, number, 1, "safety_files", given_, "r")

    async def fetched(actor: Any) -> Any:
        try:
            return (await files.fetch(door, actor, REVIEW, number, hash, "r")).body
        except OutcomeError as refused:
            return refused.status

    assert [await fetched(actor) for actor in (PILOT, NURSE, SOUTHERN_PILOT, CITIZEN)] == [PDF, 404, 404, 404]
    for actor, version, field, status in (
        (SOUTHERN_PILOT, 2, "safety_files", 404),
        (PILOT, 1, "safety_files", 409),
        (PILOT, 2, "title", 404),
    ):
        with pytest.raises(OutcomeError) as refused:
            await files.attach(door, actor, REVIEW, number, version, field, given_, "r")
        assert refused.value.status == status
    values = {**(await gate.entry(door, PILOT, REVIEW, number, 0, "r")).values, "safety_files": [], "maker": "Y"}
    await gate.change(door, PILOT, REVIEW, number, 2, values, "", "sv", "r")
    await gate.move(door, PILOT, REVIEW, number, 3, "published", "", "r")
    assert [await fetched(actor) for actor in (NURSE, CITIZEN)] == [PDF, PDF]
    await files.detach(door, PILOT, REVIEW, number, 4, "safety_files", hash, "r")
    assert "safety_files" not in (await gate.entry(door, CITIZEN, REVIEW, number, 0, "r")).values
    assert (await gate.entry(door, CITIZEN, REVIEW, number, 4, "r")).values["safety_files"] == [f"{hash} risk.pdf"]
    assert await fetched(CITIZEN) == PDF  # the version that had it is open still
    with pytest.raises(OutcomeError) as refused:
        await files.detach(door, PILOT, REVIEW, number, 5, "safety_files", hash, "r")
    assert refused.value.status == 404
