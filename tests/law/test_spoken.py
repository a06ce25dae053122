"""Where a protected person lives and is reached, in what is written freely: taken out, put back, and never overwritten."""

from __future__ import annotations

from typing import Any

import pytest

from kedja.access.masking import mask
from kedja.access.spoken import HIDDEN, without_places
from kedja.access.unmasking import restored
from kedja.outcome import OutcomeError

NOTE: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"text": "Hembesök på Storgatan 12", "coding": [{"system": "urn:x", "code": "070-123 45 67"}]},
    "identifier": [{"system": "urn:x", "value": "0701234567"}],
    "note": [{"text": "Bor nu på Ekbacksvägen 3 B, 123 45 Ekholm. Nås på 070-123 45 67."}, {"text": "Blodtryck 120/80"}],
    "valueString": "mejl: a.b@example.se",
}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Bor på Storgatan 12.", "Bor på [skyddat]."),
        ("Bor på Lilla Nygatan 5 B", "Bor på Lilla [skyddat]"),
        ("flyttat till Ekbacksvägen 112, 123 45 Ekholm", "flyttat till [skyddat], [skyddat]"),
        ("12345 Örebro", "[skyddat]"),
        ("ring 070-123 45 67 eller 08-123 456 78", "ring [skyddat] eller [skyddat]"),
        ("ring +46 (0)70 123 45 67", "ring [skyddat]"),
        ("a.b+c@mail.example.se", "[skyddat]"),
        ("Blodtryck 120/80, puls 72, HbA1c 52 mmol/mol", "Blodtryck 120/80, puls 72, HbA1c 52 mmol/mol"),
        ("2026-03-15 kl. 10.30: 0,5 mg x 2, 1000 IE", "2026-03-15 kl. 10.30: 0,5 mg x 2, 1000 IE"),
        ("010203-2384 och 20010203-2384", "010203-2384 och 20010203-2384"),
        ("Knäleden 90 grader, Behandlingsplan 2", "Knäleden 90 grader, Behandlingsplan 2"),
        ("Smärta i backen, går i parken varje dag", "Smärta i backen, går i parken varje dag"),
        ("", ""),
    ],
)
def test_what_looks_like_a_place_is_taken_out_of_a_text(text: str, told: str) -> None:
    assert without_places(text) == told
    assert without_places(told) == told


def test_a_note_of_a_protected_person_says_no_place_and_keeps_the_rest() -> None:
    shown = mask(NOTE)
    assert [one["text"] for one in shown["note"]] == [f"Bor nu på {HIDDEN}, {HIDDEN}. Nås på {HIDDEN}.", "Blodtryck 120/80"]
    assert shown["code"] == {"text": f"Hembesök på {HIDDEN}", "coding": NOTE["code"]["coding"]}
    assert shown["valueString"] == f"mejl: {HIDDEN}"
    assert shown["identifier"] == NOTE["identifier"], "a number names, it does not tell where"


def test_a_text_is_sent_back_as_it_was_shown_or_written_anew() -> None:
    shown = mask(NOTE)
    assert restored(shown, NOTE) == NOTE
    anew = restored(shown | {"valueString": "mejlar inte längre"}, NOTE)
    assert anew["valueString"] == "mejlar inte längre" and anew["note"] == NOTE["note"]
    with pytest.raises(OutcomeError) as error:
        restored(shown | {"valueString": f"mejl: {HIDDEN}, helst kväll"}, NOTE)
    assert list(error.value.issues[0].expression) == ["Observation.valueString"]


@pytest.mark.parametrize("part", ["A-", "a@", "1234", "Storgata", "a.b-", "12 "])
def test_a_long_text_that_is_nearly_a_place_is_read_to_its_end(part: str) -> None:
    assert without_places(part * 30_000) == part * 30_000
