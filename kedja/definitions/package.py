"""Packages of conformance resources, read from where they lie: FHIR's npm layout, packed or not, a folder, or one file.

https://confluence.hl7.org/display/FHIR/NPM+Package+Specification: `package/package.json` beside the resources.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, Final, cast

from kedja import exactjson
from kedja.definitions.registry import TYPES
from kedja.outcome import Issue, OutcomeError, refuse

Resource = dict[str, Any]

MAX_FILES: Final = 20_000
_MANIFEST: Final = "package.json"
_UNVERSIONED: Final = "0"  # the version of what says none


@dataclass(frozen=True, slots=True)
class Package:
    """`checksum` is the SHA-256 over the names and SHA-256 of all files. `passed_over` counts resources of other types."""

    name: str
    version: str
    checksum: str
    resources: tuple[Resource, ...]
    passed_over: int


def read_package(path: Path) -> Package:
    """The package at a path. Raises OutcomeError 422 with what cannot be read, and where."""
    if not path.exists():
        raise refuse(422, "not-found", f"{path} is not there: name a folder, a .tgz or a .json file")
    files = dict(sorted(_files(path)))
    if len(files) > MAX_FILES:
        raise refuse(422, "too-costly", f"{path} has {len(files)} files; at most {MAX_FILES} are taken")
    manifest = _manifest(path, files.pop(_MANIFEST, None))
    resources, passed_over = _resources(files)
    if not resources:
        raise refuse(422, "not-found", f"{path} has no {', '.join(TYPES)}: name a folder or package that has some")
    digests = "".join(f"{sha256(body).hexdigest()}  {name}\n" for name, body in files.items())
    name, version = str(manifest.get("name") or _stem(path)), str(manifest.get("version") or _UNVERSIONED)
    return Package(name, version, sha256(digests.encode()).hexdigest(), tuple(resources), passed_over)


def _stem(path: Path) -> str:
    return path.resolve().name.removesuffix(".tgz").removesuffix(".tar.gz").removesuffix(".json")


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content) of each JSON file of the package itself; its examples and other folders are not its definitions."""
    if path.is_dir():
        folder = path / "package" if (path / "package" / _MANIFEST).is_file() else path
        for file in folder.iterdir():
            if file.suffix == ".json" and not file.name.startswith(".") and file.is_file():
                yield file.name, _limited(file.name, file.read_bytes())
    elif path.name.endswith((".tgz", ".tar.gz")):
        yield from _packed(path)
    else:
        yield path.name, _limited(path.name, path.read_bytes())


def _packed(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                place = PurePosixPath(member.name)
                if (
                    not member.isfile()
                    or place.suffix != ".json"
                    or place.name.startswith(".")
                    or place.parts[:-1] != ("package",)
                ):
                    continue
                if member.size > exactjson.MAX_BYTES:
                    raise _too_long(place.name, member.size)
                content = archive.extractfile(member)
                yield place.name, content.read() if content is not None else b""
    except (tarfile.TarError, EOFError, OSError) as error:
        raise refuse(422, "structure", f"{path} is no .tgz that can be read: {error}") from None


def _limited(name: str, body: bytes) -> bytes:
    if len(body) > exactjson.MAX_BYTES:
        raise _too_long(name, len(body))
    return body


def _too_long(name: str, size: int) -> OutcomeError:
    return refuse(422, "too-long", f"{name} has {size} bytes; at most {exactjson.MAX_BYTES} are taken")


def _manifest(path: Path, body: bytes | None) -> dict[str, Any]:
    manifest: Any = exactjson.loads(body) if body is not None else {}
    if not isinstance(manifest, dict):
        raise refuse(422, "structure", f"the package.json of {path} is no JSON object")
    known = cast("dict[str, Any]", manifest)
    versions = cast("list[Any]", known.get("fhirVersions") or known.get("fhir-version-list") or [])
    if versions and not any(str(version).startswith("4.0") for version in versions):
        raise refuse(422, "not-supported", f"{path} is for FHIR {', '.join(map(str, versions))}: take its edition for R4 (4.0.1)")
    return known


def _resources(files: dict[str, bytes]) -> tuple[list[Resource], int]:
    found: list[Resource] = []
    faults: list[Issue] = []
    passed_over = 0
    for name, body in files.items():
        try:
            inside = list(_inside(name, exactjson.loads(body.removeprefix(b"\xef\xbb\xbf"))))
        except OutcomeError as error:
            faults += [Issue(issue.code, f"{name}: {issue.diagnostics}") for issue in error.issues]
            continue
        kept = [one for one in inside if one.get("resourceType") in TYPES]
        passed_over += len(inside) - len(kept)
        found += kept
    faults += _misnamed(found)
    if faults:
        raise OutcomeError(422, *faults)
    return found, passed_over


def _inside(name: str, value: Any) -> Iterator[Resource]:
    """A resource, or those of a Bundle."""
    if not isinstance(value, dict) or not isinstance(cast("Resource", value).get("resourceType"), str):
        raise refuse(422, "structure", "this is no FHIR resource: it says no resourceType")
    resource = cast("Resource", value)
    if resource["resourceType"] != "Bundle":
        yield resource
        return
    for entry in cast("list[Any]", resource.get("entry", [])):
        if isinstance(entry, dict) and isinstance(cast("Resource", entry).get("resource"), dict):
            yield from _inside(name, cast("Resource", entry)["resource"])


def _misnamed(resources: list[Resource]) -> list[Issue]:
    """Definitions without a canonical, and canonicals that stand twice."""
    faults: list[Issue] = []
    seen: set[tuple[str, str, str]] = set()
    for resource in resources:
        kind, url = resource["resourceType"], resource.get("url")
        if not isinstance(url, str):
            faults.append(Issue("required", f"{kind}/{resource.get('id')} has no `url`: give it its canonical"))
            continue
        key = (kind, url, str(resource.get("version", "")))
        if key in seen:
            faults.append(Issue("duplicate", f"{kind} {url} stands twice with the version `{key[2]}`: keep one of them"))
        seen.add(key)
    return faults
