"""Care, read off PDL, SVOD and SoLPuL: inside one provider, between providers, and what may be told of what is not read."""

from __future__ import annotations

from collections.abc import Callable

from kedja.access.actor import Kind, Purpose
from kedja.access.custody import Label, Regime
from tests.law.oracle_reading import CARE_RECORDS, EHDS, Reading

STAFF = (Kind.PROFESSIONAL, Kind.CARE_WORKER)
SENSITIVE = frozenset(
    {
        *("ethnicity", "born-abroad", "political-opinion", "religion", "union-membership", "sexual-life", "biometrics"),
        *("offence", "social-measure", "aliens-act-measure"),
    }
)


def permits(one: Reading, action: str) -> bool:
    answer = _ACTIONS.get(action)
    return answer is not None and answer(one)


def forbids(one: Reading, action: str) -> bool:
    """Nothing that is not said where it is permitted."""
    return False


def read(one: Reading) -> bool:
    match one.actor.kind:
        case Kind.PROFESSIONAL:
            return _professional_reads(one)
        case Kind.CARE_WORKER:
            return _care_worker_reads(one)
        case Kind.SYSTEM:
            return one.own_system() and one.reaches("läsa")
        case _:
            return False


def _professional_reads(one: Reading) -> bool:
    match one.custody.regime:
        case Regime.HEALTH:
            return _within_provider(one) or _between_providers(one)
        case Regime.SOCIAL:
            return _between_providers(one)
        case Regime.WELLNESS:
            if one.is_marked(Label.DRAFT):
                return False
            if one.purpose is Purpose.QUALITY:
                return one.consented("wellness-share-quality")
            return one.purpose is Purpose.CARE and one.consented("wellness-share")
        case Regime.CONTROL:
            return one.purpose is Purpose.CARE and one.at_my_unit
        case _:
            return False


def _within_provider(one: Reading) -> bool:
    """PDL 4 kap. 1-5 §§."""
    if not one.same or not one.reaches("läsa"):
        return False
    if not one.at_my_unit and (one.inner_blocked() or one.is_marked(Label.INSURANCE)):
        return False
    if one.purpose in (Purpose.CARE, Purpose.ADMINISTRATION):
        return one.at_my_unit or one.in_our_care()
    return one.purpose is Purpose.QUALITY and (one.at_my_unit or one.stated_for_provider())


def _between_providers(one: Reading) -> bool:
    """SVOD 3 kap. 1, 3, 6 och 7 §§."""
    if not anothers(one) or one.purpose is not Purpose.CARE or not one.reaches("läsa") or not available(one):
        return False
    related, consent = one.in_our_care(), one.consented("svod")
    if related and (consent or _child_who_cannot_consent(one)):
        return True
    if related and one.judged_here("not-only-temporarily-unable") and one.judged_here("attitude-clarified"):
        return True
    if consent and (one.context.certificate or one.opened_by_me("certificate")) and one.in_our_care(ever=True):
        return True
    return one.opened_by_me()


def _care_worker_reads(one: Reading) -> bool:
    """SoLPuL 6 och 10 §§; SVOD 3 kap. 2, 4 och 7 §§."""
    regime = one.custody.regime
    if one.purpose is not Purpose.CARE:
        return False
    if regime is Regime.CONTROL:
        return one.at_my_unit
    if not one.reaches("läsa"):
        return False
    if regime is Regime.SOCIAL_OTHER:
        return one.at_my_unit
    if regime is Regime.SOCIAL and one.same and (one.at_my_unit or one.in_our_care()):
        return True
    if regime not in CARE_RECORDS or not anothers(one) or not available(one) or not one.in_our_care():
        return False
    if one.consented("svod"):
        return True
    if regime is Regime.HEALTH:
        return False
    unable = one.judged_here("not-only-temporarily-unable") and one.judged_here("attitude-clarified")
    return unable or _child_who_cannot_consent(one)


def _child_who_cannot_consent(one: Reading) -> bool:
    ages = one.ages()
    return bool(ages) and max(ages) < 18 and not one.assessed("assessed-mature")


def anothers(one: Reading) -> bool:
    if one.provider == "" or one.custody.provider == "":
        return False
    if one.custody.provider != one.provider:
        return True
    return one.custody.regime is (Regime.HEALTH if one.actor.kind is Kind.CARE_WORKER else Regime.SOCIAL)


