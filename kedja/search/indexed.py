"""How far the index is what this program and its definitions want it to be: told by the store, asked by every search.

A type is indexed anew, online, when the program keeps its index in another way than before, or when parameters are added.
Until that is done an added parameter is refused with how far it is; R4's own are answered, with a warning beside the matches
where the index is of an older program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType
from typing import Final

from kedja.outcome import Issue
from kedja.search.parameters import added_parameters, is_added
from kedja.spec import TYPES, SearchParameter

VERSION: Final = 3  # of the way that the index is kept; greater whenever resources have to be indexed anew
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Run:
    """A run through all resources of a type: what it indexes for, behind which key it goes on, how many of how many are done."""

    version: int
    parameters: Mapping[str, str]
    after: int = 0
    done: int = 0
    total: int = 0

    @property
    def told(self) -> str:
        return f"{self.done} of {self.total} resources are done ({100 * self.done // self.total if self.total else 0} %)"


@dataclass(frozen=True, slots=True)
class Indexed:
    """One type: the version that all of its resources are indexed by, {added parameter: digest} of those that are ready."""

    version: int = VERSION
    parameters: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    run: Run | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Of all types; one that is not in `types` is as `version` says, without added parameters."""

    version: int
    types: Mapping[str, Indexed]

    def of(self, resource_type: str) -> Indexed:
        return self.types.get(resource_type) or Indexed(self.version)


def wanted(resource_type: str) -> Mapping[str, str]:
    """{code: digest} of the parameters that were added to this type."""
    return {code: _digest(parameter) for code, parameter in added_parameters().get(resource_type, {}).items()}


def unfinished(state: State) -> tuple[str, ...]:
    """The types that are to be indexed anew."""
    added = added_parameters()
    return tuple(name for name in TYPES if not _is_current(state.of(name), wanted(name) if name in added else _NOTHING))


def _is_current(indexed: Indexed, parameters: Mapping[str, str]) -> bool:
    """What a parameter that was taken away has left goes too."""
    return indexed.parameters == parameters and indexed.version >= VERSION and indexed.run is None


def _digest(parameter: SearchParameter) -> str:
    parts = (parameter.type, parameter.expression, *(f"{part.code}={part.expression}" for part in parameter.components))
    return blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


_current: State | None = None


def install(state: State | None) -> None:
    """Go by this from now on. None: nothing is known of a store, and everything counts as ready."""
    global _current
    _current = state


def waiting(resource_type: str, code: str) -> str | None:
    """How far the indexing of an added parameter is; None when it can be searched by."""
    if _current is None or not is_added(resource_type, code):
        return None
    indexed = _current.of(resource_type)
    if indexed.parameters.get(code) == wanted(resource_type)[code]:
        return None
    return indexed.run.told if indexed.run else "it is about to begin"


def not_ready() -> frozenset[tuple[str, str]]:
    """(type, code) of the added parameters that cannot be searched by yet."""
    return frozenset((name, code) for name, codes in added_parameters().items() for code in codes if waiting(name, code))


def warnings(types: Sequence[str]) -> tuple[Issue, ...]:
    """What a search of these types may miss, because an older program indexed them."""
    if _current is None:
        return ()
    late = [(name, _current.of(name)) for name in types]
    return tuple(_warning(name, indexed) for name, indexed in late if indexed.version < VERSION)


def _warning(name: str, indexed: Indexed) -> Issue:
    far = indexed.run.told if indexed.run else "it is about to begin"
    text = f"the index of {name} is being made anew for this version of the program: {far}; until then matches can be missing"
    return Issue("incomplete", text, (), "warning")
