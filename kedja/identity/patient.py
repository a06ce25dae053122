"""What a Patient resource says about who the person is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from kedja.identity.numbers import Identifier, parse
from kedja.outcome import Issue, OutcomeError

Resource = dict[str, Any]


def identifiers_of(patient: Resource, today: date | None = None) -> list[Identifier]:
    """The person's numbers in their normal form, without repeats; numbers of other systems are not theirs to tell by.

    `today` (default: now, UTC) decides the century of ten-digit numbers. Raises OutcomeError 422 with one issue for each
    number that is wrong, located as `Patient.identifier[n].value`.
    """
    numbers = _parsed(patient, today or datetime.now(UTC).date())
    return list(dict.fromkeys(number for number in numbers if number is not None))


def normalised(patient: Resource, today: date | None = None) -> Resource:
    """The same Patient with every such number under its FHIR system and in its normal form. Raises as `identifiers_of`."""
    numbers = _parsed(patient, today or datetime.now(UTC).date())
    if not any(numbers):
        return patient
    identifiers = [
        entry if number is None else entry | {"system": number.system, "value": number.value}
        for entry, number in zip(patient["identifier"], numbers)
    ]
    return patient | {"identifier": identifiers}


def _parsed(patient: Resource, today: date) -> list[Identifier | None]:
    numbers: list[Identifier | None] = []
    issues: list[Issue] = []
    for position, entry in enumerate(patient.get("identifier", ())):
        try:
            numbers.append(_number(entry, today))
        except OutcomeError as error:
            where = (f"Patient.identifier[{position}].value",)
            issues += [replace(issue, expression=where) for issue in error.issues]
    if issues:
        raise OutcomeError(422, *issues)
    return numbers


def _number(entry: Any, today: date) -> Identifier | None:
    if not isinstance(entry, dict):
        return None
    system, value = entry.get("system"), entry.get("value")
    if not isinstance(system, str) or not isinstance(value, str):
        return None
    number = parse(system, value, today)
    return replace(number, former=True) if number is not None and entry.get("use") == "old" else number
