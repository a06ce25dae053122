"""`$everything`, `$lastn`, `$meta`, `$meta-add`, `$meta-delete` over HTTP."""

from __future__ import annotations

from typing import Any

from tests.fhir.service import CLINIC_DOCTOR, SURGERY_DOCTOR, Caller, Service, observation, patient

NUMBER = "195802142389"


async def record(service: Service, observations: int = 5) -> tuple[Caller, str]:
    anna = service.as_(CLINIC_DOCTOR)
    id = (await anna.create(patient(NUMBER)))["id"]
    for day in range(1, observations + 1):
        await anna.create(observation(id, 40 + day, f"2026-05-{day:02}"))
    return anna, id


async def pages(caller: Caller, url: str) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = []
    while url:
        answer = await caller("GET", url)
        assert answer.status_code == 200, answer.text
        bundle = answer.json()
        found.append(bundle.get("entry", []))
        url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), "")
    return found


async def test_everything_gives_the_whole_record_page_by_page(service: Service):
    anna, id = await record(service)
    found = await pages(anna, f"/fhir/Patient/{id}/$everything?_count=2")
    assert [len(page) for page in found] == [2, 2, 2]
    types = [entry["resource"]["resourceType"] for page in found for entry in page]
    assert types == ["Patient"] + ["Observation"] * 5
    assert len({entry["fullUrl"] for page in found for entry in page}) == 6


async def test_everything_is_what_the_law_lets_the_caller_see(service: Service):
    _, id = await record(service)
    answer = await service.as_(SURGERY_DOCTOR)("GET", f"/fhir/Patient/{id}/$everything")
    assert answer.status_code == 404
    own = await (await service.citizen(id))("GET", "/fhir/Patient/$everything")
    assert len(own.json()["entry"]) == 6
    assert (await service.as_(CLINIC_DOCTOR)("GET", "/fhir/Patient/$everything")).status_code == 400


async def test_everything_leaves_a_log_row_for_each_page(service: Service):
    anna, id = await record(service)
    person = await service.person_of(id)
    await pages(anna, f"/fhir/Patient/{id}/$everything?_count=4")
    rows = await service.database.fetch(
        "SELECT resources FROM access_log WHERE person = $1 AND detail LIKE '$everything%' ORDER BY seq", person
    )
    assert [len(row["resources"]) for row in rows] == [4, 2]


async def test_everything_of_a_period_and_of_some_types(service: Service):
    anna, id = await record(service)
    within = await pages(anna, f"/fhir/Patient/{id}/$everything?start=2026-05-02&end=2026-05-03&_type=Observation")
    assert [entry["resource"]["effectiveDateTime"] for entry in within[0]] == ["2026-05-03", "2026-05-02"]
    assert await pages(anna, f"/fhir/Patient/{id}/$everything?_since=2099-01-01") == [[]]


async def test_everything_includes_the_directory_entries_that_are_referred_to(service: Service):
    anna, id = await record(service, 1)
    system = service.system()
    clinic = await system.create({"resourceType": "Organization", "name": "The clinic"})
    await anna.create(observation(id) | {"performer": [{"reference": f"Organization/{clinic['id']}"}]})
    (page,) = await pages(anna, f"/fhir/Patient/{id}/$everything")
    included = [entry["resource"] for entry in page if entry["search"]["mode"] == "include"]
    assert [resource["id"] for resource in included] == [clinic["id"]]


async def test_everything_refuses_what_it_does_not_understand(service: Service):
    anna, id = await record(service, 0)
    for query in ("_type=Pateint", "start=soon", "_count=many", "colour=red", "_cursor=abc", "start=2026&start=2025"):
        answer = await anna("GET", f"/fhir/Patient/{id}/$everything?{query}")
        assert answer.status_code == 400, (query, answer.text)


async def test_the_page_link_is_good_for_its_owner_alone(service: Service):
    anna, id = await record(service)
    first = (await anna("GET", f"/fhir/Patient/{id}/$everything?_count=2")).json()
    url = next(link["url"] for link in first["link"] if link["relation"] == "next")
    assert (await (await service.citizen(id))("GET", url)).status_code == 400


