"""As what somebody who has proved who they are may act: as themselves, or by one of their assignments. Default: as nobody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kedja.access.actor import Actor, Kind
from kedja.discharge.case import ZONE
from kedja.gate import Door, assignments, people
from kedja.gate.sessions import Proof
from kedja.signin.oidc.claims import Claims

OWN: Final = "own"  # the choice to act as oneself


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that somebody may act as. `id` is `own`, or the assignment's."""

    id: str
    actor: Actor


async def proof_of(door: Door, issuer: str, claims: Mapping[str, Any], table: Claims, now: datetime) -> Proof:
    """What a provider's checked claims prove. Raises UnclearClaims.

    Who proves a personal number that nobody here has yet is a person from then on: their account is theirs before any care is.
    """
    claimed = table.read(claims, now.astimezone(ZONE).date())
    person = await people.proven(door, claimed.number) if claimed.number else 0
    at = claims.get("auth_time", claims["iat"])
    return Proof(
        issuer=issuer,
        subject=str(claims["sub"]),
        level=claimed.level,
        at=int(at) if isinstance(at, int | float) else int(now.timestamp()),
        name=claimed.name,
        person=person,
        hsa_id=claimed.hsa_id,
        organisation=claimed.organisation,
    )


async def choices(door: Door, proof: Proof, kinds: Collection[Kind]) -> list[Choice]:
    """All that they may act as now, of these kinds: their assignments by provider and unit, and themselves at the end."""
    day = door.clock().astimezone(ZONE).date()
    found = [Choice(row.id, row.actor) for row in await assignments.of(door, proof.hsa_id, day) if row.kind in kinds]
    if proof.person and Kind.CITIZEN in kinds:
        found.append(Choice(OWN, Actor(id=f"person:{proof.person}", kind=Kind.CITIZEN, name=proof.name, person=proof.person)))
    return found
