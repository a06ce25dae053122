"""The oracle's part for the medication list, registries, biobanks, research and secondary use, read off their statutes."""

from __future__ import annotations

from kedja.access.actor import Kind, Purpose
from kedja.access.custody import Label, Regime
from kedja.access.facts import BlockFact, ConsentFact, SubjectState
from kedja.access.instants import months_before
from tests.law.oracle_reading import EHDS, Reading

REGIMES = (Regime.NLL, Regime.REGISTRY, Regime.BIOBANK, Regime.RESEARCH)
_SECONDARY = (Regime.HEALTH, Regime.NLL, Regime.REGISTRY, Regime.BIOBANK, Regime.WELLNESS)


def permits(one: Reading, action: str) -> bool:
    match action:
        case "read":
            return _may_read(one)
        case "write":
            return one.custody.regime is Regime.CONTROL and writes_control(one)
        case "blocked":
            care = one.actor.kind is Kind.PROFESSIONAL and one.purpose is Purpose.CARE
            return care and one.now < EHDS and tells_of_blocked_medicines(one)
        case "publish":
            return delivers(one)
        case _:
            return False


def forbids(one: Reading, action: str) -> bool:
    """Nothing that is not said where it is permitted."""
    return False


def _may_read(one: Reading) -> bool:
    if one.actor.kind in (Kind.CITIZEN, Kind.SYSTEM):
        return False
    if one.now >= EHDS and secondary_use(one):
        return True
    if one.custody.regime is Regime.CONTROL:
        return one.at_my_unit and writes_control(one)
    return one.custody.regime in REGIMES and reads(one)


def reads(one: Reading) -> bool:
    """What staff and researchers read of these."""
    match one.custody.regime:
        case Regime.NLL:
            return one.actor.kind is Kind.PROFESSIONAL and one.reaches("läsa") and medication_list(one)
        case Regime.REGISTRY:
            return registry(one)
        case Regime.BIOBANK:
            return one.same and one.reaches("läsa") and not one.inner_blocked() and sample(one)
        case Regime.RESEARCH:
            return released(one)
        case _:
            return False


def medication_list(one: Reading) -> bool:
    """NLL 4 kap. 2-3 §§, 5 kap. 1-5 §§."""
    blocked = has_block(one, "nll")
    if one.purpose is Purpose.DISPENSING:
        return recent(one, 24) or (one.consented("nll") and not blocked)
    if one.purpose is not Purpose.CARE:
        return False
    if nurse_or_prescriber(one) and opened(one, "nll-emergency"):
        return True
    if one.actor.prescriber and Label.NARCOTIC in one.custody.labels and recent(one, 24):
        return True
    if not works_with_medicines(one):
        return False
    if judged(one, "dose-dispensing"):
        return True
    speaks_for_patient = judged(one, "not-only-temporarily-unable", here=True) and judged(one, "attitude-clarified", here=True)
    return not blocked and (one.consented("nll") or speaks_for_patient)


def tells_of_blocked_medicines(one: Reading) -> bool:
    """NLL 5 kap. 3 § andra stycket."""
    asks = one.custody.regime is Regime.NLL and works_with_medicines(one)
    return asks and has_block(one, "nll") and one.consented("nll")


def registry(one: Reading) -> bool:
    """PDL 7 kap. 2, 4-6 och 9 §§; the type of a resource that says who the person is is not looked at here."""
    if has_block(one, "registry", "") or has_block(one, "registry", one.custody.source):
        return False
    staff = one.actor.kind in (Kind.PROFESSIONAL, Kind.REGISTRY_STAFF)
    return staff and one.same and one.purpose in (Purpose.QUALITY, Purpose.STATISTICS)


def delivers(one: Reading) -> bool:
    """PDL 7 kap. 1-4 §§: the provider's own system delivers to a registry."""
    if one.custody.regime is not Regime.REGISTRY or one.actor.kind is not Kind.SYSTEM or not one.same:
        return False
    if has_block(one, "registry", "") or has_block(one, "registry", one.custody.source):
        return False
    holder = one.custody.provider
    if one.judged("not-informed-registry", holder) and "informed-afterwards" not in one.context.declared:
        return False
    return one.judged("attitude-clarified", holder) or not one.judged("not-only-temporarily-unable", holder)


