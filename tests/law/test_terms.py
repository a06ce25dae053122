"""What a search is made by, however deep it stands, is known by its terms (PDL 2 kap. 8 §)."""

from __future__ import annotations

import pytest

from kedja.access.terms import names, terms, used
from kedja.search.parse import parse
from kedja.search.resolve import resolve

RACE = "http://loinc.org|32624-9"


def _terms(asked: str) -> frozenset[str]:
    kind, _, query = asked.partition("?")
    return used(resolve(parse(kind, [(name, value) for name, _, value in (p.partition("=") for p in query.split("&"))])).uses)


@pytest.mark.parametrize(
    "asked",
    [
        f"Observation?code={RACE}",
        "Observation?code=32624-9",  # in whichever system it stands
        f"Observation?code:not={RACE}",
        f"Observation?code=http://loinc.org|4548-4,{RACE}",
        "Observation?code:text=etnisk",
        "Observation?code:in=http://terminology.hl7.org/ValueSet/v3-Race",
        "Observation?value-concept=http://terminology.hl7.org/CodeSystem/v3-Ethnicity|2135-2",
        f"Observation?code-value-concept={RACE}$x",
        f"Patient?_has:Observation:patient:code={RACE}",
        f"Observation?has-member:Observation.code={RACE}",
        f"Observation?_filter=date gt 2020 and (code eq {RACE})",
        "Observation?_content=hens Etnicitet",
        "Observation?_text=ETHNIC",
    ],
)
def test_a_sensitive_term_is_found_wherever_it_stands(asked: str) -> None:
    assert "ethnicity" in _terms(asked)


@pytest.mark.parametrize(
    "asked",
    [
        "Observation?code=http://loinc.org|4548-4",
        "Observation?code=http://example.org/own|32624-9",  # another system's
        "Condition?code:text=diabetes",
        "Encounter?date=gt2026-01-01",
        "Condition?_text=frisk",
    ],
)
def test_health_is_no_such_term(asked: str) -> None:
    assert not _terms(asked) & names("sensitive")


def test_who_is_meant_is_a_term_of_its_own_and_a_chain_names_nobody() -> None:
    assert names("identifying") <= _terms("Observation?patient=Patient/1")
    assert names("identifying") <= _terms("Observation?subject:Patient.identifier=19121212-1212")
    assert not _terms("Observation?subject:Patient.gender=female")


def test_every_term_says_what_it_is_and_which_statute_names_it() -> None:
    assert len({term.name for term in terms()}) == len(terms())
    for term in terms():
        assert term.sv and term.en and term.cite
        assert term.parameters or term.paths or term.codes or term.words
