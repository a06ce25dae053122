"""The two quality registries: rows that care has reported, taken from what the journals hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from kedja.testbed.body import Value
from kedja.testbed.chart import Chart, Reading
from kedja.testbed.clock import WINDOW_DAYS
from kedja.testbed.region import Provider, Region
from kedja.testbed.streams import chance, stream

DIABETES, PALLIATIVE = "diabetesregistret", "palliativregistret"
DISAGREEING = 0.12
"""Share of the persons whose last row tells another HbA1c than their journal."""

DIABETES_COLUMNS = (
    "rapport_id", "personnummer", "vardgivare_hsa", "enhet_hsa", "besoksdatum", "diabetestyp", "debutar", "behandling",
    "insulinpump", "cgm", "tid_i_malomrade", "hba1c", "systoliskt", "diastoliskt", "vikt", "langd", "ldl", "hdl",
    "triglycerider", "kreatinin", "albuminuri", "ogonundersokning", "ogonfynd", "fotundersokning", "fotrisk", "rokare",
    "fysisk_aktivitet", "svar_hypoglykemi",
)  # fmt: skip
PALLIATIVE_COLUMNS = (
    "rapport_id", "personnummer", "vardgivare_hsa", "enhet_hsa", "dodsdatum", "vantat_dodsfall", "brytpunktssamtal",
    "opioid_vid_behov", "angestdampande_vid_behov", "smartskattning_sista_veckan", "munhalsa_bedomd", "trycksar",
    "dodsplats", "efterlevandesamtal",
)  # fmt: skip


_MEASURED = {
    "hba1c": "hba1c",
    "systoliskt": "systolic",
    "diastoliskt": "diastolic",
    "vikt": "weight",
    "ldl": "ldl",
    "hdl": "hdl",
    "triglycerider": "triglycerides",
    "kreatinin": "creatinine",
}
_TREATMENTS = {
    (True, True): "insulin+tabletter",
    (True, False): "insulin",
    (False, True): "tabletter",
    (False, False): "kost",
}
COLUMNS = {DIABETES: DIABETES_COLUMNS, PALLIATIVE: PALLIATIVE_COLUMNS}


def deliveries(region: Region) -> Iterator[tuple[str, str, Provider]]:
    """(registry, source, provider): what a provider sends to a registry is a source of its own (PDL 7:9)."""
    for registry, roles in ((DIABETES, ("primary", "medicine")), (PALLIATIVE, ("home_nursing",))):
        senders = {unit.provider.key: unit.provider for unit in region.units.values() if unit.role in roles}
        for provider in senders.values():
            yield registry, source_of(registry, provider), provider


def source_of(registry: str, provider: Provider) -> str:
    return f"{registry}-{provider.key}"


def table_of(registry: str, provider: Provider) -> str:
    """The table that a provider's rows are written to."""
    return f"{source_of(registry, provider)}/rapporter.csv"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A registry row whose HbA1c is not the journal's of the same day."""

    person: str
    patient: str
    provider: str
    day: str
    journal: int
    registry: int


def diabetes_rows(chart: Chart) -> tuple[list[tuple[Provider, dict[str, Any]]], Disagreement | None]:
    """One row for each annual check, with who sends it; now and then the last one was typed wrong."""
    rng = stream(chart.seed, "registry", chart.person.index)
    wrong = chance(rng, DISAGREEING) or chart.person.special.get("disagrees", False)
    readings = [reading for reading in chart.readings if reading.registry]
    habit = rng.random()
    rows = [(one.unit.provider, _diabetes_row(chart, one, habit, rng)) for one in readings]
    if not rows or not wrong:
        return rows, None
    row = rows[-1][1]
    truth = int(row["hba1c"])
    row["hba1c"] = truth + rng.choice((-1, 1)) * rng.randint(6, 18)
    last = readings[-1]
    patient, provider = chart.patients[last.unit.source], last.unit.provider.hsa
    return rows, Disagreement(chart.person.number.value, patient, provider, last.day.isoformat(), truth, row["hba1c"])


