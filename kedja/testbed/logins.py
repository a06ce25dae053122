"""Whom one may sign in as in the demo: the named citizens, and staff with their assignments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kedja.testbed.people import Person
from kedja.testbed.region import Region, load_table

Login = dict[str, Any]


def logins(region: Region, named: Iterable[Person]) -> list[Login]:
    """Rows of logins.json, in the order in which a page shows them."""
    citizens = [_citizen(person) for person in named if person.special.get("login")]
    return citizens + [_staff(region, row) for row in load_table("logins.toml")["staff"]]


def _citizen(person: Person) -> Login:
    return {
        "id": person.key,
        "name": person.name,
        "title": "Invånare",
        "kind": "citizen",
        "about": person.special["about"],
        "person": person.number.as_fhir(),
    }


def _staff(region: Region, row: dict[str, Any]) -> Login:
    staff = region.staff.get(row.get("staff", ""))
    return {
        "id": row["id"],
        "name": staff.name if staff else row["name"],
        "title": staff.title if staff else row["title"],
        "kind": row["kind"],
        "about": row["about"],
        "hsa_id": staff.hsa if staff else row["hsa"],
        "prescriber": row.get("prescriber", False),
        "licences": row.get("licences", []),
        "assignment": {**_place(region, row), "purpose": row["purpose"], "rights": row["rights"]},
    }


def _place(region: Region, row: dict[str, Any]) -> dict[str, str]:
    """Where an assignment is: at a unit of the region, or at an organisation outside of care."""
    if "org" in row:
        names = {"provider_name": row["org_name"], "unit": "", "unit_name": ""}
        return {"id": f"{row['org']}-{row['id']}", "provider": row["org"], **names}
    unit = region.units[row["unit"]]
    return {
        "id": f"{unit.hsa}-{row['id']}",
        "provider": unit.provider.hsa,
        "provider_name": unit.provider.name,
        "unit": unit.hsa,
        "unit_name": unit.name,
    }
