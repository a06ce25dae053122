"""One question across health record, quality registry, biobank and wellness account, for those who may ask it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kedja.access.actor import Actor
from kedja.analytics.jsonpath import jsonpath, predicate
from kedja.outcome import OutcomeError
from kedja.signin import demo
from kedja.testbed import population
from tests.conftest import run
from tests.fhir.service import Service, running
from tests.region import load

QUESTION = "/ask/hba1c-disagreement"


@pytest.fixture(scope="module")
def region(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp("region")
    manifest = population(60, 1, folder)
    run(load(module_database_url, folder, manifest.sources))
    return module_database_url, folder


@pytest.fixture
async def service(region: tuple[str, Path], tmp_path: Path) -> AsyncIterator[Service]:
    async with running(region[0], tmp_path) as started:
        yield started


def actor(region: tuple[str, Path], login: str) -> Actor:
    rows = json.loads((region[1] / "logins.json").read_text())
    found = demo.find(rows, login)
    assert found is not None
    return demo.actor_of(found, 0)


def expected(region: tuple[str, Path]) -> list[tuple[int, int]]:
    """By plain reading of the files: (registry, journal) of the region's own, who share their steps for quality work."""
    told: dict[str, Any] = json.loads((region[1] / "expected.json").read_text())
    consents = (region[1] / "samtycken" / "Consent.ndjson").read_text().splitlines()
    sharing = {json.loads(line)["patient"]["reference"] for line in consents if "HQUALIMP" in line}
    own = [each for each in told["across"] if each["provider"] == "SE2399999999-1000"]
    return sorted((each["registry"], each["journal"]) for each in own if f"Patient/{each['patient']}" in sharing)


async def test_who_may_ask_gets_those_who_disagree_and_nobody_else(service: Service, region: tuple[str, Path]) -> None:
    answer = await service.as_(actor(region, "disa"))("GET", QUESTION)
    assert answer.status_code == 200, answer.text
    rows = answer.json()["rows"]
    assert sorted((row["registry_hba1c"], row["journal_hba1c"]) for row in rows) == expected(region)
    assert rows
    assert all(row["plasma_samples"] > 0 and row["mean_steps"] > 0 for row in rows)
    assert all("person" not in row for row in rows)


async def test_everybody_in_the_answer_can_see_that_it_was_asked(service: Service, region: tuple[str, Path]) -> None:
    rows = (await service.as_(actor(region, "disa"))("GET", QUESTION)).json()["rows"]
    person = await service.person_of(rows[0]["patient"].removeprefix("Patient/"))
    logged = await service.database.fetchrow(
        "SELECT rules, detail FROM access_log WHERE person = $1 AND action = 'ask' ORDER BY seq DESC LIMIT 1", person
    )
    assert logged is not None
    assert logged["detail"] == "hba1c-disagreement"
    assert {"I-1.2", "Q-6", "B-1.2", "W-1.2"} <= set(logged["rules"])


@pytest.mark.parametrize(("login", "lacks"), [("anna", "Q-6"), ("rut", "I-1.2"), ("kalle", "Q-6")])
async def test_who_may_not_ask_is_told_which_rule_is_lacking(
    service: Service, region: tuple[str, Path], login: str, lacks: str
) -> None:
    answer = await service.as_(actor(region, login))("GET", QUESTION)
    assert answer.status_code == 403
    assert any(lacks in issue["diagnostics"] for issue in answer.json()["issue"])
    assert "rows" not in answer.json()


async def test_a_question_that_there_is_not_is_told_so(service: Service, region: tuple[str, Path]) -> None:
    answer = await service.as_(actor(region, "disa"))("GET", "/ask/everything")
    assert answer.status_code == 404
    assert "hba1c-disagreement" in answer.json()["issue"][0]["diagnostics"]


async def test_who_did_not_sign_in_may_not_ask(service: Service) -> None:
    assert (await service.http.get(QUESTION)).status_code == 401


def test_paths_of_views_become_jsonpath() -> None:
    assert jsonpath("value.ofType(Quantity).value") == '$."valueQuantity"."value"'
    assert jsonpath("name.where(use = 'official').family.first()") == '$."name" ? (@."use" == "official")."family"'
    assert predicate("active = true and code.exists()") == '$ ? ((@."active" == true && exists(@."code")))'


def test_what_a_view_cannot_say_is_refused_by_name() -> None:
    with pytest.raises(OutcomeError, match="descendants"):
        jsonpath("name.descendants()")
