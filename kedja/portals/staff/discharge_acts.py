"""What each party does about a stay from its page: one function for each act, all in one table (lag 2017:612)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kedja.discharge import sending
from kedja.discharge.case import Case, Party
from kedja.discharge.messages import Message, Recipient, admission_notice, message, named
from kedja.discharge.sending import Edit
from kedja.gate.stays import Stay
from kedja.portals.shared import ask, ask_control
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.language import ZONE
from kedja.portals.shared.page import Visit
from kedja.portals.shared.person import formatted
from kedja.portals.shared.read import items, person_name, text
from kedja.portals.staff.band import identity_of_person

_MOST_WORDS: Final = 4000
_MOST_LINE: Final = 200
RECEIVING: Final = (Party.OPEN_CARE, Party.MUNICIPAL_CARE, Party.SOCIAL)


class Wrong(Exception):
    """What is wrong with a form, in words for who filled it in."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A form about a stay, and what is known of it. `me` is the visitor's unit as the party that acts."""

    visit: Visit
    stay: Stay
    case: Case
    me: Recipient
    now: datetime

    def word(self, name: str, most: int = _MOST_LINE) -> str:
        return str(self.visit.sent.get(name, "")).replace("\r\n", "\n").strip()[:most]

    @property
    def circle(self) -> dict[Party, Recipient]:
        """The other parties, as messages have named them."""
        return {party: each for party, each in sending.circle(self.stay.messages).items() if party is not self.me.party}

    def say(self, kind: Message, to: Mapping[Party, Recipient], words: str = "", estimated: datetime | None = None) -> Resource:
        subject = self.stay.subject["reference"]
        sender, encounter = named(self.me), f"Encounter/{self.stay.id}"
        return message(kind, encounter, subject, sender, to.values(), self.now, text=words, estimated=estimated)

    def told(self) -> dict[Party, Recipient]:
        """Those who have had the admission notice, but for whom secrecy keeps from being told more."""
        return {party: each for party, each in self.circle.items() if party in self.case.told_parties - self.case.withheld}


@dataclass(frozen=True, slots=True)
class Made:
    """What an act comes to: messages to send, a change of the Encounter, and the key of what is said when it is done."""

    done: str
    messages: tuple[Resource, ...] = ()
    edit: Edit | None = None


Act = Callable[[Asked], Awaitable[Made]]


async def notice(asked: Asked) -> Made:
    """The doctor judges that services may be needed: the notice with its four fields to each unit that is chosen (2:1-3)."""
    _, units = asked.visit._, {unit.id: unit for unit in await ask_control.units(asked.visit)}
    chosen = {party: units[asked.word(party)] for party in RECEIVING if asked.word(party) in units}
    if not chosen:
        raise Wrong(_("Choose at least one unit whose services may be needed."))
    if Party.MUNICIPAL_CARE in chosen and Party.OPEN_CARE not in {*chosen, *asked.case.notified}:
        raise Wrong(_("With municipal health care the region's open care is told too: choose its unit (2:1)."))
    estimated = moment(asked.word("estimated"))
    if estimated is None or estimated <= asked.case.admitted:
        raise Wrong(_("Say when the patient is expected to leave: a time after the admission."))
    if any(party in asked.case.notified for party in chosen):
        raise Wrong(_("That party has had its notice: send a new estimate instead."))
    to = [Recipient(party, unit.provider, unit.id, unit.name) for party, unit in chosen.items()]
    needs = asked.case.needs or _judged_at(asked)
    name, number, address = await _who(asked)
    sent = admission_notice(
        f"Encounter/{asked.stay.id}",
        asked.stay.subject["reference"],
        named(asked.me),
        to,
        asked.now,
        name=name,
        personnummer=number,
        address=address,
        estimated=estimated,
    )
    edit = sending.judged(asked.case, needs=needs, parties=sorted({*asked.case.parties, *chosen}), estimated=estimated)
    return Made("notice", (sent,), edit)


def _judged_at(asked: Asked) -> datetime:
    at = asked.case.admitted if asked.word("judged") == "admission" else asked.now
    return max(at, asked.case.admitted)


async def _who(asked: Asked) -> tuple[str, str, str]:
    """Name, number, and the address if the register has one that may be told."""
    identity = await identity_of_person(asked.visit, asked.stay.person)
    held = await ask.person_record(asked.visit, asked.stay.person, ["Patient"])
    lines = [_address(each) for one in held for each in items(one.resource, "address")] if not identity.protected else []
    return person_name({"name": identity.name}), formatted(identity.number), next((line for line in lines if line), "")


def _address(address: Resource) -> str:
    place = " ".join(filter(None, (text(address, "postalCode"), text(address, "city"))))
    return text(address, "text") or ", ".join(filter(None, (*map(str, items(address, "line")), place)))


async def estimate(asked: Asked) -> Made:
    """A new estimated time, to all who had the notice (2:4)."""
    estimated = moment(asked.word("estimated"))
    if estimated is None or estimated <= asked.case.admitted:
        raise Wrong(asked.visit._("Say when the patient is expected to leave: a time after the admission."))
    to = {party: each for party, each in asked.circle.items() if party in asked.case.notified}
    edit = sending.judged(asked.case, estimated=estimated, estimate_changed=asked.now)
    return Made("estimate", (asked.say(Message.ESTIMATE, to, estimated=estimated),) if to else (), edit)


