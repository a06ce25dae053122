"""The person's own access and the directory, read off PDL 5 and GDPR 15."""

from __future__ import annotations

from kedja.access.actor import Kind
from kedja.access.custody import Label, Regime
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
        shown = one.mine() and one.custody.regime is not Regime.RESEARCH
        return shown and not one.is_marked(Label.NOPATIENT | Label.THIRD_PARTY | Label.INCAPACITY)
    return False
