"""A stay as a page shows it: who has to do what by when, what was sent, from when the municipality pays. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kedja.discharge.case import Case, Party, day_of
from kedja.discharge.deadlines import CITES, Deadline, State, Step, deadlines
from kedja.discharge.liability import Liability, Standing, liability
from kedja.discharge.messages import FIELDS
from kedja.discharge.reading import case_of, estimate_of, fields_of, kind_of, recipients_of, sender_of
from kedja.discharge.sending import own_party
from kedja.gate.stays import Stay
from kedja.portals.shared.language import Language
from kedja.portals.shared.read import items, when
from kedja.portals.staff import discharge_words as words

_KEPT_FROM: Final = (Step.READY_NOTICE, Step.INFORMATION)  # what secrecy may keep from being sent (3:1-2)


@dataclass(frozen=True, slots=True)
class Clock:
    """A duty: what, towards whom, when it is due and was done. `state`: of `State`, or `kept` where secrecy forbids it."""

    what: str
    to: str
    due: datetime | None
    done: datetime | None
    state: str
    said: str
    left: str
    cite: str


@dataclass(frozen=True, slots=True)
class Side:
    """A party with its duties. `late` is how many are late, `mine` whether it is the visitor's unit."""

    party: Party
    name: str
    mine: bool
    clocks: tuple[Clock, ...]
    late: int


@dataclass(frozen=True, slots=True)
class Payment:
    """From which day the municipality pays, and what keeps it from having to. `standing` is a code of `Standing`."""

    standing: str
    begins: date | None
    days: int
    noon: bool  # the notice was sent after 12.00, so that a day is added (5:4)
    stops: tuple[str, ...]
    waits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as it was sent or had. `lines` are (what it is, the words)."""

    kind: str
    at: datetime | None
    by: str
    to: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class View:
    """One stay for one unit. `own` are the parties that the unit is."""

    id: str
    person: int
    name: str
    case: Case
    own: frozenset[Party]
    sides: tuple[Side, ...]
    payment: Payment | None
    sent: tuple[Sent, ...]
    late: int
    next: Clock | None

    @property
    def keeps(self) -> bool:
        """Whether the unit is the ward, which knows when the patient came; others know when they were told."""
        return Party.INPATIENT in self.own


def view(stay: Stay, provider: str, unit: str, now: datetime, _: Language) -> View | None:
    """None for what is no stay: a message whose notice was never had."""
    case = case_of(stay.encounter, stay.messages)
    if case is None:
        return None
    own = own_party(stay.messages, provider, unit, keeps=stay.encounter is not None)
    found = deadlines(case)
    sides = tuple(_sides(case, found, own, now, _))
    mine = [each for side in sides if side.mine for each in side.clocks]
    paid = {Party.INPATIENT, Party.MUNICIPAL_CARE, Party.SOCIAL} & own and case.needs is not None
    return View(
        stay.id,
        stay.person,
        next((fields["name"] for each in stay.messages if "name" in (fields := fields_of(each))), ""),
        case,
        own,
        sides,
        payment(case, liability(case, now), _) if paid else None,
        tuple(_sent(stay, _)),
        sum(side.late for side in sides),
        min((each for each in mine if each.state in (State.WAITING, State.LATE)), key=_urgency, default=None),
    )


def payment(case: Case, told: Liability, _: Language) -> Payment:
    sent = case.notice_of_readiness
    noon = sent is not None and told.begins is not None and (told.begins - day_of(sent)).days == 4
    stops = tuple(words.unmet(each, _) for each in told.unmet)
    waits = tuple(words.unmet(each, _) for each in told.waiting)
    return Payment(told.standing.value, told.begins, told.days, noon and told.standing is not Standing.NONE, stops, waits)


def _sides(case: Case, found: Sequence[Deadline], own: frozenset[Party], now: datetime, _: Language) -> Iterator[Side]:
    for party in Party:
        clocks = [_clock(each, now, _) for each in found if each.by is party]
        if party is Party.INPATIENT:
            clocks += _kept(case, _)
        if clocks:
            late = sum(each.state == State.LATE for each in clocks)
            yield Side(party, words.party(party, _), party in own, tuple(clocks), late)


def _clock(each: Deadline, now: datetime, _: Language) -> Clock:
    state = each.state(now)
    left = words.left(each.due, now, _) if each.done is None else ""
    to = words.party(each.to, _) if each.to else ""
    return Clock(words.step(each.step, _), to, each.due, each.done, state.value, words.state(state, _), left, each.cite)


def _kept(case: Case, _: Language) -> Iterator[Clock]:
    for party in sorted(case.told_parties & case.withheld):
        for step in _KEPT_FROM:
            said = _("May not be sent: secrecy")
            yield Clock(words.step(step, _), words.party(party, _), None, None, "kept", said, "", CITES[step])


def _urgency(clock: Clock) -> tuple[bool, datetime]:
    return (clock.due is None, clock.due or datetime.max.astimezone())


def _sent(stay: Stay, _: Language) -> Iterator[Sent]:
    for each in sorted(stay.messages, key=lambda one: str(one.get("sent", "")), reverse=True):
        kind, at, sender = kind_of(each), when(each.get("sent")), sender_of(each)
        if kind is None:
            continue
        fields = fields_of(each)
        lines = [(words.field(name, _), _told(name, fields[name], _)) for name in FIELDS if name in fields]
        lines += [("", str(text)) for text in items(each, "payload", "contentString")] if not lines else []
        new = estimate_of(each)
        lines += [(words.field("estimated-discharge", _), _.moment(new))] if new else []
        to = tuple(one.name or words.party(one.party, _) for one in recipients_of(each))
        yield Sent(words.message(kind, _), at.at if at else None, sender.name if sender else "", to, tuple(lines))


def _told(name: str, value: str, _: Language) -> str:
    at = when(value) if name == "estimated-discharge" else None
    return _.moment(at.at) if at else value
