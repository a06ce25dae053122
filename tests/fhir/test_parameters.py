"""Search parameters that are added while the service runs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kedja.gate import reindex
from kedja.search import indexed
from tests.fhir.service import Caller, Service, observation, patient

COLOUR = "https://example.org/fhir/StructureDefinition/eye-colour"
EYES: dict[str, Any] = {
    "resourceType": "SearchParameter",
    "url": "https://example.org/fhir/SearchParameter/eye-colour",
    "name": "eyeColour",
    "status": "active",
    "description": "The colour of the eyes",
    "code": "eye-colour",
    "base": ["Patient"],
    "type": "token",
    "expression": f"Patient.extension.where(url = '{COLOUR}').value",
}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reindex, "_GRACE", 0.2)
    monkeypatch.setattr(reindex, "_AGAIN", 0.1)


def eyes(code: str, family: str) -> dict[str, Any]:
    colour = {"url": COLOUR, "valueCodeableConcept": {"coding": [{"system": "urn:colours", "code": code}]}}
    return {**patient(family=family), "extension": [colour]}


async def when_ready(caller: Caller, query: str) -> list[dict[str, Any]]:
    """What is found once the parameters of the query are indexed; until then it is refused with how far it is."""
    for _ in range(200):
        answer = await caller("GET", f"/fhir/{query}")
        if answer.status_code == 200:
            return [entry["resource"] for entry in answer.json().get("entry", [])]
        assert answer.status_code == 400, answer.text
        (issue,) = answer.json()["issue"]
        assert issue["code"] == "transient" and "is being indexed" in issue["diagnostics"]
        await asyncio.sleep(0.1)
    raise AssertionError("the parameter is never ready")


async def test_a_parameter_that_is_added_finds_what_was_there_and_what_comes(service: Service) -> None:
    system = service.system()
    await system.create(eyes("green", "Before"))
    await system.create(eyes("blue", "Other"))
    unknown = await system("GET", "/fhir/Patient?eye-colour=green")
    assert "unknown parameter `eye-colour`" in unknown.text
    await system.create(EYES)
    await system.create(eyes("green", "After"))
    found = await when_ready(system, "Patient?eye-colour=urn:colours|green")
    assert {one["name"][0]["family"] for one in found} == {"Before", "After"}
    assert len(await system.search("Patient?eye-colour:not=green")) == 1
    listed = (await system("GET", "/fhir/metadata")).json()["rest"][0]["resource"]
    assert {"eye-colour"} < {one["name"] for each in listed if each["type"] == "Patient" for one in each["searchParam"]}
    assert await system.search("Patient?eye-colour:missing=true") == []
    assert [one["name"][0]["family"] for one in await system.search("Patient?_sort=eye-colour&_count=1")] == ["Other"]


async def test_a_chain_goes_through_an_added_reference(service: Service) -> None:
    system = service.system()
    held = await system.create(patient(family="Lindqvist"))
    await system.create(
        {**observation(held["id"]), "note": [{"authorReference": {"reference": f"Patient/{held['id']}"}, "text": "x"}]}
    )
    author = {
        **EYES,
        "url": "https://example.org/fhir/SearchParameter/note-author",
        "code": "note-author",
        "base": ["Observation"],
        "type": "reference",
        "target": ["Patient", "Practitioner"],
        "expression": "Observation.note.author.ofType(Reference)",
    }
    await system.create(author)
    assert len(await when_ready(system, f"Observation?note-author=Patient/{held['id']}")) == 1
    assert len(await system.search("Observation?note-author:Patient.family=lind")) == 1
    assert len(await system.search("Patient?_has:Observation:note-author:status=final")) == 1


async def test_to_a_lenient_asker_a_parameter_that_is_not_ready_is_left_out(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindex, "_GRACE", 60.0)
    system = service.system()
    await system.create(eyes("green", "Before"))
    await system.create(EYES)
    answer = await system("GET", "/fhir/Patient?eye-colour=green", Prefer="handling=lenient")
    (told,) = [entry["resource"] for entry in answer.json()["entry"] if entry["search"]["mode"] == "outcome"]
    assert "is being indexed: it is about to begin" in told["issue"][0]["diagnostics"]
    assert "eye-colour" not in (await system("GET", "/fhir/metadata")).text


async def test_a_parameter_that_is_taken_away_is_unknown_again(service: Service) -> None:
    system = service.system()
    stored = await system.create(EYES)
    assert await when_ready(system, "Patient?eye-colour=green") == []
    await system("DELETE", f"/fhir/SearchParameter/{stored['id']}")
    answer = await system("GET", "/fhir/Patient?eye-colour=green")
    assert "unknown parameter" in answer.text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"code": "gender"}, "is a parameter of FHIR R4 itself"),
        ({"expression": "Patient.extension.where("}, "is no FHIRPath"),
        ({"expression": "Observation.value"}, "no part that starts from Patient"),
        ({"type": "special"}, "which is not indexed"),
        ({"code": "_mine"}, "with a letter first"),
        ({"type": "composite"}, "two parts or more"),
    ],
)
async def test_a_parameter_that_cannot_be_searched_by_is_refused_with_the_reason(
    service: Service, changes: dict[str, Any], says: str
) -> None:
    answer = await service.system()("POST", "/fhir/SearchParameter", {**EYES, **changes})
    assert answer.status_code in (400, 422), answer.text
    assert says in answer.text


async def test_an_index_of_an_older_program_is_made_anew_and_searches_say_so(service: Service) -> None:
    system = service.system()
    for number in range(3):
        await system.create(patient(family=f"Lind{number}"))
    await service.database.execute("UPDATE resource SET tokens = '{}' WHERE type = 'Patient'")
    await service.database.execute("DELETE FROM search_string")
    assert await system.search("Patient?gender=female") == []
    indexed.install(indexed.State(1, {}))
    answer = await system("GET", "/fhir/Patient?gender=female")
    assert "the index of Patient is being made anew" in answer.text
    await service.database.execute(
        "INSERT INTO system_state (name, value) VALUES ('index', '{\"version\": 1}')"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )
    door = service.app.state.door
    assert await reindex.reindex(door, "http://kedja.test/fhir", lambda *_: None) >= 3
    assert len(await system.search("Patient?gender=female&family=lind")) == 3
    answer = await system("GET", "/fhir/Patient?gender=female")
    assert "made anew" not in answer.text


async def test_a_run_that_was_ended_goes_on_where_it_was(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reindex, "BATCH", 2)
    system = service.system()
    for number in range(5):
        await system.create(patient(family=f"Lind{number}"))
    seen: list[int] = []

    class Ended(Exception):
        pass

    def end(_: str, done: int, total: int) -> None:
        assert total == 5
        seen.append(done)
        if done == 4:
            raise Ended

    door = service.app.state.door
    with pytest.raises(Ended):
        await reindex.reindex(door, "http://kedja.test/fhir", end, ["Patient"])
    assert await reindex.reindex(door, "http://kedja.test/fhir", lambda _, done, total: seen.append(done)) <= 1
    assert seen[:2] == [2, 4] and set(seen) <= {2, 4, 5}
    assert len(await system.search("Patient?family=lind")) == 5
