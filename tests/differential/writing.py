"""Values of resources as somebody would search for them: mostly so that they are found, sometimes just beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from tests.differential.matching import date, quantity, reference, string, token
from tests.differential.matching.escapes import escaped
from tests.differential.matching.units import UCUM, measure

T = TypeVar("T")
PREFIXES = ("", "", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
STRANGE = ("zz", "Å", "a", "berg", "100%", "O'H", "-", "vard")
KIN = ("mg", "g", "ug", "mg/dL", "g/L", "kg/m2", "mm[Hg]", "cm", "m", "kg", "mo", "a", "d", "mmol/L", "umol/L", "s", "h")


def pick(random: Random, of: Sequence[T]) -> T:
    return of[random.randint(0, len(of) - 1)]


def one_in(random: Random, number: int) -> bool:
    return random.randint(0, number - 1) == number - 1


def write_string(random: Random, value: Any) -> str:
    text = pick(random, string.texts(value) or STRANGE)
    if one_in(random, 10):
        text = pick(random, STRANGE)
    start = random.randint(0, 2) * len(text) // 4
    part = text[start : start + random.randint(1, 40)] if one_in(random, 2) else text[: random.randint(1, 40)]
    part = pick(random, (part, part.upper(), string.fold(part), part)).strip()
    return escaped(part if string.fold(part) else "a")


def write_exact(random: Random, value: Any) -> str:
    text = pick(random, string.texts(value) or STRANGE).strip()
    return escaped(pick(random, (text, text, text, text.upper(), text[:-1] or text))) or "a"


def write_token(random: Random, value: Any) -> str:
    have = pick(random, token.codes(value) or [token.Coded("http://nowhere.example", "none")])
    system, code = escaped(have.system or ""), escaped(have.code or "none")
    if have.bare:
        return pick(random, (code, code, code, f"{code}x"))
    forms = [code, code, f"{system}|{code}", f"{system}|{code}", f"|{code}", f"{code}x"] + ([f"{system}|"] if system else [])
    return pick(random, forms)


def write_coded(random: Random, value: Any) -> str | None:
    """`system|code` of a coding that has both."""
    have = [one for one in token.codes(value) if one.system and one.code]
    if not have:
        return None
    one = pick(random, have)
    return f"{escaped(one.system or '')}|{escaped(one.code or '')}"


def write_text_of(random: Random, value: Any) -> str | None:
    texts = token.texts(value)
    return write_string(random, pick(random, texts)) if texts else None


def write_of_type(random: Random, value: Any) -> str | None:
    coding = value.get("type", {}).get("coding", []) if isinstance(value, dict) else []
    if not coding or "value" not in value or "system" not in coding[0]:
        return None
    number = pick(random, (value["value"], value["value"], "none"))
    code = pick(random, (coding[0]["code"], coding[0]["code"], "XX"))
    return "|".join(map(escaped, (coding[0]["system"], code, number)))


def write_reference(random: Random, value: Any) -> str | None:
    found = reference.places(value, "")
    if not found:
        return None
    place = pick(random, found)
    relative = place.count("/") == 1 and ":" not in place
    if not relative:
        return escaped(place)
    base = "http://kedja.test/fhir/"
    return pick(random, (place, place, base + place, place.split("/")[1], f"{place}x", place))


def write_id(random: Random, value: Any) -> str | None:
    found = [place for place in reference.places(value, "") if place.count("/") == 1 and ":" not in place]
    return pick(random, found).split("/")[1] if found else None


def write_identifier(random: Random, value: Any) -> str | None:
    held = value.get("identifier") if isinstance(value, dict) else None
    return write_token(random, held) if held else None


def write_date(random: Random, value: Any) -> str | None:
    ends = [end for span in date.spans(value) for end in span if date.BEGINNING < end < date.END]
    if not ends:
        return None
    moment = pick(random, ends) + timedelta(days=pick(random, (0, 0, 0, 0, -1, 1, 400)))
    return pick(random, PREFIXES) + _as_written(random, moment)


def _as_written(random: Random, moment: datetime) -> str:
    local = moment.astimezone(timezone(timedelta(hours=pick(random, (0, 2, -5)))))
    forms = (
        moment.strftime("%Y"),
        moment.strftime("%Y-%m"),
        moment.strftime("%Y-%m-%d"),
        moment.strftime("%Y-%m-%d"),
        moment.strftime("%Y-%m-%dT%H:%M"),
        local.isoformat(timespec="seconds"),
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        local.isoformat(timespec="milliseconds"),
    )
    return pick(random, forms)


def _number(random: Random, value: Decimal) -> str:
    digits = random.randint(0, 4)
    forms = (
        format(value, "f"),
        format(value, "f"),
        format(round(value, digits), "f"),
        format(round(value * pick(random, (Decimal("1.05"), Decimal("0.95"), Decimal("1.2"))), digits), "f"),
        f"{value:.{digits}e}",
    )
    return pick(random, forms)[:38]


def write_number(random: Random, value: Any) -> str:
    number = Decimal(value) if isinstance(value, (int, Decimal)) else Decimal("0.5")
    return pick(random, PREFIXES) + _number(random, number)


def write_quantity(random: Random, value: Any) -> str | None:
    """In the unit that stands there, without one, or by its text."""
    found = quantity.amounts(value)
    if not found:
        return None
    have = pick(random, found)
    return pick(random, PREFIXES) + _number(random, have.value) + pick(random, _units(have))


def write_converted(random: Random, value: Any) -> str | None:
    """In another unit that says the same."""
    found = [have for have in quantity.amounts(value) if have.system == UCUM and _kin(have.code)]
    if not found:
        return None
    have = pick(random, found)
    other = pick(random, _kin(have.code))
    ours, theirs = measure(have.code), measure(other)
    assert ours and theirs
    return f"{pick(random, PREFIXES)}{_number(random, have.value * ours.factor / theirs.factor)}|{UCUM}|{other}"


def _units(have: quantity.Amount) -> list[str]:
    code, unit, system = escaped(have.code), escaped(have.unit), escaped(have.system)
    return [
        "",
        *([f"|{system}|{code}"] * 2 if code and system else []),
        *([f"||{code}"] if code else []),
        *([f"||{unit}"] if unit else []),
    ]


def _kin(code: str) -> list[str]:
    ours = measure(code)
    return [other for other in KIN if ours and (theirs := measure(other)) and theirs.of == ours.of]


def write_uri(random: Random, value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    return escaped(pick(random, (value, value, value.partition("|")[0], f"{value}/x")))


def write_above_uri(random: Random, value: Any) -> str | None:
    return (
        escaped(pick(random, (value, f"{value}/more", f"{value}/more/yet")))
        if isinstance(value, str) and "|" not in value
        else None
    )


def write_below_uri(random: Random, value: Any) -> str | None:
    if not isinstance(value, str) or "|" in value or value.count("/") < 3:
        return None
    parts = value.split("/")
    return escaped("/".join(parts[: max(3, len(parts) - random.randint(0, 2))]))


Write = Callable[[Random, Any], "str | None"]
BY_TYPE: dict[str, Write] = {
    "string": write_string,
    "token": write_token,
    "reference": write_reference,
    "date": write_date,
    "number": write_number,
    "quantity": write_quantity,
    "uri": write_uri,
}
