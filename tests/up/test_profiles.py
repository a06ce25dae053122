"""Packages of profiles, added and removed beside a Kedja that runs."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.test_validation_profiles import profile
from tests.up.installation import Installation

SOUND = profile({"id": "Observation.subject", "min": 1})
BROKEN = profile({"id": "Observation.colour", "min": 1})


def test_a_package_is_added_listed_and_removed(installation: Installation, tmp_path: Path) -> None:
    installation.start()
    installation.ready()
    folder = tmp_path / "clinic-profiles"
    folder.mkdir()
    (folder / "p.json").write_text(json.dumps(SOUND))
    added = installation.run("profile", "add", str(folder))
    assert added.stdout == "package clinic-profiles 0: added, 1 definitions\n", added.stderr
    assert installation.run("profile", "add", str(folder)).stdout == "package clinic-profiles 0: unchanged\n"
    name, version, definitions, *_ = installation.run("profile", "list").stdout.rstrip("\n").split("\t")
    assert (name, version, definitions) == ("clinic-profiles", "0", "1")
    (folder / "p.json").write_text(json.dumps(BROKEN))
    refused = installation.run("profile", "add", str(folder))
    assert refused.returncode == 1
    assert "Observation has no element `colour`" in refused.stderr
    assert installation.run("profile", "remove", "clinic-profiles").stdout == "package clinic-profiles: 1 removed\n"
    assert installation.run("profile", "remove", "clinic-profiles").returncode == 1
    assert installation.run("profile", "list").stdout == ""
