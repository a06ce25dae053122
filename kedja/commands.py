"""What the commands do, but for `up`. Each takes the settings and its arguments and gives its exit code."""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.error
import urllib.request
from argparse import Namespace
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from asyncpg import Connection
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from kedja import home
from kedja.access import casefile, golden, rules
from kedja.audit import archive
from kedja.audit.keys import signing_key
from kedja.config import CannotRun, Config
from kedja.gate import Door, audit, deliveries, people
from kedja.gate.definitions import refresh
from kedja.identity.numbers import parse_any
from kedja.signin import demo, tokens
from kedja.signin.secret import signing_secret
from kedja.sources import importer
from kedja.sources.pace import Pace
from kedja.store import person
from kedja.store.pool import connect, transaction

T = TypeVar("T")


def tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def with_door(config: Config, work: Callable[[Door], Awaitable[T]]) -> T:
    """Run `work` with a door to the database of these settings, by the definitions that it has."""

    async def run(url: str) -> T:
        store = await connect(url, size=2)
        try:
            door = Door(store)
            await refresh(door)
            return await work(door)
        finally:
            await store.close()

    with home.database(config, tell) as url:
        return asyncio.run(run(url))


def import_path(config: Config, given: Namespace) -> int:
    """0 when every record was taken, 3 when some were refused."""
    rejects = given.rejects or config.home / "rejects" / f"{given.source}.ndjson"
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with home.database(config, tell) as url, Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(given.source, total=None)
        pace = Pace()

        def progress(done: int, total: int, counts: Mapping[str, int]) -> None:
            told = f"{given.source}: {counts['read']} read, {pace.rate(counts['read']):.0f} a second"
            bar.update(task, completed=done, total=total, description=told)

        report = importer.run(url, given.source, given.path, rejects=rejects, tell=progress)
    counts = report.counts
    print(", ".join(f"{counts[name]} {name}" for name in ("read", "stored", "unchanged", "refused")))
    if report.rejects:
        what = "refused records" if counts["refused"] else "warnings"
        print(f"The {what} stand in {report.rejects}.", file=sys.stderr)
    return 3 if counts["refused"] else 0


def source_add(config: Config, given: Namespace) -> int:
    source, outcome = with_door(config, lambda door: importer.add_source(door, given.file))
    print(f"source {source.name}: {outcome}")
    return 0


def source_list(config: Config, _given: Namespace) -> int:
    for name, definition in sorted(with_door(config, deliveries.sources).items()):
        holder = " ".join(definition.get(part, "") for part in ("provider", "unit")).strip()
        print(f"{name}\t{definition['kind']}\t{definition['regime']}\t{holder}\t{definition.get('title', '')}")
    return 0


def population(_config: Config, given: Namespace) -> int:
    from kedja.testbed.population import population as write

    made = write(given.persons, given.seed, given.out)
    print(f"{made.persons} persons, {sum(made.resources.values())} resources and {sum(made.rows.values())} rows in {given.out}")
    return 0


def token(config: Config, given: Namespace) -> int:
    running = home.holder(config.home)
    if running is None or not running.demo:
        raise CannotRun("Tokens of demo logins are only given while `kedja up --demo` runs on this KEDJA_HOME.")

    async def actor(door: Door):
        rows = await people.state(door, demo.STATE) or []
        login = demo.find(rows, given.name)
        if login is None:
            known = ", ".join(sorted(one.id for one in demo.logins(rows))) or "none yet, the demo region is being loaded"
            raise CannotRun(f"There is no demo login `{given.name}`. There are: {known}.")
        key = await people.person_of(door, login.identifier_system, login.identifier) if login.identifier else 0
        return demo.actor_of(login, key)

    found = with_door(config, actor)
    print(tokens.mint(found, signing_secret(config.home, demo=True), timedelta(hours=given.hours)))
    return 0


def person_link(config: Config, given: Namespace) -> int:
    other, number = (parse_any(text, date.today()) for text in (given.other, given.number))
    _in_transaction(config, lambda conn: person.link(conn, other, number, given.basis))
    print(f"{other.value} is linked to {number.value}")
    return 0


def person_change(config: Config, given: Namespace) -> int:
    old, new = (parse_any(text, date.today()) for text in (given.old, given.new))
    _in_transaction(config, lambda conn: person.change(conn, old, new, given.basis))
    print(f"{old.value} is now {new.value}")
    return 0


def _in_transaction(config: Config, work: Callable[[Connection], Awaitable[T]]) -> T:
    async def run(door: Door) -> T:
        async with transaction(door.store) as conn:
            return await work(conn)

    return with_door(config, run)


def law_decide(config: Config, given: Namespace) -> int:
    if config.law:
        rules.deploy(Path(config.law))
    try:
        case = json.loads(given.case.read_text(encoding="utf-8"))
        told = casefile.answer(case) if isinstance(case, dict) else None
    except (OSError, ValueError) as error:
        raise CannotRun(f"{given.case} holds no case: {error}") from None
    if told is None:
        raise CannotRun(f"{given.case} holds no case: it should be one JSON object")
    print(json.dumps(told, ensure_ascii=False, indent=2))
    return 0


def law_test(config: Config, given: Namespace) -> int:
    """0 when the law as it is shipped decides every golden case as expected, 3 when it does not."""
    wrong = 0
    for vector in golden.vectors():
        decision = vector.got()
        holds = vector.holds(decision)
        wrong += not holds
        expected = golden.summary(vector.expect["outcome"], vector.expect["rules"], vector.expect["reveal"])
        print(f"{'ok' if holds else 'WRONG'}  {vector.id}: expected {expected}; got {golden.told(decision)}")
    print(f"{wrong} cases are decided otherwise" if wrong else "every case is decided as expected")
    return 3 if wrong else 0


def audit_verify(config: Config, given: Namespace) -> int:
    """0 when the log is whole, 3 when it is not."""
    if given.archive:
        size, findings = archive.check(given.archive, given.key)
    elif given.key:
        raise CannotRun("`--key` goes with `--archive`: the store is checked by the installation's own key.")
    else:
        notary = audit.Notary(signing_key(config.home), config.home)
        size, findings = with_door(config, lambda door: audit.verify(door, notary))
    for finding in findings:
        print(f"{finding.kind}: {finding.text}")
    print(f"{size} entries: " + ("the log is not what was signed" if findings else "the log is whole"))
    return 3 if findings else 0


def audit_archive(config: Config, given: Namespace) -> int:
    notary = audit.Notary(signing_key(config.home), config.home)
    print(f"{with_door(config, lambda door: audit.archive(door, notary, given.out))} entries in {given.out}")
    return 0


def health(config: Config, _given: Namespace) -> int:
    try:
        with urllib.request.urlopen(f"{config.base_url}/health", timeout=5) as answer:
            print(json.load(answer)["version"], "ready")
            return 0
    except urllib.error.HTTPError as error:
        print("\n".join(json.load(error)["notReady"]))
    except OSError as error:
        print(f"nothing answers at {config.base_url}: {getattr(error, 'reason', error)}")
    return 1