def sample(one: Reading) -> bool:
    """BBL 2 kap. 6 §, 4 kap."""
    words = {Purpose.CARE: "care", Purpose.QUALITY: "quality", Purpose.EDUCATION: "education", Purpose.RESEARCH: "research"}
    if one.purpose is None or one.purpose not in words:
        return False
    limited = f"biobank-{words[one.purpose]}"
    if has_block(one, limited, "") or has_block(one, limited, one.custody.provider):
        return False
    beyond_care = one.purpose in (Purpose.EDUCATION, Purpose.RESEARCH)
    if beyond_care and Label.SAMPLE_INCAPACITY in one.custody.labels:
        return False
    if one.purpose is Purpose.RESEARCH:
        return one.actor.kind in (Kind.PROFESSIONAL, Kind.RESEARCHER) and may_be_researched(one)
    if one.actor.kind is not Kind.PROFESSIONAL:
        return False
    if one.purpose is Purpose.CARE:
        return one.at_my_unit or one.in_our_care()
    return one.at_my_unit or one.stated_for_provider()


def may_be_researched(one: Reading) -> bool:
    said = any(
        isinstance(fact, ConsentFact) and fact.kind == "biobank-research" and fact.provider == one.custody.provider
        for fact in one.facts
    )
    agreed = said or Label.RESEARCH_CONSENT in one.custody.labels or "consent-waived" in one.context.declared
    return "ethics-approved" in one.context.declared and agreed


def released(one: Reading) -> bool:
    assignment = one.actor.assignment
    mine = assignment is not None and assignment.id != "" and assignment.id == one.custody.source
    researches = one.actor.kind is Kind.RESEARCHER and one.purpose is Purpose.RESEARCH
    return researches and mine and "ethics-approved" in one.context.declared


def secondary_use(one: Reading) -> bool:
    """EHDS 53, 54, 61, 68, 71, 73; asked only when chapter IV applies."""
    said, approved = one.context.declared, one.context.approved
    if one.actor.kind is not Kind.RESEARCHER or one.custody.regime not in _SECONDARY or approved is None:
        return False
    if "permitted-secondary-purpose" not in said or "secure-environment" not in said:
        return False
    if "prohibited-secondary-purpose" in said or "re-identifying" in said:
        return False
    opted_out = [fact for fact in one.facts if isinstance(fact, BlockFact) and fact.kind == "secondary-use"]
    return not any(fact.starts is None or fact.starts <= approved for fact in opted_out)


def writes_control(one: Reading) -> bool:
    """A pharmacy notes consents at its own unit."""
    return one.actor.kind is Kind.PROFESSIONAL and one.purpose is Purpose.DISPENSING and one.at_my_unit


def nurse_or_prescriber(one: Reading) -> bool:
    return one.actor.prescriber or bool({"SSK", "SJ"} & set(one.actor.licences))


def works_with_medicines(one: Reading) -> bool:
    return nurse_or_prescriber(one) or bool({"DT", "AP", "RC"} & set(one.actor.licences))


def opened(one: Reading, kind: str) -> bool:
    return any(
        fact.kind == kind and fact.provider == one.provider != "" and fact.unit in (None, one.unit) and fact.employee == one.me
        for fact in one.facts
        if isinstance(fact, ConsentFact)
    )


def has_block(one: Reading, kind: str, provider: str | None = None) -> bool:
    blocks = [fact for fact in one.facts if isinstance(fact, BlockFact) and fact.kind == kind]
    return any(provider is None or fact.provider == provider for fact in blocks)


def judged(one: Reading, kind: str, *, here: bool = False) -> bool:
    states = [fact for fact in one.facts if isinstance(fact, SubjectState) and fact.kind == kind]
    return any(not here or fact.provider == one.provider != "" for fact in states)


def recent(one: Reading, months: int) -> bool:
    return one.custody.end is None or one.custody.end > months_before(one.now, months)
