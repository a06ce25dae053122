"""Who plays which role in tests of the innovation portal."""

from __future__ import annotations

from kedja.access.actor import Actor, Assignment, Kind, Purpose

NORTH, SOUTH, COMPANY, PATIENTS = "SE2399999999-0001", "SE2399999999-0002", "239999-9951", "239999-9941"


def worker(id: str, org: str, *rights: str, kind: Kind = Kind.PROFESSIONAL) -> Actor:
    """Somebody with innovation rights (`lots`, `beslut`, `analys`, `regler`, `företag`, `patienter`) at an organisation."""
    given = tuple(f"Innovation;{right};VG" for right in rights)
    at = Assignment(f"a-{id}", Purpose.INNOVATION, org, f"{org}-1", given, f"Organisation {org[-4:]}", f"Unit {org[-4:]}")
    return Actor(id, kind, name=f"Name of {id}", title="Medarbetare", hsa_id=f"{org}-{id}", assignment=at)


NURSE = worker("nurse", NORTH)
PILOT = worker("pilot", NORTH, "lots")
HEAD = worker("head", NORTH, "beslut")
DIRECTOR = worker("director", NORTH, "beslut")
BOARD = worker("board", NORTH, "beslut")
ANALYST = worker("analyst", NORTH, "analys")
RULES = worker("rules", NORTH, "regler")
SOUTHERN_NURSE = worker("southern-nurse", SOUTH)
SOUTHERN_PILOT = worker("southern-pilot", SOUTH, "lots")
SELLER = worker("seller", COMPANY, "företag", kind=Kind.PARTNER)
PATIENT_VOICE = worker("voice", PATIENTS, "patienter", kind=Kind.PARTNER)
CITIZEN = Actor("citizen", Kind.CITIZEN, name="Name of citizen", person=7)
EVERYBODY = (
    *(NURSE, PILOT, HEAD, DIRECTOR, BOARD, ANALYST, RULES, SOUTHERN_NURSE, SOUTHERN_PILOT, SELLER, PATIENT_VOICE, CITIZEN),
)
SEATS = (("unit-head", HEAD), ("management", DIRECTOR), ("board", BOARD))
