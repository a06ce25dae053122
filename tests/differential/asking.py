"""Searches over HTTP, page by page, in the process of the test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import httpx
import msgspec

from kedja.access.actor import Actor
from kedja.signin.tokens import mint
from tests.differential.oracle import Asked
from tests.fhir.service import Service

MOST_PAGES = 4  # of one search; a search with more asks for larger ones


class _Link(msgspec.Struct):
    relation: str
    url: str


class _Resource(msgspec.Struct):
    resource_type: str = msgspec.field(name="resourceType")
    id: str = ""


class _Search(msgspec.Struct):
    mode: str


class _Entry(msgspec.Struct):
    resource: _Resource
    search: _Search


class _Bundle(msgspec.Struct):
    link: list[_Link] = []
    entry: list[_Entry] = []
    total: int | None = None

    def places(self, mode: str) -> list[str]:
        found = [one.resource for one in self.entry if one.search.mode == mode]
        return [f"{one.resource_type}/{one.id}" for one in found]


@dataclass(frozen=True)
class Page:
    matches: list[str]
    included: list[str]
    total: int | None
    cut: bool  # more was to be included than is


class Refused(Exception):
    """The service did not answer 200; the text says why."""


@dataclass(frozen=True)
class Client:
    service: Service
    token: str

    async def pages(self, asked: Asked) -> list[Page]:
        """The pages of a search in order, all of them or the first `MOST_PAGES`."""
        found: list[Page] = []
        url: str | None = url_of(asked)
        while url and len(found) < MOST_PAGES:
            answer = await self._get(url)
            if answer.status_code != 200:
                raise Refused(f"{answer.status_code} {answer.text[:400]}")
            bundle = msgspec.json.decode(answer.content, type=_Bundle)
            found.append(Page(bundle.places("match"), bundle.places("include"), bundle.total, bool(bundle.places("outcome"))))
            url = next((one.url for one in bundle.link if one.relation == "next"), None)
        return found

    async def _get(self, url: str) -> httpx.Response:
        return await self.service.http.get(url, headers={"Authorization": f"Bearer {self.token}"})


def client(service: Service, actor: Actor) -> Client:
    return Client(service, mint(actor, service.app.state.secret, timedelta(hours=5)))


def url_of(asked: Asked) -> str:
    place = f"/{asked.compartment}/{asked.type or '*'}" if asked.compartment else f"/{asked.type}" if asked.type else ""
    return f"http://kedja.test/fhir{place}?{urlencode(asked.pairs)}"