async def test_lastn_gives_the_newest_of_each_code(service: Service):
    anna, id = await record(service)
    pulse = observation(id, 60, "2026-01-01") | {"code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}}
    await anna.create(pulse)
    bundle = (await anna("GET", f"/fhir/Observation/$lastn?patient={id}&max=2")).json()
    assert [entry["resource"]["effectiveDateTime"] for entry in bundle["entry"]] == ["2026-05-05", "2026-05-04", "2026-01-01"]
    narrowed = (await anna("GET", f"/fhir/Observation/$lastn?patient={id}&code=8867-4")).json()
    assert narrowed["total"] == 1


async def test_lastn_takes_codes_that_share_a_coding_as_one(service: Service):
    anna = service.as_(CLINIC_DOCTOR)
    id = (await anna.create(patient(NUMBER)))["id"]
    codings = [{"system": "urn:a", "code": "1"}, {"system": "urn:b", "code": "2"}, {"system": "urn:c", "code": "3"}]
    for day, some in enumerate(([codings[0]], codings[:2], codings[1:]), 1):
        await anna.create(observation(id, 1, f"2026-05-0{day}") | {"code": {"coding": some}})
    await anna.create(observation(id, 1, "2026-04-01") | {"code": {"text": "1"}})
    bundle = (await anna("GET", f"/fhir/Observation/$lastn?patient={id}")).json()
    assert [entry["resource"]["effectiveDateTime"] for entry in bundle["entry"]] == ["2026-05-03", "2026-04-01"]


async def test_lastn_tells_the_log_only_of_what_it_gave(service: Service):
    anna, id = await record(service)
    person = await service.person_of(id)
    await anna("GET", f"/fhir/Observation/$lastn?patient={id}")
    row = await service.database.fetchrow("SELECT resources FROM access_log WHERE person = $1 ORDER BY seq DESC LIMIT 1", person)
    assert row is not None and len(row["resources"]) == 1


async def test_lastn_wants_a_patient(service: Service):
    anna, id = await record(service, 0)
    assert (await anna("GET", "/fhir/Observation/$lastn?code=8867-4")).status_code == 400
    assert (await anna("GET", f"/fhir/Observation/$lastn?patient={id}&_sort=date")).status_code == 400
    assert (await anna("GET", f"/fhir/Observation/$lastn?patient={id}&max=x")).status_code == 400


TAG = {"system": "https://example.org/tags", "code": "follow-up"}


def with_meta(meta: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": meta}]}


async def test_a_tag_is_added_and_taken_away_in_new_versions(service: Service):
    anna, id = await record(service, 0)
    for _ in range(2):
        answer = await anna("POST", f"/fhir/Patient/{id}/$meta-add", with_meta({"tag": [TAG]}))
        assert answer.json()["parameter"][0]["valueMeta"]["tag"] == [TAG]
    assert (await anna("GET", f"/fhir/Patient/{id}")).json()["meta"]["versionId"] == "2"
    assert [found["id"] for found in await anna.search(f"Patient?_tag={TAG['system']}|{TAG['code']}")] == [id]
    answer = await anna("POST", f"/fhir/Patient/{id}/$meta-delete", with_meta({"tag": [TAG | {"display": "Follow up"}]}))
    assert "tag" not in answer.json()["parameter"][0]["valueMeta"]
    assert await anna.search(f"Patient?_tag={TAG['code']}") == []


async def test_meta_tells_which_tags_the_caller_can_see(service: Service):
    anna, id = await record(service, 0)
    await anna("POST", f"/fhir/Patient/{id}/$meta-add", with_meta({"tag": [TAG], "profile": ["https://example.org/p"]}))
    for path in ("$meta", "Patient/$meta", f"Patient/{id}/$meta"):
        meta = (await anna("GET", f"/fhir/{path}")).json()["parameter"][0]["valueMeta"]
        assert meta["tag"] == [TAG] and meta["profile"] == ["https://example.org/p"], path
    assert (await service.as_(SURGERY_DOCTOR)("GET", "/fhir/$meta")).json() == {"resourceType": "Parameters"}
    assert (await service.as_(SURGERY_DOCTOR)("GET", f"/fhir/Patient/{id}/$meta")).status_code == 404


async def test_an_operation_that_is_not_there_says_where_it_is(service: Service):
    anna, id = await record(service, 0)
    for method, path, status, told in (
        ("GET", f"Patient/{id}/$evrything", 404, "metadata"),
        ("GET", "Observation/1/$everything", 404, "/Patient/{id}/$everything"),
        ("GET", f"Patient/{id}/$meta-add", 405, "POST"),
        ("DELETE", f"Patient/{id}/$everything", 405, "GET or POST"),
        ("GET", "Pateint/$everything", 404, "Patient"),
        ("POST", f"Patient/{id}/$meta-add", 400, "meta"),
    ):
        answer = await anna(method, f"/fhir/{path}")
        assert answer.status_code == status, (path, answer.text)
        assert told in answer.text, (path, answer.text)
