"""Entries of files and feeds behind the door: taken in once, and again only what has changed, by whom the system names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from kedja import exactjson
from kedja.access.actor import Actor, Kind
from kedja.gate.door import Door
from kedja.gate.innovation import Passage, passing
from kedja.gate.innovation_catalogue import MAKE, TYPE
from kedja.gate.innovation_matching import match
from kedja.innovation import entries
from kedja.innovation.catalogue import kinds
from kedja.innovation.feeds import Item
from kedja.innovation.seeds import Said, Seed, Stage, resolved
from kedja.outcome import refuse
from kedja.store import innovation_entries as store
from kedja.store.innovation_entries import Version
from kedja.store.keys import new_id
from kedja.store.queries import sql

READING: Final = Actor("catalogue-reader", Kind.SYSTEM, name="Reads catalogues and feeds")


@dataclass
class Taken:
    """How many entries were new, changed and as they were."""

    new: int = 0
    changed: int = 0
    same: int = 0


@dataclass
class _Known:
    """What is here already, by its origin, and what each `@kind/key` is called."""

    rows: dict[str, Any] = field(default_factory=dict[str, Any])
    called: dict[str, str] = field(default_factory=dict[str, str])


async def take_in(door: Door, seeds: Sequence[Seed]) -> Taken:
    """Take in entries of files: new ones with their older versions and what was said to them, changed ones as a new version.

    What somebody has filled in since stays where the file says nothing of it; the state stays as it is here. All or nothing.
    Raises OutcomeError 422 for what cites an entry that is neither in the files nor here.
    """
    taken = Taken()
    async with passing(door, READING, "import", new_id()) as passage:
        passage.rules.append(MAKE)
        known = await _known(passage, seeds)
        numbers = await _numbers(passage, seeds, known)
        for seed in seeds:
            await _take(passage, seed, known, numbers, taken)
    return taken


async def take_feed(door: Door, items: Sequence[Item], areas: Sequence[str] = ()) -> Taken:
    """Take in the signals of a feed that are not here yet, as not judged; `areas` are added to the tags of each."""
    kind, taken = kinds()["signal"], Taken()
    async with passing(door, READING, "import", new_id()) as passage:
        passage.rules.append(MAKE)
        origins = [f"feed:{item.id}" for item in items]
        here = {row["origin"] for row in await passage.conn.fetch(sql("innovation_entry_origins"), kind.id, origins)}
        for origin, item in zip(origins, items):
            if origin in here:
                taken.same += 1
                continue
            here.add(origin)
            tags = list(dict.fromkeys([*item.values.get("areas", ()), *areas]))
            values = {**item.values, **({"areas": tags} if tags else {})}
            seed = Seed(kind, origin, "", "", "", "sv", (Stage(kind.states[0].id, values, "", 0),))
            number = await store.next_number(passage.conn, kind.id)
            await _stages(passage, seed, number, {})
            taken.new += 1
    return taken


async def _known(passage: Passage, seeds: Sequence[Seed]) -> _Known:
    found = _Known()
    for kind in {seed.kind.id: seed.kind for seed in seeds}.values():
        origins = [seed.origin for seed in seeds if seed.kind is kind]
        for row in await passage.conn.fetch(sql("innovation_entry_origins"), kind.id, origins):
            found.rows[row["origin"]] = row
    return found


async def _numbers(passage: Passage, seeds: Sequence[Seed], known: _Known) -> dict[str, int]:
    """The number of each seed, and, in `known`, what each is called wherever it is cited."""
    numbers: dict[str, int] = {}
    following: dict[str, int] = {}
    for seed in seeds:
        if seed.origin in known.rows:
            numbers[seed.origin] = known.rows[seed.origin]["number"]
        else:
            if seed.kind.id not in following:
                following[seed.kind.id] = await store.next_number(passage.conn, seed.kind.id)
            numbers[seed.origin] = following[seed.kind.id]
            following[seed.kind.id] += 1
        known.called["@" + seed.origin.partition(":")[2]] = seed.kind.called(numbers[seed.origin])
    return numbers


async def _take(passage: Passage, seed: Seed, known: _Known, numbers: Mapping[str, int], taken: Taken) -> None:
    number, here = numbers[seed.origin], known.rows.get(seed.origin)
    try:
        if here is None:
            await _stages(passage, seed, number, known.called)
            await _said(passage, seed, number)
            await match(passage, seed.kind, number, seed.org, seed.kind.state(seed.stages[-1].state))
            taken.new += 1
            return
        values = resolved(seed.kind, seed.stages[-1].values, known.called)
    except KeyError as missing:
        raise refuse(422, "not-found", f"{seed.origin} cites {missing}, which is in no file and not here") from None
    standing = exactjson.loads(here["body"].encode())
    merged = {**standing, **values}
    if merged == standing:
        taken.same += 1
        return
    stage = Stage(here["state"], merged, "", 0)
    await _version(passage, seed, number, here["version"] + 1, stage, {}, here["made"])
    await match(passage, seed.kind, number, seed.org, seed.kind.state(stage.state))
    taken.changed += 1


async def _stages(passage: Passage, seed: Seed, number: int, known: Mapping[str, str]) -> None:
    made = passage.now - timedelta(days=seed.stages[0].ago)
    for version, stage in enumerate(seed.stages, start=1):
        await _version(passage, seed, number, version, stage, known, made)


async def _version(
    passage: Passage, seed: Seed, number: int, version: int, stage: Stage, known: Mapping[str, str], made: datetime
) -> None:
    kind, values = seed.kind, resolved(seed.kind, stage.values, known)
    passage.saw(kind.called(number), type=TYPE)
    at = passage.now - timedelta(days=stage.ago)
    place = (kind.id, number, version, stage.state, kind.state(stage.state).open, values["title"], values)
    whose = (seed.language, seed.origin, READING.id, seed.org, seed.org_name, READING.id, seed.editor, stage.note)
    await store.keep(passage.conn, Version(*place, entries.due(kind, values), *whose, at=at, made=made))


async def _said(passage: Passage, seed: Seed, number: int) -> None:
    """What was said, the oldest first; who takes part is told what was told before and after, as it is when people say it."""
    for said in sorted(seed.said, key=lambda each: -each.ago):
        await _say(passage, seed, number, said, passage.now - timedelta(days=said.ago))


async def _say(passage: Passage, seed: Seed, number: int, said: Said, at: datetime) -> None:
    reply, author = seed.kind.reply(said.reply), f"{READING.id}:{said.org}:{said.name}"
    opened = reply.seen == "all" or bool(said.answer)
    given = (seed.kind.id, number, reply.id, said.option, said.text, opened, author, said.name, said.org, said.org_name, at)
    id = await passage.conn.fetchval(sql("innovation_reply"), *given)
    if said.answer:
        await passage.conn.execute(sql("innovation_reply_answer"), id, seed.kind.id, number, said.answer, said.by, at)
    if reply.tells and opened:
        await passage.conn.execute(sql("innovation_tell"), id, seed.kind.id, number, reply.tells, at)
    told = [each.id for each in seed.kind.replies if each.tells == reply.id]
    if told:
        await passage.conn.execute(sql("innovation_tell_late"), seed.kind.id, number, author, said.name, said.org_name, told, at)
