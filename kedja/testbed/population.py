"""A whole population, written person by person: the same seed gives the same bytes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from kedja.exactjson import dumps
from kedja.outcome import refuse
from kedja.testbed import biobank, registries, wearables
from kedja.testbed.chart import Chart
from kedja.testbed.correspondence import correspond
from kedja.testbed.directory import SOURCE as CATALOGUE
from kedja.testbed.directory import catalogue
from kedja.testbed.files import Sink
from kedja.testbed.life import live
from kedja.testbed.logins import logins
from kedja.testbed.numbers import MAX_PERSONS
from kedja.testbed.people import NAMED, inhabitants
from kedja.testbed.region import load_region
from kedja.testbed.registrations import registrations
from kedja.testbed.rights import decide
from kedja.testbed.standby import stand_by

TODAY = date(2026, 11, 1)


@dataclass
class Expected:
    """What a question across the domains must find, known from the making: for oracles, never for answers."""

    disagreements: list[registries.Disagreement] = field(default_factory=list)
    with_plasma: list[str] = field(default_factory=list)
    with_steps: list[str] = field(default_factory=list)

    def across(self) -> list[registries.Disagreement]:
        """Those whose HbA1c disagrees and who have a plasma sample and step counts."""
        plasma, steps = set(self.with_plasma), set(self.with_steps)
        return [one for one in self.disagreements if one.person in plasma and one.person in steps]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was written. `sources` are in the order in which they are to be imported."""

    persons: int
    seed: int
    today: str
    sources: list[dict[str, str]]
    resources: dict[str, int]
    rows: dict[str, int]


def population(persons: int, seed: int, out: Path, today: date = TODAY) -> Manifest:
    """Writes `persons` inhabitants, as they stand on `today`, below the folder `out`.

    Raises OutcomeError 422 when fewer persons than the named are asked for, more than there are test numbers for, or when `out`
    holds something else than an earlier population.
    """
    if not NAMED <= persons <= MAX_PERSONS:
        reason = "the named persons" if persons < NAMED else "the identity numbers that are set aside for tests"
        raise refuse(422, "value", f"{persons} persons cannot be made: choose {NAMED} to {MAX_PERSONS} ({reason})")
    region, expected, named = load_region(), Expected(), []
    with Sink(out) as sink:
        for resource in catalogue(region):
            sink.resource(CATALOGUE, resource)
        for registry, _, provider in registries.deliveries(region):
            sink.table(registries.table_of(registry, provider), registries.COLUMNS[registry])
        sink.table(biobank.SAMPLES, biobank.COLUMNS)
        for person in inhabitants(persons, seed, region, today):
            if person.key:
                named.append(person)
            _write(sink, Chart(person, region, seed, today), expected)
        sources = registrations(sink, region)
        sink.document("logins.json", _pretty(logins(region, named)))
        return _finish(
            sink, Manifest(persons, seed, today.isoformat(), sources, _by_type(sink), dict(sorted(sink.rows.items()))), expected
        )


def _write(sink: Sink, chart: Chart, expected: Expected) -> None:
    live(chart)
    wearable = wearables.kind_of(chart)
    decide(chart, wearable)
    stand_by(chart)
    correspond(chart)
    rows, disagreement = registries.diabetes_rows(chart)
    for provider, row in rows:
        sink.row(registries.table_of(registries.DIABETES, provider), row)
    if disagreement:
        expected.disagreements.append(disagreement)
    if row := registries.palliative_row(chart):
        sink.row(registries.table_of(registries.PALLIATIVE, chart.unit("home_nursing").provider), row)
    number = chart.person.number.value
    tubes = list(biobank.samples(chart))
    for tube in tubes:
        sink.row(biobank.SAMPLES, tube)
    if tubes:
        expected.with_plasma.append(number)
    if wearable:
        expected.with_steps.append(number)
        _carry(sink, chart, wearable)
    for source, resource in chart.records:
        sink.resource(source, resource)


def _carry(sink: Sink, chart: Chart, wearable: str) -> None:
    number = chart.person.number.value
    if wearable == "apple":
        body, count = wearables.apple_health(chart)
        sink.document(f"apple-health/{number}/export.xml", body, count)
        return
    points = wearables.open_mhealth(chart)
    sink.document(f"open-mhealth/{number}.json", dumps(points) + b"\n", len(points))


def _by_type(sink: Sink) -> dict[str, int]:
    totals: dict[str, int] = {}
    for (_, kind), count in sorted(sink.resources.items()):
        totals[kind] = totals.get(kind, 0) + count
    return dict(sorted(totals.items()))


def _finish(sink: Sink, manifest: Manifest, expected: Expected) -> Manifest:
    sink.document("expected.json", _pretty(asdict(expected) | {"across": [asdict(one) for one in expected.across()]}))
    sink.document("manifest.json", _pretty(asdict(manifest)))
    return manifest


def _pretty(value: Any) -> bytes:
    return msgspec.json.format(dumps(value), indent=2) + b"\n"