def _diabetes_row(chart: Chart, reading: Reading, habit: float, rng: Random) -> dict[str, Any]:
    row = {
        "rapport_id": f"D-{reading.encounter}",
        "personnummer": chart.person.number.value,
        "vardgivare_hsa": reading.unit.provider.hsa,
        "enhet_hsa": reading.unit.hsa,
        "besoksdatum": reading.day.isoformat(),
    }
    return row | _treatment(chart, reading, habit) | _measured(chart, reading) | _assessed(reading, habit, rng)


def _treatment(chart: Chart, reading: Reading, habit: float) -> dict[str, Any]:
    """Type, debut and treatment; the treatment is what the journal has ordered until that day."""
    type1 = reading.course == "type1-diabetes"
    debut = next(one.debut for one in chart.person.courses if one.course.id == reading.course)
    orders = {
        resource["medicationCodeableConcept"]["coding"][0]["code"]
        for _, resource in chart.records
        if resource["resourceType"] == "MedicationRequest" and resource["authoredOn"][:10] <= reading.day.isoformat()
    }
    insulin = any(code.startswith("A10A") for code in orders)
    tablets = any(code.startswith("A10B") for code in orders)
    return {
        "diabetestyp": 1 if type1 else 2,
        "debutar": debut.year,
        "behandling": "insulin+tabletter"
        if insulin and tablets
        else "insulin"
        if insulin
        else "tabletter"
        if tablets
        else "kost",
        "insulinpump": int(type1 and habit < 0.4),
        "cgm": int(insulin),
        "tid_i_malomrade": _time_in_range(reading.values["hba1c"]) if insulin else "",
    }


def _measured(chart: Chart, reading: Reading) -> dict[str, Any]:
    row = {column: reading.values[variable] for column, variable in _MEASURED.items()}
    albuminuria = float(reading.values["albuminuria"])
    return row | {
        "langd": chart.body.height(),
        "albuminuri": "makro" if albuminuria > 30 else "mikro" if albuminuria > 3 else "nej",
    }


def _assessed(reading: Reading, habit: float, rng: Random) -> dict[str, Any]:
    eyes, feet = rng.random(), rng.random()
    return {
        "ogonundersokning": (reading.day - timedelta(days=int(eyes * 300))).isoformat(),
        "ogonfynd": "enkel retinopati" if eyes < 0.2 else "inga",
        "fotundersokning": reading.day.isoformat(),
        "fotrisk": 1 if feet < 0.75 else 2 if feet < 0.95 else 3,
        "rokare": int(habit > 0.88),
        "fysisk_aktivitet": 1 + int(feet * 5),
        "svar_hypoglykemi": int(reading.course == "type1-diabetes" and eyes > 0.93),
    }


def _time_in_range(hba1c: Value) -> int:
    """Share of sensor time in range, per cent: about 70 at 53 mmol/mol, less above."""
    return max(15, min(95, round(150 - 1.5 * float(hba1c))))


def palliative_row(chart: Chart) -> dict[str, Any] | None:
    """The report of a death, from the marks of the journal and the last week's assessments."""
    person, died = chart.person, chart.person.died
    if died is None or (chart.today - died).days > WINDOW_DAYS:
        return None
    rng = stream(chart.seed, "palliative", person.index)
    unit = chart.unit("home_nursing")
    last_week = [reading for reading in chart.readings if 0 <= (died - reading.day).days <= 7]
    return {
        "rapport_id": f"P-{person.index:06d}",
        "personnummer": person.number.value,
        "vardgivare_hsa": unit.provider.hsa,
        "enhet_hsa": unit.hsa,
        "dodsdatum": died.isoformat(),
        "vantat_dodsfall": 1,
        "brytpunktssamtal": int("conversation" in chart.marks),
        "opioid_vid_behov": int("opioid" in chart.marks),
        "angestdampande_vid_behov": int("anxiolytic" in chart.marks),
        "smartskattning_sista_veckan": int(any("pain" in reading.values for reading in last_week)),
        "munhalsa_bedomd": int(chance(rng, 0.85)),
        "trycksar": int(chance(rng, 0.12)),
        "dodsplats": "hemmet",
        "efterlevandesamtal": int(chance(rng, 0.7)),
    }
