"""Searches over HTTP, at eight connections, with the law in the statement and everyone's log written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from urllib.parse import quote

from bench.figure import Figure
from bench.resources import CODES, LOINC, Resource
from bench.room import Room
from bench.service import Service

CLIENTS = 8


def _code(one: Resource) -> str:
    return quote(f"{LOINC}|{one['code']['coding'][0]['code']}", safe="")


def _dated(one: Resource) -> str:
    return f"{one['subject']['reference']}&code={_code(one)}&date=ge{one['effectiveDateTime'][:10]}"


# Name, and the address for one of the clinic's observations and the family name of its patient.
SEARCHES: tuple[tuple[str, Callable[[Resource, str], str]], ...] = (
    ("Patient?family", lambda _, family: f"Patient?family={quote(family)}"),
    ("Observation?patient&code&date=ge", lambda one, _: f"Observation?patient={_dated(one)}"),
    ("... with _include=Observation:patient", lambda one, _: f"Observation?patient={_dated(one)}&_include=Observation:patient"),
    ("Observation?patient&_sort=-date", lambda one, _: f"Observation?patient={one['subject']['reference']}&_sort=-date"),
    (
        "Observation?code&date=ge over everybody",
        lambda one, _: f"Observation?code={_code(one)}&date=ge{one['effectiveDateTime'][:4]}-01-01",
    ),
    (
        "Observation?patient.family&code",
        lambda _, family: f"Observation?patient.family={quote(family)}&code={quote(f'{LOINC}|{CODES[0][0]}', safe='')}",
    ),
)


def searches(service: Service) -> Iterator[tuple[str, list[str]]]:
    """Name, and the addresses under /fhir/ that are asked for."""
    families = {f"Patient/{one['id']}": one["name"][0]["family"] for one in service.patients}
    asked = Random(6).sample(service.observations, 2000)
    for name, address in SEARCHES:
        yield name, [f"{address(one, families[one['subject']['reference']])}&_count=20" for one in asked]


def measure(room: Room) -> Iterator[Figure]:
    service = room.service
    for name, paths in searches(service):
        yield service.measure(name, [service.address.request("GET", f"/fhir/{path}") for path in paths], CLIENTS)
