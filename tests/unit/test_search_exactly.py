"""Which searches name their person exactly and ask for no place: those alone find who has protected identity."""

from __future__ import annotations

import pytest

from kedja.search.nodes import Chain, Has, Query
from kedja.search.parse import parse
from kedja.search.resolve import resolve


def asked(text: str) -> Query:
    resource_type, _, query = text.partition("?")
    pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in query.split("&")) if name]
    return resolve(parse(resource_type, pairs))


EXACT = [
    "Patient?_id=1",
    "Patient?identifier=urn:x|1",
    "Patient?identifier=1",
    "Patient?identifier=1,2&name=Anna",
    "Patient?identifier:of-type=a|b|1",
    "Patient?_has:Observation:patient:_id=5",
    "Observation?patient=1",
    "Observation?subject=Patient/1&code=x",
    "Observation?subject=1",
    "Observation?patient.identifier=urn:x|1",
    "Observation?subject:Patient.identifier=urn:x|1",
    "Observation?subject:identifier=urn:x|1",
    "Observation?encounter=Encounter/5",
    "Observation?encounter.subject=Patient/1",
    "Observation?patient=1&performer=Practitioner/4",
    "Observation?patient=1&_sort=-date",
    "Observation?patient=1&_filter=status eq final",
    "Encounter?patient=1&participant:Practitioner.name=Ek",
    "?_type=Observation,Condition&_id=5",
]
NOT_EXACT = [
    "Patient?",
    "Patient?name=Anna",
    "Patient?_id:not=1",
    "Patient?identifier=urn:x|",
    "Patient?identifier:not=urn:x|1",
    "Patient?identifier:missing=false",
    "Patient?general-practitioner=Practitioner/1",
    "Patient?_has:Observation:patient:code=x",
    "Observation?code=x",
    "Observation?performer=Practitioner/1",
    "Observation?patient.name=Anna",
    "Observation?patient=1&_content=storgatan",
    "Observation?patient=1&_tag=SE1",
    "Observation?patient=1&_filter=performer eq Organization/1",
    "Observation?patient=1&performer=Organization/1",
    "Observation?patient=1&performer.name=x",
    "Observation?patient=1&_sort=performer",
    "Patient?_id=1&address-city=Malmö",
    "Patient?_id=1&phone=070",
    "Patient?_id=1&_sort=address-city",
    "Patient?_id=1&_filter=not (address-city eq malmö)",
    "Patient?_id=1&_filter=general-practitioner[name eq x].name eq y",
    "Encounter?patient=1&location=Location/1",
    "Encounter?patient=1&location.name=x",
    "Encounter?patient=1&location:missing=true",
    "Encounter?patient=1&service-provider=1",
    "Appointment?patient=1&actor=Location/1",
    "Appointment?patient=1&actor=7",
    "Location?_id=1",
]


@pytest.mark.parametrize("text", EXACT)
def test_it_names_its_person_exactly(text: str) -> None:
    assert asked(text).select.exact


@pytest.mark.parametrize("text", NOT_EXACT)
def test_it_does_not_or_asks_for_a_place(text: str) -> None:
    assert not asked(text).select.exact


@pytest.mark.parametrize(
    "text, inside",
    [
        ("Location?_has:Encounter:location:patient=1", False),  # a place that is found by who is there
        ("Organization?_has:Encounter:service-provider:_id=5", False),
        ("Practitioner?_has:Encounter:practitioner:patient=1", True),
        ("Patient?_has:Encounter:patient:location=Location/1", False),
        ("Patient?_id=1&_has:Encounter:patient:date=2026", False),
    ],
)
def test_the_source_of_has_is_exact_by_itself(text: str, inside: bool) -> None:
    (source,) = [one.source for one in asked(text).select.criteria if isinstance(one, Has)]
    assert source.exact is inside


@pytest.mark.parametrize(
    "text, inside",
    [("Observation?patient=1&patient.address-city=Malmö", False), ("Observation?patient.identifier=1", True)],
)
def test_the_target_of_a_chain_is_exact_by_itself(text: str, inside: bool) -> None:
    (chain,) = [one for one in asked(text).select.criteria if isinstance(one, Chain)]
    assert {target.exact for _, target in chain.targets} == {inside}
