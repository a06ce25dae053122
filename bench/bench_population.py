"""How fast a population is written, on one core, and how much memory it takes.

python bench/bench_population.py [PERSONS]
"""

from __future__ import annotations

import sys
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from time import process_time

from kedja.testbed import population


def main(persons: int) -> None:
    with TemporaryDirectory(prefix="kedja-bench-") as folder:
        start = process_time()
        manifest = population(persons, 1, Path(folder) / "region")
        seconds = process_time() - start
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    resources = sum(manifest.resources.values())
    print(f"{persons} persons: {seconds:.1f} s of one core, {persons / seconds:.0f} persons/s (at least 100 wanted)")
    rows = sum(manifest.rows.values())
    print(f"{resources} resources, {resources / seconds:.0f}/s; {rows} rows and measurements; {size / 1e6:.0f} MB")
    print(f"memory at most {getrusage(RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
