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

    Kinds: `svod` (SVOD 3:1), `emergency` (SVOD 3:6), `certificate` (an opening for one, SVOD 3:1 st. 2), `wellness-share` and
    `wellness-share-quality` (GDPR 9.2 a), `nll`, `nll-reason` and `nll-emergency` (NLL 5:1, 5:3, 5:5), `guardian-access` and
    `child-access` (what this unit holds is open to the guardian, to the child: spec P-9, P-10), `monitoring` (SoLPuL 9 §), and
    `biobank-care`, `-quality`, `-education`, `-research` (BBL 4).
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
    registries), `nll` (NLL 4:3), `guardian` (closed to guardians: OSL 12:3), `secondary-use` (EHDS 71), and `biobank-quality`,
    `-education`, `-research` (BBL 4:14). `info_start`/`info_end` (both included; None is open) bound the documented period that
    is blocked; `excluded` are the labels that the block does not cover.
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


class SubjectState(NamedTuple):
    """What the person is, or is judged to be.

    Kinds: `born` (starts: the birth date at 00:00 UTC), `dead`, `protected` (OSL 21:3, 22:1); and, judged by a unit of
    `provider`: `temporarily-unable` and `not-only-temporarily-unable` to decide (SVOD 3:3-4), `attitude-clarified` as far as
    can be with no reason to think that the person objects (SVOD 2:6, 3:3-4), `assessed-mature` (a child), `not-informed-svod`
    (SVOD 2:2), `not-informed-registry` (PDL 7:3), `dose-dispensing` (NLL 5:3).
    """

    person: int
    kind: str
    provider: str = ""
    unit: str = ""
    starts: datetime | None = None
    ends: datetime | None = None


class Representation(NamedTuple):
    """`representative`, a person key, stands for the person: a `guardian`, a `trustee` (god man, förvaltare), or a `proxy` for
    what `classes` (bits) cover."""

    person: int
    kind: str
    representative: int
    classes: int
    starts: datetime | None = None
    ends: datetime | None = None


class LiftFact(NamedTuple):
    """What `provider` (at `unit`, None: all) holds behind a block of this kind is open to readers of `to_provider` for a time.

    `to_unit` None: all its units; `to_employee` None: everyone there. Kinds: `inner` (PDL 4:5), `outer` (SVOD 2:3 st. 3).
    `reason`: `PatientsConsent` or `Emergency`.
    """

    person: int
    kind: str
    provider: str
    unit: str | None
    to_provider: str
    to_unit: str | None = None
    to_employee: str | None = None
    reason: str = "PatientsConsent"
    starts: datetime | None = None
    ends: datetime | None = None


FactRow = Union[CareRelation, ConsentFact, BlockFact, SubjectState, Representation, LiftFact]

TABLES: Final[dict[type, str]] = {
    CareRelation: "care_relation",
    ConsentFact: "consent",
    BlockFact: "block",
    SubjectState: "subject_state",
    Representation: "representation",
    LiftFact: "lift",
}
