"""The latest observations of each kind, as `$lastn` wants them: chosen under the law, then read through the door."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.gate.door import Door
from kedja.gate.shield import Row, laws
from kedja.outcome import refuse
from kedja.search.nodes import Control, Ids, Query, Select
from kedja.search.restrict import restrict
from kedja.store.search import choose

_MOST_LOOKED_AT: Final = 20_000
_MOST: Final = 1000


async def latest(door: Door, actor: Actor, query: Query, each: int, request: str, detail: str) -> Sequence[Row]:
    """Rows as of `Door.search`: of each group of equivalent codes the `each` newest that match, in the query's order.

    Only what is returned is in the log. Raises 422 where the search has too many matches to choose among.
    """
    await door.check(actor, query, request, detail)
    under = laws(actor, door.clock(), query)
    found = await choose(door.store, restrict(await door.with_people(query, under[0]), *under), _MOST_LOOKED_AT)
    if len(found) > _MOST_LOOKED_AT:
        raise refuse(422, "too-costly", f"over {_MOST_LOOKED_AT} observations match: name a category, a code or a period")
    chosen = _chosen([(row["id"], exactjson.loads((row["code"] or "{}").encode())) for row in found], each)
    if len(chosen) > _MOST:
        raise refuse(422, "too-costly", f"over {_MOST} observations are the latest of their kind: name a category or codes")
    narrowed = replace(query, select=Select("Observation", (Ids(tuple(chosen)),), exact=True), control=Control(count=_MOST))
    return await door.search(actor, narrowed, request, detail)


def _chosen(found: Iterable[tuple[str, dict[str, Any]]], each: int) -> list[str]:
    """The first `each` of every group. Two codes are of one group when they share a coding, or both share with a third."""
    listed = [(id, _names(code)) for id, code in found]
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for _, names in listed:
        for name in names[1:]:
            parent[root(name)] = root(names[0])
    taken: dict[str, int] = {}
    chosen: list[str] = []
    for id, names in listed:
        group = root(names[0])
        taken[group] = taken.get(group, 0) + 1
        if taken[group] <= each:
            chosen.append(id)
    return chosen


def _names(code: dict[str, Any]) -> list[str]:
    """What the code is known by: its codings, else its text."""
    codings = [f"{one.get('system', '')}|{one['code']}" for one in code.get("coding", []) if "code" in one]
    return codings or [f"text {code.get('text', '')}"]
