"""Whole searches: parameters of every kind together, with order, includes and counts, of a type, a compartment or all."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import TypeGuard

from kedja import spec
from tests.differential.kinds import DEPTH, KINDS, OF_THE_ROW, Kind, Pair, has, step
from tests.differential.oracle import SORT_VALUES, Asked
from tests.differential.world import Held, World
from tests.differential.writing import one_in, pick

TYPES = (
    "Observation", "Observation", "Observation", "Patient", "Encounter", "Condition", "Procedure", "DiagnosticReport",
    "MedicationRequest", "Claim", "ServiceRequest", "RiskAssessment", "Questionnaire", "DocumentReference", "List", "Group",
    "Location", "Immunization", "CarePlan", "AllergyIntolerance", "Goal", "Organization", "Practitioner",
    "ExplanationOfBenefit", "ImagingStudy",
)  # fmt: skip


OF_ALL = ("_id", "_lastUpdated", "_list", "_tag", "_security", "_profile", "_source")


@dataclass(frozen=True)
class Manner:
    """How the answer is given, or where it is searched: changes a search; None where the resource gives no occasion."""

    name: str
    change: Callable[[Random, World, Held, Asked], Asked | None]
    rarely: int  # one in so many searches has it


def search_of(kind: Kind, random: Random, world: World) -> Asked:
    """A search of this kind alone. Raises LookupError where nothing that is stored gives one."""
    for _ in range(3000):
        focus = pick(random, world.held)
        pair = kind.pair(random, world, focus)
        if _is_whole(pair):
            return Asked(focus.type, (pair, ("_count", "200")))
    raise LookupError(f"no search of kind {kind.name}")


def search_in(manner: Manner, random: Random, world: World) -> Asked:
    """A search in this manner, with one parameter. Raises LookupError."""
    for _ in range(3000):
        focus = pick(random, world.held)
        _, pair = _some(random, world, focus)
        changed = manner.change(random, world, focus, Asked(focus.type, (pair,) if pair else ()))
        if changed:
            return replace(changed, pairs=(*changed.pairs, ("_count", "200")))
    raise LookupError(f"no search with {manner.name}")


def search(random: Random, world: World) -> tuple[Asked, tuple[str, ...]]:
    """A search, and the names of the kinds and manners that are in it."""
    resource_type = pick(random, [name for name in TYPES if world.of_type[name]])
    focus = pick(random, world.of_type[resource_type])
    asked, names = Asked(resource_type, ()), tuple[str, ...]()
    for _ in range(random.randint(0, 3)):
        beside = focus if not one_in(random, 6) else pick(random, world.of_type[resource_type])
        kind, pair = _some(random, world, beside)
        if pair:
            asked, names = replace(asked, pairs=(*asked.pairs, pair)), (*names, kind.name)
    for manner in MANNERS:
        changed = manner.change(random, world, focus, asked) if one_in(random, manner.rarely) else None
        if changed:
            asked, names = changed, (*names, manner.name)
    return replace(asked, pairs=(*asked.pairs, ("_count", pick(random, ("3", "20", "50", "200", "1000"))))), names


def _some(random: Random, world: World, focus: Held) -> tuple[Kind, Pair | None]:
    """A parameter of some kind that the resource has values for, if there is one soon."""
    every = [kind for kind in KINDS for _ in range(kind.often)]
    kind = every[0]
    for _ in range(8):
        kind = pick(random, every)
        pair = kind.pair(random, world, focus)
        if _is_whole(pair):
            return kind, pair
    return kind, None


def _is_whole(pair: Pair | None) -> TypeGuard[Pair]:
    return pair is not None and all(pair[1].split(","))


def _with(asked: Asked, *pairs: Pair) -> Asked:
    return replace(asked, pairs=(*asked.pairs, *pairs))


def _several(random: Random, world: World, focus: Held, asked: Asked) -> Asked | None:
    """`_type`, with those of the parameters that the types have in common; without one all types are searched."""
    other = pick(random, [name for name in TYPES if world.of_type[name]])
    types = list(dict.fromkeys((focus.type, other)))
    common = tuple(pair for pair in asked.pairs if all(_knows(name, focus.type, pair[0]) for name in types))
    of_all = tuple(pair for pair in asked.pairs if pair[0] in OF_ALL)
    return Asked("", (*common, ("_type", ",".join(types)))) if one_in(random, 2) or not of_all else Asked("", of_all)


def _knows(resource_type: str, like: str, name: str) -> bool:
    """Whether the parameter is of this type too, and the same kind of parameter there."""
    code = name.split(":")[0]
    if "." in name or name.startswith("_has"):
        return resource_type == like
    ours, theirs = spec.search_parameters(like).get(code), spec.search_parameters(resource_type).get(code)
    if name == "_list":
        return True
    same = ours is not None and theirs is not None and ours.type == theirs.type and ours.components == theirs.components
    return bool(same and ours and theirs and (ours.type != "reference" or set(ours.target) == set(theirs.target)))


def _compartment(random: Random, world: World, focus: Held, asked: Asked) -> Asked | None:
    ways = [
        place
        for name in ("Patient", "Encounter", "Practitioner")
        for code in spec.compartment(name).get(focus.type, ())
        for place in world.leads_to(focus, code)
        if place.startswith(f"{name}/") and place in world.by_place
    ]
    if not ways or not asked.type:
        return None
    place = pick(random, ways)
    every = one_in(random, 4) and all(pair[0] in ("_id", "_lastUpdated", "_list") for pair in asked.pairs)
    return replace(asked, compartment=place, type="" if every else asked.type)


# Whether somebody is dead is not one value: by this nothing is ordered (docs/reference/search.md).
_NO_ORDER = ("deceased",)


def _sort(random: Random, world: World, focus: Held, asked: Asked) -> Asked | None:
    codes_of = world.codes[focus.type].items()
    known = [code for code, of in codes_of if of in SORT_VALUES and code not in (*OF_THE_ROW, *_NO_ORDER)]
    codes = [pick(random, [*(known if asked.type else ()), "_lastUpdated", "_id"]) for _ in range(random.randint(1, 2))]
    return _with(asked, ("_sort", ",".join(("-" if one_in(random, 2) else "") + code for code in dict.fromkeys(codes))))


def _include(random: Random, world: World, focus: Held, asked: Asked) -> Asked | None:
    found = step(random, world, focus) if asked.type else None
    if not found:
        return None
    target = f":{found[1].type}" if one_in(random, 2) else ""
    return _with(asked, ("_include", f"{focus.type}:{pick(random, (found[0], found[0], '*'))}{target}"))


def _revinclude(random: Random, world: World, focus: Held, asked: Asked) -> Asked | None:
    pair = has(random, world, focus, DEPTH) if asked.type else None
    return _with(asked, ("_revinclude", ":".join(pair[0].split(":")[1:3]))) if pair else None


# Everything that refers to a resource, as the slow engine finds it, reads every reference of the world: a minute once.
_LONG_RUN = int(os.environ.get("KEDJA_DIFFERENTIAL_QUERIES", "0")) >= 2000


def _every_include(random: Random, world: World, focus: Held, asked: Asked) -> Asked | None:
    name = pick(random, ("_include", "_revinclude")) if _LONG_RUN else "_include"
    return _with(asked, (name, "*")) if asked.type else None


def _iterate(random: Random, world: World, focus: Held, asked: Asked) -> Asked | None:
    """On from what a first include leads to."""
    first = step(random, world, focus) if asked.type else None
    further = step(random, world, first[1]) if first else None
    if not first or not further:
        return None
    include, on = ("_include", f"{focus.type}:{first[0]}"), ("_include:iterate", f"{first[1].type}:{further[0]}")
    back = has(random, world, first[1], DEPTH) if one_in(random, 3) else None
    return _with(asked, include, ("_revinclude:iterate", ":".join(back[0].split(":")[1:3])) if back else on)


def _total(random: Random, world: World, focus: Held, asked: Asked) -> Asked | None:
    return _with(asked, ("_total", "accurate"))


MANNERS = [
    Manner("_type", _several, 12),
    Manner("compartment", _compartment, 8),
    Manner("_sort", _sort, 3),
    Manner("_include", _include, 6),
    Manner("_revinclude", _revinclude, 7),
    Manner("_include=*", _every_include, 25),
    Manner(":iterate", _iterate, 10),
    Manner("_total", _total, 5),
]
