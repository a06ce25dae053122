"""Small readers of FHIR R4 elements. Pure; odd data gives an empty answer, never an error."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from kedja.portals.shared.entry import Coded, Resource, Value, When
from kedja.portals.shared.language import ZONE, Language

_DATE: Final = re.compile(r"^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$")
_PRECISION: Final = ("year", "month", "day")
_MARKS: Final = (("high", ("H", "HH", "HU", ">")), ("low", ("L", "LL", "LU", "<")), ("outside", ("A", "AA")), ("within", ("N",)))
SYSTEMS: Final[Mapping[str, str]] = {
    "http://loinc.org": "LOINC",
    "http://snomed.info/sct": "SNOMED CT",
    "urn:oid:1.2.752.108.1": "NPU",
    "http://npu-terminology.org": "NPU",
    "https://www.icd10.se/": "ICD-10-SE",
    "https://www.icd10.se": "ICD-10-SE",
    "urn:oid:1.2.752.116.1.1.1.1.3": "ICD-10-SE",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "urn:oid:1.2.752.116.1.3.2.1.4": "KVÅ",
    "urn:oid:1.2.752.116.1.1.3": "ICF",
    "http://www.whocc.no/atc": "ATC",
    "urn:oid:1.2.752.129.2.1.5.1": "NPL",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "http://hl7.org/fhir/sid/cvx": "CVX",
}


def items(resource: Any, *path: str) -> Sequence[Any]:
    """Every value at this path, lists opened: `items(observation, "code", "coding")`."""
    found: Sequence[Any] = resource if isinstance(resource, list) else () if resource is None else (resource,)
    for name in path:
        opened: list[Any] = []
        for node in found:
            value = node.get(name) if isinstance(node, dict) else None
            if isinstance(value, list):
                opened += value
            elif value is not None:
                opened.append(value)
        if not opened:
            return ()
        found = opened
    return found


def first(resource: Any, *path: str) -> Any:
    """The first value at this path, or None."""
    found = items(resource, *path)
    return found[0] if found else None


def text(resource: Any, *path: str) -> str:
    """The first string at this path, or ''."""
    for value in items(resource, *path):
        if isinstance(value, str):
            return value
    return ""


def objects(resource: Any, *path: str) -> list[dict[str, Any]]:
    """As `items`, those alone that are objects: what a source stores unchecked may have anything in their place."""
    return [value for value in items(resource, *path) if isinstance(value, dict)]


def concept(value: Any) -> str:
    """A CodeableConcept (or the first of several) in words: its text, else a display, else its code."""
    value = first(value)
    return text(value, "text") or text(value, "coding", "display") or text(value, "coding", "code")


def concepts(value: Any) -> list[str]:
    return [words for each in items(value) if (words := concept(each))]


def has_code(value: Any, *codes: str) -> bool:
    """Whether a CodeableConcept has one of these codes, in any system."""
    return any(code in codes for code in items(value, "coding", "code"))


def codes(value: Any) -> tuple[Coded, ...]:
    """The codings of a CodeableConcept, the system by its short name."""
    return tuple(
        Coded(SYSTEMS.get(text(coding, "system"), text(coding, "system")), text(coding, "code"), text(coding, "display"))
        for coding in items(value, "coding")
        if text(coding, "code")
    )


def when(value: Any) -> When | None:
    """A FHIR date, dateTime or instant. A date starts at midnight in Sweden."""
    if not isinstance(value, str):
        return None
    parts = _DATE.match(value)
    try:
        if parts:
            year, month, day = (int(part) if part else 1 for part in parts.groups())
            precision = _PRECISION[sum(part is not None for part in parts.groups()) - 1]
            return When(datetime(year, month, day, tzinfo=ZONE), precision)
        at = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    return When(at if at.tzinfo else at.replace(tzinfo=UTC), "time")


def first_when(resource: Resource, *names: str) -> When | None:
    """The first of these elements that has a date; `performedPeriod.start` goes one level down."""
    return next((found for name in names if (found := when(first(resource, *name.split("."))))), None)


def say_when(value: When | None, _: Language, *, clock: bool = False) -> str:
    """The date as precisely as it was recorded; the time of day only where asked for."""
    if value is None:
        return ""
    if value.precision == "year":
        return str(value.at.year)
    if value.precision == "month":
        return _.month(value.at)
    return _.moment(value.at) if clock and value.precision == "time" else _.day(value.at)


def quantity(value: Any, _: Language) -> tuple[str, str]:
    """A Quantity as (number with its comparator, unit)."""
    if not isinstance(value, dict) or "value" not in value:
        return "", ""
    unit = text(value, "unit") or text(value, "code")
    return text(value, "comparator") + _.number(value["value"]), _unit_words(unit, _)


@lru_cache(maxsize=1024)
def _unit_words(unit: str, _: Language) -> str:
    """Units that are words are said in the visitor's language; all others are the same everywhere."""
    words = {
        "1": "",
        "steps": _("steps"),
        "{steps}": _("steps"),
        "/d": _("a day"),
        "beats/min": _("beats/min"),
        "slag/min": _("beats/min"),
        "andetag/min": _("breaths/min"),
        "steg/dygn": _("steps a day"),
        "poäng": _("points"),
        "/min": _("a minute"),
        "{score}": _("points"),
        "h": _("hours"),
        "min": _("minutes"),
    }
    return words.get(unit, unit)


