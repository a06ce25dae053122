"""What the oracle reads off one request: who asks, what the facts in force say. Plain if-statements, no rule file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kedja.access.actor import Actor
from kedja.access.asker import Context
from kedja.access.custody import Custody, Label, Regime
from kedja.access.facts import BlockFact, CareRelation, ConsentFact, FactRow, LiftFact, SubjectState

EHDS = datetime(2029, 3, 26, tzinfo=UTC)
CARE_RECORDS = (Regime.HEALTH, Regime.SOCIAL)


class Reading:
    """One actor, one resource, its facts, at one time. `facts` are those in force; `begun` may also have ended."""

    def __init__(
        self, actor: Actor, custody: Custody, facts: Sequence[FactRow], now: datetime, context: Context, type: str = ""
    ) -> None:
        self.type = type
        self.actor, self.custody, self.now, self.context = actor, custody, now, context
        self.begun = [fact for fact in facts if fact.person == custody.person and (fact.starts is None or fact.starts <= now)]
        self.facts = [fact for fact in self.begun if fact.ends is None or fact.ends > now]
        self.provider = actor.assignment.provider if actor.assignment else ""
        self.unit = actor.assignment.unit if actor.assignment else ""
        self.purpose = actor.assignment.purpose if actor.assignment else None
        self.me = actor.hsa_id or actor.id
        self.same = self.provider != "" and custody.provider == self.provider
        self.at_my_unit = self.same and self.unit != "" and custody.unit == self.unit

    # ---- who asks ----

    def mine(self) -> bool:
        return self.actor.person > 0 and self.custody.person == self.actor.person

    def own_system(self) -> bool:
        assignment = self.actor.assignment
        own_source = assignment is not None and assignment.id != "" and self.custody.source == assignment.id
        return self.same or own_source

    def stated_for_provider(self) -> bool:
        return bool(self._rights() & {"Läsa;alla;VG", "Läsa;alla;SJF"})

    def reaches(self, activity: str) -> bool:
        """PDL 4 kap. 2 §: `activity;class;scope`, where VE is the unit, VG the provider and SJF all that is shared."""
        rights = self._rights()
        if not rights:
            return True
        word = activity.capitalize()
        if f"{word};alla;SJF" in rights:
            return True
        if f"{word};alla;VG" in rights:
            return self.same
        return f"{word};alla;VE" in rights and self.at_my_unit

    def _rights(self) -> set[str]:
        return set(self.actor.assignment.rights) if self.actor.assignment else set()

    # ---- relations, consents, openings ----

    def in_our_care(self, *, ever: bool = False) -> bool:
        relations = [fact for fact in (self.begun if ever else self.facts) if isinstance(fact, CareRelation)]
        return self.provider != "" and any(
            relation.provider == self.provider and relation.unit in ("", self.unit) for relation in relations
        )

    def consented(self, kind: str) -> bool:
        return any(fact.kind == kind and fact.employee in (None, self.me) for fact in self._consents())

    def opened_by_me(self, kind: str = "emergency") -> bool:
        return any(fact.kind == kind and fact.employee == self.me for fact in self._consents())

    def _consents(self) -> list[ConsentFact]:
        consents = [fact for fact in self.facts if isinstance(fact, ConsentFact)]
        return [fact for fact in consents if fact.provider == self.provider != "" and fact.unit in (None, self.unit)]

    # ---- blocks and their lifts ----

    def inner_blocked(self) -> bool:
        return not self.at_my_unit and self.blocked("inner")

    def outer_blocked(self) -> bool:
        return self.blocked("outer")

    def blocked(self, kind: str) -> bool:
        if self._lifted(kind):
            return False
        for block in self.facts:
            if isinstance(block, BlockFact) and block.kind == kind and block.provider == self.custody.provider:
                at_unit = block.unit is None or block.unit == self.custody.unit
                if at_unit and not block.excluded & self.custody.labels and self._touches(block.info_start, block.info_end):
                    return True
        return False

    def _lifted(self, kind: str) -> bool:
        """Inera's contract: a temporary lift that matches who asks un-blocks."""
        for lift in self.facts:
            if isinstance(lift, LiftFact) and lift.kind == kind and lift.provider == self.custody.provider:
                for_me = lift.to_provider == self.provider and lift.to_unit in (None, self.unit)
                if lift.unit in (None, self.custody.unit) and for_me and lift.to_employee in (None, self.me):
                    return True
        return False

    def _touches(self, first: datetime | None, last: datetime | None) -> bool:
        if first is not None and self.custody.end is not None and self.custody.end < first:
            return False
        return not (last is not None and self.custody.start is not None and self.custody.start > last)

    # ---- what is judged of the person ----

    def judged(self, kind: str, provider: str) -> bool:
        return any(fact.kind == kind and fact.provider == provider for fact in self._states())

    def judged_here(self, kind: str) -> bool:
        return self.provider != "" and self.judged(kind, self.provider)

    def assessed(self, kind: str) -> bool:
        return any(fact.kind == kind for fact in self._states())

    def ages(self) -> list[int]:
        """Whole years, by each birth date that is known."""
        today = self.now.astimezone(ZoneInfo("Europe/Stockholm")).date()
        days = [fact.starts.date() for fact in self._states() if fact.kind == "born" and fact.starts is not None]
        return [today.year - day.year - ((today.month, today.day) < (day.month, day.day)) for day in days]

    def unable_when_documented(self) -> bool:
        states = [fact for fact in self._states() if fact.kind == "not-only-temporarily-unable"]
        return any(fact.provider == self.custody.provider and self._touches(fact.starts, fact.ends) for fact in states)

    def _states(self) -> list[SubjectState]:
        return [fact for fact in self.facts if isinstance(fact, SubjectState)]

    def is_marked(self, label: Label) -> bool:
        return bool(self.custody.labels & label)
