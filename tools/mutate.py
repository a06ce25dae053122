"""`make mutation`: put one small mistake after another into the law's code, and see whether a test notices.

python tools/mutate.py [MODULE ...]: the modules of kedja/access, or those named (`rule vocabulary/care`). A mistake inside a
function is put into what is loaded, after the tests were collected, in a process forked for it; it meets the tests that call the
function, those first that have met most. Any other mistake is there before anything is loaded. What no test notices is told;
`tools/mutants.toml` lists those that change nothing that anybody could notice, and why. `--notes FILE` keeps what came of each: a
run that was stopped goes on from there, and `--again` asks only those that survived.
"""

from __future__ import annotations

import os
import pickle
import resource
import sys
import tempfile
import time
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from tools.mutants import ROOM, Case, mutants  # noqa: E402
from tools.mutation import FewExamples, Forking, Loader, Mapping, Report, Told, forked, notices, preload, tell  # noqa: E402
from tools.noted import Notes  # noqa: E402

_SECONDS: Final = 120  # of processor time for one mutant
_TESTS: Final = tuple(
    f"tests/law/test_{name}.py"
    for name in (
        "golden", "rules", "built", "states", "edges", "edges_further", "edges_masking", "edges_conditions", "edges_facts",
        "stored_words", "whole_case", "wrong_case", "rule_files", "casefile", "disclosure", "instants", "masking", "spoken",
        "facts", "mandates", "openings", "wishes", "terms", "off_at", "redaction", "specialise", "factored", "duties_oracle",
        "oracle", "oracle_people", "oracle_protected", "oracle_reuse",
    )
)  # fmt: skip
_QUICK: Final = (
    "tests.law.test_rule_files",
    "tests.law.test_stored_words",
    "tests.law.test_rules",
    "tests.law.test_golden",
    "tests.law.test_casefile",
)  # meet most
_REST: Final = tuple(path for path in _TESTS if path.replace("/", ".").removesuffix(".py") not in _QUICK)
_OPTIONS: Final = (
    "-x",
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:randomly",
    "-p",
    "no:xdist",
    "--no-header",
    "--tb=no",
    "-W",
    "ignore",
)


def _asked(paths: Sequence[str], *plugins: object) -> int:
    return pytest.main([*_OPTIONS, *paths], plugins=[FewExamples(), *plugins])


def early(case: Case) -> bool:
    """Whether the tests fail with this mutant loaded from the start."""

    def work(_: int) -> int:
        sys.meta_path.insert(0, Loader(case))
        try:
            if any(notices(module) for module in _QUICK):
                return 1
            own = [path for path in _REST if case.dotted in (ROOT / path).read_text(encoding="utf-8")]
            return _asked(own) if own else 0
        except BaseException:
            return 1

    return forked(work, _SECONDS)[0] != 0


def mapped() -> Told:
    """Which test calls which function, and which functions are called while modules load or what is kept is made."""
    with tempfile.NamedTemporaryFile(suffix=".map") as file:

        def work(_: int) -> int:
            mapping = Mapping(file.name)
            return _asked(_TESTS, mapping)

        status, _ = forked(work)
        assert status == 0, "the tests fail as it is"
        return pickle.loads(Path(file.name).read_bytes())


def inside(cases: Sequence[Case], told: Told, notes: Notes, most: float) -> list[Report]:
    """What came of each of these within functions, noted as it comes."""
    plugin = Forking(cases, told, _SECONDS, most, notes.add)
    _asked(_TESTS, plugin)
    assert len(plugin.reports) == len(cases), "the tests cannot be collected"
    return plugin.reports


def outside(cases: Sequence[Case], notes: Notes) -> list[Report]:
    """What came of each of these, where nothing of kedja/access may be loaded before."""
    reports: list[Report] = []
    for case in cases:
        began = time.time()
        reports.append(Report(case, early(case), "", time.time() - began))
        tell(reports[-1])
        notes.add(reports[-1])
    return reports


def main() -> int:
    parser = ArgumentParser(prog="tools/mutate.py")
    parser.add_argument("modules", nargs="*", help="of kedja/access, as `rule` or `vocabulary/care`; default: all")
    parser.add_argument("--every", type=int, default=1, help="take each n-th mutant only")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--notes", type=Path, help="a file that keeps what came of each mutant")
    parser.add_argument("--most", type=float, default=10.0, help="seconds of tests that one mutant meets, the likeliest first")
    parser.add_argument("--again", action="store_true", help="ask those again that survived, by the notes")
    given = parser.parse_args()
    os.chdir(ROOT)
    used = time.process_time()
    known = tomllib.loads((ROOT / "tools" / "mutants.toml").read_text(encoding="utf-8")).get("changes_nothing", [])
    modules = given.modules or sorted(str(path.relative_to(ROOM).with_suffix("")) for path in ROOM.rglob("*.py"))
    made = [Case(module, number, one) for module in modules for number, one in enumerate(mutants(module))]
    cases = [case for case in made[:: given.every] if not case.is_known(known)]
    print(f"{len(cases)} mutants; {len(made[:: given.every]) - len(cases)} more change nothing", flush=True)
    notes = Notes(given.notes)
    known_already = notes.of(cases, given.again)
    settled = {report.case for report in known_already}
    asked = [case for case in cases if case not in settled]
    Random(0).shuffle(asked)  # what is done so far tells of the whole
    reports = [*known_already, *(_met(asked, given.jobs, notes, given.most) if asked else ())]
    killed = sum(report.killed for report in reports)
    used += resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    for report in known_already:
        tell(report)
    print(f"{killed} of {len(cases)} killed, {killed / max(len(cases), 1):.1%}; {used:.0f} s of processor time")
    assert len(reports) == len(cases)
    return 0 if killed >= 0.95 * len(cases) else 1


def _met(cases: Sequence[Case], jobs: int, notes: Notes, most: float) -> list[Report]:
    """What comes of these when tests meet them."""
    began = time.time()
    preload()
    told = mapped()
    print(f"{len(told.calls)} tests, by what they call, in {time.time() - began:.0f} s", flush=True)
    within = [case for case in cases if case.name and case.name not in told.while_loading]
    beside = [case for case in cases if case not in within]
    works = [partial(inside, within[job::jobs], told, notes, most) for job in range(jobs) if within[job::jobs]]
    reports = [one for part in _in_parallel(works) for one in part]
    works = [partial(outside, beside[job::jobs], notes) for job in range(jobs)]
    return reports + [one for part in _in_parallel(works) for one in part]


def _in_parallel(works: Sequence[partial[list[Report]]]) -> Iterator[list[Report]]:
    pipes: list[int] = []
    for work in works:
        read, write = os.pipe()
        if os.fork() == 0:
            with os.fdopen(write, "wb") as told:
                pickle.dump(work(), told)
            os._exit(0)
        os.close(write)
        pipes.append(read)
    for pipe in pipes:
        with os.fdopen(pipe, "rb") as told:
            yield pickle.load(told)
    for _ in works:
        os.wait()


if __name__ == "__main__":
    sys.exit(main())
