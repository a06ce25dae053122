"""What the pages of a person's own account ask of the gate, beside `ask`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kedja.access.custody import Regime
from kedja.gate import Change, new_id
from kedja.gate.timeline import Wanted
from kedja.gate.writes import write
from kedja.identity.systems import PERSONNUMMER, SAMORDNINGSNUMMER
from kedja.outcome import refuse
from kedja.portals.shared import ask
from kedja.portals.shared.entry import Held, Resource
from kedja.portals.shared.page import Visit
from kedja.portals.shared.read import items, text

TYPES: Final = ("Observation", "QuestionnaireResponse", "DocumentReference", "MedicationStatement", "Goal")
SENT: Final = "https://kedja.example/fhir/sid/own-account"
"""The system of the identifier that tells a value that was sent in from every other."""
_TOGETHER: Final = 200  # resources of one transaction


async def account(visit: Visit) -> list[Held]:
    """All that is in the visitor's own account."""
    return [each for each in await ask.own_record(visit, TYPES) if each.regime == Regime.WELLNESS]


async def number(visit: Visit) -> str:
    """The visitor's personal number, by which converters know whose a value is. Raises 404 where nobody has it here."""
    for each in await ask.own_record(visit, ["Patient"]):
        for identifier in items(each.resource, "identifier"):
            if text(identifier, "system") in (PERSONNUMMER, SAMORDNINGSNUMMER):
                return text(identifier, "value")
    raise refuse(404, "not-found", "no care provider has you as a patient with a personal number here yet")


async def newest(visit: Visit) -> ask.Timeline:
    """The newest of the account, as much as fits on a page."""
    return await ask.own_timeline(visit, TYPES, Wanted(regimes=(Regime.WELLNESS.value,)))


async def keep(visit: Visit, made: Sequence[Resource]) -> int:
    """Keep Observations in the visitor's account, and how many of them are new: what was sent before is there once."""
    patient = {"reference": await ask.own_patient(visit)}
    there = {text(each, "value") for held in await account(visit) for each in items(held.resource, "identifier")}
    mine = {each["id"]: each for each in made if each["id"] not in there}
    changes = [
        Change("Observation", (id := new_id()), {**each, "id": id, **_owned(key, patient)}, fresh=True)
        for key, each in mine.items()
    ]
    for some in _parts(changes):
        await write(visit.door, visit.actor, some, visit.id)
    return len(changes)


def _owned(key: str, patient: Resource) -> Resource:
    return {"identifier": [{"system": SENT, "value": key}], "subject": patient, "performer": [patient]}


async def delete(visit: Visit, references: Sequence[str]) -> None:
    """Delete these entries (`Observation/1`) of the account."""
    named = (reference.split("/", 1) for reference in references)
    for some in _parts([Change(type_name, id, None) for type_name, id in named]):
        await write(visit.door, visit.actor, some, visit.id)


def _parts(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    return (changes[start : start + _TOGETHER] for start in range(0, len(changes), _TOGETHER))
