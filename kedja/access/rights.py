"""Rights of an assignment, written `activity;information class;scope`, e.g. `Läsa;alla;SJF` (PDL 4:2)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Final


class Reach(IntEnum):
    NOWHERE = 0  # rights are stated, and none is for this activity
    UNIT = 1
    PROVIDER = 2
    SHARED = 3
    UNSTATED = 4  # the assignment states no rights: the law's own limits alone


_SCOPES: Final = {"VE": Reach.UNIT, "VG": Reach.PROVIDER, "SJF": Reach.SHARED}


def holds(rights: Iterable[str], activity: str, information: str) -> bool:
    """Whether one of these rights names this class of information itself (`Skriva;definitioner;VG`), whatever its scope."""
    parts = [[part.strip().lower() for part in right.split(";")] for right in rights]
    return any(len(each) == 3 and each[:2] == [activity, information] for each in parts)


def reach(rights: Iterable[str], activity: str) -> Reach:
    """The widest scope that these rights give to this activity ("läsa", "skriva") on all information.

    A right that is not understood, or is for some information class only, gives nothing.
    """
    stated = False
    widest = Reach.NOWHERE
    for right in rights:
        stated = True
        parts = [part.strip() for part in right.split(";")]
        if len(parts) == 3 and parts[0].lower() == activity and parts[1].lower() == "alla":
            widest = max(widest, _SCOPES.get(parts[2].upper(), Reach.NOWHERE))
    return widest if stated else Reach.UNSTATED