async def ready(asked: Asked) -> Made:
    """The doctor judges that the patient is ready to leave: told to all that secrecy does not keep out (3:1)."""
    if asked.case.ready is not None:
        raise Wrong(asked.visit._("It has been told already that the patient is ready to leave."))
    to = asked.told()
    edit = sending.judged(asked.case, ready=asked.now)
    return Made("ready", (asked.say(Message.READY_NOTICE, to),) if to else (), edit)


async def unready(asked: Asked) -> Made:
    """The patient has become worse: what follows from the notice begins anew with the next."""
    if asked.case.ready is None:
        raise Wrong(asked.visit._("It has not been told that the patient is ready to leave."))
    to = {party: each for party, each in asked.circle.items() if party in asked.case.ready_told}
    edit = sending.judged(asked.case, ready=None)
    return Made("unready", (asked.say(Message.READY_WITHDRAWN, to),) if to else (), edit)


async def secrecy(asked: Asked) -> Made:
    """Whom secrecy keeps from being told more than the admission notice (3:1-2): a human's decision, kept in the record."""
    chosen = {Party(value) for value in map(str, asked.visit.sent.getlist("party")) if value in RECEIVING}
    return Made("secrecy", (), sending.judged(asked.case, withheld=sorted(chosen)))


async def information(asked: Asked) -> Made:
    """What is needed to give the patient care and services, to all that secrecy does not keep out (3:2)."""
    words, to = asked.word("words", _MOST_WORDS), asked.told()
    if not words:
        raise Wrong(asked.visit._("Write what the units need to know."))
    if not to:
        raise Wrong(asked.visit._("There is nobody to send it to: send the admission notice first, or look at the secrecy."))
    return Made("information", (asked.say(Message.INFORMATION, to, words),))


async def left(asked: Asked) -> Made:
    at = moment(asked.word("at")) or asked.now
    if not asked.case.admitted <= at <= asked.now:
        raise Wrong(asked.visit._("The patient left after the admission, and not later than now."))
    return Made("left", (), sending.ended(at))


async def lacking(asked: Asked) -> Made:
    """Days on which what open care answers for is not in place, so that nobody pays (5:5)."""
    start, end = asked.word("start"), asked.word("end")
    try:
        if date.fromisoformat(start) > (date.fromisoformat(end) if end else date.max):
            raise ValueError
    except ValueError:
        raise Wrong(asked.visit._("Say from which day, and a last day that is not before it.")) from None
    return Made("lacking", (), sending.lacking(start, end))


async def contact(asked: Asked) -> Made:
    """The permanent care contact of the region's open care is named (2:5)."""
    name, phone = asked.word("name"), asked.word("phone", 40)
    if not name:
        raise Wrong(asked.visit._("Say who the permanent care contact is."))
    return Made("contact", (asked.say(Message.CARE_CONTACT, asked.circle, ", ".join(filter(None, (name, phone)))),))


async def planning(asked: Asked) -> Made:
    return Made("planning", (asked.say(Message.PLANNING, asked.circle),))


async def invitation(asked: Asked) -> Made:
    """The permanent care contact invites the units to the joint planning (4:3)."""
    at, place = moment(asked.word("at")), asked.word("place")
    if asked.case.contact_named is None:
        raise Wrong(asked.visit._("Name the permanent care contact first: it is the contact who invites (4:3)."))
    if at is None or not place:
        raise Wrong(asked.visit._("Say when and where you meet."))
    words = "\n".join(filter(None, (f"{at:%Y-%m-%d %H.%M}, {place}", asked.word("words", _MOST_WORDS))))
    return Made("invitation", (asked.say(Message.INVITATION, asked.circle, words),))


async def no_plan(asked: Asked) -> Made:
    """The patient does not consent: no plan is made, and nobody is waited for (4:2)."""
    return Made("no-plan", (asked.say(Message.NO_PLAN, asked.circle),))


ACTS: Final[Mapping[str, tuple[frozenset[Party], Act]]] = {
    "notice": (frozenset({Party.INPATIENT}), notice),
    "estimate": (frozenset({Party.INPATIENT}), estimate),
    "ready": (frozenset({Party.INPATIENT}), ready),
    "unready": (frozenset({Party.INPATIENT}), unready),
    "secrecy": (frozenset({Party.INPATIENT}), secrecy),
    "information": (frozenset({Party.INPATIENT}), information),
    "left": (frozenset({Party.INPATIENT}), left),
    "lacking": (frozenset({Party.INPATIENT}), lacking),
    "contact": (frozenset({Party.OPEN_CARE}), contact),
    "invitation": (frozenset({Party.OPEN_CARE}), invitation),
    "no-plan": (frozenset({Party.OPEN_CARE}), no_plan),
    "planning": (frozenset(RECEIVING), planning),
}
"""Which parties may do each act."""


def moment(value: str) -> datetime | None:
    """What a field for a day and a time gives, by Sweden's clock."""
    try:
        return datetime.fromisoformat(value).replace(tzinfo=ZONE)
    except ValueError:
        return None
