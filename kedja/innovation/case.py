"""One case as it is shown: what a viewer's level lets through of its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from kedja import exactjson
from kedja.innovation.deciders import Holder
from kedja.innovation.machine import Machine, State, Status, machines
from kedja.innovation.roles import Level, Seen

ZONES: Final = ("green", "yellow", "red")
OPENNESS: Final = ("closed", "shared", "published")
CONFIDENTIAL: Final = ("secret", "procurement")
UNSETTLED: Final = "service"  # whose gates count until the kind is settled: only what is filed has none


@dataclass(frozen=True, slots=True)
class Case:
    """A case. Who gave it is '' for whom sees only what is open. `machine` is None until its kind is settled."""

    id: str
    number: int
    version: int
    machine: Machine | None
    state: State
    zone: str
    openness: str
    confidential: str
    giver: str
    giver_name: str
    org: str
    org_name: str
    unit: str
    unit_name: str
    pilot: str
    pilot_name: str
    title: str
    problem: Mapping[str, Any]
    created: datetime
    updated: datetime
    level: Level
    row: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def runs(self) -> Machine:
        """The machine that decides about it."""
        return self.machine or machines()[UNSETTLED]

    @property
    def whole(self) -> bool:
        return self.level is Level.WHOLE

    def seen(self, parties: Sequence[tuple[str, str]]) -> Seen:
        """What decides about who may do what; `parties` are (actor, organisation)."""
        return Seen(self.openness, self.confidential, self.row["giver"], self.org, parties)

    def giving(self) -> Holder:
        """Who gave it, as who decides where it is their own."""
        return Holder("own", self.row["giver"], self.giver_name, "")


def case_of(row: Mapping[str, Any]) -> Case:
    """The case of a row of innovation_case with its `level`."""
    level = Level(row["level"])
    whole = level is Level.WHOLE
    names = ("id", "number", "version", "zone", "openness", "confidential", "org", "org_name", "unit", "unit_name", "pilot")
    return Case(
        machine=machines().get(row["machine"]),
        state=State(Status(row["status"]), tuple(row["phases"])),
        giver=row["giver"] if whole else "",
        giver_name=row["giver_name"] if whole else "",
        pilot_name=row["pilot_name"],
        title=row["title"],
        problem=exactjson.loads(row["problem"].encode()),
        created=row["created"],
        updated=row["updated"],
        level=level,
        row=row,
        **{name: row[name] for name in names},
    )
