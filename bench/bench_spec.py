"""How long FHIR's tables take to load, each time in a fresh process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from bench.figure import RUNS, Figure
from bench.room import Room

_LOADING = """
import msgspec, time
start = time.perf_counter()
from kedja import spec
imported = time.perf_counter()
for name in spec.TYPES:
    spec.elements(name)
    spec.search_parameters(name)
spec.compartment("Patient")
spec.required_codes("http://hl7.org/fhir/ValueSet/observation-status")
everything = time.perf_counter()
from kedja.validation import validate
validate({"resourceType": "Observation"})
print(imported - start, everything - imported, time.perf_counter() - everything)
"""
_PARTS = ("import the tables", "decode all types", "validate for the first time")


def measure(_room: Room) -> Iterator[Figure]:
    outputs = [subprocess.check_output([sys.executable, "-c", _LOADING], text=True).split() for _ in range(RUNS)]
    for name, column in zip(_PARTS, zip(*outputs)):
        yield Figure(name, "ms", tuple(float(seconds) * 1000 for seconds in column))
