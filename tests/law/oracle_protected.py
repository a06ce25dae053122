"""The oracle's part for protected identity: OSL 21 kap. 3 § and 22 kap. 1 § as plain ifs, beside what all other law says."""

from __future__ import annotations

from kedja.access.actor import Actor, Kind
from kedja.access.custody import Custody, Label


def may(action: str, actor: Actor, custody: Custody, exactly: bool, otherwise: bool) -> bool:
    """Whether it is permitted of this resource; `otherwise`: whether all other law permits it."""
    protected = Label.SHIELDED in custody.labels
    themselves = actor.person > 0 and actor.person == custody.person
    rights = actor.assignment.rights if actor.assignment else ()
    if action == "place":
        return actor.id != "" and actor.kind is Kind.CITIZEN and themselves
    if action == "unprotect":
        staff = actor.kind in (Kind.PROFESSIONAL, Kind.CARE_WORKER, Kind.SYSTEM)
        return staff and any(right.startswith("Skriva;skyddade personuppgifter;") for right in rights)
    if action in ("read", "count") and protected and not exactly and not themselves:
        return False
    return otherwise


def may_define(actor: Actor, resource_type: str, otherwise: bool) -> bool:
    """Whether a resource of this type may be written; `otherwise`: whether all other law permits it."""
    rights = actor.assignment.rights if actor.assignment else ()
    if resource_type in ("SearchParameter", "StructureDefinition", "ValueSet", "CodeSystem", "ConceptMap"):
        return otherwise and any(right.startswith("Skriva;definitioner;") for right in rights)
    return otherwise
