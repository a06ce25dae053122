"""Registrations of the region's sources, in the order in which they are to be imported."""

from __future__ import annotations

from importlib.resources import files

from kedja.testbed.biobank import SOURCE as BIOBANK
from kedja.testbed.directory import SOURCE as CATALOGUE
from kedja.testbed.files import Sink
from kedja.testbed.region import Region
from kedja.testbed.registries import DIABETES, PALLIATIVE, deliveries
from kedja.testbed.rights import REGION
from kedja.testbed.rights import SOURCE as CONSENTS

_TITLES = {
    "region-sorvik": "Region Sörviks journalsystem",
    "solgarden": "Solgårdens journalsystem",
    "ambulans": "Ambulansens journalsystem",
    "lakemedelslistan": "Nationella läkemedelslistan",
    DIABETES: "Sörviks diabetesregister",
    PALLIATIVE: "Sörviks palliativregister",
}


def registrations(sink: Sink, region: Region) -> list[dict[str, str]]:
    """Writes `sources/*.toml`; gives the name, regime, registration and folder of each source with data, the region's first."""
    keeper = region.providers["region"].hsa
    sources = [_fhir(sink, CATALOGUE, "Katalog över enheter och personal", "directory", keeper)]
    for source in region.sources.values():
        units = [unit for unit in region.units.values() if unit.source == source.name]
        title = _TITLES.get(source.name, units[0].name)
        provider = region.providers[source.provider].hsa
        lines = ["unit-from-tag = true"] if len(units) > 1 else [f'unit = "{units[0].hsa}"']
        sources.append(_fhir(sink, source.name, title, source.regime, provider, *lines))
    sources.append(_fhir(sink, CONSENTS, "Samtycken och spärrar", "control", keeper, f'patients-of = ["{REGION}"]'))
    for registry, name, provider in deliveries(region):
        sources.append(_table(sink, name, registry, "registry", f"{_TITLES[registry]}, {provider.name}", provider.hsa))
    sources.append(_table(sink, BIOBANK, BIOBANK, "biobank", "Sörviks biobank", keeper))
    sources.append(
        _source(sink, "open-mhealth", "Egna mätningar (Open mHealth)", "open-mhealth", "wellness", 'subject = { by = "user-id" }')
    )
    sources.append(
        _source(sink, "apple-health", "Egna mätningar (Apple Hälsa)", "apple-health", "wellness", 'subject = { by = "folder" }')
    )
    return [source for source in sources if (sink.out / source["path"]).is_dir()]


def _fhir(sink: Sink, name: str, title: str, regime: str, provider: str, *lines: str) -> dict[str, str]:
    return _source(sink, name, title, "fhir", regime, f'provider = "{provider}"', *lines)


def _table(sink: Sink, name: str, mapping: str, regime: str, title: str, provider: str) -> dict[str, str]:
    body = files("kedja.testbed").joinpath("data", "mappings", f"{mapping}.toml").read_bytes()
    sink.document(f"sources/mappings/{mapping}.toml", body)
    lines = (f'provider = "{provider}"', "unit-from-tag = true", f'mapping = "mappings/{mapping}.toml"')
    return _source(sink, name, title, "table", regime, *lines)


def _source(sink: Sink, name: str, title: str, kind: str, regime: str, *lines: str) -> dict[str, str]:
    text = [f'name = "{name}"', f'title = "{title}"', f'kind = "{kind}"', f'regime = "{regime}"', *lines, ""]
    registration = f"sources/{name}.toml"
    sink.document(registration, "\n".join(text).encode())
    return {"name": name, "regime": regime, "registration": registration, "path": name}
