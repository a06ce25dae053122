"""`kedja import`: reads a delivery once, hands its records to worker processes, and can be killed and started again.

One process reads; each record goes to a worker by the id of what it holds, so that two records of one resource are
settled in the order of the files whatever the number of workers. A strand is a file's records for one of `STRANDS`
groups of ids; its bookmark moves in the transaction that stores its records.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import uuid4

from kedja import exactjson
from kedja.gate import Door, deliveries
from kedja.gate.deliveries import Settled
from kedja.outcome import OutcomeError, refuse
from kedja.sources import rejects as rejecting
from kedja.sources.convert import Converter, converter_of, subject_number
from kedja.sources.crew import Crew
from kedja.sources.inputs import InputFile, Meter, find_inputs
from kedja.sources.mapping import check_header
from kedja.sources.records import CREATED_PATIENTS, CREATED_REST, PATIENTS, REST, Record, records_of
from kedja.sources.source import Source, check_controller, read_source, source_of
from kedja.sources.spool import Spool
from kedja.sources.tables import header_of
from kedja.sources.worker import Item, Refusal, Task
from kedja.store.pool import connect

STRANDS: Final = 8
SMALL: Final = 3 * 1024 * 1024  # below this a delivery is settled in one process: starting another takes as long
MANY: Final = 5000  # new resources after which statistics are taken at once; PostgreSQL would take them within minutes
PACKED: Final = 12  # how much longer gzipped FHIR is unpacked, about
_PASSES: Final = {"fhir": ((PATIENTS, CREATED_PATIENTS), (REST, CREATED_REST))}
Tell = Callable[[int, int, Mapping[str, int]], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a delivery. `counts`: records read, stored, unchanged, refused; and `resources` stored."""

    source: str
    files: int
    counts: Mapping[str, int]
    rejects: Path | None


def quiet(_done: int, _total: int, _counts: Mapping[str, int]) -> None:
    """Tells nobody."""


async def add_source(door: Door, path: Path) -> tuple[Source, str]:
    """Register the source that a TOML file describes: the source, and `registered`, `replaced` or `unchanged`.

    Raises OutcomeError 422 with every fault of the file and its mapping.
    """
    source = read_source(path)
    check_controller(source)
    converter_of(source)
    return source, await deliveries.register(door, source.name, source.definition)


def run(
    database_url: str, source_name: str, path: Path, *, rejects: Path, workers: int | None = None, tell: Tell = quiet
) -> Report:
    """Import what is at `path` for a registered source.

    Run twice: the same store. Killed and run again: goes on where the last settled batch ended. `tell(done, total,
    counts)` hears of progress in bytes of input, first before anything is read. `workers`: processes (default: the cores; none
    for a small delivery). Refused records stand in `rejects`, which exists only if there are any.
    Raises OutcomeError before anything is read: 404 unknown source, 409 another import of it runs, 422 faulty mapping,
    missing column, nothing to read. Raises ImportStopped when a worker ends.
    """
    with asyncio.Runner() as runner:
        door = Door(runner.run(connect(database_url, size=2)))
        try:
            source = runner.run(_source(door, source_name))
            converter = converter_of(source)
            files = find_inputs(path, source.kind)
            _check_headers(files, converter)
            hold = deliveries.delivery(door, source.name)
            runner.run(hold.__aenter__())
            try:
                known = runner.run(deliveries.progress(door, source.name))
                job = _Job(database_url, source, converter, files, known, rejects, tell)
                job.work(workers)
                return runner.run(job.finish(door))
            finally:
                runner.run(hold.__aexit__(None, None, None))
        finally:
            runner.run(door.store.close())


async def _source(door: Door, name: str) -> Source:
    definition = await deliveries.registered(door, name)
    if definition is None:
        have = ", ".join(f"`{one}`" for one in await deliveries.sources(door)) or "none"
        raise refuse(404, "not-found", f"source `{name}` is not registered: `kedja source add FILE.toml`; registered: {have}")
    return source_of(definition)


def _check_headers(files: Sequence[InputFile], converter: Converter) -> None:
    if converter.mapping is not None:
        for file in files:
            check_header(converter.mapping, header_of(file, converter.mapping), file.name)


