"""What a source's `validation` does with records that are not valid."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from kedja.outcome import OutcomeError
from kedja.sources.source import source_of
from tests.sources.conftest import ANNA, FHIR, Land, ndjson, observation, patient

FAULTY: dict[str, Any] = {**observation("o", "anna"), "dataAbsentReason": {"text": "ej mätt"}}  # obs-6: a value and no value
BROKEN: dict[str, Any] = {**observation("p", "anna"), "status": 7}


def delivered(land: Land, mode: str) -> tuple[Mapping[str, int], list[Any]]:
    """The counts of a delivery under this mode, and (severity, code) of each issue in the rejects file, by line."""
    land.register({**FHIR, "validation": mode})
    report = land.take(land.write("in.ndjson", ndjson([patient("anna", ANNA), FAULTY, BROKEN])))
    lines = land.rejects.read_text().splitlines() if land.rejects.exists() else []
    told = [
        (line["line"], *(one[key] for one in line["outcome"]["issue"] for key in ("severity", "code")))
        for line in map(json.loads, lines)
    ]
    return report.counts, told


def test_strict_refuses_what_is_not_valid(land: Land) -> None:
    counts, told = delivered(land, "strict")
    assert (counts["stored"], counts["refused"]) == (1, 2)
    assert told == [(2, "error", "invariant"), (3, "error", "structure")]


def test_warn_stores_what_breaks_a_rule_and_tells_it(land: Land) -> None:
    counts, told = delivered(land, "warn")
    assert (counts["stored"], counts["refused"]) == (2, 1)
    assert told == [(2, "warning", "invariant"), (3, "error", "structure")]


def test_off_looks_at_the_shape_alone(land: Land) -> None:
    counts, told = delivered(land, "off")
    assert (counts["stored"], counts["refused"]) == (2, 1)
    assert told == [(3, "error", "structure")]


def test_another_mode_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(OutcomeError, match="must be one of strict, warn, off"):
        source_of({**FHIR, "validation": "lax"})
