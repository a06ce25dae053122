"""A slow oracle: the law once more, as plain if-statements read off the statutes, without the rule files or their compiler."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from kedja.access.actor import Actor, Kind, Purpose
from kedja.access.asker import Context
from kedja.access.custody import Custody, Label, Regime
from kedja.access.facts import BlockFact, CareRelation, ConsentFact, FactRow

EHDS = datetime(2029, 3, 26, tzinfo=UTC)


class Oracle:
    """Answers for one actor, one resource, its facts, at one time."""

    def __init__(self, actor: Actor, custody: Custody, facts: Sequence[FactRow], now: datetime, context: Context) -> None:
        self.actor, self.custody, self.now, self.context = actor, custody, now, context
        self.facts = [fact for fact in facts if fact.person == custody.person and self._in_force(fact)]
        self.provider = actor.assignment.provider if actor.assignment else ""
        self.unit = actor.assignment.unit if actor.assignment else ""
        self.purpose = actor.assignment.purpose if actor.assignment else None
        self.me = actor.hsa_id or actor.id
        self.same = self.provider != "" and custody.provider == self.provider
        self.at_my_unit = self.same and self.unit != "" and custody.unit == self.unit

    def may(self, action: str) -> bool:
        if self.actor.id == "":
            return False
        return {
            "read": self.read,
            "write": self.write,
            "log": self.log,
            "exists": self.exists,
            "blocked": self.blocked,
            "producers": self.producers,
        }[action]()

    def read(self) -> bool:
        custody, actor = self.custody, self.actor
        if custody.regime is Regime.DIRECTORY:
            return True
        if actor.kind is Kind.CITIZEN:
            hidden = Label.NOPATIENT | Label.THIRD_PARTY | Label.INCAPACITY
            return self.mine() and not custody.labels & hidden
        if actor.kind is Kind.SYSTEM:
            return self.own_system() and self.reaches("läsa")
        if actor.kind is Kind.PROFESSIONAL:
            return self.professional_reads()
        if actor.kind is Kind.CARE_WORKER:
            return self.care_worker_reads()
        if actor.kind is Kind.REGISTRY_STAFF:
            return self.registry_rows()
        return False

    def professional_reads(self) -> bool:
        match self.custody.regime:
            case Regime.HEALTH:
                return self.within_provider() or self.between_providers()
            case Regime.SOCIAL:
                return self.between_providers()
            case Regime.BIOBANK:
                if not self.same or not self.reaches("läsa") or self.inner_blocked():
                    return False
                if self.purpose is Purpose.CARE:
                    return self.at_my_unit or self.in_our_care()
                return self.purpose is Purpose.QUALITY and (self.at_my_unit or self.stated_for_provider())
            case Regime.REGISTRY:
                return self.registry_rows()
            case Regime.WELLNESS:
                if self.purpose is Purpose.QUALITY:
                    return self.consented("wellness-share-quality")
                return self.purpose is Purpose.CARE and self.consented("wellness-share")
            case Regime.CONTROL:
                return self.purpose is Purpose.CARE and self.at_my_unit
            case _:
                return False

    def within_provider(self) -> bool:
        """PDL 4 kap. 1-4 §§."""
        if not self.same or not self.reaches("läsa"):
            return False
        if not self.at_my_unit and (self.inner_blocked() or Label.INSURANCE in self.custody.labels):
            return False
        if self.purpose in (Purpose.CARE, Purpose.ADMINISTRATION):
            return self.at_my_unit or self.in_our_care()
        return self.purpose is Purpose.QUALITY and (self.at_my_unit or self.stated_for_provider())

    def between_providers(self) -> bool:
        """SVOD 3 kap. 1, 6 och 7 §§."""
        if not self.anothers() or self.purpose is not Purpose.CARE or not self.reaches("läsa") or self.outer_blocked():
            return False
        if self.in_our_care() and self.consented("svod"):
            return True
        return self.opened_by_me()

    def care_worker_reads(self) -> bool:
        if self.purpose is not Purpose.CARE:
            return False
        match self.custody.regime:
            case Regime.SOCIAL:
                return self.same and self.reaches("läsa") and (self.at_my_unit or self.in_our_care())
            case Regime.SOCIAL_OTHER:
                return self.at_my_unit and self.reaches("läsa")
            case Regime.CONTROL:
                return self.at_my_unit
            case _:
                return False

    def registry_rows(self) -> bool:
        """PDL 7 kap. 2, 4 och 9 §§."""
        if self.custody.regime is not Regime.REGISTRY or self.purpose is not Purpose.QUALITY or not self.same:
            return False
        opposed = (fact for fact in self.facts if isinstance(fact, BlockFact) and fact.kind == "registry")
        return not any(fact.provider in ("", self.custody.source) for fact in opposed)

    def write(self) -> bool:
        regime, kind = self.custody.regime, self.actor.kind
        if kind is Kind.CITIZEN:
            return self.mine() and regime in (Regime.WELLNESS, Regime.CONTROL)
        if kind is Kind.SYSTEM:
            return self.own_system() and self.reaches("skriva")
        if self.purpose is not Purpose.CARE or not self.at_my_unit:
            return False
        if regime is Regime.CONTROL:
            return kind in (Kind.PROFESSIONAL, Kind.CARE_WORKER)
        record = {Kind.PROFESSIONAL: Regime.HEALTH, Kind.CARE_WORKER: Regime.SOCIAL}
        return record.get(kind) is regime and self.reaches("skriva")

    def log(self) -> bool:
        return self.actor.kind is Kind.CITIZEN and self.mine()

    def exists(self) -> bool:
        staff = self.actor.kind in (Kind.PROFESSIONAL, Kind.CARE_WORKER) and self.purpose is Purpose.CARE
        return staff and self.custody.regime in (Regime.HEALTH, Regime.SOCIAL) and self.anothers() and not self.outer_blocked()

    def blocked(self) -> bool:
        if self.now >= EHDS or self.actor.kind is not Kind.PROFESSIONAL or self.purpose is not Purpose.CARE:
            return False
        if self.custody.regime in (Regime.HEALTH, Regime.SOCIAL) and self.anothers() and self.outer_blocked():
            return True
        return self.custody.regime is Regime.HEALTH and self.same and self.inner_blocked()

    def producers(self) -> bool:
        if self.actor.kind is not Kind.PROFESSIONAL or not self.exists():
            return False
        return (self.context.danger and self.context.consent_unobtainable) or self.opened_by_me()

    def mine(self) -> bool:
        return self.actor.person > 0 and self.custody.person == self.actor.person

    def own_system(self) -> bool:
        assignment = self.actor.assignment
        own_source = assignment is not None and assignment.id != "" and self.custody.source == assignment.id
        return self.same or own_source

    def anothers(self) -> bool:
        if self.provider == "" or self.custody.provider == "":
            return False
        if self.custody.provider != self.provider:
            return True
        return self.custody.regime is (Regime.HEALTH if self.actor.kind is Kind.CARE_WORKER else Regime.SOCIAL)

    def in_our_care(self) -> bool:
        relations = [fact for fact in self.facts if isinstance(fact, CareRelation)]
        return self.provider != "" and any(
            relation.provider == self.provider and relation.unit in ("", self.unit) for relation in relations
        )

    def consented(self, kind: str) -> bool:
        return any(
            fact.kind == kind
            and fact.provider == self.provider != ""
            and (fact.unit is None or fact.unit == self.unit)
            and (fact.employee is None or fact.employee == self.me)
            for fact in self.facts
            if isinstance(fact, ConsentFact)
        )

    def opened_by_me(self) -> bool:
        mine = [fact for fact in self.facts if isinstance(fact, ConsentFact) and fact.employee == self.me]
        return any(
            fact.kind == "emergency" and fact.provider == self.provider != "" and fact.unit in (None, self.unit) for fact in mine
        )

    def inner_blocked(self) -> bool:
        return not self.at_my_unit and self._blocked("inner")

    def outer_blocked(self) -> bool:
        return self._blocked("outer")

    def _blocked(self, kind: str) -> bool:
        for block in self.facts:
            if isinstance(block, BlockFact) and block.kind == kind and block.provider == self.custody.provider:
                at_unit = block.unit is None or block.unit == self.custody.unit
                if at_unit and not block.excluded & self.custody.labels and self._touches(block):
                    return True
        return False

    def _touches(self, block: BlockFact) -> bool:
        if block.info_start is not None and self.custody.end is not None and self.custody.end < block.info_start:
            return False
        return not (block.info_end is not None and self.custody.start is not None and self.custody.start > block.info_end)

    def _in_force(self, fact: FactRow) -> bool:
        if fact.starts is not None and fact.starts > self.now:
            return False
        return not (fact.ends is not None and fact.ends <= self.now)

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
