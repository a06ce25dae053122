"""Whether a code is of a value set whose codes cannot all be listed: part by part, with a third answer, untold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from kedja.terminology import grammars
from kedja.terminology.filters import test
from kedja.terminology.lists import Within
from kedja.terminology.systems import System, Untold

if TYPE_CHECKING:
    from kedja.terminology.view import View

Json = dict[str, Any]


def member(view: View, valueset: Json, system: str, code: str, within: Within) -> bool | None:
    """Included and not excluded; None where that hangs on what is not here."""
    compose = cast("Json", valueset.get("compose", {}))
    included = any_of(_part(view, part, system, code, within) for part in cast("list[Json]", compose.get("include", [])))
    if not included:
        return included
    excluded = any_of(_part(view, part, system, code, within) for part in cast("list[Json]", compose.get("exclude", [])))
    return None if excluded is None else not excluded


def any_of(answers: Iterable[bool | None]) -> bool | None:
    found: bool | None = False
    for answer in answers:
        if answer:
            return True
        found = None if answer is None else found
    return found


def _all_of(answers: Iterable[bool | None]) -> bool | None:
    found: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        found = None if answer is None else found
    return found


def _part(view: View, part: Json, system: str, code: str, within: Within) -> bool | None:
    if "system" in part and part["system"] != system:
        return False
    own = [_of_system(view.system(system, str(part.get("version", ""))), part, code)] if "system" in part else []
    imports = [view.member(str(url), system, code, within) for url in cast("list[str]", part.get("valueSet", []))]
    return _all_of([*own, *imports])


def _of_system(system: System | None, part: Json, code: str) -> bool | None:
    if "concept" in part:
        return _listed(system, part, code)
    if system is None:
        return None
    there = system.has(code)
    if not there or "filter" not in part:
        return there
    return _all_of(_meets(system, condition, code) for condition in cast("list[Json]", part["filter"]))


def _listed(system: System | None, part: Json, code: str) -> bool:
    """A code that its system does not have is of no value set, whoever lists it."""
    if system is not None and system.has(code) is False:
        return False
    found = None if system is None else system.find(code)
    named = code if found is None else found.code
    return any(reference.get("code") == named for reference in cast("list[Json]", part["concept"]))


def _meets(system: System, condition: Json, code: str) -> bool | None:
    if system.url == grammars.UNITS and (condition.get("property"), condition.get("op")) == ("canonical", "="):
        return grammars.same_dimension(code, str(condition.get("value")))
    concept = system.find(code)
    if concept is None:
        return None
    try:
        return test(system, condition)(concept)
    except Untold:
        return None


def systems(view: View, valueset: Json, within: Within) -> frozenset[str]:
    """The systems that its codes are of."""
    compose = cast("Json", valueset.get("compose", {}))
    found: set[str] = set()
    for part in cast("list[Json]", compose.get("include", [])):
        if "system" in part:
            found.add(str(part["system"]))
        else:
            found.update(*(view.systems(str(url), within) for url in cast("list[str]", part.get("valueSet", []))))
    return frozenset(found)
