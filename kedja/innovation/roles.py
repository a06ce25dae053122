"""Who somebody is in the innovation system: by their assignment's rights, and what they may see of a case.

`level` is what `innovation_level` of the schema says in SQL; a property test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from kedja.access.actor import Actor, Kind

_ACTIVITY: Final = "Innovation"  # a right is `Innovation;lots;VG`
_CARE: Final = frozenset({Kind.PROFESSIONAL, Kind.CARE_WORKER, Kind.REGISTRY_STAFF, Kind.AUTHORITY})


class Role(StrEnum):
    """Everybody who is signed in may give ideas; the rest is given by rights."""

    GIVER = "giver"
    CARE = "care"  # staff of care providers and authorities: sees what is shared among them
    PILOT = "pilot"
    DECIDER = "decider"
    ANALYST = "analyst"
    RULES = "rules"  # administrator of rules, seats and mandates
    COMPANY = "company"
    PATIENTS = "patients"  # represents patients, users or relatives


RIGHTS: Final = {
    "lots": Role.PILOT,
    "beslut": Role.DECIDER,
    "analys": Role.ANALYST,
    "regler": Role.RULES,
    "företag": Role.COMPANY,
    "patienter": Role.PATIENTS,
}


class Level(IntEnum):
    """How much of a case somebody sees."""

    NOTHING = 0
    OPEN = 1  # the description, the phases, and the events that are open; not who gave it, and no secret
    WHOLE = 2


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: the actor's id, their organisation ('' for citizens) and their roles there."""

    actor: str
    org: str
    roles: frozenset[Role]

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)


def viewer_of(actor: Actor) -> Viewer:
    """The roles of somebody who is signed in."""
    assignment = actor.assignment
    found = {Role.GIVER}
    if assignment is None:
        return Viewer(actor.id, "", frozenset(found))
    if actor.kind in _CARE:
        found.add(Role.CARE)
    for right in assignment.rights:
        activity, _, rest = right.partition(";")
        role = RIGHTS.get(rest.partition(";")[0]) if activity == _ACTIVITY else None
        if role is not None:
            found.add(role)
    return Viewer(actor.id, assignment.provider, frozenset(found))


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a case decides who sees it: the columns of `innovation_case`, and who takes part (actor ids and organisations)."""

    openness: str  # closed | shared | published
    confidential: str  # '' | secret | procurement
    giver: str
    org: str
    parties: Collection[tuple[str, str]] = ()


def level(viewer: Viewer, case: Seen) -> Level:
    """How much this viewer sees. What is confidential is closed, and then only for who takes part and who decides."""
    if case.giver == viewer.actor or takes_part(viewer, case):
        return Level.WHOLE
    if viewer.org and case.org == viewer.org:
        inside = (Role.PILOT, Role.DECIDER) if case.confidential else (Role.PILOT, Role.DECIDER, Role.ANALYST, Role.RULES)
        if viewer.has(*inside):
            return Level.WHOLE
    if case.openness == "published" or (case.openness == "shared" and not case.confidential and viewer.has(Role.CARE)):
        return Level.OPEN
    return Level.NOTHING


def takes_part(viewer: Viewer, case: Seen) -> bool:
    """Whether they, or everybody of their organisation, are among the parties."""
    return any(actor == viewer.actor or (org and org == viewer.org and not actor) for actor, org in case.parties)
