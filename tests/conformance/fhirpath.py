"""HL7's FHIRPath test suite for R4, each case as it stands: strict, with the result's values and types."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from kedja import exactjson, fhirxml
from kedja.fhirpath import Env, FhirPathError, FhirPathSyntaxError, Item, Items, Quantity, strict
from kedja.fhirpath.functions.conversion import to_text
from kedja.fhirpath.operators import truth
from tests.conformance.report import Report

FOLDER = "suites/fhirpath-r4"
NOTHING: dict[str, Any] = {}
ABOUT = "All cases, strictly: elements must exist, orders be known, results agree in value and type."
REASONS = {
    "testPlusDate19": "expects 0.1 s to add nothing to a time with milliseconds; the specification (6.7) leaves decimals out of "
    "what is longer than a second only, so that 100 ms are added here",
}


def run(shared: Path) -> Report:
    cases = ElementTree.parse(shared / FOLDER / "tests-fhir-r4.xml").getroot().iter("test")
    failures: list[tuple[str, str]] = []
    total = 0
    for case in cases:
        total += 1
        reason = judge(case, shared / FOLDER / "input")
        if reason is not None:
            failures.append((case.attrib["name"], REASONS.get(case.attrib["name"], reason)))
    return Report("FHIRPath R4", total - len(failures), total, failures, ABOUT)


def judge(case: ElementTree.Element, inputs: Path) -> str | None:
    """Why the case is not passed; None where it is."""
    expression = case.find("expression")
    assert expression is not None and expression.text is not None
    file = case.get("inputfile")
    resource = read(inputs / file) if file else NOTHING
    invalid = expression.get("invalid")
    try:
        found = evaluate(expression.text, resource)
    except FhirPathError as error:
        as_expected = isinstance(error, FhirPathSyntaxError) if invalid == "syntax" else invalid is not None
        return None if as_expected else f"refused: {error}"
    if invalid is not None:
        return f"expected to be refused, gave {shown(found)}"
    if case.get("predicate") == "true":
        found = [Item(truth(found) is True, "System.Boolean")]
    expected = [(output.get("type"), output.text or "") for output in case.findall("output")]
    return None if agree(found, expected, case.get("ordered") != "false") else f"expected {expected}, gave {shown(found)}"


@cache
def read(path: Path) -> dict[str, Any]:
    body = path.read_bytes()
    return fhirxml.loads(body, ordered=False) if path.suffix == ".xml" else exactjson.loads(body)


def evaluate(expression: str, resource: dict[str, Any]) -> Items:
    type_name = resource.get("resourceType", "Resource")
    return strict(expression, type_name)(Item(resource, type_name), Env(resource, strict=True))


def agree(found: Items, expected: list[tuple[str | None, str]], ordered: bool) -> bool:
    if len(found) != len(expected):
        return False
    if ordered:
        return all(matches(item, *output) for item, output in zip(found, expected))
    return all(any(matches(item, *output) for item in found) for output in expected)


def matches(item: Item, type_name: str | None, text: str) -> bool:
    """The value as it is written, without the `@` of dates; its type by name, of either namespace."""
    same_type = type_name is None or item.type.rpartition(".")[2].lower() == type_name.lower()
    written = to_text(item)
    if isinstance(item.value, Decimal) or (isinstance(item.value, Quantity) and written is not None):
        return same_type and written is not None and number(written) == number(text)
    return same_type and written == text.removeprefix("@").removeprefix("T" if item.type == "System.Time" else "")


def number(text: str) -> tuple[Decimal, int, str]:
    """A number by its value, its digits after the point, and its unit."""
    amount, _, unit = text.partition(" ")
    return Decimal(amount), len(amount.partition(".")[2]), unit


def shown(found: Items) -> str:
    return str([(item.type, to_text(item)) for item in found][:5])
