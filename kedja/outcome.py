"""Our errors, shaped as FHIR OperationOutcome.

Every refusal in every room is an `OutcomeError` with at least one `Issue`; the HTTP room turns it into a
status and an OperationOutcome, the importer into a line of its rejects file, the pages into a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

_UNSHOWN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong, and what to do about it.

    `code` is from http://hl7.org/fhir/issue-type; `expression` holds FHIRPath locations (R4 simple subset).
    """

    code: str
    diagnostics: str
    expression: tuple[str, ...] = ()
    severity: str = "error"

    def as_fhir(self) -> dict[str, Any]:
        issue: dict[str, Any] = {"severity": self.severity, "code": self.code, "diagnostics": _shown(self.diagnostics)}
        if self.expression:
            issue["expression"] = [_shown(text) for text in self.expression]
        return issue


def _shown(text: str) -> str:
    """What was sent may be quoted in it: characters that neither FHIR nor XML allows are shown as U+FFFD."""
    return _UNSHOWN.sub("\ufffd", text) or "?"


class OutcomeError(Exception):
    """A refusal. `status` is the HTTP status that it becomes at the edge."""

    def __init__(self, status: int, *issues: Issue) -> None:
        super().__init__("; ".join(issue.diagnostics for issue in issues))
        self.status = status
        self.issues = issues

    def as_fhir(self) -> dict[str, Any]:
        return outcome(self.issues)


def outcome(issues: Iterable[Issue]) -> dict[str, Any]:
    """The OperationOutcome resource of these issues."""
    return {"resourceType": "OperationOutcome", "issue": [issue.as_fhir() for issue in issues]}


def refuse(status: int, code: str, diagnostics: str, *expression: str) -> OutcomeError:
    """An `OutcomeError` with one issue: `raise refuse(400, "value", "...", "Patient.birthDate")`."""
    return OutcomeError(status, Issue(code, diagnostics, tuple(expression)))
