"""How long it takes to extract the index of one resource, for each type: each resource once, as an import meets them.

python bench/bench_extract.py [FOLDER with Patient.ndjson.gz and the like]
"""

from __future__ import annotations

import gzip
import sys
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

from kedja import exactjson
from kedja.search.extract import extract

SAMPLE = 6_000


def main(folder: Path) -> None:
    print(f"{'type':22}{'resources':>10}{'first ms':>10}{'µs each':>9}{'hashes':>8}{'rows':>6}  (of the last)")
    for path in sorted(folder.glob("[A-Z]*.ndjson.gz")):
        with gzip.open(path) as lines:
            resources = [exactjson.loads(line) for line in islice(lines, SAMPLE)]
        start = perf_counter()
        index = extract(resources[0])
        first = perf_counter() - start
        start = process_time()
        for resource in resources:
            index = extract(resource)
        each = (process_time() - start) / len(resources)
        hashes, rows = len(index.tokens) + len(index.refs), len(index.strings) + len(index.dates) + len(index.numbers)
        name = path.name.partition(".")[0]
        print(f"{name:22}{len(resources):10}{first * 1e3:10.1f}{each * 1e6:9.1f}{hashes:8}{rows:6}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared/data/synthea"))