def available(one: Reading) -> bool:
    """SVOD 2 kap. 2, 3 och 6 §§: whether whoever holds it may let others reach it."""
    holder = one.custody.provider
    if one.outer_blocked() or one.judged("not-informed-svod", holder):
        return False
    tested = one.judged("attitude-clarified", holder) or one.is_marked(Label.INCAPACITY)
    return tested or not one.unable_when_documented()


def write(one: Reading) -> bool:
    regime, kind = one.custody.regime, one.actor.kind
    if kind is Kind.SYSTEM:
        return one.own_system() and one.reaches("skriva")
    if one.purpose is not Purpose.CARE or not one.at_my_unit:
        return False
    if regime is Regime.CONTROL:
        return kind in STAFF
    record = {Kind.PROFESSIONAL: Regime.HEALTH, Kind.CARE_WORKER: Regime.SOCIAL}
    return record.get(kind) is regime and one.reaches("skriva")


def exists(one: Reading) -> bool:
    staff = one.actor.kind in STAFF and one.purpose is Purpose.CARE
    return staff and one.custody.regime in CARE_RECORDS and anothers(one) and available(one)


def blocked(one: Reading) -> bool:
    """PDL 4 kap. 4 §, SVOD 2 kap. 5 §: of patients, to care providers; from 2029 EHDS art. 8 says otherwise."""
    if one.now >= EHDS or one.actor.kind is not Kind.PROFESSIONAL or one.purpose is not Purpose.CARE:
        return False
    if one.custody.regime is not Regime.HEALTH:
        return False
    return (anothers(one) and one.outer_blocked()) or (one.same and one.inner_blocked())


def blockers(one: Reading) -> bool:
    """PDL 4 kap. 5 § andra stycket, SVOD 3 kap. 5 §."""
    declared = one.context
    if not blocked(one) or not declared.consent_unobtainable:
        return False
    if anothers(one) and one.outer_blocked() and declared.danger:
        return True
    return one.same and one.inner_blocked() and (declared.danger or "indispensable" in declared.declared)


def producers(one: Reading) -> bool:
    if not exists(one):
        return False
    unable = one.in_our_care() and one.judged_here("not-only-temporarily-unable")
    if one.actor.kind is Kind.CARE_WORKER:
        return unable and one.custody.regime is Regime.SOCIAL
    return unable or (one.context.danger and one.context.consent_unobtainable) or one.opened_by_me()


def publish(one: Reading) -> bool:
    who = one.actor.kind in (*STAFF, Kind.SYSTEM)
    return who and one.same and one.custody.regime in CARE_RECORDS and available(one)


def count(one: Reading) -> bool:
    """PDL 2 kap. 4 § 7 och 5 kap. 7 §."""
    who = one.actor.kind in (Kind.PROFESSIONAL, Kind.RESEARCHER, Kind.REGISTRY_STAFF)
    return who and one.purpose is Purpose.COUNT and one.same and one.custody.regime is Regime.HEALTH and one.reaches("läsa")


def search(one: Reading) -> bool:
    """PDL 2 kap. 8 §, SoLPuL 7 a §: a person searches their own as they like."""
    if one.purpose is Purpose.COUNT and "one-person" in one.context.terms:
        return False
    return one.actor.kind is Kind.CITIZEN or not one.context.terms & SENSITIVE


def _lift(*kinds: Kind, own: bool = False) -> Callable[[Reading], bool]:
    def may(one: Reading) -> bool:
        if one.custody.regime is not Regime.CONTROL:
            return False
        if own and one.actor.kind is Kind.CITIZEN:
            return one.mine()
        return one.actor.kind in kinds and one.purpose is Purpose.CARE and one.same

    return may


_ACTIONS: dict[str, Callable[[Reading], bool]] = {
    "read": read,
    "write": write,
    "exists": exists,
    "blocked": blocked,
    "blockers": blockers,
    "producers": producers,
    "publish": publish,
    "count": count,
    "search": search,
    "lift-inner": _lift(Kind.PROFESSIONAL, own=True),
    "lift-inner-emergency": _lift(Kind.PROFESSIONAL),
    "lift-outer": _lift(*STAFF, own=True),
    "lift-outer-emergency": _lift(Kind.PROFESSIONAL),
    "establish-certificate": _lift(Kind.PROFESSIONAL),
}
