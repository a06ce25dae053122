"""Asking the store as the interaction and the gate do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import asyncpg

from kedja.search.bundle import searchset
from kedja.search.condition import EVERYTHING, Condition
from kedja.search.cursor import continued, open_
from kedja.search.kept import BOUNDS, Bounds
from kedja.search.log import LogRow
from kedja.search.parse import parse
from kedja.search.resolve import resolve
from kedja.search.restrict import restrict
from kedja.search.rewrite import with_person
from kedja.search.sql.plan import Plan, plan_of
from kedja.store.search import answered
from tests.store.searching.world import NOW, World

BASE = "https://kedja.example/fhir"
SECRET = b"a secret for the tests"
LOG = LogRow(7, "search", "request-1", "what was asked")
Pairs = Sequence[tuple[str, str]]


async def ask_bytes(
    conn: asyncpg.Connection,
    world: World,
    resource_type: str,
    pairs: Pairs,
    law: Condition = EVERYTHING,
    *,
    lenient: bool = False,
    compartment: tuple[str, str] | None = None,
    bounds: Bounds = BOUNDS,
) -> bytes:
    query = resolve(parse(resource_type, pairs, lenient=lenient, compartment=compartment), base=BASE, now=NOW)
    query = continued(query, SECRET, "me")
    restricted = restrict(with_person(query, world.patients()), law)
    sparing = plan_of(restricted.query) in (Plan.TRIED, Plan.WALKED)
    tried = await answered(conn, restricted, LOG, bounds, sparing=True) if sparing else []
    rows = tried or await answered(conn, restricted, LOG, bounds)
    return searchset(query, rows, BASE, SECRET, "me")


async def ask(
    conn: asyncpg.Connection,
    world: World,
    resource_type: str,
    pairs: Pairs,
    law: Condition = EVERYTHING,
    *,
    lenient: bool = False,
    compartment: tuple[str, str] | None = None,
    bounds: Bounds = BOUNDS,
) -> Any:
    """The Bundle, decoded."""
    asked = ask_bytes(conn, world, resource_type, pairs, law, lenient=lenient, compartment=compartment, bounds=bounds)
    return json.loads(await asked)


def references(bundle: Any, mode: str) -> list[str]:
    entries = [entry for entry in bundle.get("entry", []) if entry["search"]["mode"] == mode]
    return [f"{entry['resource']['resourceType']}/{entry['resource']['id']}" for entry in entries]


def link(bundle: Any, relation: str) -> str | None:
    return next((link["url"] for link in bundle["link"] if link["relation"] == relation), None)


def timeless(bundle: Any) -> Any:
    """The Bundle with what its cursor says in the place of the cursor, without the moment that it is of."""
    links = [_timeless(link) for link in bundle["link"]]
    return {**bundle, "link": links}


def _timeless(link: Any) -> Any:
    address, _, cursor = link["url"].partition("_cursor=")
    search = address.removeprefix(f"{BASE}/").rstrip("?&")
    sort, key, _, _, total, _ = open_(cursor, SECRET, "me", search) if cursor else ([], 0, "", 0, None, None)
    return {"relation": link["relation"], "search": search, "sort": sort, "key": key, "total": total}


def next_pairs(bundle: Any) -> list[tuple[str, str]] | None:
    url = link(bundle, "next")
    return parse_qsl(urlsplit(url).query) if url else None
