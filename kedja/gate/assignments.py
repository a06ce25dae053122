"""Assignments (medarbetaruppdrag) of staff: what an administrator gave the installation, asked when somebody signs in.

A care provider decides what each of its staff may do (PDL 4 kap. 2 §; HSLF-FS 2016:40 4 kap. 1-3 §§), so that nothing that comes
in through the service makes one. Who has none is nobody here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

import msgspec
from asyncpg import Record

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.gate.door import Door
from kedja.store.queries import sql


@dataclass(frozen=True, slots=True)
class Row:
    """One assignment as it is kept. `starts` and `ends` are the first and the last day, None where it is open."""

    id: str
    hsa_id: str
    name: str
    title: str
    kind: Kind
    purpose: Purpose
    provider: str
    provider_name: str
    unit: str
    unit_name: str
    rights: tuple[str, ...]
    licences: tuple[str, ...] = ()
    prescriber: bool = False
    starts: date | None = None
    ends: date | None = None

    @property
    def actor(self) -> Actor:
        """Who acts by it."""
        place = (self.provider, self.unit, self.rights, self.provider_name, self.unit_name)
        return Actor(
            id=f"hsa:{self.hsa_id}",
            kind=self.kind,
            name=self.name,
            title=self.title,
            hsa_id=self.hsa_id,
            prescriber=self.prescriber,
            licences=self.licences,
            assignment=Assignment(self.id, self.purpose, *place),
        )


@dataclass(frozen=True, slots=True)
class Replaced:
    """What an import of assignments did. `stored` are new or changed, `gone` withdrawn, `ended` the sessions that this ended."""

    given: int
    stored: int
    gone: int
    ended: int


async def of(door: Door, hsa_id: str, day: date) -> list[Row]:
    """The assignments of whoever has this HSA-id that hold on this day, by provider and unit."""
    return [_row(row) for row in await door.store.pool.fetch(sql("assignments_of"), hsa_id, day)] if hsa_id else []


async def every(door: Door) -> list[Row]:
    return [_row(row) for row in await door.store.pool.fetch(sql("assignments_list"))]


async def replace(door: Door, rows: Sequence[Row]) -> Replaced:
    """Let the assignments be exactly these; sessions that act by one that is gone or changed end with it."""
    given = msgspec.json.encode([asdict(row) for row in rows]).decode()
    row = await door.store.pool.fetchrow(sql("assignments_replace"), given)
    assert row is not None
    return Replaced(row["given"], row["stored"], row["gone"], row["ended"])


def _row(row: Record) -> Row:
    values = dict(row)
    values |= {"kind": Kind(values["kind"]), "purpose": Purpose(values["purpose"])}
    values |= {"rights": tuple(values["rights"]), "licences": tuple(values["licences"])}
    return Row(**values)
