"""What stands here from others is unchanged, licensed, listed, and all of it."""

from __future__ import annotations

import tomllib
from hashlib import sha256
from pathlib import Path

import kedja.portals

FOLDER = Path(kedja.portals.__file__).parent / "static" / "vendor"
PACKAGES = tomllib.loads((FOLDER / "vendored.toml").read_text(encoding="utf-8"))["package"]


def test_every_vendored_file_has_the_checksum_that_is_listed() -> None:
    for package in PACKAGES:
        for file in package["file"]:
            assert sha256((FOLDER / file["path"]).read_bytes()).hexdigest() == file["sha256"], file["path"]


def test_every_package_has_its_licence_beside_it() -> None:
    for package in PACKAGES:
        assert package["license"] in ("MIT", "0BSD", "OFL-1.1")
        assert len((FOLDER / package["license-file"]).read_text(encoding="utf-8")) > 300


def test_nothing_else_stands_there() -> None:
    listed = {file["path"] for package in PACKAGES for file in package["file"]} | {each["license-file"] for each in PACKAGES}
    found = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert found - listed == {"vendored.toml"}
