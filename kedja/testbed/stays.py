"""In the demo Gösta is in hospital since two days ago, ready to leave since yesterday afternoon, with a joint plan on its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Final

from kedja.access.actor import Actor
from kedja.access.instants import text_of
from kedja.discharge import plan as plans
from kedja.discharge.case import ZONE, Party
from kedja.discharge.messages import Message, Recipient, about_the_stay, admission_notice, message, named
from kedja.gate import Change, Door
from kedja.gate.people import identify, person_of
from kedja.gate.writes import write
from kedja.outcome import OutcomeError
from kedja.signin.demo import Login, actor_of, logins

Resource = dict[str, Any]
STAY: Final = "demo-stay-gosta"
_ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_STAFF: Final = {Party.INPATIENT: "peter", Party.OPEN_CARE: "anna", Party.MUNICIPAL_CARE: "linda", Party.SOCIAL: "kalle"}
_GOALS: Final = (("", "Gå ut med hunden varje dag"), ("", "Vikten stadig, ingen ny försämring på tre månader"))
_TASKS: Final = (
    ("Väga mig varje morgon och skriva upp vikten", plans.PERSON, 14),
    ("Följa med till vårdcentralen", plans.RELATIVE, 7),
    ("Läkemedelsgenomgång", Party.OPEN_CARE.value, 3),
    ("Återbesök hos läkare", Party.OPEN_CARE.value, 7),
    ("Vikt och blodtryck två gånger i veckan", Party.MUNICIPAL_CARE.value, 14),
    ("Trygghetslarm och hjälp på morgonen", Party.SOCIAL.value, 2),
)
_RECEIVING: Final = (Party.OPEN_CARE, Party.MUNICIPAL_CARE, Party.SOCIAL)


@dataclass(frozen=True, slots=True)
class _Ward:
    """Who takes part, and when: `at(-2, 14)` is two days ago at two in the afternoon, and never later than now."""

    door: Door
    actors: Mapping[Party, Actor]
    units: Mapping[Party, Recipient]
    now: datetime

    def at(self, days: int, hour: int) -> datetime:
        day = self.now.astimezone(ZONE).date() + timedelta(days=days)
        return datetime.combine(day, time(hour), ZONE)

    async def keep(self, by: Party, at: datetime, *resources: Resource) -> bool:
        """Store them, which have ids, as whoever did it, when it was done; False where they stand already."""
        changes = [Change(each["resourceType"], each["id"], each, if_none=True) for each in resources]
        try:
            await write(replace(self.door, clock=lambda: at), self.actors[by], changes, "demo-stay")
        except OutcomeError as error:
            if error.status != 412:
                raise
            return False
        return True


async def fill(door: Door, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Keep the stay and its messages; whether they were not there before. `rows`: the demo's logins."""
    people = {login.id: login for login in logins(rows)}
    if not {"gosta", *_STAFF.values()} <= people.keys():
        return False
    ward = _ward(door, people)
    person = await person_of(door, people["gosta"].identifier_system, people["gosta"].identifier)
    identity = await identify(door, ward.actors[Party.INPATIENT], person, "demo-stay")
    if identity is None:
        return False
    subject = f"Patient/{identity.patient}"
    if not await ward.keep(Party.INPATIENT, ward.at(-2, 14), _encounter(ward, subject) | {"id": STAY}):
        return False
    for place, (by, at, sent) in enumerate(_messages(ward, subject, people["gosta"])):
        await ward.keep(by, at, sent | {"id": f"{STAY}-{place}"})
    await ward.keep(Party.OPEN_CARE, ward.at(-1, 15), *_plan(ward, subject))
    return True


def _ward(door: Door, people: Mapping[str, Login]) -> _Ward:
    actors = {party: actor_of(people[id], 0) for party, id in _STAFF.items()}
    places = {party: actor.assignment for party, actor in actors.items() if actor.assignment is not None}
    units = {party: Recipient(party, each.provider, each.unit, each.unit_name) for party, each in places.items()}
    return _Ward(door, actors, units, door.clock())


def _plan(ward: _Ward, subject: str) -> tuple[Resource, Resource]:
    at, units = ward.at(-1, 15), ward.units
    consent = plans.consent(subject, at, "said") | {"id": f"{STAY}-consent"}
    others = [units[Party.MUNICIPAL_CARE], units[Party.SOCIAL]]
    title = "Trygg hemma igen"
    begun = plans.begun(STAY, subject, units[Party.OPEN_CARE], others, title, f"Consent/{consent['id']}", at)
    tasks = [plans.Task("", words, who, ward.at(days, 12).date()) for words, who, days in _TASKS]
    whole = plans.edited(begun, title, "Jag vill sova i min egen säng och själv gå ut med hunden.", _GOALS, tasks)
    return consent, whole | {"id": f"{STAY}-plan"}


def _encounter(ward: _Ward, subject: str) -> Resource:
    judged = about_the_stay(needs=ward.at(-2, 14), parties=_RECEIVING, estimated=ward.at(1, 11), ready=ward.at(-1, 13))
    return {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"system": _ACT_CODE, "code": "IMP"},
        "subject": {"reference": subject},
        "period": {"start": text_of(ward.at(-2, 14))},
        "reasonCode": [{"text": "Försämrad hjärtsvikt"}],
        "serviceProvider": {"display": ward.units[Party.INPATIENT].name},
        "extension": judged,
    }


def _messages(ward: _Ward, subject: str, who: Login) -> list[tuple[Party, datetime, Resource]]:
    encounter, units = f"Encounter/{STAY}", ward.units
    to = [units[party] for party in _RECEIVING]
    noticed, planned, contacted, ready = ward.at(-2, 17), ward.at(-1, 9), ward.at(-1, 10), ward.at(-1, 13)
    notice = admission_notice(
        encounter,
        subject,
        named(units[Party.INPATIENT]),
        to,
        noticed,
        name=who.name,
        personnummer=f"{who.identifier[:8]}-{who.identifier[8:]}",
        address="Tallstigen 3, Norrvik",
        estimated=ward.at(1, 11),
    )

    def said(by: Party, kind: Message, at: datetime, words: str = "") -> tuple[Party, datetime, Resource]:
        others = [each for party, each in units.items() if party is not by]
        return by, at, message(kind, encounter, subject, named(units[by]), others, at, text=words)

    return [
        (Party.INPATIENT, noticed, notice),
        said(Party.MUNICIPAL_CARE, Message.PLANNING, planned),
        said(Party.OPEN_CARE, Message.CARE_CONTACT, contacted, "Maria Lind, sjuksköterska, 0990-12 34 00"),
        said(Party.INPATIENT, Message.READY_NOTICE, ready),
    ]
