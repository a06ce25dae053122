"""Sörviks biobank: tubes taken at contacts with care, as a table with MIABIS and SPREC columns (spec 3.3)."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from kedja.testbed.chart import Chart, Reading
from kedja.testbed.streams import chance, stream

SOURCE = "biobank"
SAMPLES = f"{SOURCE}/prover.csv"
COLUMNS = (
    "sample_id", "donor_id", "personnummer", "sex", "birth_date", "data_categories", "event_id", "event_date",
    "creation_time", "sample_type", "detailed_sample_type", "storage_temperature", "anatomical_site_ontology",
    "anatomical_site_version", "anatomical_site_code", "content_diagnosis", "use_restrictions", "consent_reference",
    "legal_basis", "ethics_dnr", "biobank_principal", "ivo_registration", "sprec_type", "sprec_container",
    "sprec_precentrifugation", "sprec_centrifugation_1", "sprec_post_delay", "sprec_centrifugation_2", "sprec_storage",
    "freeze_thaw_count", "position", "collecting_provider", "collecting_unit",
)  # fmt: skip

_BLOOD = {
    "anatomical_site_ontology": "ICD-O-3",
    "anatomical_site_version": "3.2",
    "anatomical_site_code": "C42.0",
    "ethics_dnr": "",
    "ivo_registration": "IVO-999",
}
Tube = tuple[str, str, str, str, str]
# sample type (MIABIS), the detail, storage temperature, SPREC type and container
_TUBES: tuple[Tube, ...] = (
    ("Plasma", "EDTA-plasma", "-60to-85", "PL1", "PED"),
    ("Serum", "Serum", "-60to-85", "SER", "SST"),
    ("WholeBlood", "EDTA-helblod", "-18to-35", "BLD", "PED"),
    ("DNA", "DNA ur helblod", "-18to-35", "DNA", "PED"),
)


def samples(chart: Chart) -> Iterator[dict[str, Any]]:
    """Plasma at every sampling, and often more tubes of the same blood."""
    rng = stream(chart.seed, "biobank", chart.person.index)
    readings = [reading for reading in chart.readings if reading.sample]
    if chart.person.special.get("plasma") and not readings:
        readings = chart.readings[-1:]
    if not readings:
        return
    donor = f"SB{rng.getrandbits(40):010X}"
    limited = chance(rng, 0.08)
    for reading in readings:
        for tube in (_TUBES[0], *(tube for tube in _TUBES[1:] if chance(rng, 0.45))):
            yield _row(chart, reading, tube, donor, limited, rng)


def _row(chart: Chart, reading: Reading, tube: Tube, donor: str, limited: bool, rng: Random) -> dict[str, Any]:
    kind, detail, temperature, _, _ = tube
    person = chart.person
    incapable = any(one.course.id == "dementia" for one in person.courses)
    row = {
        "sample_id": f"SBP-{rng.getrandbits(48):012X}",
        "donor_id": donor,
        "personnummer": person.number.value,
        "sex": "Female" if person.sex == "female" else "Male",
        "birth_date": person.born.isoformat(),
        "data_categories": "BiologicalSamples|MedicalRecords|NationalRegistries",
        "event_id": reading.encounter,
        "event_date": reading.day.isoformat(),
        "creation_time": reading.at,
        "sample_type": kind,
        "detailed_sample_type": detail,
        "storage_temperature": temperature,
        "content_diagnosis": "|".join(_diagnoses(chart, reading)),
        "use_restrictions": "care|quality" if incapable else ("no-commercial" if limited else ""),
        "consent_reference": f"SB-S-{person.index:06d}",
        "legal_basis": "BBL 4:8" if incapable else "BBL 4:7",
        "biobank_principal": chart.region.name,
        "collecting_provider": reading.unit.provider.hsa,
        "collecting_unit": reading.unit.hsa,
    }
    return row | _BLOOD | _handling(tube, rng)


def _diagnoses(chart: Chart, reading: Reading) -> list[str]:
    known = (one.course for one in chart.person.courses if one.debut <= reading.day)
    return sorted(course.diagnosis[0] for course in known if course.diagnosis)


def _handling(tube: Tube, rng: Random) -> dict[str, Any]:
    """The seven SPREC elements, where the tube stands, and how often it was thawed."""
    _, _, temperature, kind, container = tube
    fluid = kind in ("PL1", "SER")
    return {
        "sprec_type": kind,
        "sprec_container": container,
        "sprec_precentrifugation": rng.choice("ABC") if fluid else "X",
        "sprec_centrifugation_1": "B" if fluid else "N",
        "sprec_post_delay": rng.choice("AB") if fluid else "N",
        "sprec_centrifugation_2": "N",
        "sprec_storage": "A" if temperature == "-60to-85" else "C",
        "freeze_thaw_count": int(chance(rng, 0.1)),
        "position": f"F{rng.randint(1, 9)}-R{rng.randint(1, 40):02d}-P{rng.randint(1, 96):02d}",
    }
