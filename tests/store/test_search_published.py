"""What refers by a canonical url is followed as what refers by an id."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from kedja.access.custody import Custody, Regime
from kedja.search.condition import EVERYTHING, Column, Condition, Not
from tests.store.searching.asking import ask, references
from tests.store.searching.world import NOW, Held, World, load

URL = "http://forms.example/falls"
FORMS = {"form": ("1.0", "Falls"), "newer": ("2.0", "Falls again"), "bare": ("", "Falls at home")}


def _questionnaire(id: str, version: str, title: str, url: str = URL) -> dict[str, str]:
    form = {"resourceType": "Questionnaire", "id": id, "status": "active", "url": url, "title": title}
    return {**form, "version": version} if version else form


@pytest.fixture(scope="module")
def world() -> World:
    world = World()
    resources = [_questionnaire(id, *of) for id, of in FORMS.items()] + [_questionnaire("else", "1.0", "Other", f"{URL}/else")]
    for id, canonical in (("any", URL), ("exact", f"{URL}|1.0"), ("other", f"{URL}/else|1.0")):
        resources.append({"resourceType": "QuestionnaireResponse", "id": id, "status": "completed", "questionnaire": canonical})
    for number, resource in enumerate(resources):
        world.held.append(Held(resource, Custody(Regime.DIRECTORY, 0, "", ""), (number + 1) * 4096, NOW))
    return world


@pytest_asyncio.fixture(scope="module")
async def conn(module_database_url: str, world: World) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(module_database_url, server_settings={"timezone": "UTC", "jit": "off"})
    await load(connection, world)
    yield connection
    await connection.close()


async def found(
    conn: asyncpg.Connection, world: World, kind: str, *pairs: tuple[str, str], law: Condition = EVERYTHING
) -> set[str]:
    bundle = await ask(conn, world, kind, pairs, law)
    return {one.split("/")[1] for mode in ("match", "include") for one in references(bundle, mode)}


async def test_an_include_follows_a_canonical_url(conn: asyncpg.Connection, world: World) -> None:
    include = ("_include", "QuestionnaireResponse:questionnaire")
    assert await found(conn, world, "QuestionnaireResponse", ("_id", "any"), include) == {"any", *FORMS}
    assert await found(conn, world, "QuestionnaireResponse", ("_id", "other"), include) == {"other", "else"}
    hidden = Not(Column("id", "=", "form"))
    assert await found(conn, world, "QuestionnaireResponse", ("_id", "any"), include, law=hidden) == {"any", "newer", "bare"}


async def test_what_refers_to_a_version_is_included_with_that_version(conn: asyncpg.Connection, world: World) -> None:
    include = ("_revinclude", "QuestionnaireResponse:questionnaire")
    assert await found(conn, world, "Questionnaire", ("_id", "form"), include) == {"form", "any", "exact"}
    assert await found(conn, world, "Questionnaire", ("_id", "else"), include) == {"else", "other"}


async def test_chains_go_through_canonical_urls(conn: asyncpg.Connection, world: World) -> None:
    assert await found(conn, world, "QuestionnaireResponse", ("questionnaire.title", "Falls")) == {"any", "exact"}
    assert await found(conn, world, "QuestionnaireResponse", ("questionnaire.title", "Other")) == {"other"}
    assert await found(conn, world, "Questionnaire", ("_has:QuestionnaireResponse:questionnaire:_id", "other")) == {"else"}


async def test_everything_is_included_of_a_type_that_refers_by_urls_alone(conn: asyncpg.Connection, world: World) -> None:
    assert await found(conn, world, "Questionnaire", ("_id", "form"), ("_include", "*")) == {"form"}
