"""How long the tables take to load, and one validation and one decoding of each type.

python bench/bench_spec.py [FOLDER with Patient.ndjson.gz and the like]
"""

from __future__ import annotations

import gzip
import subprocess
import sys
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from kedja import exactjson
from kedja.validation import validate

SAMPLE = 500
ROUNDS = 5
LOADING = """
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


def loading() -> tuple[float, float, float]:
    """Milliseconds in a fresh process, the best of the rounds: import, every type decoded, first validation."""
    runs = [
        [float(part) * 1000 for part in subprocess.check_output([sys.executable, "-c", LOADING], text=True).split()]
        for _ in range(ROUNDS)
    ]
    imported, everything, validation = (min(column) for column in zip(*runs))
    return imported, everything, validation


def best(work: Any, items: list[Any]) -> float:
    """Microseconds an item."""
    times: list[float] = []
    for _ in range(ROUNDS):
        start = perf_counter()
        for item in items:
            work(item)
        times.append(perf_counter() - start)
    return min(times) / len(items) * 1e6


def main(folder: Path | None) -> None:
    imported, everything, validation = loading()
    print(f"import {imported:.1f} ms, all types decoded {everything:.1f} ms, first validation {validation:.1f} ms")
    for path in sorted(folder.glob("[A-Z]*.ndjson.gz")) if folder else []:
        with gzip.open(path) as file:
            bodies = list(islice(file, SAMPLE))
        resources = [exactjson.loads(body) for body in bodies]
        size = sum(map(len, bodies)) // len(bodies)
        decoding, validating = best(exactjson.loads, bodies), best(validate, resources)
        print(f"{path.name.partition('.')[0]:24} {size:6} bytes  loads {decoding:7.1f} µs  validate {validating:7.1f} µs")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
