"""What the law makes follow from a write happens in its transaction: notices, review items, requests to lift a block.

The rules say what follows: an opening or lift whose rule has the obligation NOTIFY_PATIENT brings a notice to the person about,
one with REVIEW_QUEUE an item for who reviews the log. A request to lift a block comes to the provider that has blocked, the
answer to who asked, a referral to the unit that it is to, what becomes of it to who sent it, and a message about a discharge to
each unit that it is to. All that follows is new, so that nothing more is locked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from asyncpg import Connection, Record

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.access.consents import REASON_URL
from kedja.access.custody import Custody, Label, Regime
from kedja.access.decide import establish
from kedja.access.duties import LABELS, Duty, Opening, notice, review
from kedja.access.facts import facts_of
from kedja.access.rows import FactRow
from kedja.access.rule import Obligation, Rule
from kedja.access.rules import limit, standard
from kedja.access.state_facts import People
from kedja.care import monitoring
from kedja.gate.changes import Change
from kedja.gate.conditional import Settled
from kedja.gate.deeds import Deed, Follows, Resource, of_provider
from kedja.gate.duties import of_task
from kedja.gate.handover import of_communication
from kedja.gate.joint_plan import of_plan
from kedja.gate.prepare import prepare, version_of
from kedja.gate.referrals import of_request
from kedja.gate.refusals import Refusals
from kedja.outcome import OutcomeError, refuse
from kedja.store.edits import standing_bodies
from kedja.store.keys import new_id
from kedja.store.write import LogLine, Version

_WATCHED: Final = frozenset({"Consent", "Task", "Communication", "ServiceRequest", "CarePlan"})


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
) -> Iterator[Follows]:
    if change.resource is None:
        _check_kept(version)
        return iter(())
    return _FOLLOWING[change.type](Deed(change, change.resource, version, before, actor, now, people))


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
    if version.type == "Task" and version.regime == Regime.BIOBANK and not version.person and not version.source:
        raise refuse(422, "business-rule", "an order to destroy a sample is kept: close it with how it went", version.type)


# An opening or a lift


def _of_consent(deed: Deed) -> Iterator[Follows]:
    custody = _custody(deed.version)
    if monitoring.is_ours(deed.resource) and deed.resource.get("status") == "active" and deed.actor.person != custody.person:
        raise deed.denied("who is asked about technique that monitors says yes themselves (SoLPuL 9 §)")
    for fact in facts_of(deed.resource, custody, people=deed.people):
        decision = establish(deed.actor, fact, deed.now)
        rule = standard().by_id[decision.rule_ids[0]] if decision.rule_ids else None
        if rule is None or not _MAKERS.keys() & set(decision.obligations):
            continue
        opening = _opening(deed, fact, rule)
        for obligation in decision.obligations:
            if obligation in _MAKERS:
                resource, label = _MAKERS[obligation](opening)
                yield Follows(resource, of_provider(deed, label), rule.id)


def _opening(deed: Deed, fact: FactRow, rule: Rule) -> Opening:
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


def _custody(version: Version) -> Custody:
    return Custody(Regime(version.regime), version.person, version.provider, version.unit)


_FOLLOWING: Final[Mapping[str, Callable[[Deed], Iterator[Follows]]]] = {
    "Consent": _of_consent,
    "Task": of_task,
    "Communication": of_communication,
    "ServiceRequest": of_request,
    "CarePlan": of_plan,
}
