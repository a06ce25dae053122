"""The person's own access, registries, biobanks and the directory, read off PDL 5 and 7, BBL 4 and GDPR 15."""

from __future__ import annotations

from kedja.access.actor import Kind, Purpose
from kedja.access.custody import Label, Regime
from kedja.access.facts import BlockFact
from tests.law.oracle_reading import Reading


def permits(one: Reading, action: str) -> bool:
    match action:
        case "read":
            return _reads(one)
        case "write":
            return one.actor.kind is Kind.CITIZEN and one.mine() and one.custody.regime in (Regime.WELLNESS, Regime.CONTROL)
        case "log":
            return one.actor.kind is Kind.CITIZEN and one.mine()
        case _:
            return False


def forbids(one: Reading, action: str) -> bool:
    """Nothing that is not said where it is permitted."""
    return False


def _reads(one: Reading) -> bool:
    if one.custody.regime is Regime.DIRECTORY:
        return True
    if one.actor.kind is Kind.CITIZEN:
        return one.mine() and not one.is_marked(Label.NOPATIENT | Label.THIRD_PARTY | Label.INCAPACITY)
    if one.custody.regime is Regime.REGISTRY:
        return one.actor.kind in (Kind.PROFESSIONAL, Kind.REGISTRY_STAFF) and _registry_rows(one)
    return one.actor.kind is Kind.PROFESSIONAL and one.custody.regime is Regime.BIOBANK and _samples(one)


def _registry_rows(one: Reading) -> bool:
    """PDL 7 kap. 2, 4 och 9 §§."""
    if one.purpose is not Purpose.QUALITY or not one.same:
        return False
    opposed = (fact for fact in one.facts if isinstance(fact, BlockFact) and fact.kind == "registry")
    return not any(fact.provider in ("", one.custody.source) for fact in opposed)


def _samples(one: Reading) -> bool:
    """BBL 4 kap. 7 och 10 §§."""
    if not one.same or not one.reaches("läsa") or one.inner_blocked():
        return False
    if one.purpose is Purpose.CARE:
        return one.at_my_unit or one.in_our_care()
    return one.purpose is Purpose.QUALITY and (one.at_my_unit or one.stated_for_provider())
