"""Whether a condition could hold at all for some resource of a regime: why somebody may not even ask."""

from __future__ import annotations

from kedja.search.condition import All, AnyOf, Column, Condition, Not, Ruled


def possible(condition: Condition, regime: str) -> bool:
    """False only where no resource of this regime can meet the condition, whatever its other custody and facts."""
    match condition:
        case All(of):
            return all(possible(part, regime) for part in of)
        case AnyOf(of):
            return any(possible(part, regime) for part in of)
        case Ruled(_, of):
            return possible(of, regime)
        case Not(Column("regime") as column):
            return not possible(column, regime)
        case Column("regime", "=", value):
            return regime == value
        case Column("regime", "<>", value):
            return regime != value
        case Column("regime", "in", tuple(values)):
            return regime in values
        case _:
            return True
