"""What a condition comes to once the type of the resource is known: shorter SQL, and whose rows it can be about at all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kedja.search.condition import EVERYTHING, NOTHING, SOMEBODY, All, AnyOf, Column, Condition, Not, Permit, Ruled, Shape

Persons = frozenset[int]


def assume_type(condition: Condition, resource_type: str) -> Condition:
    """The same condition for rows of this type: columns of the type are answered, and what follows is folded."""
    match condition:
        case Column("type", op, value):
            return EVERYTHING if _answer(op, value, resource_type) else NOTHING
        case All(of):
            parts = [assume_type(part, resource_type) for part in of]
            return NOTHING if NOTHING in parts else All(tuple(part for part in parts if part != EVERYTHING))
        case AnyOf(of):
            parts = [assume_type(part, resource_type) for part in of]
            return AnyOf(tuple(part for part in parts if part != NOTHING))
        case Not(of):
            inner = assume_type(of, resource_type)
            return NOTHING if inner == EVERYTHING else EVERYTHING if inner == NOTHING else Not(inner)
        case Ruled(rule, of):
            inner = assume_type(of, resource_type)
            return NOTHING if inner == NOTHING else Ruled(rule, inner)
        case _:
            return condition


@lru_cache(maxsize=4096)
def shape_for(shape: Shape, resource_type: str) -> Shape:
    """As `assume_type`, of what is compiled once: found once for each type."""
    return Shape(assume_type(shape.of, resource_type), shape.sometime)


def persons_under(law: Condition, types: Sequence[str]) -> Persons | None:
    """As `persons_of`, for rows of these types."""
    said = [_persons_under(law, name) for name in types]
    return frozenset[int]().union(*(persons or () for persons in said)) if None not in said else None


def _persons_under(law: Condition, resource_type: str) -> Persons | None:
    if isinstance(law, Permit):
        said = _persons_for(law.shape, resource_type)
        return frozenset(law.person if one is SOMEBODY else one for one in said) if law.person and said else said
    return persons_of(assume_type(law, resource_type))


@lru_cache(maxsize=4096)
def _persons_for(shape: Shape, resource_type: str) -> Persons | None:
    return persons_of(shape_for(shape, resource_type).of)


def _answer(op: str, value: object, resource_type: str) -> bool:
    answers = {"=": resource_type == value, "<>": resource_type != value}
    return resource_type in value if op == "in" and isinstance(value, tuple) else answers[op]


def persons_of(condition: Condition) -> Persons | None:
    """The only persons whose rows can meet the condition; None when that is not said. A citizen's own is the common case.

    What is kept in a directory is about no person (`access.custody.Regime`).
    """
    match condition:
        case Column("regime", "=", "directory"):
            return frozenset((0,))
        case Column("person", "=", int(value)):
            return frozenset((value,))
        case All(of):
            said = [persons for part in of if (persons := persons_of(part)) is not None]
            return said[0].intersection(*said[1:]) if said else None
        case AnyOf(of):
            said = [persons_of(part) for part in of]
            return frozenset[int]().union(*(persons or () for persons in said)) if None not in said else None
        case Ruled(_, of):
            return persons_of(of)
        case _:
            return None
