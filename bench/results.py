"""The table of figures, and `RESULTS.md`, to which each whole run is appended."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.figure import Figure
from kedja.store import embedded
from kedja.store.embedded_conf import machine_memory

RESULTS = Path(__file__).parent / "RESULTS.md"
_COLUMNS = (
    "measured", "unit", "median", "min", "max", "p50 ms", "p95 ms", "p99 ms", "server µs", "database µs", "last", "change",
    "CPU change",
)  # fmt: skip
_NUMBER = re.compile(r"[\d,]+(?:\.\d+)?")
_NAME_WIDTH = 56
_HEADING = """# Results

Every whole run of `make bench`, the newest last. `server µs` and `database µs` are CPU time for each request or resource: on a
machine that others use too they move less than rates do. All requests are authenticated, validated, decided by the law and
logged, and durable where they write.
"""


@dataclass(frozen=True, slots=True)
class Before:
    """What was kept of a figure the last time: its median, and microseconds of server and database together (0: not told)."""

    median: float
    micros: float


def last() -> dict[str, Before]:
    """The newest that is kept of each figure, by name: a run of some of them, or one by hand, may stand between."""
    found: dict[str, Before] = {}
    for line in RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else ():
        name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) >= len(_COLUMNS) - 4 and _NUMBER.fullmatch(cells[1]):
            found[name] = Before(_read(cells[1]), _read(cells[7]) + _read(cells[8]))
    return found


def _read(cell: str) -> float:
    return float(cell.replace(",", "")) if _NUMBER.fullmatch(cell) else 0.0


def head() -> str:
    """The first lines of a table, with its columns."""
    dashes = ["-" * _NAME_WIDTH, "-" * 5, *("-" * 9 + ":" for _ in _COLUMNS[2:])]
    return f"{_line(_COLUMNS)}\n| {' | '.join(dashes)} |"


def row(figure: Figure, before: Mapping[str, Before]) -> str:
    """One line of a table. `change` is against the last run: more is better for what is told in `/s`, else less; less is better
    in `CPU change`, that of the microseconds of server and database."""
    numbers = [figure.median, min(figure.runs), max(figure.runs), *map(figure.latency, (0.5, 0.95, 0.99))]
    numbers += [part or None for part in figure.cpu]
    known = before.get(figure.name)
    if known is None:
        return _line([figure.name, figure.unit, *map(_number, numbers), "", "", ""])
    changes = [_change(figure.median, known.median), _change(sum(figure.cpu), known.micros)]
    return _line([figure.name, figure.unit, *map(_number, numbers), _number(known.median), *changes])


def _change(now: float, then: float) -> str:
    return f"{100 * (now / then - 1):+.0f} %" if now and then else ""


def _line(cells: Sequence[str]) -> str:
    widths = [f"{cells[0]:<{_NAME_WIDTH}}", f"{cells[1]:<5}", *(f"{cell:>10}" for cell in cells[2:])]
    return f"| {' | '.join(widths)} |"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def machine() -> str:
    """What it was measured on, in one line."""
    cpu = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    postgres = subprocess.check_output([embedded.programs() / "postgres", "--version"], text=True).strip()
    cores = len(os.sched_getaffinity(0))
    return (
        f"{cores} cores, {cpu[1] if cpu else platform.machine()}, {machine_memory() / 2**30:.0f} GB, "
        f"Python {platform.python_version()}, {postgres}"
    )


def commit() -> str:
    """The commit that was measured, and whether something of it was changed."""
    folder = Path(__file__).parents[1]

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "kedja", "bench/*.py")
    return (git("rev-parse", "--short=10", "HEAD") or "no commit") + (", with changes" if changed else "")


def load_of_others() -> float:
    """How many processes ran or waited, on average over the last minute."""
    return os.getloadavg()[0]


def append(rows: Sequence[str], measured: str, load: float, seconds: float) -> None:
    """Keep a run of the commit `measured`, which began at this load and took so many seconds."""
    title = f"## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {measured}\n"
    where = f"{machine()}; load {load:.1f} before, {load_of_others():.1f} after; {seconds / 60:.0f} minutes\n"
    parts = [] if RESULTS.exists() else [_HEADING]
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write("\n".join([*parts, title, where, head(), *rows, "", ""]))
