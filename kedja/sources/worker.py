"""A worker process of an import: takes batches of records from its pipe, settles each in one transaction, answers with counts."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any, NamedTuple

from asyncpg import Connection, InterfaceError, PostgresError

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.custody import Regime
from kedja.access.rules import deploy
from kedja.config import load
from kedja.gate import Door, deliveries
from kedja.gate.batch import Delivered, Taken, take
from kedja.gate.definitions import refresh
from kedja.gate.prepare import prepare
from kedja.outcome import Issue, OutcomeError
from kedja.sources.convert import Converter, converter_of
from kedja.sources.rejects import Part, Reject
from kedja.sources.source import Source, source_of
from kedja.store.pool import connect

Resource = dict[str, Any]


class Refusal(NamedTuple):
    """A record that could not even be read."""

    issues: tuple[Issue, ...]


class Item(NamedTuple):
    """One record on its way to a worker. `strand` is the key of its bookmark, `ordinal` its place in the file from 0."""

    strand: str
    ordinal: int
    file: str
    number: str
    line: int
    entry: int | None
    once: bool
    payload: Any


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is started with."""

    database_url: str
    definition: dict[str, Any]
    request: str
    part: Path


_PURPOSE = {Regime.REGISTRY: Purpose.QUALITY, Regime.BIOBANK: Purpose.RESEARCH, Regime.WELLNESS: Purpose.OWN}


def actor_of(source: Source) -> Actor:
    """The system client that a source is, as the access log names it."""
    purpose = _PURPOSE.get(source.regime, Purpose.CARE)
    assignment = Assignment(f"import:{source.name}", purpose, source.provider, source.unit)
    return Actor(f"source:{source.name}", Kind.SYSTEM, source.title, assignment=assignment)


