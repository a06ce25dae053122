"""One small population for the tests of the testbed, and how to read what it wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from kedja.exactjson import loads
from kedja.testbed import Manifest, population
from kedja.testbed.population import TODAY

Resource = dict[str, Any]
PERSONS, SEED = 160, 7


@dataclass(frozen=True)
class Written:
    """A population on disk."""

    folder: Path
    manifest: Manifest

    @cached_property
    def resources(self) -> list[tuple[str, Resource]]:
        """(source, resource) of every NDJSON line."""
        return [(file.parent.name, loads(line)) for file in self.files("*.ndjson") for line in file.read_bytes().splitlines()]

    def of(self, kind: str, source: str = "") -> Iterator[Resource]:
        for name, resource in self.resources:
            if resource["resourceType"] == kind and source in ("", name):
                yield resource

    def files(self, pattern: str) -> list[Path]:
        return sorted(self.folder.glob(f"*/{pattern}"))

    @cached_property
    def numbers(self) -> dict[str, str]:
        """The current identity number behind each Patient id; a former number is led to the current one."""
        patients = list(self.of("Patient"))
        current: dict[str, str] = {}
        for patient in patients:
            values: list[str] = [identifier["value"] for identifier in patient["identifier"]]
            current |= dict.fromkeys(values[1:], values[0])
        first: dict[str, str] = {one["id"]: one["identifier"][0]["value"] for one in patients}
        return {id: current.get(value, value) for id, value in first.items()}


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("region") / "out"
    return Written(folder, population(PERSONS, SEED, folder, TODAY))
