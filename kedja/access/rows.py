"""Rows of the fact tables, field by field as the store keeps them (beside the key of the resource that they come from).

`starts`/`ends` say when the fact is in force: from `starts`, until but not including `ends`; None is open.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple, Union

from kedja.access.custody import Label


class CareRelation(NamedTuple):
    """The person is in the care of this provider; `unit` "" is all of it."""

    person: int
    provider: str
    unit: str = ""
    starts: datetime | None = None
    ends: datetime | None = None


class ConsentFact(NamedTuple):
    """`provider` may read; `unit` None: all its units; `employee` None: everyone there, else one HSA-id or actor id.

    Kinds: `svod` (SVOD 3:1), `emergency` (SVOD 3:6), `wellness-share` and `wellness-share-quality` (GDPR 9.2 a).
    """

    person: int
    kind: str
    provider: str
    unit: str | None = None
    employee: str | None = None
    starts: datetime | None = None
    ends: datetime | None = None


class BlockFact(NamedTuple):
    """What `provider` holds is blocked; `unit` None: at all its units.

    Kinds: `inner` (PDL 4:4), `outer` (SVOD 2:3), `registry` (PDL 7:2; `provider` is the registry's source name, "" all
    registries). `info_start`/`info_end` (both included; None is open) bound the documented period that is blocked;
    `excluded` are the labels that the block does not cover.
    """

    person: int
    kind: str
    provider: str
    unit: str | None = None
    info_start: datetime | None = None
    info_end: datetime | None = None
    excluded: Label = Label.NONE
    starts: datetime | None = None
    ends: datetime | None = None


FactRow = Union[CareRelation, ConsentFact, BlockFact]

TABLES: Final[dict[type, str]] = {CareRelation: "care_relation", ConsentFact: "consent", BlockFact: "block"}
