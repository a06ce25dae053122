"""How the demo's cases are weighed (`data/innovation/weights.toml`): by the pilot of the organisation that each belongs to."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final

from kedja.access.actor import Actor
from kedja.gate import Door, new_id
from kedja.gate.innovation_steering import weigh, weighed

_SUMS: Final = ("cost", "yearly", "saves", "reach")


def weights() -> Iterator[tuple[str, dict[str, Any]]]:
    """(the key of a case, its weighing as `weigh` takes it); a sum that nobody knows is None."""
    file = files("kedja.testbed").joinpath("data", "innovation", "weights.toml")
    for row in tomllib.loads(file.read_text(encoding="utf-8"))["weights"]:
        yield row.pop("key"), {**dict.fromkeys(_SUMS), **row}


async def weigh_once(door: Door, pilot: Actor, id: str, given: dict[str, Any]) -> None:
    """Weigh a case that nobody has weighed: what a person has weighed since is theirs."""
    if not (await weighed(door, pilot, id, new_id())).weights:
        await weigh(door, pilot, id, given, new_id())
