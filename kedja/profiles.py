"""The commands for profiles: packages of conformance resources, added and removed offline."""

from __future__ import annotations

from argparse import Namespace

from kedja.commands import with_door
from kedja.config import Config
from kedja.definitions.package import Package, read_package
from kedja.gate import Door
from kedja.outcome import OutcomeError, refuse
from kedja.store.definitions import list_packages, put_package, remove_package
from kedja.store.pool import connection, transaction
from kedja.validation.packages import package_faults


def profile_add(config: Config, given: Namespace) -> int:
    """Every process goes by the package as soon as it is added."""
    package = read_package(given.path)
    added = with_door(config, lambda door: _add(door, package))
    outcome = f"added, {len(package.resources)} definitions" if added else "unchanged"
    beside = f", {package.passed_over} other resources passed over" if added and package.passed_over else ""
    print(f"package {package.name} {package.version}: {outcome}{beside}")
    return 0


async def _add(door: Door, package: Package) -> bool:
    if faults := package_faults(package.resources):
        raise OutcomeError(422, *faults)
    async with transaction(door.store) as conn:
        return await put_package(conn, package.name, package.version, package.checksum, package.resources)


def profile_list(config: Config, _given: Namespace) -> int:
    async def rows(door: Door) -> list[str]:
        async with connection(door.store) as conn:
            return [
                f"{row['name']}\t{row['version']}\t{row['definitions']}\t{row['added']:%Y-%m-%d}\t{row['checksum']}"
                for row in await list_packages(conn)
            ]

    for line in with_door(config, rows):
        print(line)
    return 0


def profile_remove(config: Config, given: Namespace) -> int:
    async def remove(door: Door) -> int:
        async with transaction(door.store) as conn:
            return await remove_package(conn, given.name, given.version)

    removed = with_door(config, remove)
    if not removed:
        named = f"{given.name} {given.version}" if given.version else given.name
        raise refuse(422, "not-found", f"there is no package {named}: `kedja profile list` shows those that there are")
    print(f"package {given.name}: {removed} removed")
    return 0
