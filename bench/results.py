"""The table of figures, and `RESULTS.md`, to which each whole run is appended."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.figure import Figure
from kedja.store import embedded
from kedja.store.embedded_conf import machine_memory

RESULTS = Path(__file__).parent / "RESULTS.md"
_COLUMNS = (
    "measured", "unit", "median", "min", "max", "p50 ms", "p95 ms", "p99 ms", "server µs", "database µs", "last", "change",
)  # fmt: skip
_ROW = re.compile(r"^\| (?P<name>[^|]+?) +\| (?P<unit>[^|]+?) +\| +(?P<median>[\d.,]+) \|", re.MULTILINE)
_NAME_WIDTH = 56
_HEADING = """# Results

Every whole run of `make bench`, the newest last. `server µs` and `database µs` are CPU time for each request or resource: on a
machine that others use too they move less than rates do. All requests are authenticated, validated, decided by the law and
logged, and durable where they write.
"""


def last() -> dict[str, float]:
    """The medians of the last run that was kept, by name."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    section = text.rpartition("\n## ")[2]
    return {row["name"]: float(row["median"].replace(",", "")) for row in _ROW.finditer(section)}


def head() -> str:
    """The first lines of a table, with its columns."""
    dashes = ["-" * _NAME_WIDTH, "-" * 5, *("-" * 9 + ":" for _ in _COLUMNS[2:])]
    return f"{_line(_COLUMNS)}\n| {' | '.join(dashes)} |"


def row(figure: Figure, before: dict[str, float]) -> str:
    """One line of a table. `change` is against the last run: more is better for what is told in `/s`, else less."""
    numbers = [figure.median, min(figure.runs), max(figure.runs), *map(figure.latency, (0.5, 0.95, 0.99))]
    numbers += [part or None for part in figure.cpu]
    known = before.get(figure.name)
    change = f"{100 * (figure.median / known - 1):+.0f} %" if known else ""
    return _line([figure.name, figure.unit, *map(_number, numbers), _number(known), change])


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


def append(rows: Sequence[str], measured: str, load: float) -> None:
    """Keep a run of the commit `measured`, which began at this load."""
    title = f"## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {measured}\n"
    where = f"{machine()}; load {load:.1f} before, {load_of_others():.1f} after\n"
    parts = [] if RESULTS.exists() else [_HEADING]
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write("\n".join([*parts, title, where, head(), *rows, "", ""]))
