"""What persons have decided, and who stands by them: consents, blocks, guardians, proxies, protected identity."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import or_
from random import Random
from typing import Any

from kedja.access import consents
from kedja.access.mandate import CODES
from kedja.access.mandates import mandate
from kedja.access.wishes import biobank_restriction, medication_list_block
from kedja.testbed import demographics
from kedja.testbed.chart import Chart
from kedja.testbed.people import Person
from kedja.testbed.region import Unit
from kedja.testbed.streams import stream

SOURCE, REGION = "samtycken", "region-sorvik"
_MANDATE_DAYS, _GIVEN_AGO = 730, 30


def decide(chart: Chart, wearable: str) -> None:
    """Relatives and marks first, then consents and blocks: those said of a named person, or by chance."""
    relatives = _relatives(chart)
    if chart.person.protected:
        unit = chart.unit("primary")
        chart.add(unit, demographics.protection_flag(chart.subject(unit.source), (chart.today - timedelta(days=600)).isoformat()))
        chart.subject("ambulans")  # from before: the mark of the one record covers the other
    rng = stream(chart.seed, "rights", chart.person.index)
    if chart.person.died:
        return
    wishes = _said(chart.person) if chart.person.key else _chosen(chart, wearable, rng)
    for wish in wishes:
        _write(chart, wish, relatives, rng)
    _mandates(chart)


def _relatives(chart: Chart) -> dict[str, str]:
    """RelatedPersons of guardians and proxies in the region's record, by the relative's key or number."""
    subject = chart.subject(REGION)
    written: dict[str, str] = {}
    for guardian in chart.person.guardians:
        if chart.person.age(chart.today) < 18:
            resource = demographics.related_person(subject, guardian, "GUARD", "Vårdnadshavare")
            written[guardian.key or guardian.number.value] = chart.addition(REGION, resource)
    for proxy in chart.person.proxies:
        mandate = {
            "start": (chart.today - timedelta(days=90)).isoformat(),
            "end": (chart.today + timedelta(days=_MANDATE_DAYS)).isoformat(),
        }
        resource = demographics.related_person(subject, proxy, "POWATT", "Ombud med fullmakt") | {"period": mandate}
        written[proxy.key or proxy.number.value] = chart.addition(REGION, resource)
    return written


def _mandates(chart: Chart) -> None:
    """What the person's proxies may read, given some time ago."""
    proxies = {proxy.key: proxy for proxy in chart.person.proxies}
    for wish in chart.person.special.get("mandates", ()):
        given, proxy = _noon(chart.today - timedelta(days=_GIVEN_AGO)), proxies[wish["to"]]
        matters = reduce(or_, (CODES[code] for code in wish["matters"]))
        number = proxy.number.as_fhir()
        consent = mandate(
            chart.subject(REGION)["reference"],
            (number["system"], number["value"]),
            matters,
            dated=given,
            starts=given,
            ends=given + timedelta(days=wish["days"]),
            name=proxy.name,
        )
        chart.addition(SOURCE, consent)


def _said(person: Person) -> list[dict[str, Any]]:
    return [*person.special.get("consents", ()), *person.special.get("blocks", ())]


def _chosen(chart: Chart, wearable: str, rng: Random) -> list[dict[str, Any]]:
    """By chance: some block the psychiatric clinic, many let their home nurse or private health centre read, some share steps."""
    wishes: list[dict[str, Any]] = []
    roles = {one.course.id for one in chart.person.courses}
    block, outer, read, share = rng.random(), rng.random(), rng.random(), rng.random()
    if "depression" in roles and block < 0.25:
        wishes.append({"kind": "inner", "unit": "psychiatry"})
    if outer < (0.2 if "depression" in roles else 0.01):
        wishes.append({"kind": "outer", "unit": "psychiatry" if "depression" in roles else chart.unit("primary").key})
    for role in ("home_nursing", "primary"):
        unit = chart.unit(role)
        if unit.source in chart.patients and unit.provider.key != "region" and read < 0.6:
            wishes.append({"kind": "svod", "unit": unit.key})
    if wearable and share < 0.6:
        wishes.append({"kind": "wellness", "unit": chart.unit("primary").key, "quality": share < 0.35})
    return wishes


def _write(chart: Chart, wish: dict[str, Any], relatives: dict[str, str], rng: Random) -> None:
    unit = chart.region.units[wish["unit"]]
    patient = chart.subject(REGION)["reference"]
    dated = _noon(chart.today - timedelta(days=rng.randint(20, 300)))
    chart.addition(SOURCE, _consent(wish, patient, unit, dated, relatives))


def _consent(wish: dict[str, Any], patient: str, unit: Unit, dated: datetime, relatives: dict[str, str]) -> dict[str, Any]:
    kind, provider = wish["kind"], unit.provider.hsa
    if kind in ("inner", "outer"):
        return consents.block_consent(patient, provider, inner=kind == "inner", dated=dated, unit=unit.hsa, starts=dated)
    if kind == "medication-list":
        return medication_list_block(patient, dated=dated, starts=dated)
    if kind == "biobank-limit":
        return biobank_restriction(patient, wish["purposes"], dated=dated, provider=provider, starts=dated)
    if kind == "wellness":
        quality = wish.get("quality", True)
        return consents.wellness_share(patient, provider, dated=dated, unit=unit.hsa, for_quality=quality, starts=dated)
    by = f"RelatedPerson/{relatives[wish['by']]}" if "by" in wish else None
    ends = dated + timedelta(days=1825)
    return consents.svod_consent(patient, provider, dated=dated, unit=unit.hsa, starts=dated, ends=ends, represented_by=by)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(11), UTC)