def amount(value: Any, _: Language) -> str:
    """A Quantity in one string: `500 mg`."""
    return " ".join(part for part in quantity(value, _) if part)


def value_of(resource: Any, _: Language) -> Value | None:
    """The value[x] of an Observation or a component, with its reference range and which side of it the value is on."""
    range_text, low, high = reference_range(resource, _)
    side = _side(resource, low, high)
    if "valueQuantity" in resource:
        number, unit = quantity(resource["valueQuantity"], _)
        return Value(number, unit, range_text, side, as_float(first(resource, "valueQuantity", "value")), low, high)
    if "valueInteger" in resource:
        return Value(_.number(resource["valueInteger"]), "", range_text, side, as_float(resource["valueInteger"]), low, high)
    if "valueBoolean" in resource:
        return Value(_("Yes") if resource["valueBoolean"] else _("No"))
    if "valueCodeableConcept" in resource:
        return Value(concept(resource["valueCodeableConcept"]), side=side)
    for name in ("valueString", "valueTime"):
        if name in resource:
            return Value(str(resource[name]), side=side)
    if "valueDateTime" in resource:
        return Value(say_when(when(resource["valueDateTime"]), _))
    return None


def reference_range(resource: Any, _: Language) -> tuple[str, float | None, float | None]:
    """The first reference range in words, and its bounds."""
    found = first(resource, "referenceRange")
    low, high = first(found, "low"), first(found, "high")
    low_number, high_number = as_float(first(low, "value")), as_float(first(high, "value"))
    if low and high:
        words = f"{_.number(low['value'])}–{_.number(high['value'])}"
    elif high:
        words = _("at most %(bound)s", bound=_.number(high["value"]))
    elif low:
        words = _("at least %(bound)s", bound=_.number(low["value"]))
    else:
        words = text(found, "text")
    return words, low_number, high_number


def as_float(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _side(resource: Any, low: float | None, high: float | None) -> str:
    """Of the recorded interpretation, else of the numbers against the range."""
    number = as_float(first(resource, "valueQuantity", "value"))
    for side, marks in _MARKS:
        if any(has_code(each, *marks) for each in items(resource, "interpretation")):
            return side
    if number is None or (low is None and high is None):
        return ""
    if low is not None and number < low:
        return "low"
    return "high" if high is not None and number > high else "within"


def person_name(patient: Resource) -> str:
    """The official name in the order Swedes say it: given names, then family name."""
    names = list(items(patient, "name"))
    name = next((each for each in names if text(each, "use") in ("official", "usual", "")), names[0] if names else {})
    return text(name, "text") or " ".join([*(str(given) for given in items(name, "given")), text(name, "family")]).strip()


def reference_name(value: Any) -> str:
    return text(value, "display")