def main(pipe: Pipe, task: Task) -> None:
    """The process: serves until the pipe ends, which it also does when the importer is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C stops the importer, which lets the batch at hand be settled
    if law := load().law:  # spawned with the environment of the importer
        deploy(Path(law))
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)  # resources are trees: reference counts free them
    serve(pipe, task)


def serve(pipe: Pipe, task: Task) -> None:
    """Settle each batch that comes and answer with its counts, or with a sentence when the store fails; then end."""
    try:
        asyncio.run(_serve(pipe, task))
    except (PostgresError, InterfaceError, OSError) as error:
        with suppress(OSError):
            pipe.send(f"{type(error).__name__}: {error}")


async def _serve(pipe: Pipe, task: Task) -> None:
    source = source_of(task.definition)
    door = Door(await connect(task.database_url, size=2))
    try:
        async with deliveries.worker(door, source.name):
            if (importer := parent_process()) is not None and not importer.is_alive():
                return  # it died before this worker was known of: another import may be at the same records already
            await refresh(door)  # profiles and search parameters that this installation has
            worker = _Worker(door, source, converter_of(source), task.request, Part(task.part))
            while (batch := _next(pipe)) is not None:
                pipe.send(await worker.settle(batch))
    finally:
        await door.store.close()


def _next(pipe: Pipe) -> list[Item] | None:
    try:
        return pipe.recv()
    except EOFError:
        return None


@dataclass(slots=True)
class _Worker:
    door: Door
    source: Source
    converter: Converter
    request: str
    part: Part

    async def settle(self, batch: Sequence[Item]) -> dict[str, int]:
        """Settle the batch and give the counts of its records."""
        plan = _Plan()
        for found, advice in self._deliveries(batch):
            plan.add(found, advice)
        counts: Counter[str] = Counter()
        at = self.part.tell()

        async def bookmark(conn: Connection, taken: list[Taken]) -> None:
            outcomes = plan.outcomes(batch, taken)
            self.part.rewrite(at, [reject for _, _, rejects in outcomes for reject in rejects])
            rows = _rows(batch, outcomes)
            counts.clear()
            for _, _, tally in rows:
                counts.update(tally)
            await deliveries.settle(conn, self.source.name, rows)

        actor = actor_of(self.source)
        await take(
            self.door,
            actor,
            self.source.name,
            plan.deliveries,
            self.converter.custody,
            self.request,
            bookmark,
            self.source.patients_of,
            self.source.declares,
        )
        return dict(counts)

    def _deliveries(self, batch: Sequence[Item]) -> list[tuple[list[Delivered] | Refusal, tuple[Issue, ...]]]:
        """All resources of each record, or none when one of them is wrong; and what is told of those that are stored.

        Each step is taken for the whole batch before the next: its code and tables stay in the processor's caches, which
        makes the batch a fifth faster than the steps one after the other for each record.
        """
        found = [self._resources(item) for item in batch]
        checked = [one if isinstance(one, Refusal) else self._checked(one) for one in found]
        return [
            (one, ())
            if isinstance(one, Refusal)
            else (
                [Delivered(prepare(resource, resource["id"]), item.once) for resource in one],
                tuple(issue for resource in one for issue in self.converter.advice(resource)),
            )
            for item, one in zip(batch, checked)
        ]

    def _resources(self, item: Item) -> list[Resource] | Refusal:
        if isinstance(item.payload, Refusal):
            return item.payload
        try:
            return self.converter.resources(item.payload, item.number)
        except OutcomeError as error:
            return Refusal(error.issues)

    def _checked(self, resources: list[Resource]) -> list[Resource] | Refusal:
        try:
            return [self.converter.checked(resource) for resource in resources]
        except OutcomeError as error:
            return Refusal(error.issues)


class _Plan:
    """Which deliveries each record of a batch became; equal ones, as the Patient of many rows, are delivered once."""

    def __init__(self) -> None:
        self.deliveries: list[Delivered] = []
        self._places: dict[tuple[str, str, int], int] = {}
        self._records: list[list[int] | Refusal] = []
        self._advice: list[tuple[Issue, ...]] = []

    def add(self, found: list[Delivered] | Refusal, advice: tuple[Issue, ...] = ()) -> None:
        self._advice.append(advice)
        self._records.append(found if isinstance(found, Refusal) else [self._place(one) for one in found])

    def _place(self, one: Delivered) -> int:
        identity = (one.prepared.type, one.prepared.id, one.prepared.content_hash)
        place = self._places.setdefault(identity, len(self.deliveries))
        if place == len(self.deliveries):
            self.deliveries.append(one)
        return place

    def outcomes(self, batch: Sequence[Item], taken: Sequence[Taken]) -> list[tuple[str, int, list[Reject]]]:
        """For each record: refused, stored or unchanged; how many of its resources were stored first here; its rejects."""
        counted: set[int] = set()
        found: list[tuple[str, int, list[Reject]]] = []
        for item, places, advice in zip(batch, self._records, self._advice):
            if isinstance(places, Refusal):
                found.append(("refused", 0, [Reject(item.strand, item.ordinal, item.file, item.line, item.entry, places.issues)]))
                continue
            stored = [place for place in places if taken[place].outcome == "stored" and place not in counted]
            counted.update(stored)
            issues = tuple(issue for place in places for issue in taken[place].issues)
            if issues:
                reject = Reject(item.strand, item.ordinal, item.file, item.line, item.entry, issues)
                found.append(("refused", len(stored), [reject]))
            else:
                told = [Reject(item.strand, item.ordinal, item.file, item.line, item.entry, advice)] if advice else []
                found.append(("stored" if stored else "unchanged", len(stored), told))
        return found


def _rows(batch: Sequence[Item], outcomes: Sequence[tuple[str, int, list[Reject]]]) -> list[tuple[str, int, Counter[str]]]:
    """The bookmark of each strand in the batch: where it stands, and the counts of its records."""
    positions: dict[str, int] = {}
    counts: dict[str, Counter[str]] = {}
    for item, (outcome, resources, _) in zip(batch, outcomes):
        positions[item.strand] = item.ordinal + 1
        tally = counts.setdefault(item.strand, Counter())
        tally.update({"read": 1, outcome: 1})
        tally["resources"] += resources
    return [(strand, position, counts[strand]) for strand, position in positions.items()]
