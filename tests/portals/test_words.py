"""The two languages: every message translated, its places for values the same, numbers and dates as each writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.requests import Request

from kedja.portals.messages import catalogue, collect
from kedja.portals.shared.language import language, pick
from kedja.portals.shared.plain import _table
from kedja.testbed.courses import load_variables

_PLACE = re.compile(r"%\((\w+)\)[sd]")


def forms(text: Any) -> tuple[str, ...]:
    """Singular and plural of a message that has both."""
    return (text,) if isinstance(text, str) else tuple(text)


def test_every_message_has_its_swedish_words_and_no_other_has() -> None:
    said = {forms(message.id) for message in collect() if message.id}
    translated = {forms(message.id): forms(message.string) for message in catalogue("sv") if message.id}
    assert sorted(said - translated.keys()) == []
    assert sorted(translated.keys() - said) == []
    assert [id for id, words in translated.items() if not all(words)] == []


def test_swedish_words_have_the_places_of_the_message() -> None:
    for message in catalogue("sv"):
        for words in forms(message.string):
            assert set(_PLACE.findall(words)) <= set(_PLACE.findall(" ".join(forms(message.id)))), message.id


def test_what_the_demo_region_measures_has_plain_words_in_both_languages() -> None:
    table = _table()
    assert [each.key for each in load_variables().values() if each.code not in table] == []
    assert [row.codes for row in table.values() if not (row.name["sv"] and row.name["en"])] == []
    assert [row.codes for row in table.values() if bool(row.explanation["sv"]) != bool(row.explanation["en"])] == []


@pytest.mark.parametrize(
    ("number", "sv", "en"), [("1.50", "1,50", "1.50"), (12345, "12 345", "12,345"), (-3, "-3", "-3"), ("odd", "odd", "odd")]
)
def test_numbers_are_written_as_the_language_does(number: int | str, sv: str, en: str) -> None:
    assert language("sv").number(number).replace("\xa0", " ") == sv
    assert language("en").number(number) == en


def test_the_time_of_day_is_swedish_time_across_daylight_saving() -> None:
    assert language("sv").clock(datetime(2026, 3, 29, 0, 59, tzinfo=UTC)) == "01:59"
    assert language("sv").clock(datetime(2026, 3, 29, 1, 0, tzinfo=UTC)) == "03:00"


@pytest.mark.parametrize(
    ("asked", "kept", "code"),
    [
        ("", "", "sv"),
        ("en-GB,en;q=0.9,sv;q=0.1", "", "en"),
        ("sv-SE,sv;q=0.9,en;q=0.8", "", "sv"),
        ("sv;q=0.1,en;q=0.9", "", "en"),
        ("de-DE,fi", "", "sv"),
        ("*", "", "sv"),
        (";;q=x,,", "", "sv"),
        ("en", "sv", "sv"),
        ("en", "xx", "en"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_asked_one_else_swedish(asked: str, kept: str, code: str) -> None:
    headers = [(b"accept-language", asked.encode()), (b"cookie", f"kedja_language={kept}".encode())]
    request = Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers})
    assert pick(request).code == code
