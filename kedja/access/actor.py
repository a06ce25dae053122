"""Who asks, and by which assignment (spec 1.1; PDL 4:1-2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    CITIZEN = "citizen"
    PROXY = "proxy"
    GUARDIAN = "guardian"
    PROFESSIONAL = "professional"  # health care staff of a vårdgivare
    CARE_WORKER = "care_worker"  # staff of an omsorgsgivare
    REGISTRY_STAFF = "registry_staff"
    RESEARCHER = "researcher"
    SYSTEM = "system"  # a system client of a provider, a source
    AUTHORITY = "authority"
    PARTNER = "partner"  # of a company, or of an organisation of patients: takes part in innovation, and is given no health data


class Purpose(StrEnum):
    """PDL 2 kap. 4 §, in its order, and the uses beside care."""

    CARE = "care"
    ADMINISTRATION = "administration"
    STATUTORY = "statutory"
    QUALITY = "quality"
    PLANNING = "planning"
    STATISTICS = "statistics"
    COUNT = "count"
    RESEARCH = "research"
    DISPENSING = "dispensing"  # a pharmacy's (NLL 5:1)
    EDUCATION = "education"  # training in health care (BBL 4:7)
    INNOVATION = "innovation"  # work with needs and ideas: no rule of the law gives health data for it
    OWN = "own"  # a person about themselves


@dataclass(frozen=True, slots=True)
class Assignment:
    """Medarbetaruppdrag: what somebody may do, where, for which purpose. `rights` are `Läsa;alla;SJF` and the like."""

    id: str
    purpose: Purpose
    provider: str  # HSA-id of the vårdgivare or omsorgsgivare
    unit: str  # HSA-id of the unit
    rights: tuple[str, ...] = ()
    provider_name: str = ""
    unit_name: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """One signed-in somebody. `person` is their own person key (citizens), 0 otherwise."""

    id: str  # the subject of the token: unique and stable
    kind: Kind
    name: str = ""
    title: str = ""  # Läkare, Distriktssköterska, ...
    person: int = 0
    hsa_id: str = ""
    prescriber: bool = False
    licences: tuple[str, ...] = ()  # licensed professions by their codes: LK, SSK, AP, DT, ...
    assignment: Assignment | None = None
    acts_for: int = 0  # the person for whom a guardian or proxy acts; 0: oneself
    acts_for_name: str = ""  # as pages say it

    @property
    def subject(self) -> int:
        """The person whose record a citizen, guardian or proxy looks at; 0 for staff."""
        return self.acts_for or self.person


def acting(actor: Actor, kind: Kind, person: int, name: str = "") -> Actor:
    """The same human as a guardian or proxy of this person. Whether they are one, the law asks at each request."""
    return replace(actor, kind=kind, acts_for=person, acts_for_name=name)


def oneself(actor: Actor) -> Actor:
    """A guardian or proxy as the person that they are."""
    return replace(actor, kind=Kind.CITIZEN, acts_for=0, acts_for_name="") if actor.acts_for else actor
