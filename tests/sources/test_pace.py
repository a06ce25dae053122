"""An import tells how fast it goes, and leaves the planner with statistics of what came."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from kedja.sources import importer
from kedja.sources.pace import Pace
from tests.sources.conftest import ANNA, Land, ndjson, observation, patient


def test_the_pace_counts_what_was_settled_since_the_first_look() -> None:
    moments = iter([10.0, 12.0, 20.0])
    pace = Pace(lambda: next(moments))
    assert pace.rate(400) == 0.0  # settled by the run before this one
    assert pace.rate(1000) == 300.0
    assert pace.rate(2400) == 200.0


def test_progress_is_told_before_the_first_record_and_to_the_last(land: Land) -> None:
    told: list[tuple[int, int, int]] = []

    def tell(done: int, total: int, counts: Mapping[str, int]) -> None:
        told.append((done, total, counts["read"]))

    records = [patient("anna", ANNA), *(observation(f"o{n}", "anna") for n in range(600))]
    path = land.write("in/all.ndjson", ndjson(records))
    importer.run(land.url, "vc", path, rejects=land.rejects, workers=0, tell=tell)
    total = 2 * path.stat().st_size
    assert told[0] == (0, total, 0)
    assert told[-1] == (total, total, 601)
    assert [read for _, _, read in told] == sorted(read for _, _, read in told)


def test_after_many_new_resources_the_planner_knows_of_them(land: Land, monkeypatch: pytest.MonkeyPatch) -> None:
    path = land.write("in/all.ndjson", ndjson([patient("anna", ANNA), *(observation(f"o{n}", "anna") for n in range(30))]))

    def known() -> dict[str, float]:
        return dict(land.rows("SELECT relname, reltuples FROM pg_class WHERE relname IN ('resource', 'search_date')"))

    land.take(path)
    assert known() == {"resource": -1, "search_date": -1}, "a small delivery is left to PostgreSQL's own time"
    monkeypatch.setattr(importer, "MANY", 30)
    again = land.write("in/more.ndjson", ndjson(observation(f"p{n}", "anna") for n in range(30)))
    land.take(again)
    assert known() == {"resource": 61, "search_date": 60}
