"""The oracle's part for children, guardians and proxies, read off practice, OSL 12:3, NLL 5:6 and EHDS 4(2)."""

from __future__ import annotations

from kedja.access.actor import Kind
from kedja.access.custody import Label, Regime
from kedja.access.facts import BlockFact, ConsentFact, Representation
from tests.law.oracle_reading import CARE_RECORDS, Reading

_MATTERS = {  # bit of the mandate -> some types, as many as the worlds have
    1: ("MedicationRequest", "MedicationDispense"),
    2: ("Encounter", "Appointment"),
    4: ("Observation", "DiagnosticReport"),
    8: ("Condition", "AllergyIntolerance"),
    16: ("CarePlan", "ServiceRequest"),
    32: ("DocumentReference", "Composition"),
}


def permits(one: Reading, action: str) -> bool:
    if action == "read":
        if one.actor.kind is Kind.GUARDIAN:
            return _guardian_reads(one)
        return one.actor.kind is Kind.PROXY and _proxy_reads(one)
    if action == "log":
        closed = any(isinstance(fact, BlockFact) and fact.kind == "guardian" for fact in one.facts)
        return one.actor.kind is Kind.GUARDIAN and _stands(one, "guardian") and _small(one) and not closed
    if action in ("establish-guardian", "establish-trustee") and one.custody.regime is Regime.CONTROL:
        registrar = one.actor.kind is Kind.PROFESSIONAL and one.purpose == "administration"
        return one.actor.kind is Kind.SYSTEM or registrar
    if action == "request":
        return one.custody.regime is Regime.HEALTH and _may_ask(one)
    if action == "annotate":
        return one.actor.kind is Kind.CITIZEN and one.mine() and one.custody.regime in CARE_RECORDS
    if action == "correspond":
        return one.custody.regime in (*CARE_RECORDS, Regime.WELLNESS) and _corresponds(one)
    if action == "take-part" and one.custody.regime in CARE_RECORDS and not any(age < 18 for age in one.ages()):
        if one.actor.kind is Kind.PROXY:
            return not one.assessed("dead") and _covered(one)
        return one.actor.kind is Kind.CITIZEN and one.mine()
    if action == "establish-proxy":
        on_paper = one.actor.kind in (Kind.PROFESSIONAL, Kind.CARE_WORKER) and one.purpose == "care"
        return one.custody.regime is Regime.CONTROL and (on_paper or (one.actor.kind is Kind.CITIZEN and one.mine()))
    if action in ("establish-guardian-access", "establish-child-access"):
        return _staff_of_the_unit(one) and _decides(one)
    if action == "establish-guardian-restriction":
        return _staff_of_the_unit(one) and one.purpose == "care"
    return False


def forbids(one: Reading, action: str) -> bool:
    """A child does not read before their time, but what a unit has opened to them, their own account and what they decide."""
    if action != "read" or one.actor.kind is not Kind.CITIZEN or not one.mine():
        return False
    young = any(age < 16 for age in one.ages())
    if one.custody.regime in CARE_RECORDS:
        return young and not _decided(one, "child-access")
    return young and one.custody.regime in (Regime.SOCIAL_OTHER, Regime.REGISTRY, Regime.BIOBANK)


def _guardian_reads(one: Reading) -> bool:
    if not _stands(one, "guardian") or _hidden(one) or one.blocked("guardian"):
        return False
    if _small(one):
        return one.custody.regime in (*CARE_RECORDS, Regime.REGISTRY, Regime.BIOBANK, Regime.WELLNESS, Regime.NLL)
    child = bool(one.ages()) and all(age < 18 for age in one.ages())
    return child and one.custody.regime in CARE_RECORDS and _decided(one, "guardian-access")


def _proxy_reads(one: Reading) -> bool:
    minor, dead = any(age < 18 for age in one.ages()), one.assessed("dead")
    if minor or dead or _hidden(one):
        return False
    if _stands(one, "trustee") and one.custody.regime in CARE_RECORDS and _decided(one, "guardian-access"):
        return True
    draft = one.custody.regime is Regime.WELLNESS and one.is_marked(Label.DRAFT)
    return _covered(one) and (draft or one.custody.regime in (*CARE_RECORDS, Regime.NLL))


def _corresponds(one: Reading) -> bool:
    """Who is old enough for themselves, guardians of the small, proxies within the mandate."""
    if one.actor.kind is Kind.CITIZEN:
        return one.mine() and not any(age < 16 for age in one.ages())
    if one.actor.kind is Kind.GUARDIAN:
        return _stands(one, "guardian") and _small(one) and not one.blocked("guardian")
    if one.actor.kind is not Kind.PROXY or any(age < 18 for age in one.ages()) or one.assessed("dead"):
        return False
    return _covered(one)


def _covered(one: Reading) -> bool:
    matters = [fact.classes for fact in _standing(one, "proxy")]
    return any(bits & bit and one.type in types for bits in matters for bit, types in _MATTERS.items())


def _may_ask(one: Reading) -> bool:
    """For a time, or a medicine again: who reads for themselves, a small child's guardian, a proxy within the mandate."""
    if one.actor.kind is Kind.CITIZEN:
        return one.mine() and not any(age < 16 for age in one.ages())
    if one.actor.kind is Kind.GUARDIAN:
        return _stands(one, "guardian") and _small(one) and not one.blocked("guardian")
    minor, dead = any(age < 18 for age in one.ages()), one.assessed("dead")
    matters = [fact.classes for fact in _standing(one, "proxy")]
    covered = any(bits & bit and one.type in types for bits in matters for bit, types in _MATTERS.items())
    return one.actor.kind is Kind.PROXY and covered and not minor and not dead


def _small(one: Reading) -> bool:
    return bool(one.ages()) and all(age < 13 for age in one.ages())


def _hidden(one: Reading) -> bool:
    return one.is_marked(Label.NOPATIENT | Label.THIRD_PARTY | Label.INCAPACITY)


def _stands(one: Reading, kind: str) -> bool:
    return bool(_standing(one, kind))


def _standing(one: Reading, kind: str) -> list[Representation]:
    if one.actor.person <= 0 or one.actor.acts_for <= 0 or one.actor.acts_for != one.custody.person:
        return []
    found = [fact for fact in one.facts if isinstance(fact, Representation) and fact.kind == kind]
    return [fact for fact in found if fact.representative == one.actor.person]


def _decided(one: Reading, kind: str) -> bool:
    place = (kind, one.custody.provider, one.custody.unit)
    return any(isinstance(fact, ConsentFact) and (fact.kind, fact.provider, fact.unit) == place for fact in one.facts)


def _staff_of_the_unit(one: Reading) -> bool:
    staff = one.actor.kind in (Kind.PROFESSIONAL, Kind.CARE_WORKER)
    return staff and one.custody.regime is Regime.CONTROL and one.at_my_unit


def _decides(one: Reading) -> bool:
    rights = one.actor.assignment.rights if one.actor.assignment else ()
    return any(right.startswith("Besluta;alla;") and right.endswith(("VE", "VG", "SJF")) for right in rights)
