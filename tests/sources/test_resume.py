"""An import that is killed goes on where it was, and memory stays flat however long the delivery is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kedja.outcome import OutcomeError
from kedja.sources.crew import ImportStopped
from tests.sources.conftest import ANNA, BO, FHIR, Land, counts, ndjson, observation, patient

IMPORT = """
import pathlib, resource, sys
from kedja.sources import importer
url, path, rejects, workers = sys.argv[1:]
importer.run(url, "vc", pathlib.Path(path), rejects=pathlib.Path(rejects), workers=int(workers))
own = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))  # getrusage counts the parent before exec
print(own.split()[1], resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def start(land: Land, path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", IMPORT, land.url, str(path), str(land.rejects), "2"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def delivery(land: Land, name: str, records: int) -> Path:
    """Two persons' observations, with a record in a hundred that is refused, and a bundle that repeats some of them."""
    made = [observation(f"o{n}", "anna" if n % 2 else "bo", n) for n in range(records)]
    lines = [record | {"status": "finnal"} if n % 100 == 7 else record for n, record in enumerate(made)]
    entries = [{"resource": record, "request": {"method": "POST", "url": "Observation"}} for record in made[:200]]
    land.write(f"{name}/observations.ndjson", ndjson([*lines, patient("anna", ANNA)]))
    land.write(f"{name}/again.ndjson", ndjson([{"resourceType": "Bundle", "type": "transaction", "entry": entries}]))
    land.write(f"{name}/patients.ndjson", ndjson([patient("bo", BO)]))
    return land.folder / name


def wait_for(land: Land, stored: int, process: subprocess.Popen[str]) -> None:
    while process.poll() is None and land.rows("SELECT count(*) FROM resource")[0][0] < stored:
        time.sleep(0.02)


def test_an_import_that_is_killed_again_and_again_ends_with_the_same_store(land: Land, module_database_url: str, tmp_path: Path):
    path = delivery(land, "in", 2000)
    for stored in (1, 500, 1200):
        process = start(land, path)
        wait_for(land, stored, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
    report = land.take(path, workers=2)
    other = Land(module_database_url, tmp_path / "other")
    other.register(FHIR)
    whole = other.take(path, workers=1)
    assert report.counts == whole.counts
    assert counts(report) == (2202, 1984, 198, 20)
    assert land.store() == other.store()
    assert land.rejects.read_text() == other.rejects.read_text()
    assert [reject["line"] for reject in land.refused()] == [n + 1 for n in range(2000) if n % 100 == 7]
    assert land.rows("SELECT max(version), count(*) FROM resource") == [(1, 1984)]
    assert counts(land.take(path)) == (2202, 0, 2182, 20)


def test_a_worker_that_is_killed_stops_the_import_with_a_sentence_and_the_next_one_goes_on(land: Land):
    path = delivery(land, "in", 3000)

    def kill_one() -> None:
        while not land.rows("SELECT 1 FROM resource LIMIT 1"):
            time.sleep(0.02)
        children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
        names = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in children}
        os.kill(next(int(pid) for pid, name in names.items() if "spawn_main" in name), signal.SIGKILL)

    with ThreadPoolExecutor(1) as thread:
        killer = thread.submit(kill_one)
        with pytest.raises(ImportStopped, match="run the same import again"):
            land.take(path, workers=2)
        killer.result()
    assert counts(land.take(path)) == (3202, 2974, 198, 30)


def test_two_imports_of_one_source_do_not_run_at_once(land: Land):
    path = delivery(land, "in", 3000)
    process = start(land, path)
    wait_for(land, 1, process)
    with pytest.raises(OutcomeError, match="another import of source `vc` is running"):
        land.take(path)
    process.wait()
    assert process.returncode == 0


def test_a_delivery_of_a_hundred_thousand_lines_keeps_memory_flat(land: Land):
    lines = land.write("in.ndjson", "")
    with lines.open("w") as sink:
        for n in range(100_000):  # every line is of one of 500 resources, so that it is not the store that takes the time
            sink.write(json.dumps({"resourceType": "Organization", "id": f"o{n % 500}", "name": f"{n % 500} {'x' * 700}"}) + "\n")
    small = land.write("small/in.ndjson", "".join(line for line, _ in zip(lines.open(), range(2000))))
    peaks: list[list[int]] = []
    for path in (small, lines):
        process = start(land, path)
        out, _ = process.communicate()
        assert process.returncode == 0
        peaks.append([int(kilobytes) for kilobytes in out.split()])
    assert lines.stat().st_size > 70_000_000
    for before, after in zip(*peaks):
        assert after < before + 60_000
        assert after < 300_000
