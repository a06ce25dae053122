"""Parameters that share elements share their place in the index: one entry, whichever of them is asked for.

`Observation.code` is found by `code` and by `combo-code`; it is indexed once, under `code+combo-code`. Parameters that were
added to R4's have places of their own, so that adding one moves nothing that is indexed already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from kedja import fhirpath, spec
from kedja.fhirpath.paths import Key, Path, paths
from kedja.search.hashing import param_hash
from kedja.search.parameters import is_added, parameters_of, stamp
from kedja.spec import SearchParameter

Codes = tuple[str, ...]
_NO_PLACE = ("composite", "special")  # kept by rules of their own


@dataclass(frozen=True, slots=True)
class Group:
    """One place in the index. `types` are the FHIR types kept there; `valuesets` what its `code` elements are bound to.

    `codes` are the parameters that are found there. A token's place keeps one FHIR type alone.
    """

    name: str
    codes: Codes
    types: frozenset[str]
    valuesets: frozenset[str] = frozenset()
    paths: tuple[Path, ...] = ()


def groups(resource_type: str, code: str) -> tuple[Group, ...]:
    """Where a parameter is kept. Raises KeyError for an unknown type or parameter."""
    return _groups(resource_type, stamp()).get(code, ())


def names(resource_type: str, code: str) -> tuple[str, ...]:
    return tuple(group.name for group in groups(resource_type, code))


def params(resource_type: str, code: str) -> tuple[int, ...]:
    """The same, as the numbers of `search_string`, `search_date` and `search_number`."""
    return tuple(param_hash(resource_type, name) for name in names(resource_type, code))


def all_groups(resource_type: str) -> tuple[tuple[str, Group], ...]:
    """Every place of this type that is filled by following paths, with its search type."""
    return _found(resource_type, stamp())


@lru_cache(maxsize=1024)
def _groups(resource_type: str, _stamp: int) -> Mapping[str, tuple[Group, ...]]:
    found: dict[str, list[Group]] = {code: [] for code in parameters_of(resource_type)}
    for _, group in _found(resource_type, _stamp):
        for code in group.codes:
            found[code].append(group)
    for code, places in found.items():
        if not places:
            places.append(Group(code, (code,), frozenset()))
    return MappingProxyType({code: tuple(places) for code, places in found.items()})


@lru_cache(maxsize=1024)
def _found(resource_type: str, _stamp: int) -> tuple[tuple[str, Group], ...]:
    ends: dict[tuple[Path, str, bool], set[str]] = {}
    for parameter in parameters_of(resource_type).values():
        if parameter.type in _NO_PLACE:
            continue
        for path in path_ends(parameter, resource_type) or ():
            added = is_added(resource_type, parameter.code)
            codes = ends.setdefault((path, parameter.type, added), set())
            codes.add(parameter.code)
    gathered: dict[tuple[str, Codes, str], list[Path]] = {}
    for (path, kind, added), codes in ends.items():
        for shared in [(code,) for code in sorted(codes)] if added else [tuple(sorted(codes))]:
            gathered.setdefault((kind, shared, path.type if kind in ("token", "uri") else ""), []).append(path)
    split = {(kind, codes) for kind, codes, _ in gathered if sum(1 for k, c, _ in gathered if (k, c) == (kind, codes)) > 1}
    return tuple(
        (kind, _group(codes, f"#{type_name}" if (kind, codes) in split else "", found, resource_type))
        for (kind, codes, type_name), found in gathered.items()
    )


def _group(codes: Codes, suffix: str, found: Iterable[Path], resource_type: str) -> Group:
    ends = tuple(found)
    bound = frozenset(url for path in ends if path.type == "code" and (url := _valueset(path, resource_type)))
    return Group("+".join(codes) + suffix, codes, frozenset(path.type for path in ends), bound, ends)


def _valueset(path: Path, resource_type: str) -> str | None:
    """What the element at the end of the path must take its codes from."""
    element, holder = None, resource_type
    for step in path.steps:
        if isinstance(step, Key):
            element = spec.elements(holder)[step.name]
            holder = element.type
    binding = element.binding if element else None
    return binding.valueset if binding and binding.strength == "required" else None


def path_ends(parameter: SearchParameter, resource_type: str) -> tuple[Path, ...] | None:
    """The paths whose union the parameter is; None where its expression is more than paths, or it has none."""
    if not parameter.expression:
        return None
    return paths(fhirpath.parse(parameter.expression), resource_type)
