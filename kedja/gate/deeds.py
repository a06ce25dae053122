"""A write that something follows from, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kedja.access.actor import Actor
from kedja.access.custody import Custody, Label, Regime
from kedja.access.state_facts import People
from kedja.gate.changes import Change
from kedja.gate.refusals import Denied
from kedja.store.write import Version

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deed:
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
        return Denied(self.version.person, self.change, why=why)


@dataclass(frozen=True, slots=True)
class Follows:
    """One new resource, under which custody, by which rule."""

    resource: Resource
    custody: Custody
    rule: str


def of_provider(deed: Deed, label: Label) -> Custody:
    """Kept by the provider as a whole, so that the unit cannot change what is said of it."""
    return Custody(Regime.CONTROL, deed.version.person, deed.version.provider, labels=label)
