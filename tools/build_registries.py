"""Builds kedja/terminology/data/registries.json: languages (BCP 47), currencies (ISO 4217) and countries (ISO 3166-1).

    python tools/build_registries.py [FOLDER]

FOLDER holds the three packages, as `npm pack` fetches them; without it they are fetched. The SHA-512 of each is verified.
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
from xml.etree import ElementTree

LANGUAGES = "language-subtag-registry-0.3.23"  # IANA's registry of 2024-05-16, CC0
COUNTRIES = "i18n-iso-countries-7.14.0"  # MIT
CURRENCIES = "currency-codes-2.2.0"  # the list of the maintenance agency of 2024-06-25, MIT
SHA512 = {
    LANGUAGES: (
        "d0aeb92de6bcf35a47a2da0611ae600e5331b77a5cb4b8b64699416fb133878a"
        "d174b10eb608bb9f81302bd95a9a750290a06a69e29155e6d3aba040c529295d"
    ),
    COUNTRIES: (
        "9d71c9658b4dadfb22d5441bc91aa6dc6a2ee37d5e9602e32a5fff098967046b"
        "7969359d44f1f53e24b64ffa7f9fc43c2e7a98ab34098a4dd0ee6930bcba247a"
    ),
    CURRENCIES: (
        "be96d0739b0460719d4d50185211e72afd035a260b46fce5fca2b2a9e1f3061e"
        "c70ff8f75255a849ca59f6d37f8c6eb0d9f79d756a0e6ec05b68d56ee720daa6"
    ),
}
DATA = Path(__file__).resolve().parent.parent / "kedja" / "terminology" / "data"

Json = dict[str, Any]


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(arguments[0]) if arguments else fetch(Path(temporary))
        tables = {
            "urn:ietf:bcp:47": languages(opened(folder, LANGUAGES)),
            "urn:iso:std:iso:4217": currencies(opened(folder, CURRENCIES)),
            "urn:iso:std:iso:3166": countries(opened(folder, COUNTRIES)),
        }
    lines = [
        f"{json.dumps(name)}:{json.dumps(table, ensure_ascii=False, separators=(',', ':'))}" for name, table in tables.items()
    ]
    body = ("{\n" + ",\n".join(lines) + "\n}\n").encode()
    DATA.mkdir(parents=True, exist_ok=True)
    (DATA / "registries.json").write_bytes(body)
    (DATA / "SHA256SUMS").write_text(f"{hashlib.sha256(body).hexdigest()}  registries.json\n")


def fetch(folder: Path) -> Path:
    packages = ["@".join(name.rsplit("-", 1)) for name in SHA512]
    subprocess.run(["npm", "pack", "--silent", *packages], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder


def opened(folder: Path, name: str) -> tarfile.TarFile:
    tarball = folder / f"{name}.tgz"
    found = hashlib.sha512(tarball.read_bytes()).hexdigest()
    if found != SHA512[name]:
        raise SystemExit(f"{tarball} is not the pinned one: its SHA-512 is {found}, expected {SHA512[name]}")
    return tarfile.open(tarball)


def member(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(f"package/{name}")
    if found is None:
        raise SystemExit(f"{name} is not in {archive.name}")
    return found.read()


def languages(archive: tarfile.TarFile) -> Json:
    """{kind of subtag: its subtags in lower case}; ranges of private use are told by the grammar."""
    records = json.loads(member(archive, "data/json/registry.json"))
    table: dict[str, list[str]] = {}
    for record in records:
        tag = record.get("Subtag") or record.get("Tag")
        if record["Type"] != "redundant" and ".." not in tag:
            table.setdefault(record["Type"], []).append(tag.lower())
    return {kind: " ".join(sorted(tags)) for kind, tags in sorted(table.items())}


def currencies(archive: tarfile.TarFile) -> Json:
    """{code: name}."""
    root = ElementTree.fromstring(member(archive, "iso-4217-list-one.xml"))
    entries = [(entry.findtext("Ccy"), entry.findtext("CcyNm")) for entry in root.iter("CcyNtry")]
    return {code: (name or code).strip() for code, name in sorted((code, name) for code, name in entries if code)}


def countries(archive: tarfile.TarFile) -> Json:
    """{code: name}: of two letters, of three letters and of three digits."""
    names = json.loads(member(archive, "langs/en.json"))["countries"]
    table: Json = {}
    for two, three, digits, _ in json.loads(member(archive, "codes.json")):
        name = names[two] if isinstance(names[two], str) else names[two][0]
        table |= {two: name, three: name, digits: name}
    return dict(sorted(table.items()))


if __name__ == "__main__":
    main(sys.argv[1:])
