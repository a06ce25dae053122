"""`python -m bench`: measure everything and keep it in RESULTS.md. `python -m bench NAME ...`: some, and keep nothing."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from importlib import import_module

from bench import results
from bench.figure import Figure
from bench.room import Room, room

# In this order: what fills the store comes last.
NAMES = ("spec", "likeness", "validation", "extract", "population", "import", "read", "search", "transaction", "create")


def _figures(names: Sequence[str], shared: Room) -> Iterator[Figure]:
    for name in names:
        yield from import_module(f"bench.bench_{name}").measure(shared)


def main() -> int:
    parser = ArgumentParser(prog="python -m bench", description="Measure Kedja on this machine.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(NAMES)} (default: all)")
    given = parser.parse_args()
    if unknown := [name for name in given.names if name not in NAMES]:
        parser.error(f"there is no {unknown[0]}: there are {', '.join(NAMES)}")
    before, began = results.last(), time.monotonic()
    commit, load = results.commit(), results.load_of_others()
    print(f"{results.machine()}; load {load:.1f}; commit {commit}\n\n{results.head()}", flush=True)
    rows: list[str] = []
    with room() as shared:
        for figure in _figures(given.names or NAMES, shared):
            rows.append(results.row(figure, before))
            print(rows[-1], flush=True)
    seconds = time.monotonic() - began
    print(f"\n{seconds:.0f} s", file=sys.stderr)
    if not given.names:
        results.append(rows, commit, load, seconds)
        print(f"kept in {results.RESULTS}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
