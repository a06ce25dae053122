"""The made-up entries of the innovation catalogues that a demo shows (`data/innovation/library/*.toml`)."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from typing import Any

from kedja.innovation.seeds import Seed, read


def demo(today: date) -> list[Seed]:
    """Tests, questions, needs, signals and the rest, dated from `today`."""
    folder = files("kedja.testbed").joinpath("data", "innovation", "library")
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return [seed for file in found for seed in read(_aged(tomllib.loads(file.read_text(encoding="utf-8"))), today, "demo")]


def _aged(file: dict[str, Any]) -> dict[str, Any]:
    """A finished test was published a month after it ended."""
    for row in file["entries"] if file["kind"] == "test" else ():
        row.setdefault("ago", max(0, -int(row["ends"]) - 30))
    return file
