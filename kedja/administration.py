"""The commands by which an administrator looks whether all agrees, and takes resources out."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Awaitable
from dataclasses import asdict
from datetime import date, datetime

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TimeElapsedColumn

from kedja import exactjson, spec
from kedja.access.actor import Actor, Kind
from kedja.commands import tell, with_door
from kedja.config import CannotRun, Config
from kedja.gate import Door, assignments, booked, erasure, informing, innovation_cases, new_id, people
from kedja.gate import check as checking
from kedja.gate import export as exporting
from kedja.gate import reindex as reindexing
from kedja.identity.numbers import parse_any
from kedja.innovation import exchange
from kedja.search.extract import date_range
from kedja.search.parameters import parameters_of
from kedja.signin import assignments as assignment_file


def check(config: Config, given: Namespace) -> int:
    """0 when all agrees, 1 when something does not."""
    bases = ("", f"{config.base_url}/fhir")
    checked = with_door(config, lambda door: checking.check(door, bases, given.sample, _count))
    if given.json:
        told = {"agrees": not checked.findings, "resources": checked.resources, "superseded": checked.superseded}
        findings = [asdict(one) for one in checked.findings]
        print(exactjson.dumps({**told, "found": dict(checked.found), "findings": findings}).decode())
        return 1 if checked.findings else 0
    print(f"{checked.resources} resources and {checked.superseded} superseded versions")
    for name, about in checking.CHECKS.items():
        number = checked.found[name]
        print(f"{name}: {f'{number} do not agree' if number else 'agrees'} ({about})")
        for finding in [one for one in checked.findings if one.check == name][:20]:
            print(f"  {finding.place}: {finding.told}")
    return 1 if checked.findings else 0


def _count(number: int) -> None:
    if number % 50_000 == 0:
        tell(f"{number} resources")


def export(config: Config, given: Namespace) -> int:
    since = _instant(given.since) if given.since else None

    async def run(door: Door) -> exporting.Manifest:
        persons = [await _person(door, text) for text in given.person] if given.person else None
        wanted = exporting.Wanted(given.type or (), since, persons)
        return await exporting.export(door, given.out, wanted, packed=given.gz, tell=tell)

    made = with_door(config, run)
    print(f"{sum(file.count for file in made.files)} resources of {made.persons} persons in {given.out}")
    return 0


def _instant(text: str) -> datetime:
    try:
        return date_range(text)[0]
    except ValueError:
        raise CannotRun(f"`--since {text}` is no instant: write 2024-05-17 or 2024-05-17T08:30:00+02:00.") from None


async def _person(door: Door, text: str) -> int:
    """Of a number, or of a Patient by its reference."""
    kind, _, id = text.partition("/")
    number = None if kind == "Patient" else parse_any(text, date.today())
    found = await people.person_of(door, number.system, number.value) if number else await people.of_patient(door, id)
    if not found:
        raise CannotRun(f"Nobody here has `{text}`: write a personnummer, a samordningsnummer, a reserve number or Patient/ID.")
    return found


def reindex(config: Config, given: Namespace) -> int:
    """0 when all is indexed."""
    columns = ("[progress.description]{task.description}", BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, TaskID] = {}

        def show(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=total)
            bar.update(tasks[name], completed=done, total=total)

        def work(door: Door) -> Awaitable[int]:
            return reindexing.reindex(door, f"{config.base_url}/fhir", show, _types_of(given.type, given.param))

        done = with_door(config, work)
    print(f"{done} resources are indexed anew")
    return 0


def erase(config: Config, _given: Namespace) -> int:
    print(f"{with_door(config, erasure.erase)} resources are erased")
    return 0


def inform(config: Config, _given: Namespace) -> int:
    """A line for each: rule, provider, unit, the person's number, how many resources and one of them."""
    for one in with_door(config, informing.untold):
        print("\t".join((one.rule, one.provider, one.unit, one.whom, str(one.number), one.example)))
    return 0


def remind(config: Config, _given: Namespace) -> int:
    print(f"{with_door(config, booked.remind)} persons are reminded")
    return 0


def _types_of(types: list[str] | None, code: str | None) -> list[str]:
    """The types that are meant. Raises CannotRun for what is no type, and a parameter that none of them has."""
    for name in types or ():
        if not spec.is_resource_type(name):
            raise CannotRun(f"`{name}` is no resource type of FHIR R4.")
    if code is None:
        return types or []
    found = [name for name in types or spec.TYPES if code in parameters_of(name)]
    if not found:
        raise CannotRun(f"No type has a search parameter `{code}`.")
    return found


def assignment_import(config: Config, given: Namespace) -> int:
    try:
        with given.file.open(encoding="utf-8-sig", newline="") as lines:
            rows = assignment_file.read(lines)
    except (OSError, UnicodeDecodeError) as error:
        raise CannotRun(f"{given.file} cannot be read: {error}") from None
    done = with_door(config, lambda door: assignments.replace(door, rows))
    print(f"{done.given} assignments: {done.stored} new or changed, {done.gone} withdrawn; {done.ended} sessions ended")
    return 0


def assignment_list(config: Config, _given: Namespace) -> int:
    for row in with_door(config, assignments.every):
        where = (row.kind.value, row.purpose.value, row.provider, row.unit)
        print(row.id, row.hsa_id, row.name, *where, "|".join(row.rights), f"{row.starts or ''}..{row.ends or ''}", sep="\t")
    return 0


def innovation_import(config: Config, given: Namespace) -> int:
    """File the cases of a file. Raises CannotRun with the row that cannot be taken in: then nothing is."""
    try:
        found = exchange.from_file(given.path.read_bytes())
    except OSError as error:
        raise CannotRun(f"{given.path} cannot be read ({error.strerror}).") from None
    except exchange.Unreadable as error:
        raise CannotRun(f"{given.path}: {error}") from None
    who = Actor("innovation-import", Kind.SYSTEM, name="Administrator at the installation's own command line")
    number = with_door(config, lambda door: innovation_cases.take_in(door, who, given.org, found, new_id()))
    print(f"{number} cases are in the queue of {given.org}")
    return 0
