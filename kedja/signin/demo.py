"""The demo provider: logins of made-up people, without passwords. Only an installation started with `--demo` has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.gate.sessions import Proof

ISSUER: Final = "demo"
LEVEL: Final = 3  # so that every page can be tried
STATE: Final = "demo-logins"  # the row of `system_state` that holds them


@dataclass(frozen=True, slots=True)
class Login:
    """One made-up person to sign in as. `identifier` is a citizen's own number, `hsa_id` that of staff."""

    id: str
    name: str
    title: str
    kind: Kind
    about: str
    identifier_system: str
    identifier: str
    hsa_id: str
    prescriber: bool
    licences: tuple[str, ...]
    assignment: Assignment | None


def logins(rows: Sequence[Mapping[str, Any]]) -> list[Login]:
    """The demo region's `logins.json`, read."""
    return [_login(row) for row in rows]


def find(rows: Sequence[Mapping[str, Any]], id: str) -> Login | None:
    """The login with this id, or with exactly this name."""
    return next((login for login in logins(rows) if id in (login.id, login.name)), None)


def actor_of(login: Login, person: int) -> Actor:
    """The actor that a login becomes. `person` is the key of a citizen's own person, 0 for staff."""
    return Actor(
        id=f"demo:{login.id}",
        kind=login.kind,
        name=login.name,
        title=login.title,
        person=person,
        hsa_id=login.hsa_id,
        prescriber=login.prescriber,
        licences=login.licences,
        assignment=login.assignment,
    )


def proof_of(login: Login, actor: Actor, at: int) -> Proof:
    """What stands for a proof in the demo, where nobody proves anything. `at`: seconds since 1970."""
    return Proof(ISSUER, login.id, LEVEL, at, login.name, actor.person, login.hsa_id)


def _login(row: Mapping[str, Any]) -> Login:
    person = row.get("person") or {}
    return Login(
        id=row["id"],
        name=row["name"],
        title=row.get("title", ""),
        kind=Kind(row["kind"]),
        about=row.get("about", ""),
        identifier_system=person.get("system", ""),
        identifier=person.get("value", ""),
        hsa_id=row.get("hsa_id", ""),
        prescriber=bool(row.get("prescriber", False)),
        licences=tuple(row.get("licences", ())),
        assignment=_assignment(row.get("assignment")),
    )


def _assignment(row: Mapping[str, Any] | None) -> Assignment | None:
    if not row:
        return None
    return Assignment(
        id=row["id"],
        purpose=Purpose(row["purpose"]),
        provider=row["provider"],
        unit=row["unit"],
        rights=tuple(row.get("rights", ())),
        provider_name=row.get("provider_name", ""),
        unit_name=row.get("unit_name", ""),
    )
