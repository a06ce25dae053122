"""Registrations of the region's sources, in the order in which they are to be imported."""

from __future__ import annotations

from importlib.resources import files

from kedja.testbed.directory import SOURCE as CATALOGUE
from kedja.testbed.files import Sink
from kedja.testbed.region import Region
from kedja.testbed.rights import SOURCE as CONSENTS

_TITLES = {
    "region-sorvik": "Region Sörviks journalsystem",
    "solgarden": "Solgårdens journalsystem",
    "ambulans": "Ambulansens journalsystem",
}

# The tables: their regime and the mapping that brings them to FHIR.
_TABLES = {
    "diabetesregistret": ("registry", "Sörviks diabetesregister"),
    "palliativregistret": ("registry", "Sörviks palliativregister"),
    "biobank": ("biobank", "Sörviks biobank"),
}


def registrations(sink: Sink, region: Region) -> list[dict[str, str]]:
    """Writes `sources/*.toml`; gives each source's name, regime, registration and data folder, catalogue and region first."""
    keeper = region.providers["region"].hsa
    sources = [_fhir(sink, CATALOGUE, "Katalog över enheter och personal", "directory", keeper)]
    for source in region.sources.values():
        units = [unit for unit in region.units.values() if unit.source == source.name]
        title = _TITLES.get(source.name, units[0].name)
        provider = region.providers[source.provider].hsa
        lines = ["unit-from-tag = true"] if len(units) > 1 else [f'unit = "{units[0].hsa}"']
        sources.append(_fhir(sink, source.name, title, source.regime, provider, *lines))
    sources.append(_fhir(sink, CONSENTS, "Samtycken och spärrar", "control", keeper))
    sources += [_table(sink, name, regime, title, keeper) for name, (regime, title) in _TABLES.items()]
    sources.append(
        _source(sink, "open-mhealth", "Egna mätningar (Open mHealth)", "open-mhealth", "wellness", 'subject = { by = "user-id" }')
    )
    sources.append(
        _source(sink, "apple-health", "Egna mätningar (Apple Hälsa)", "apple-health", "wellness", 'subject = { by = "folder" }')
    )
    return sources


def _fhir(sink: Sink, name: str, title: str, regime: str, provider: str, *lines: str) -> dict[str, str]:
    return _source(sink, name, title, "fhir", regime, f'provider = "{provider}"', *lines)


def _table(sink: Sink, name: str, regime: str, title: str, provider: str) -> dict[str, str]:
    mapping = files("kedja.testbed").joinpath("data", "mappings", f"{name}.toml").read_bytes()
    sink.document(f"sources/mappings/{name}.toml", mapping)
    return _source(sink, name, title, "table", regime, f'provider = "{provider}"', f'mapping = "mappings/{name}.toml"')


def _source(sink: Sink, name: str, title: str, kind: str, regime: str, *lines: str) -> dict[str, str]:
    text = [f'name = "{name}"', f'title = "{title}"', f'kind = "{kind}"', f'regime = "{regime}"', *lines, ""]
    registration = f"sources/{name}.toml"
    sink.document(registration, "\n".join(text).encode())
    return {"name": name, "regime": regime, "registration": registration, "path": name}
