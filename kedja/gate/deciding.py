"""The law on writes: on what stands there, on what shall stand there, and on what a Consent brings about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from asyncpg import Record

from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.access.custody import Custody, Label, Regime
from kedja.access.decide import establish
from kedja.access.evaluate import evaluate, permitting_rule
from kedja.access.facts import facts_of
from kedja.access.state_facts import People
from kedja.access.vocabulary.protected import DEFINING
from kedja.gate.changes import Change, Written
from kedja.gate.conditional import Settled
from kedja.gate.custodian import custody_for
from kedja.gate.prepare import NOBODY, Prepared, body_of, version_of
from kedja.gate.refusals import Denied
from kedja.gate.shield import is_shielded, shown
from kedja.outcome import OutcomeError, refuse
from kedja.search.condition import Condition
from kedja.store.write import LogLine, Version

Existing = Mapping[tuple[str, str], Record]
_ACTIONS = {"created": "create", "updated": "update", "unchanged": "update", "deleted": "delete"}


@dataclass(slots=True)
class Decided:
    """What is to be stored and logged, what is answered, and which changes may not be made: (their place, why)."""

    versions: list[Version] = field(default_factory=list[Version])
    written: list[Written] = field(default_factory=list[Written])
    refusals: list[tuple[int, OutcomeError]] = field(default_factory=list[tuple[int, OutcomeError]])
    by_line: dict[tuple[int, str], LogLine] = field(default_factory=dict[tuple[int, str], LogLine])

    @property
    def lines(self) -> list[LogLine]:
        return list(self.by_line.values())

    def shown(self, actor: Actor, now: datetime) -> list[Written]:
        """What is answered as the actor may see it, after it was stored."""
        shielded = {(one.type, one.id): one for one in self.versions if is_shielded(one.labels)}
        if not shielded:
            return self.written
        return [
            replace(one, body=shown(actor, of.person, of.labels, one.body, now))
            if (of := shielded.get((one.type, one.id)))
            else one
            for one in self.written
        ]


def in_order(versions: Iterable[Version]) -> list[Version]:
    """As they are stored: in one order, so that two who create the same ids cannot wait for each other."""
    return sorted(versions, key=lambda version: (version.type, version.id))


def decide(
    settled: Sequence[Settled],
    prepared: Sequence[Prepared],
    people: Sequence[int | OutcomeError],
    existing: Existing,
    actor: Actor,
    now: datetime,
    named: People = NOBODY,
) -> Decided:
    """Every change decided; `existing` is what stands there that the actor may write. `named`: see `representatives`."""
    decided = Decided()
    may = permit(actor, "write", now)
    for one, ready, person in zip(settled, prepared, people):
        row = existing.get((one.change.type, one.change.id))
        try:
            if isinstance(person, OutcomeError):
                raise person
            custody, rule = _custody(one.change, row, person, actor, may, now, named)
        except OutcomeError as refusal:
            decided.refusals.append((one.place, refusal))
            continue
        written = _next(ready, custody, row, now, decided.versions, named)
        decided.written.append(written)
        _note(decided.by_line, custody.person, written, rule)
    return decided


def _custody(
    change: Change, row: Record | None, person: int, actor: Actor, may: Condition, now: datetime, named: People
) -> tuple[Custody, str]:
    """The custody that the change gives the resource, and the rule that permits it."""
    standing = custody_of_row(row) if row is not None else None
    if standing is not None and change.resource is None:
        _keep_protection(change, standing, None, actor, now)
        return standing, permitting_rule(may, standing, (), change.type, change.id) or ""
    if standing is not None and standing.person and person != standing.person:
        told = f"{change.type}/{change.id} is about another person: delete it there and create it here"
        raise refuse(422, "business-rule", told, change.type)
    custody = custody_for(actor, change.resource or {"resourceType": change.type}, person)
    rule = permitting_rule(may, custody, (), change.type, change.id)
    if rule is None or not _may_establish(change, custody, actor, now, named):
        raise Denied(person, change, why=_why_not(change, may, custody))
    if standing is not None:
        _keep_protection(change, standing, custody, actor, now)
    return custody, rule


def _keep_protection(change: Change, standing: Custody, custody: Custody | None, actor: Actor, now: datetime) -> None:
    """Raises Denied when a Patient would no longer say that its person has protected identity, and the actor may not end that."""
    if change.type != "Patient" or Label.PROTECTED not in standing.labels or (custody and Label.PROTECTED in custody.labels):
        return
    if not evaluate(permit(actor, "unprotect", now), standing):
        told = "the mark of protected identity is taken away by who has the right `Skriva;skyddade personuppgifter` (OSL 22:1)"
        raise Denied(standing.person, change, why=told)


def _why_not(change: Change, may: Condition, custody: Custody) -> str:
    """What is lacking where it is the type alone that makes the difference."""
    if change.type not in DEFINING or not evaluate(may, custody, (), "Basic"):
        return ""
    told = "definitions that change the service are stored by who has the right `Skriva;definitioner` (docs/reference/law.md)"
    return f"you may not write {change.type}: {told}"


def _may_establish(change: Change, custody: Custody, actor: Actor, now: datetime, named: People) -> bool:
    """Whether the actor may bring about what this Consent states."""
    facts = facts_of(change.resource or {}, custody, people=named)
    return all(establish(actor, fact, now).permitted for fact in facts)


def custody_of_row(row: Record) -> Custody:
    return Custody(
        Regime(row["regime"]),
        row["person"],
        row["provider"],
        row["unit"],
        row["doc_start"],
        row["doc_end"],
        Label(row["labels"] & ~Label.SHIELDED),  # that one is the store's
        row["source"],
    )


def _next(
    ready: Prepared, custody: Custody, row: Record | None, now: datetime, versions: list[Version], named: People
) -> Written:
    same = row is not None and row["deleted"] == (ready.resource is None) and row["content_hash"] == ready.content_hash
    if row is not None and same and not (ready.resource and is_shielded(row["labels"])):  # else who guesses would be told
        body = body_of(ready.resource, row["version"], row["updated"]) if ready.resource is not None else ""
        return Written(ready.type, ready.id, row["version"], row["updated"], "unchanged", body)
    version = version_of(ready, custody, row, now, named)
    versions.append(version)
    outcome = "deleted" if version.deleted else "created" if row is None or row["deleted"] else "updated"
    return Written(ready.type, ready.id, version.version, now, outcome, version.body)


def _note(lines: dict[tuple[int, str], LogLine], person: int, written: Written, rule: str) -> None:
    action = _ACTIONS[written.outcome]
    line = lines.setdefault((person, action), LogLine(person, action))
    if rule and rule not in line.rules:
        line.rules.append(rule)
    line.resources.append(f"{written.type}/{written.id}/_history/{written.version}")