@dataclass(slots=True)
class _Job:
    database_url: str
    source: Source
    converter: Converter
    files: Sequence[InputFile]
    known: Mapping[str, Settled]
    rejects: Path
    tell: Tell
    meter: Meter = field(default_factory=Meter)
    counts: Counter[str] = field(default_factory=Counter[str])
    mark: str = ""
    before: int = 0  # resources that were stored when this run began

    def work(self, workers: int | None) -> None:
        """Read every file and have every record settled. Raises ImportStopped when a worker ends."""
        self.mark = hashlib.sha256(exactjson.canonical(self.source.definition)).hexdigest()[:12]
        self.rejects.parent.mkdir(parents=True, exist_ok=True)
        rejecting.gather(self.rejects, lambda strand, ordinal: ordinal < self._position(strand))
        for strand in self._strands():
            self.counts.update(self.known[strand].counts)
        self.before = self.counts["resources"]
        passes = _PASSES.get(self.source.kind, ((REST, CREATED_REST),))
        total = len(passes) * sum(file.size for file in self.files)
        self.tell(0, total, self.counts)
        request = f"import-{uuid4()}"

        def task(n: int) -> Task:
            part = rejecting.part_path(self.rejects, f"{n}-{request}")
            return Task(self.database_url, self.source.definition, request, part)

        size = sum(file.size * (PACKED if file.gzipped else 1) for file in self.files)
        fitting = 0 if size < SMALL else max(2, os.cpu_count() or 2)
        with Crew(task, fitting if workers is None else workers, self._settled(total)) as crew:
            for stages in passes:
                self._read_all(stages, crew)
                crew.wait()

    def _settled(self, total: int) -> Callable[[Mapping[str, int]], None]:
        def hear(counts: Mapping[str, int]) -> None:
            self.counts.update(counts)
            self.tell(min(self.meter.bytes, total), total, self.counts)

        return hear

    def _read_all(self, stages: tuple[int, int], crew: Crew) -> None:
        """Dispatch the records of these stages; those that only create come last, after all that may replace."""
        with Spool() as spool:
            for file in self.files:
                for place, item in self._items(file, stages):
                    if place % 4 == stages[1]:
                        spool.add((place, item))
                    else:
                        crew.give(place // 4, item)
            for place, item in spool:
                crew.give(place // 4, item)

    def _items(self, file: InputFile, stages: tuple[int, int]) -> Iterator[tuple[int, Item]]:
        """(4 x strand number + stage, item) of each record that is not settled yet."""
        key = self._key(file)
        again = key in self.known and self.known[key].done
        number = subject_number(self.source, file.stem, file.folder) or ""
        for ordinal, record in enumerate(self._records(file)):
            if record.stage not in stages:
                continue
            group = record.key % STRANDS
            strand = f"{key}#{record.stage}.{group}"
            if ordinal < self._position(strand):
                continue
            payload = Refusal(record.payload.issues) if isinstance(record.payload, OutcomeError) else record.payload
            item = Item(strand, ordinal, file.name, number, record.line, record.entry, record.once or again, payload)
            yield 4 * group + record.stage, item

    def _records(self, file: InputFile) -> Iterator[Record]:
        """The file's records; where it cannot be read on, a last one that says why."""
        line = 0
        try:
            for record in records_of(file, self.source, self.converter.mapping, self.meter):
                line = record.line
                yield record
        except OutcomeError as error:
            yield Record(line + 1, error, 0)
        except (EOFError, OSError, zlib.error) as error:
            yield Record(line + 1, refuse(422, "structure", f"the file cannot be read further: {error}"), 0)

    def _key(self, file: InputFile) -> str:
        return f"{file.name}@{file.fingerprint}+{self.mark}"

    def _position(self, strand: str) -> int:
        return self.known[strand].position if strand in self.known else 0

    def _strands(self) -> list[str]:
        keys = {self._key(file) for file in self.files}
        return [strand for strand in self.known if strand.rpartition("#")[0] in keys]

    async def finish(self, door: Door) -> Report:
        """Say in the store that the files are in, and write the rejects file."""
        known = await deliveries.progress(door, self.source.name)
        files: dict[str, Counter[str]] = {self._key(file): Counter() for file in self.files}
        strands = [strand for strand in known if strand.rpartition("#")[0] in files]
        for strand in strands:
            files[strand.rpartition("#")[0]].update(known[strand].counts)
        await deliveries.finish(door, self.source.name, strands, [(key, counts["read"], counts) for key, counts in files.items()])
        await self._measured(door)
        total: Counter[str] = Counter({"read": 0, "stored": 0, "unchanged": 0, "refused": 0, "resources": 0})
        for counts in files.values():
            total.update(counts)
        refused = rejecting.finish(self.rejects)
        return Report(self.source.name, len(self.files), total, self.rejects if refused else None)

    async def _measured(self, door: Door) -> None:
        """After many new resources the planner is to know what it plans for, from the first search on."""
        if self.counts["resources"] - self.before >= MANY:
            await deliveries.measured(door)
