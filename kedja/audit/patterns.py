"""What is unusual about a look at a record, so that somebody looks it over (HSLF-FS 2016:40 4:9; spec L-2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import Random
from typing import Final

_MANY: Final = 10  # readers of one person's record in a period
_LEAST, _MOST, _SHARE = 3, 50, 100  # a sample is a hundredth of what is left, within these


class Pattern(StrEnum):
    """Codes of `log-pattern`."""

    SAME_SURNAME = "same-surname"
    OWN_RECORD = "own-record"  # the patient has the reader's own name
    COLLEAGUE = "colleague"  # the patient has the name of somebody else of the provider's staff
    PROTECTED = "protected"
    CELEBRITY = "celebrity"
    MANY_READERS = "many-readers"
    NO_RELATION = "no-relation"  # the unit had no care relation with the person


@dataclass(frozen=True, slots=True)
class Look:
    """What one of the staff did with one person's record on one day. Instants are aware."""

    person: int
    login: str
    name: str
    unit: str
    first: datetime
    last: datetime
    requests: int
    patient: str
    protected: bool
    celebrity: bool
    families: tuple[str, ...]
    givens: tuple[str, ...]
    readers: int
    related: bool


def patterns(look: Look, staff: Collection[str]) -> tuple[Pattern, ...]:
    """What is unusual about it. `staff`: the names of all who work there."""
    families = {_folded(name) for name in look.families}
    givens = {_folded(name) for each in look.givens for name in each.split()}
    found = {
        Pattern.SAME_SURNAME: bool(_surnames(look.name) & families),
        Pattern.OWN_RECORD: _is_named(look.name, families, givens),
        Pattern.COLLEAGUE: any(_is_named(name, families, givens) for name in staff if name != look.name),
        Pattern.PROTECTED: look.protected,
        Pattern.CELEBRITY: look.celebrity,
        Pattern.MANY_READERS: look.readers >= _MANY,
        Pattern.NO_RELATION: not look.related,
    }
    return tuple(pattern for pattern, holds in found.items() if holds)


def sample(looks: Sequence[Look], chance: Random) -> list[Look]:
    """Some of these, drawn so that each is as likely as any other."""
    number = min(max(len(looks) // _SHARE, _LEAST), _MOST, len(looks))
    return chance.sample(looks, number)


def _surnames(name: str) -> set[str]:
    """All but the given name; of a double name each part and the whole."""
    parts = _folded(name).split()
    return {*parts[1:], " ".join(parts[1:]), *(part for double in parts[1:] for part in double.split("-"))} - {""}


def _is_named(name: str, families: Collection[str], givens: Iterable[str]) -> bool:
    parts = _folded(name).split()
    return len(parts) > 1 and parts[0] in givens and bool(_surnames(name) & set(families))


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
