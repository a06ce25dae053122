"""The fictional region: municipalities, providers, units, staff, sources; read from data/region.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

HSA = "urn:oid:1.2.752.29.4.19"


@dataclass(frozen=True, slots=True)
class Municipality:
    name: str
    code: str
    postal: str
    share: float
    centres: tuple[str, ...]
    home_nursing: str
    home_help: str


@dataclass(frozen=True, slots=True)
class Provider:
    key: str
    name: str
    hsa: str
    organisation: str

    @property
    def id(self) -> str:
        return f"provider-{self.key}"


@dataclass(frozen=True, slots=True)
class Unit:
    key: str
    source: str
    role: str
    name: str
    hsa: str
    place: str
    provider: Provider
    regime: str

    @property
    def id(self) -> str:
        return f"unit-{self.key}"


@dataclass(frozen=True, slots=True)
class Staff:
    key: str
    given: str
    family: str
    role: str
    title: str
    unit: str
    hsa: str

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


@dataclass(frozen=True, slots=True)
class Source:
    """One system of one provider: its data files and its registration have this name."""

    name: str
    regime: str
    provider: str


@dataclass(frozen=True)
class Region:
    name: str
    municipalities: dict[str, Municipality]
    providers: dict[str, Provider]
    sources: dict[str, Source]
    units: dict[str, Unit]
    staff: dict[str, Staff]
    teams: dict[tuple[str, str], tuple[Staff, ...]]
    names: dict[str, list[str]]

    def unit_for(self, role: str, municipality: Municipality, centre: str) -> Unit:
        """The unit that fills a role for somebody who lives there and is listed at `centre`."""
        own = {"primary": centre, "home_nursing": municipality.home_nursing, "home_help": municipality.home_help}
        return self.units[own.get(role, role)]

    def units_of_source(self, source: str) -> int:
        return sum(unit.source == source for unit in self.units.values())


def load_table(name: str) -> dict[str, Any]:
    """One TOML file of data/."""
    return tomllib.loads(files("kedja.testbed").joinpath("data", name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def load_region() -> Region:
    table = load_table("region.toml")
    providers = {row["key"]: Provider(**row) for row in table["providers"]}
    sources = {row["name"]: Source(**row) for row in table["sources"]}
    units = {row["key"]: _unit(row, providers, sources) for row in table["units"]}
    staff = {
        row["key"]: Staff(**row, hsa=f"{units[row['unit']].provider.hsa.split('-')[0]}-P{place:03d}")
        for place, row in enumerate(table["staff"], 1)
    }
    teams: dict[tuple[str, str], tuple[Staff, ...]] = {}
    for member in staff.values():
        teams[member.unit, member.role] = (*teams.get((member.unit, member.role), ()), member)
    return Region(
        name=table["name"],
        municipalities={row["name"]: Municipality(**row | {"centres": tuple(row["centres"])}) for row in table["municipalities"]},
        providers=providers,
        sources=sources,
        units=units,
        staff=staff,
        teams=teams,
        names=load_table("names.toml"),
    )


def _unit(row: dict[str, str], providers: dict[str, Provider], sources: dict[str, Source]) -> Unit:
    source = sources[row["source"]]
    return Unit(**row, provider=providers[source.provider], regime=source.regime)
