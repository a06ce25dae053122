"""What an idea is like, behind the door: the candidates are what the asker sees, and nothing else is counted or compared.

The texts are read anew with each question, so that what was filed or changed a moment ago is found; their analyses are kept by
the text (`likeness.analysis`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from asyncpg import Record

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.gate.door import Door
from kedja.gate.innovation import passing
from kedja.gate.innovation_catalogue import SEE, TYPE
from kedja.innovation import entries
from kedja.innovation.catalogue import kinds
from kedja.innovation.likeness.search import Document, Shared
from kedja.innovation.likeness.search import alike as most_alike
from kedja.store import innovation as store
from kedja.store.queries import sql

__all__ = ["Found", "alike"]
_KINDS: Final = ("test", "practice", "offer", "review", "need")  # the catalogues in which the like of an idea may stand
_CANDIDATES: Final = 5_000  # the newest
_LETTERS: Final = 4_000  # of a question


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is like the idea: a case or an entry of a catalogue (`kind`), and the words by which it is."""

    kind: str
    id: str
    number: int
    title: str
    org_name: str
    score: float
    why: tuple[Shared, ...]

    @property
    def path(self) -> str:
        return f"cases/{self.id}" if self.kind == "case" else f"library/{self.kind}/{self.number}"


async def alike(
    door: Door, actor: Actor, text: str, request: str, *, without: str = "", most: int = 10, least: float = 0.08
) -> list[Found]:
    """At most `most` cases and entries that are like a text, the most alike first; not the case `without`.

    The log tells what was found, and nothing of the text: an idea may hold a company's secret.
    """
    async with passing(door, actor, "search", request, "likeness") as passage:
        passage.by("see")
        passage.rules.append(SEE)
        who, kept = store.who(passage.viewer), entries.kept(passage.viewer, kinds().values())
        rows = await passage.conn.fetch(sql("innovation_alike"), *who, kept, without, list(_KINDS), _CANDIDATES)
        by = {(row["kind"], row["id"]): row for row in rows}
        documents = [Document(row["kind"], row["id"], row["title"], _text(row)) for row in rows]
        likes = await asyncio.to_thread(most_alike, text[:_LETTERS], documents, most, least)
        found = [_found(by[like.document.kind, like.document.id], like.score, like.why) for like in likes]
        passage.saw(*(one.id for one in found if one.kind == "case"))
        passage.saw(*(kinds()[one.kind].called(one.number) for one in found if one.kind != "case"), type=TYPE)
        return found


def _found(row: Record, score: float, why: tuple[Shared, ...]) -> Found:
    return Found(row["kind"], row["id"], row["number"], row["title"], row["org_name"], score, why)


def _text(row: Record) -> str:
    """What somebody wrote: every value of several words. A single word is the name of a choice."""
    return "\n".join(text for text in _strings(exactjson.loads(row["body"].encode())) if " " in text)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
