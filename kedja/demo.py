"""The demo region: made as files in the home, loaded source by source as any delivery, and gone on with after a stop.

Run by `kedja up --demo` as `python -m kedja.demo SUPERVISOR`, with the settings in the environment. The row `demo` of
`system_state` says how far it is, the row `demo-logins` who can be signed in as.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from kedja import exactjson
from kedja.child import end_with
from kedja.config import CannotRun, Config, load
from kedja.gate import Door
from kedja.gate.innovation_seeds import take_in
from kedja.innovation.seeds import shipped
from kedja.outcome import OutcomeError
from kedja.signin import demo as provider
from kedja.sources import importer
from kedja.sources.crew import ImportStopped
from kedja.store.pool import connect
from kedja.store.prepare import DEMO_STATE, connection, plan_demo, read_state, write_state
from kedja.testbed import bookings
from kedja.testbed.innovation_cases import fill as cases
from kedja.testbed.innovation_library import demo as library
from kedja.testbed.population import population
from kedja.testbed.stays import fill as stays


class Made(msgspec.Struct):
    """What this needs of a population's manifest. `sources` are in the order in which they are imported."""

    persons: int
    seed: int
    sources: list[dict[str, str]]


@dataclass(slots=True)
class Progress:
    """How much is loaded, in bytes of input; kept in the store for /health whenever another percent is done."""

    url: str
    total: int
    before: int = 0
    told: int = -1

    def of(self, size: int) -> importer.Tell:
        """The callback for the import of a source with files of `size` bytes."""

        def tell(done: int, total: int, _counts: Mapping[str, int]) -> None:
            self.say(self.before + (size * done // total if total else 0))

        return tell

    def finish(self, size: int) -> None:
        self.before += size
        self.say(self.before)

    def say(self, done: int) -> None:
        percent = 100 * done // self.total
        if percent == self.told:
            return
        if percent // 20 != self.told // 20:
            print(f"demo region: {percent} % loaded", file=sys.stderr, flush=True)
        self.told = percent
        asyncio.run(put(self.url, DEMO_STATE, {"phase": "loading", "done": done, "total": self.total}))


async def put(url: str, name: str, value: Any) -> None:
    async with connection(url) as conn:
        await write_state(conn, name, value)


def make(config: Config) -> Path:
    """The region's files in the home: those of an earlier start, if they are whole and as large as asked for."""
    folder = config.home / "demo"
    if (folder / "manifest.json").exists():
        made = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Made)
        if (made.persons, made.seed) == (config.persons, config.seed):
            return folder
    print(f"demo region: making {config.persons} synthetic persons", file=sys.stderr, flush=True)
    partial = config.home / "demo.partial"
    for old in (partial, folder):
        shutil.rmtree(old, ignore_errors=True)
    population(config.persons, config.seed, partial)
    return partial.rename(folder)


def size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


async def register(url: str, registrations: list[Path]) -> None:
    store = await connect(url, size=1)
    try:
        for registration in registrations:
            await importer.add_source(Door(store), registration)
    finally:
        await store.close()


def fill(url: str, folder: Path) -> None:
    """Register and import every source of the region. Raises CannotRun when a record is refused: ours are all valid."""
    made = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Made)
    asyncio.run(register(url, [folder / source["registration"] for source in made.sources]))
    sizes = {source["name"]: size_of(folder / source["path"]) for source in made.sources}
    progress = Progress(url, sum(sizes.values()) or 1)
    for source in made.sources:
        name = source["name"]
        rejects = folder / "rejects" / f"{name}.ndjson"
        report = importer.run(url, name, folder / source["path"], rejects=rejects, tell=progress.of(sizes[name]))
        if report.rejects:
            raise CannotRun(f"Source {name} has {report.counts['refused']} records that were refused: see {report.rejects}.")
        progress.finish(sizes[name])
    logins = exactjson.loads((folder / "logins.json").read_bytes())
    asyncio.run(stock(url, logins))
    asyncio.run(put(url, provider.STATE, logins))
    asyncio.run(put(url, DEMO_STATE, {"phase": "done", "persons": made.persons, "seed": made.seed}))


async def stock(url: str, logins: list[dict[str, Any]]) -> None:
    """Fill the catalogues and the cases of the innovation portal, what units offer, and a stay in hospital. Done again it adds
    nothing."""
    today = date.today()
    store = await connect(url, size=2)  # a write about a person looks things up beside its transaction
    try:
        await take_in(Door(store), [*shipped(today), *library(today)])
        await cases(Door(store))
        await bookings.fill(Door(store), provider.logins(logins))
        await stays(Door(store), logins)
    finally:
        await store.close()


async def show_logins(url: str, base_url: str) -> None:
    async with connection(url) as conn:
        rows = await read_state(conn, provider.STATE)
    if not rows:
        return
    lines = [f"  {login.id:12} {login.name}, {login.title or login.kind}" for login in provider.logins(rows)]
    print(
        f"Demo logins at {base_url}/sign-in; for API clients `kedja token NAME`:", *lines, sep="\n", file=sys.stderr, flush=True
    )


def main() -> int:
    end_with(int(sys.argv[1]))
    config = load()
    url = config.database_url
    try:
        if asyncio.run(plan_demo(url)):
            fill(url, make(config))
        asyncio.run(show_logins(url, config.base_url))
    except (CannotRun, OutcomeError, OSError, ImportStopped) as error:
        print(f"kedja: the demo region: {error}", file=sys.stderr, flush=True)
        asyncio.run(put(url, DEMO_STATE, {"phase": "failed"}))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
