"""What is searched: Synthea records of a few persons (else the project's own population), and resources with what they lack."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kedja.identity.custody import PROTECTIONS
from kedja.testbed.population import population
from tests.conftest import ROOT
from tests.differential.extras import extras
from tests.differential.published import load

Resource = dict[str, Any]
PERSONS = 24
OF_EACH_TYPE = 9  # of a person, and besides what these refer to
_PERSON = re.compile(rb'"reference":"Patient/([^"]+)"|^{"resourceType":"Patient","id":"([^"]+)"')
_SHARED_BY_ALL = ("Organization", "Practitioner", "Location")


def material(scratch: Path) -> list[Resource]:
    """Patients first, then what is about them. The same on every machine that has the same files."""
    folder = Path(os.environ.get("KEDJA_SHARED", ROOT.parent / "shared")) / "data" / "synthea"
    found = list(_synthea(folder) if folder.exists() else _own(scratch))
    people = [resource for resource in found if resource["resourceType"] == "Patient"]
    resources = [*found, *extras([patient["id"] for patient in people])]
    return sorted(resources, key=lambda resource: resource["resourceType"] != "Patient")


def _synthea(folder: Path) -> list[Resource]:
    with gzip.open(folder / "Observation.ndjson.gz") as lines:
        people = dict.fromkeys(_first_persons(lines))
    found = [one for file in sorted(folder.glob("[A-Z]*.ndjson.gz")) for one in _of(file, set(people))]
    return _sample(found)


def _first_persons(lines: Iterable[bytes]) -> Iterator[bytes]:
    seen: set[bytes] = set()
    for line in lines:
        person = _person(line)
        if person and person not in seen:
            seen.add(person)
            yield person
        if len(seen) == PERSONS:
            return


def _person(line: bytes) -> bytes:
    found = _PERSON.search(line)
    return (found[1] or found[2]) if found else b""


def _of(file: Path, people: set[bytes]) -> Iterator[Resource]:
    """The records of a file are in the order of their persons, which is the same in all: reading ends where these end."""
    everyone = file.name.startswith(_SHARED_BY_ALL)
    last = 0
    with gzip.open(file) as lines:
        for number, line in enumerate(lines):
            if everyone or _person(line) in people:
                last = number
                yield load(line.decode())
            elif number - last > 3000:
                return


def _sample(resources: list[Resource]) -> list[Resource]:
    """Some of each type of each person, and what these refer to."""
    known = {f"{one['resourceType']}/{one['id']}": one for one in resources}
    kept: dict[str, Resource] = {}
    ahead: list[str] = []
    counts: defaultdict[tuple[str, bytes], int] = defaultdict(int)
    for place, one in known.items():
        whose = (one["resourceType"], _person(json.dumps(one, separators=(",", ":"), default=str).encode()))
        counts[whose] += 1
        if counts[whose] <= OF_EACH_TYPE and one["resourceType"] not in _SHARED_BY_ALL:
            ahead.append(place)
    while ahead:
        place = ahead.pop()
        if place in known and place not in kept:
            kept[place] = known[place]
            ahead += re.findall(r'"reference": "([^"]+)"', json.dumps(known[place], default=str))
    return [kept[place] for place in known if place in kept]


def _own(scratch: Path) -> Iterator[Resource]:
    """A small region as the testbed makes it, without consents and without protected identities.

    Those change what a search may find, which tests/law asks with an oracle of its own; Synthea has none of either.
    """
    population(60, 7, scratch)
    seen: set[str] = set()
    for file in sorted(scratch.glob("*/*.ndjson")):
        for line in file.read_bytes().splitlines():
            resource = load(line.decode())
            place = f"{resource['resourceType']}/{resource['id']}"
            if place not in seen and resource["resourceType"] != "Consent" and not _protects(resource):
                seen.add(place)
                yield _unprotected(resource)


def _protects(resource: Resource) -> bool:
    return resource["resourceType"] == "Flag" and any(
        one.get("code") in PROTECTIONS for one in resource["code"].get("coding", ())
    )


def _unprotected(resource: Resource) -> Resource:
    if resource["resourceType"] != "Patient":
        return resource
    return {**resource, "meta": {name: value for name, value in resource["meta"].items() if name != "security"}}
