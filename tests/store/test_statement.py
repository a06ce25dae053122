"""A statement of many parts holds those that have something to do, with their values counted through."""

from __future__ import annotations

import re

from kedja.store.statement import assembled


def test_parts_are_left_out_and_the_values_of_the_others_are_counted_through() -> None:
    given, strings = [[n] for n in range(20)], [[n] for n in range(20, 24)]
    text, values = assembled("write", {"given": given, "input": (), "strings": strings})
    assert values == [[n] for n in range(24)]
    assert re.findall(r"(\w+) AS (?:MATERIALIZED )?\(\n", text) == ["given", "input", "strings"]
    assert "unnest($21::bigint[], $22::integer[], $23::text[], $24::text[])" in text
    assert {int(place) for place in re.findall(r"\$(\d+)", text)} == set(range(1, 25))


def test_the_end_of_the_statement_stands_alone_behind_its_parts() -> None:
    text, _ = assembled("write", {"given": [[]] * 20, "input": ()})
    assert text.rstrip().endswith("SELECT key FROM input WHERE (marked & 16777216) <> 0")
    assert "-- part" not in text
