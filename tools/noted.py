"""What came of each mutant, noted line by line as it comes: a run that was stopped goes on from there."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.mutants import Case
from tools.mutation import Report

Key = tuple[str, str, int]


def _key(case: Case) -> Key:
    return case.module, hashlib.sha256(case.source.encode()).hexdigest()[:16], case.number


@dataclass(frozen=True)
class Notes:
    """A file of what came of mutants; a module that was changed since starts anew. Without a path nothing is kept."""

    path: Path | None

    def add(self, report: Report) -> None:
        """One line, written at once by whichever process has it."""
        if self.path is not None:
            line = json.dumps([_key(report.case), report.killed, report.by, report.seconds, str(report.case)], ensure_ascii=False)
            end = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            os.write(end, f"{line}\n".encode())
            os.close(end)

    def of(self, cases: Sequence[Case], again: bool) -> list[Report]:
        """What is known of these; `again`: of those only that were killed, as the others are to meet new tests."""
        if self.path is None or not self.path.exists():
            return []
        noted: dict[Key, tuple[bool, str, float]] = {}
        for line in self.path.read_text(encoding="utf-8").splitlines():
            (module, source, number), killed, by, seconds, _ = json.loads(line)
            noted[module, source, number] = (killed, by, seconds)
        known = [(case, noted[_key(case)]) for case in cases if _key(case) in noted]
        return [Report(case, *came) for case, came in known if came[0] or not again]
