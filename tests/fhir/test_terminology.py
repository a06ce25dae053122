"""$expand, $validate-code, $lookup and $subsumes over HTTP, on R4's value sets and on stored ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kedja.access.actor import Kind
from kedja.definitions import EMPTY, install
from tests.fhir.service import CLINIC, CLINIC_DOCTOR, NORTH, Caller, Service, staff

COLOURS = "http://example.org/CodeSystem/colours"
R4 = "http://hl7.org/fhir/ValueSet"
Json = dict[str, Any]

SYSTEM: Json = {
    "resourceType": "CodeSystem",
    "url": COLOURS,
    "version": "1",
    "name": "Colours",
    "status": "active",
    "content": "complete",
    "concept": [
        {
            "code": "red",
            "display": "Red",
            "definition": "As blood",
            "designation": [{"language": "sv", "value": "Röd"}],
            "concept": [{"code": "crimson", "display": "Crimson"}, {"code": "scarlet", "display": "Scarlet"}],
        },
        {"code": "blue", "display": "Blue"},
    ],
}
REDS: Json = {
    "resourceType": "ValueSet",
    "url": "http://example.org/ValueSet/reds",
    "status": "active",
    "compose": {"include": [{"system": COLOURS, "filter": [{"property": "concept", "op": "is-a", "value": "red"}]}]},
}


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    yield
    install(EMPTY)


@pytest.fixture
def steward(service: Service) -> Caller:
    """Who may write definitions."""
    return service.as_(staff("steward", NORTH, CLINIC, Kind.SYSTEM))


@pytest.fixture
def doctor(service: Service) -> Caller:
    return service.as_(CLINIC_DOCTOR)


async def ask(doctor: Caller, path: str, status: int = 200) -> Json:
    answer = await doctor("GET", f"/fhir/{path}")
    assert answer.status_code == status, answer.text
    return answer.json()


async def post(doctor: Caller, path: str, **inputs: Json) -> Json:
    parts = [{"name": name.replace("_", "-"), **value} for name, value in inputs.items()]
    answer = await doctor("POST", f"/fhir/{path}", {"resourceType": "Parameters", "parameter": parts})
    assert answer.status_code == 200, answer.text
    return answer.json()


def codes(valueset: Json) -> list[str]:
    return [each["code"] for each in valueset["expansion"].get("contains", [])]


def values(parameters: Json) -> Json:
    return {part["name"]: value for part in parameters["parameter"] for name, value in part.items() if name.startswith("value")}


async def test_a_value_set_of_r4_is_expanded(doctor: Caller) -> None:
    found = await ask(doctor, f"ValueSet/$expand?url={R4}/administrative-gender")
    assert codes(found) == ["male", "female", "other", "unknown"]
    assert found["expansion"]["total"] == 4
    assert found["expansion"]["contains"][0]["display"] == "Male"


async def test_an_expansion_comes_in_pages_and_by_text(doctor: Caller) -> None:
    page = await ask(doctor, f"ValueSet/$expand?url={R4}/administrative-gender&offset=1&count=2")
    assert (codes(page), page["expansion"]["total"], page["expansion"]["offset"]) == (["female", "other"], 4, 1)
    assert codes(await ask(doctor, f"ValueSet/$expand?url={R4}/administrative-gender&filter=FEM")) == ["female"]


async def test_a_value_set_that_stands_in_the_request_is_expanded(doctor: Caller) -> None:
    system = {"resource": SYSTEM}
    found = await post(doctor, "ValueSet/$expand", valueSet={"resource": REDS}, tx_resource=system)
    assert codes(found) == ["red", "crimson", "scarlet"]


async def test_what_cannot_be_expanded_is_refused_with_what_is_missing(doctor: Caller) -> None:
    refused = await ask(doctor, f"ValueSet/$expand?url={R4}/report-codes", 422)
    assert "`http://loinc.org` is not here" in refused["issue"][0]["diagnostics"]
    refused = await ask(doctor, "ValueSet/$expand?url=http://example.org/none", 404)
    assert refused["issue"][0]["code"] == "not-found"
    assert (await ask(doctor, "ValueSet/$expand", 400))["issue"][0]["code"] == "required"


async def test_a_code_is_validated_by_get_and_by_post(doctor: Caller) -> None:
    place = "ValueSet/$validate-code"
    found = values(
        await ask(doctor, f"{place}?url={R4}/administrative-gender&system=http://hl7.org/fhir/administrative-gender&code=male")
    )
    assert (found["result"], found["display"]) == (True, "Male")
    coding = {"system": "http://hl7.org/fhir/administrative-gender", "code": "man"}
    found = values(await post(doctor, place, url={"valueUri": f"{R4}/administrative-gender"}, coding={"valueCoding": coding}))
    assert found["result"] is False
    assert "is no code of `http://hl7.org/fhir/administrative-gender" in found["message"]


async def test_one_right_coding_makes_a_concept_right(doctor: Caller) -> None:
    right = {"system": "http://hl7.org/fhir/administrative-gender", "code": "male"}
    concept = {"valueCodeableConcept": {"coding": [{"system": "http://example.org", "code": "m"}, right]}}
    found = await post(
        doctor, "ValueSet/$validate-code", url={"valueUri": f"{R4}/administrative-gender"}, codeableConcept=concept
    )
    assert values(found)["result"] is True


async def test_what_cannot_be_told_says_so(doctor: Caller) -> None:
    query = f"url={R4}/condition-code&system=http://snomed.info/sct&code=38341003"
    found = values(await ask(doctor, f"ValueSet/$validate-code?{query}"))
    assert found["result"] is False
    assert found["message"].startswith("it cannot be told")


async def test_a_code_of_a_system_is_validated_and_looked_up(doctor: Caller) -> None:
    system = "http://hl7.org/fhir/observation-status"
    found = values(await ask(doctor, f"CodeSystem/$validate-code?url={system}&code=final&display=Finale"))
    assert (found["result"], found["display"]) == (False, "Final")
    found = values(await ask(doctor, f"CodeSystem/$lookup?system={system}&code=final"))
    assert found["display"] == "Final"
    refused = await ask(doctor, f"CodeSystem/$lookup?system={system}&code=finale", 404)
    assert "`finale` is no code of" in refused["issue"][0]["diagnostics"]


async def test_subsumption_is_told_both_ways(doctor: Caller) -> None:
    async def outcome(one: str, other: str) -> str:
        system = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
        return values(await ask(doctor, f"CodeSystem/$subsumes?system={system}&codeA={one}&codeB={other}"))["outcome"]

    assert await outcome("FAMMEMB", "BRO") == "subsumes"
    assert await outcome("BRO", "FAMMEMB") == "subsumed-by"
    assert await outcome("BRO", "BRO") == "equivalent"
    assert await outcome("BRO", "SIS") == "not-subsumed"


async def test_a_request_without_code_or_with_two_is_refused(doctor: Caller) -> None:
    place = f"ValueSet/$validate-code?url={R4}/administrative-gender"
    assert "give one of `code`" in (await ask(doctor, place, 400))["issue"][0]["diagnostics"]
    assert (await ask(doctor, f"{place}&code=male&colour=red", 400))["issue"][0]["code"] == "not-supported"


async def test_what_is_stored_counts_from_the_next_request_on(doctor: Caller, steward: Caller) -> None:
    await ask(doctor, f"ValueSet/$expand?url={REDS['url']}", 404)
    system = await steward.create(SYSTEM)
    stored = await steward.create(REDS)
    assert codes(await ask(doctor, f"ValueSet/$expand?url={REDS['url']}")) == ["red", "crimson", "scarlet"]
    assert codes(await ask(doctor, f"ValueSet/{stored['id']}/$expand?filter=crim")) == ["crimson"]
    found = values(await ask(doctor, f"ValueSet/{stored['id']}/$validate-code?system={COLOURS}&code=blue"))
    assert found["result"] is False
    found = values(await ask(doctor, f"CodeSystem/{system['id']}/$validate-code?code=blue"))
    assert (found["result"], found["display"]) == (True, "Blue")
    await ask(doctor, "ValueSet/none/$expand", 404)


async def test_displays_come_in_the_language_that_is_asked_for(doctor: Caller, steward: Caller) -> None:
    await steward.create(SYSTEM)
    found = await ask(doctor, f"CodeSystem/$lookup?system={COLOURS}&code=red&displayLanguage=sv")
    assert values(found)["display"] == "Röd"
    assert values(found)["definition"] == "As blood"
