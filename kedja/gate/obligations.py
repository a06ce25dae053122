"""What the law makes follow from a write happens in its transaction: notices, review items, requests to lift a block.

The rules say what follows: an opening or lift whose rule has the obligation NOTIFY_PATIENT brings a notice to the person about,
one with REVIEW_QUEUE an item for who reviews the log. A request to lift a block comes to the provider that has blocked, the
answer to who asked, and a message about a discharge to each unit that it is to. All that follows is new, so that nothing more
is locked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from asyncpg import Connection, Record

from kedja import exactjson
from kedja.access.actor import Actor, Kind
from kedja.access.consents import REASON_URL
from kedja.access.custody import Custody, Label, Regime
from kedja.access.decide import establish
from kedja.access.duties import (
    FINDING_SYSTEM,
    LABELS,
    Duty,
    Finding,
    Opening,
    duty_of,
    given,
    lift_answer,
    lift_decision,
    notice,
    owner_of,
    review,
)
from kedja.access.facts import facts_of
from kedja.access.rows import FactRow
from kedja.access.rule import Obligation, Rule
from kedja.access.rules import limit, standard
from kedja.access.state_facts import People
from kedja.discharge import messages, reading
from kedja.discharge.case import Party
from kedja.gate.changes import Change
from kedja.gate.conditional import Settled
from kedja.gate.prepare import prepare, version_of
from kedja.gate.refusals import Denied, Refusals
from kedja.outcome import OutcomeError, refuse
from kedja.store.edits import standing_bodies
from kedja.store.keys import new_id
from kedja.store.write import LogLine, Version

Resource = dict[str, Any]
_WATCHED: Final = frozenset({"Consent", "Task", "Communication"})
_BREACH: Final = "A review of the access log found that this was not permitted"
_REGIMES: Final = {Party.SOCIAL: Regime.SOCIAL}
_RECORDS: Final = (Regime.HEALTH, Regime.SOCIAL)  # whose messages are those of the statute: staff write there alone


@dataclass(frozen=True, slots=True)
class _Deed:
    """A change that is about to be stored, as `version`; `before` is what stood there, or None."""

    change: Change
    resource: Resource
    version: Version
    before: Resource | None
    actor: Actor
    now: datetime
    people: People

    @property
    def reference(self) -> str:
        return f"{self.version.type}/{self.version.id}"

    def denied(self, why: str) -> Denied:
        return Denied(self.version.person, self.change, standing=False, why=why)


@dataclass(frozen=True, slots=True)
class _Follows:
    """One new resource, under which custody, by which rule."""

    resource: Resource
    custody: Custody
    rule: str


async def following(
    conn: Connection,
    settled: Sequence[Settled],
    versions: Sequence[Version],
    existing: Mapping[tuple[str, str], Record],
    actor: Actor,
    now: datetime,
    people: People,
) -> tuple[list[Version], list[LogLine]]:
    """The versions and log lines that follow from these. Raises Refusals for a duty that is not fulfilled as it must be."""
    written = {(version.type, version.id): version for version in versions if version.type in _WATCHED}
    if not written:
        return [], []
    before = await _before(conn, written, existing)
    more: list[Version] = []
    lines: list[LogLine] = []
    refusals: list[tuple[int, OutcomeError]] = []
    for one in settled:
        change = one.change
        version = written.get((change.type, change.id))
        if version is None:
            continue
        try:
            for follows in _of_change(change, version, before.get((change.type, change.id)), actor, now, people):
                new = version_of(prepare(follows.resource, new_id()), follows.custody, None, now)
                more.append(new)
                place = f"{new.type}/{new.id}/_history/{new.version}"
                lines.append(LogLine(new.person, "create", [follows.rule] if follows.rule else [], [place], "follows"))
        except OutcomeError as error:
            refusals.append((one.place, error))
    if refusals:
        raise Refusals(refusals)
    return more, lines


def _of_change(
    change: Change, version: Version, before: Resource | None, actor: Actor, now: datetime, people: People
) -> Iterator[_Follows]:
    if change.resource is None:
        _check_kept(version)
        return iter(())
    return _FOLLOWING[change.type](_Deed(change, change.resource, version, before, actor, now, people))


async def _before(
    conn: Connection, written: Mapping[tuple[str, str], Version], existing: Mapping[tuple[str, str], Record]
) -> dict[tuple[str, str], Resource]:
    wanted = [place for place in written if place in existing and place[0] == "Task"]
    bodies = await standing_bodies(conn, wanted) if wanted else {}
    return {place: exactjson.loads(body.encode()) for place, body in bodies.items() if body}


def _check_kept(version: Version) -> None:
    if version.labels & (Label.NOTICE | Label.REVIEW | Label.LIFT):
        told = "a notice, a review and a request are kept: close it with what was found, or decided"
        raise refuse(422, "business-rule", told, version.type)


# An opening or a lift


def _of_consent(deed: _Deed) -> Iterator[_Follows]:
    custody = _custody(deed.version)
    for fact in facts_of(deed.resource, custody, people=deed.people):
        decision = establish(deed.actor, fact, deed.now)
        rule = standard().by_id[decision.rule_ids[0]] if decision.rule_ids else None
        if rule is None or not _MAKERS.keys() & set(decision.obligations):
            continue
        opening = _opening(deed, fact, rule)
        for obligation in decision.obligations:
            if obligation in _MAKERS:
                resource, label = _MAKERS[obligation](opening)
                yield _Follows(resource, _of_provider(deed, label), rule.id)


def _opening(deed: _Deed, fact: FactRow, rule: Rule) -> Opening:
    return Opening(
        patient=deed.resource["patient"]["reference"],
        reference=deed.reference,
        kind=getattr(fact, "kind", ""),
        rule=rule.id,
        title=rule.title_sv,
        actor=deed.actor,
        reason=_reason(deed.resource),
        at=deed.now,
        ends=getattr(fact, "ends", None),
    )


def _reason(consent: Resource) -> str:
    found = (each.get("valueString", "") for each in consent.get("extension", ()) if each.get("url") == REASON_URL)
    return next(found, "")


def _notice(opening: Opening) -> tuple[Resource, Label]:
    return notice(opening), LABELS[Duty.NOTICE]


def _review(opening: Opening) -> tuple[Resource, Label]:
    return review(opening, opening.at + timedelta(days=limit("review-days"))), LABELS[Duty.REVIEW]


_MAKERS: Final[Mapping[Obligation, Callable[[Opening], tuple[Resource, Label]]]] = {
    Obligation.NOTIFY_PATIENT: _notice,
    Obligation.REVIEW_QUEUE: _review,
}


# A request to lift a block, what is decided on it, and a review that is closed


def _of_task(deed: _Deed) -> Iterator[_Follows]:
    duty = duty_of(deed.resource)
    if duty_of(deed.before or {}) in _ANSWERED:
        _check_answer(deed)
    if duty is Duty.LIFT_REQUEST and deed.before is None:
        _check_request(deed)
        custody = Custody(Regime.CONTROL, deed.version.person, owner_of(deed.resource), labels=LABELS[Duty.LIFT_DECISION])
        yield _Follows(lift_decision(deed.resource, deed.reference), custody, "V-13")
    elif duty is Duty.LIFT_DECISION and _closes(deed, "completed", "rejected"):
        to = Custody(
            Regime.CONTROL,
            deed.version.person,
            given(deed.resource, "provider"),
            given(deed.resource, "unit"),
            labels=LABELS[Duty.LIFT_ANSWER],
        )
        yield _Follows(lift_answer(deed.resource, deed.actor, deed.now), to, "V-13.5")
    elif duty is Duty.REVIEW and _closes(deed, "completed"):
        yield from _of_finding(deed)


def _check_request(deed: _Deed) -> None:
    """Health care staff ask the provider that has blocked, with a reason (SVOD 3:5: the rule is for vårdgivare alone)."""
    if deed.actor.kind is not Kind.PROFESSIONAL or deed.actor.assignment is None:
        raise deed.denied("only health care staff ask that a block is lifted (SFS 2022:913 3 kap. 5 §)")
    if not owner_of(deed.resource):
        told = "a request to lift a block names the provider that has blocked, by its HSA-id"
        raise refuse(422, "required", told, "Task.owner.identifier")
    if not str(deed.resource.get("reasonCode", {}).get("text", "")).strip():
        raise refuse(422, "required", "say why the blocked information is indispensable now", "Task.reasonCode.text")


def _of_finding(deed: _Deed) -> Iterator[_Follows]:
    """A review closes with a finding, by another than whom it is about; of a breach the person is told."""
    coding = deed.resource.get("businessStatus", {}).get("coding", ())
    found = next((each.get("code") for each in coding if each.get("system") == FINDING_SYSTEM), None)
    if found not in [finding.value for finding in Finding]:
        told = f"a review is closed with a finding in `businessStatus`: one of {', '.join(Finding)}"
        raise refuse(422, "required", told, "Task.businessStatus")
    if {given(deed.resource, "employee"), given(deed.resource, "login")} & {deed.actor.hsa_id or deed.actor.id, deed.actor.id}:
        raise deed.denied("nobody reviews what they did themselves: leave it to another reviewer")
    if found == Finding.BREACH:
        name = given(deed.resource, "name") or given(deed.resource, "employee")
        opening = Opening(
            patient=deed.resource["for"]["reference"],
            reference=deed.resource.get("focus", {}).get("reference", "") or deed.reference,
            kind="breach",
            rule="L-2.2",
            title="Granskning av loggen visade att läsningen inte var tillåten",
            actor=deed.actor,
            reason=f"{_BREACH}: {name}",
            at=deed.now,
            ends=None,
        )
        yield _Follows(notice(opening), _of_provider(deed, LABELS[Duty.NOTICE]), "L-2.2")


_ANSWERED: Final = (Duty.REVIEW, Duty.LIFT_DECISION)
_ANSWER: Final = frozenset({"status", "statusReason", "businessStatus", "note", "output", "lastModified", "meta", "id", "text"})


def _check_answer(deed: _Deed) -> None:
    """Whoever acts on it says how it went, and changes nothing of what it is about; what is closed stays closed."""
    before = deed.before or {}
    if before.get("status") in ("completed", "rejected"):
        raise refuse(409, "conflict", f"{deed.reference} is closed: what was found or decided stands", "Task.status")
    for name in sorted((before.keys() | deed.resource.keys()) - _ANSWER):
        if before.get(name) != deed.resource.get(name):
            told = f"`{name}` of {deed.reference} stays as it is: say how it went in status, businessStatus, note and output"
            raise refuse(422, "business-rule", told, f"Task.{name}")


def _closes(deed: _Deed, *statuses: str) -> bool:
    return deed.before is not None and deed.resource.get("status") in statuses


# A message about a discharge


def _of_communication(deed: _Deed) -> Iterator[_Follows]:
    """Each unit that it is to gets its own copy, in its own record (lag 2017:612)."""
    if reading.kind_of(deed.resource) is None or deed.version.regime not in _RECORDS:
        return
    reading.check(deed.resource)
    if deed.before is not None or deed.version.version > 1 or _is_copy(deed.resource):
        return
    own = (deed.version.provider, deed.version.unit)
    for recipient in reading.recipients_of(deed.resource):
        if (recipient.provider, recipient.unit) == own:
            continue
        regime = _REGIMES.get(recipient.party, Regime.HEALTH)
        custody = Custody(regime, deed.version.person, recipient.provider, recipient.unit, deed.version.start, deed.version.end)
        yield _Follows(messages.copy_of(deed.resource, deed.reference), custody, "")


def _is_copy(resource: Resource) -> bool:
    return bool(resource.get("partOf"))


_FOLLOWING: Final[Mapping[str, Callable[[_Deed], Iterator[_Follows]]]] = {
    "Consent": _of_consent,
    "Task": _of_task,
    "Communication": _of_communication,
}


def _custody(version: Version) -> Custody:
    return Custody(Regime(version.regime), version.person, version.provider, version.unit)


def _of_provider(deed: _Deed, label: Label) -> Custody:
    """Kept by the provider as a whole, so that the unit cannot change what is said of it."""
    return Custody(Regime.CONTROL, deed.version.person, deed.version.provider, labels=label)
