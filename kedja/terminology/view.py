"""The code systems and value sets of R4 and of this installation, and what has been compiled of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from kedja import definitions
from kedja.definitions import Definitions
from kedja.spec.tables import entry
from kedja.terminology import grammars, members, supplements
from kedja.terminology.lists import Listing, Within, listed
from kedja.terminology.systems import Broken, System, Untold, compiled

Json = dict[str, Any]
Codes = Mapping[str, frozenset[str]]
_OWN: Final = "http://hl7.org/fhir/"  # of these nobody else's definition counts
_TABLES: Final = {"CodeSystem": "codesystems", "ValueSet": "valuesets"}


@dataclass(frozen=True, slots=True)
class Versions:
    """Which version of a system is meant: `default` where a part names none, `force` whatever it names (R4 $expand)."""

    default: Mapping[str, str] = field(default_factory=dict[str, str])
    force: Mapping[str, str] = field(default_factory=dict[str, str])
    valuesets: Mapping[str, str] = field(default_factory=dict[str, str])
    prefer: Mapping[str, str] = field(default_factory=dict[str, str])  # of those that `1.x` stands for


def matches(version: str, pattern: str) -> bool:
    """`1.2.0` is of `1.2.0`, of `1.2.x` and of `1.x`."""
    parts = pattern.split(".")
    return version == pattern or (
        parts[-1] == "x"
        and len(version.split(".")) >= len(parts)
        and all(wanted in ("x", part) for part, wanted in zip(version.split("."), parts))
    )


class View:
    """What is known at one moment. `extra` are resources that a request brings along; they come first.

    `by` are the supplements that are gone by. `former`: the view before; systems that are still the same are not compiled again.
    """

    def __init__(
        self,
        known: Definitions,
        extra: Iterable[Json] = (),
        versions: Versions | None = None,
        by: Iterable[Json] = (),
        former: View | None = None,
    ) -> None:
        self.known = known
        self._extra = {
            (resource["resourceType"], canonical): resource
            for resource in extra
            for canonical in (str(resource.get("url")), f"{resource.get('url')}|{resource.get('version', '')}")
        }
        self._versions = versions or Versions()
        self._supplements = tuple(by)
        self._systems: dict[tuple[str, str], System | None] = {}
        self._compiled: dict[int, System] = {}  # by the identity of the resource, which the system holds
        self._former = {} if former is None else former._compiled
        self._valuesets: dict[str, Json | None] = {}
        self._listings: dict[str, Listing | Untold] = {}
        self._codes: dict[str, Codes | None] = {}

    def valueset(self, canonical: str) -> Json | None:
        """The value set `url` or `url|version`; without a version the latest, or the one that this request goes by."""
        if canonical not in self._valuesets:
            url, _, version = canonical.partition("|")
            wanted = version or self._versions.valuesets.get(url, "")
            self._valuesets[canonical] = self._find("ValueSet", f"{url}|{wanted}" if wanted else url)
        return self._valuesets[canonical]

    def system(self, url: str, version: str = "") -> System | None:
        """The compiled code system; None where it is not here in this version."""
        version = self._versions.force.get(url) or version or self._versions.default.get(url, "")
        key = (url, version)
        if key not in self._systems:
            version = self._matching(url, version) if "x" in version.split(".") else version
            resource = self._find("CodeSystem", f"{url}|{version}" if version else url)
            self._systems[key] = self._system(resource) if resource is not None else None if version else grammars.system(url)
        return self._systems[key]

    def supplemented(self, canonicals: Iterable[str]) -> View:
        """As this, going by these supplements. Raises Broken for one that is not here."""
        found = [self._supplement(canonical) for canonical in canonicals]
        return View(self.known, self._extra.values(), self._versions, (*self._supplements, *found)) if found else self

    def preferring(self, url: str, version: str) -> View:
        """As this, where a part that takes several versions of the system takes this one."""
        versions = replace(self._versions, prefer={url: version})
        return View(self.known, self._extra.values(), versions, self._supplements, self)

    def _supplement(self, canonical: str) -> Json:
        resource = self._find("CodeSystem", canonical)
        if resource is None or resource.get("content") != "supplement":
            raise Broken(f"the supplement `{canonical}` is not here: store it, or leave it out")
        return resource

    def _system(self, resource: Json) -> System | None:
        if resource.get("content") == "supplement":
            return None
        extra = supplements.of(self._supplements, str(resource.get("url")), str(resource.get("version", "")))
        if extra:
            return compiled(supplements.added(resource, extra))
        if id(resource) not in self._compiled:
            self._compiled[id(resource)] = self._former.get(id(resource)) or compiled(resource)
        return self._compiled[id(resource)]

    def _matching(self, url: str, pattern: str) -> str:
        """Of `1.x` the version that is preferred, else the latest that it stands for; the pattern itself where there is none."""
        held = [str(each.get("version", "")) for each in self.known.all("CodeSystem") if each["url"] == url]
        found = [version for version in reversed(held) if matches(version, pattern)]
        preferred = self._versions.prefer.get(url, "")
        return preferred if preferred in found else found[0] if found else pattern

    def listing(self, canonical: str, within: Within = ()) -> Listing:
        """Every code of a value set. Raises Untold where they cannot be listed, with the reason."""
        if canonical in within:
            raise Broken(f"the value set `{canonical}` imports itself")
        if canonical not in self._listings:
            self._listings[canonical] = self._listing(canonical, within)
        found = self._listings[canonical]
        if isinstance(found, Untold):
            raise found
        return found

    def _listing(self, canonical: str, within: Within) -> Listing | Untold:
        valueset = self.valueset(canonical)
        if valueset is None:
            return Untold(f"the value set `{canonical}` is not here: store it, or add a package that has it")
        try:
            return listed(self, valueset, (*within, canonical))
        except Untold as reason:
            return type(reason)(str(reason))  # without the frames that it passed

    def check(self, canonical: str) -> None:
        """Raises Broken where the value set, or one that it imports, is wrong in itself."""
        try:
            self.listing(canonical)
        except Broken:
            raise
        except Untold:
            return

    def codes(self, canonical: str, within: Within = ()) -> Codes | None:
        """{system: its codes in the value set}; None where they cannot be listed."""
        if canonical not in self._codes:
            try:
                self._codes[canonical] = _by_system(self.listing(canonical, within))
            except Untold:
                self._codes[canonical] = None
        return self._codes[canonical]

    def member(self, canonical: str, system: str | None, code: str, within: Within = ()) -> bool | None:
        """Whether the code is of the value set; None where that cannot be told. Without a system: of any of its systems."""
        codes = self.codes(canonical, within)
        if codes is not None:
            return self._among(codes, system, code)
        valueset = self.valueset(canonical)
        if valueset is None or canonical in within:
            return None
        inner = (*within, canonical)
        if system is None:
            named = self.systems(canonical, within)
            return members.any_of(members.member(self, valueset, each, code, inner) for each in named)
        return members.member(self, valueset, system, code, inner)

    def _among(self, codes: Codes, system: str | None, code: str) -> bool:
        if system is None:
            return any(self._among(codes, each, code) for each in codes)
        listed = codes.get(system)
        if listed is None:
            return False
        if code in listed:
            return True
        known = self.system(system)
        if known is None or known.folded is None:
            return False
        return known.folded.get(code.lower()) in listed

    def systems(self, canonical: str, within: Within = ()) -> frozenset[str]:
        """The systems that a value set takes codes from, as far as its imports are here."""
        valueset = self.valueset(canonical)
        if valueset is None or canonical in within:
            return frozenset()
        return members.systems(self, valueset, (*within, canonical))

    def _find(self, resource_type: str, canonical: str) -> Json | None:
        brought = self._extra.get((resource_type, canonical))
        if brought is not None:
            return brought
        url, _, version = canonical.partition("|")
        built_in = _built_in(_TABLES[resource_type], url)
        if built_in is not None and version not in ("", built_in.get("version")):
            built_in = None
        if built_in is not None and url.startswith(_OWN):
            return built_in
        return self.known.find(resource_type, canonical) or built_in


@lru_cache(maxsize=4096)
def _built_in(table: str, url: str) -> Json | None:
    return entry(table, url, dict[str, Any])


def _by_system(listing: Listing) -> Codes:
    found: dict[str, set[str]] = {}
    for system, code in listing:
        found.setdefault(system, set()).add(code)
    return MappingProxyType({system: frozenset(codes) for system, codes in found.items()})


_current = View(definitions.EMPTY)


def current() -> View:
    """The view over the definitions that this process goes by now: another one only when value sets or systems are others."""
    global _current
    known = definitions.current()
    if _current.known is not known:
        same = all(_current.known.stamp(kind) == known.stamp(kind) for kind in _TABLES)
        if not same:
            _current = View(known, former=_current)
    return _current
