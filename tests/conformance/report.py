"""What a public suite says of this program, and the page that tells it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_SHOWN = 12  # names of cases in a row; the rest is a number


@dataclass(frozen=True, slots=True)
class Report:
    """One suite: how many of its cases passed, and each that did not with the reason."""

    suite: str
    passed: int
    total: int
    failures: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])  # (case, reason)
    about: str = ""  # which cases were run and how they are judged, a sentence or two
    remarks: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])  # (case that passed, in what other way and why)

    def __post_init__(self) -> None:
        if self.passed + len(self.failures) != self.total:
            raise ValueError(f"{self.suite}: {self.passed} passed and {len(self.failures)} did not, of {self.total}")

    @property
    def line(self) -> str:
        return f"{self.suite}: {self.passed} / {self.total}"


_HEAD = """# Conformance

Made by `make conformance` from public test suites that lie beside the project (`KEDJA_SHARED`). Each case that does not
pass is listed with its reason.

| suite | passed | of |
|---|---:|---:|
"""


def page(reports: Sequence[Report]) -> str:
    """The whole of docs/conformance.md."""
    rows = "".join(f"| {report.suite} | {report.passed:,} | {report.total:,} |\n" for report in reports)
    return _HEAD + rows + "".join(_section(report) for report in reports)


def _section(report: Report) -> str:
    text = f"\n## {report.suite}\n"
    if report.about:
        text += f"\n{report.about}\n"
    if report.remarks:
        text += "\n| passed in the other way | why |\n|---|---|\n" + _rows(report.remarks)
    if not report.failures:
        return text + "\nEvery case passes.\n"
    return text + "\n| not passed | reason |\n|---|---|\n" + _rows(report.failures)


def _rows(told: Sequence[tuple[str, str]]) -> str:
    cases: defaultdict[str, list[str]] = defaultdict(list)
    for case, reason in told:
        cases[reason].append(case)
    text = ""
    for reason, names in sorted(cases.items(), key=lambda item: (-len(item[1]), item[0])):
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        shown = ", ".join(f"`{_cell(name)}`" for name in names[:_SHOWN]) + more
        text += f"| {shown} | {_cell(reason)} |\n"
    return text


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("`", "'")


def write(reports: Sequence[Report], file: Path) -> None:
    file.write_text(page(reports), encoding="utf-8")
