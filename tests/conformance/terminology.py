"""HL7's terminology ecosystem tests: $expand, $validate-code and $lookup of the suites in the mode `general`.

What is compared is what a client acts on: of an expansion its total and each code with its display and whether it is inactive or
abstract, whatever the order and the nesting; of a validation its result, and code, system and display where the case has them; of
a lookup name and display; of a case that expects a refusal that there is one. The wording of messages and the issues beside them
are not compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kedja import definitions
from kedja.operations import expand, lookup, validate_code
from kedja.operations.parameters import Inputs
from kedja.outcome import OutcomeError
from tests.conformance.report import Report

Json = dict[str, Any]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
# Where what differs does not say why, why it differs: (what stands in the name of the case, the reason).
WHY = (
    ("overload/", "two versions of one code system in one value set: a code of both is one here, with the display of the first"),
    ("fragment-expansion", "a fragment is not expanded: the answer would look whole"),
    ("vsonly", "`valueset-membership-only` is no input of R4"),
    ("bad-cc2", "one right coding makes a concept right, as R4 says; the case wants no wrong one beside it"),
    ("big-echo-no-limit", "1,000 codes are given at once; the limit here is 10,000"),
    ("bad-language-vs", "the language of a value set is not taken for the language that displays must have"),
)
VALIDATED = ("result", "code", "system", "display")
OF_THE_HARNESS = ("uuid",)  # it says which run this is
ABOUT = " ".join((__doc__ or "").split())


@dataclass(frozen=True, slots=True)
class Call:
    """One operation: the inputs that it takes, and its answer to them."""

    known: tuple[str, ...]
    run: Callable[[Inputs, str], Json]


CALLS = {
    "expand": Call(expand.KNOWN, lambda given, language: expand.expanded(given, None, NOW, language)),
    "validate-code": Call(
        validate_code.OF_VALUESET, lambda given, language: validate_code.parameters(validate_code.in_set(given, None, language))
    ),
    "cs-validate-code": Call(
        validate_code.OF_SYSTEM,
        lambda given, language: validate_code.parameters(validate_code.in_code_system(given, None, language)),
    ),
    "lookup": Call(lookup.KNOWN, lookup.looked_up),
}


def run(shared: Path) -> Report:
    folder = shared / "suites" / "terminology"
    total, failures = 0, list[tuple[str, str]]()
    for suite in json.loads((folder / "test-cases.json").read_text())["suites"]:
        if suite.get("mode", "general") != "general":
            continue
        with definitions.using(definitions.of(_read(folder / name) for name in suite.get("setup", []))):
            for case in suite["tests"]:
                if case.get("mode", "general") == "general" and case["operation"] in CALLS:
                    total += 1
                    if found := fault(folder, case):
                        name = f"{suite['name']}/{case['name']}"
                        failures.append((name, next((reason for part, reason in WHY if part in name), found)))
    return Report("terminology", total - len(failures), total, failures, ABOUT)


def fault(folder: Path, case: Json) -> str:
    """Why the case does not pass; empty when it does."""
    call = CALLS[case["operation"]]
    given, unknown = _inputs([_read(folder / case[name]) for name in ("request", "profile") if name in case], call)
    if unknown:
        return f"`{unknown[0]}` is no input of R4's operation"
    expected = _read(folder / case["response"])
    try:
        answer = call.run(given, case.get("header", {}).get("Accept-Language", case.get("Accept-Language", "")))
    except OutcomeError as error:
        refused = expected["resourceType"] == "OperationOutcome"
        return "" if refused else f"refused: {_reason(error)}"
    if expected["resourceType"] == "OperationOutcome":
        return "a refusal is expected, not an answer"
    if answer["resourceType"] == "ValueSet":
        return _expansion_fault(expected, answer)
    return _parameters_fault(expected, answer, ("name", "display") if case["operation"] == "lookup" else VALIDATED)


def _reason(error: OutcomeError) -> str:
    return str(error)[:100]


def _read(file: Path) -> Json:
    return json.loads(file.read_text(encoding="utf-8-sig"))


def _inputs(requests: list[Json], call: Call) -> tuple[Inputs, list[str]]:
    """(the inputs, the names of those that are not taken here)."""
    values: dict[str, list[Any]] = {}
    for part in [part for request in requests for part in request.get("parameter", [])]:
        value = part.get("resource") or next((value for name, value in part.items() if name.startswith("value")), None)
        values.setdefault(part["name"], []).append(value)
    return Inputs({name: found for name, found in values.items() if name in call.known}), sorted(
        values.keys() - {*call.known, *OF_THE_HARNESS}
    )


def _expansion_fault(expected: Json, answer: Json) -> str:
    wanted = {_key(each): each for each in _flat(expected["expansion"].get("contains", []))}
    found = {_key(each): each for each in _flat(answer["expansion"].get("contains", []))}
    if wanted.keys() != found.keys():
        more, less = sorted(found.keys() - wanted.keys()), sorted(wanted.keys() - found.keys())
        return "the codes are others: " + "; ".join(
            part for part in (f"{len(more)} too many" if more else "", f"{len(less)} missing" if less else "") if part
        )
    total = expected["expansion"].get("total")
    if isinstance(total, int) and total != answer["expansion"]["total"]:
        return f"the total is {answer['expansion']['total']}, not {total}"
    for key, each in wanted.items():
        for name in ("display", "inactive", "abstract"):
            if name in each and not str(each[name]).startswith("$") and each[name] != found[key].get(name):
                return f"{name} of a code is another"
    return ""


def _key(contained: Json) -> tuple[str, str]:
    return contained.get("system", ""), contained.get("code", "")


def _flat(contains: list[Json]) -> Iterator[Json]:
    for each in contains:
        yield each
        yield from _flat(each.get("contains", []))


def _parameters_fault(expected: Json, answer: Json, names: tuple[str, ...]) -> str:
    wanted, found = _values(expected), _values(answer)
    for name in names:
        if name in wanted and not str(wanted[name]).startswith("$") and wanted[name] != found.get(name):
            return f"{name} is {found.get(name)}, not {wanted[name]}" if name == "result" else f"{name} is another"
    return ""


def _values(parameters: Json) -> Json:
    """{name: value} of the parameters that are not optional."""
    return {
        part["name"]: value
        for part in parameters.get("parameter", [])
        if "$optional$" not in part
        for name, value in part.items()
        if name.startswith("value")
    }
