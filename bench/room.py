"""What benchmarks share: a folder that goes afterwards, a generated region, a PostgreSQL, and a service over a filled store."""

from __future__ import annotations

import asyncio
import gzip
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.region import PERSONS, load
from bench.service import Service, started
from kedja.store import embedded
from kedja.store.prepare import create_database, prepare
from kedja.testbed.population import population

SHARED = Path(os.environ.get("KEDJA_SHARED", Path(__file__).parents[2] / "shared"))


@dataclass
class Room:
    """Each thing is made when it is first asked for, and lasts until the end."""

    folder: Path
    stack: ExitStack
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def synthea(self) -> Path | None:
        """The folder of Synthea's resources, where the machine has it."""
        folder = SHARED / "data" / "synthea"
        return folder if folder.is_dir() else None

    @cached_property
    def region(self) -> Path:
        """The files of a generated region."""
        population(PERSONS, 1, self.folder / "region")
        return self.folder / "region"

    @cached_property
    def postgres(self) -> embedded.Server:
        """A durable server of our own, sized by the machine as any other."""
        server = embedded.start(self.folder / "home")
        self.stack.callback(server.stop)
        return server

    def database(self) -> str:
        """The address of a fresh database with the schema."""
        name = f"bench_{next(self.numbers)}"
        asyncio.run(create_database(embedded.database_url(self.postgres.home, "postgres"), name))
        url = embedded.database_url(self.postgres.home, name)
        asyncio.run(prepare(url))
        return url

    @cached_property
    def service(self) -> Service:
        """The service over a store with the region, and with patients and observations of one clinic."""
        url = self.database()
        load(url, self.region)
        return self.stack.enter_context(started(self.folder / "service", url, self.postgres))

    def samples(self, each: int) -> Iterator[tuple[str, list[bytes]]]:
        """(name, bodies) of up to `each` resources of every type: the region's, and Synthea's where they are."""
        found: dict[str, list[bytes]] = {}
        for path in sorted(self.region.rglob("*.ndjson")):
            with path.open("rb") as lines:
                bodies = found.setdefault(path.stem, [])
                bodies += islice(lines, each - len(bodies))
        for path in sorted(self.synthea.glob("[A-Z]*.ndjson.gz")) if self.synthea else ():
            with gzip.open(path) as lines:
                found[f"{path.name.partition('.')[0]} of Synthea"] = list(islice(lines, each))
        yield from sorted(found.items())


@contextmanager
def room() -> Iterator[Room]:
    with TemporaryDirectory(prefix="kedja-bench-") as folder, ExitStack() as stack:
        Path(folder).chmod(0o755)  # the database server may run as another user
        yield Room(Path(folder), stack)
