"""Templates of notes: which fields there are, what must be filled in, and by which code each part is known.

A template is a file of `templates/`. `check` says what is wrong with answers; nothing is thrown away by it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

Wrong = Literal["required", "number", "bounds", "choice", "code", "pair", "long"]
Answers = Mapping[str, str]  # by the id of the field, as typed
LONGEST: Final = 20_000
_ICD: Final = re.compile(r"^[A-Z]\d\d(\.?\d[0-9A-Z]{0,2})?[A-Z]?$")
_FOLDER: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label_sv: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Field:
    """`kind`: text, long, number, choice, diagnosis or diagnosis-code. Numbers of one `panel` are parts of one measurement."""

    id: str
    label_sv: str
    label_en: str
    kind: str
    required: bool = False
    code: str = ""
    unit: str = ""
    unit_words: str = ""
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    panel: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    id: str
    title_sv: str
    title_en: str
    system: str
    code: str
    fields: tuple[Field, ...]


@cache
def templates() -> Mapping[str, Template]:
    """All templates by id, in the order of their titles."""
    found = [_template(path) for path in _FOLDER.glob("*.toml")]
    return {each.id: each for each in sorted(found, key=lambda each: each.title_sv)}


def check(template: Template, answers: Answers) -> dict[str, Wrong]:
    """What keeps these answers from being a note, by the id of the field; {} for nothing."""
    wrong: dict[str, Wrong] = {}
    for field in template.fields:
        typed = answers.get(field.id, "").strip()
        if not typed:
            if field.required:
                wrong[field.id] = "required"
        elif len(typed) > LONGEST:
            wrong[field.id] = "long"
        elif found := _CHECKS.get(field.kind, lambda *_: None)(field, typed):
            wrong[field.id] = found
    for panel in {field.panel for field in template.fields if field.panel}:
        parts = [field for field in template.fields if field.panel == panel]
        missing = [field for field in parts if not answers.get(field.id, "").strip()]
        if missing and len(missing) < len(parts):
            wrong |= dict.fromkeys((field.id for field in missing), "pair")
    words = next((field for field in template.fields if field.kind == "diagnosis"), None)
    if words and answers.get("diagnosis-code", "").strip() and not answers.get(words.id, "").strip():
        wrong.setdefault(words.id, "required")
    return wrong


def number(typed: str) -> Decimal | None:
    """A number as people write it, with comma or point; None for what is none."""
    try:
        found = Decimal(typed.strip().replace(",", ".").replace(" ", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**9 and -found.as_tuple().exponent < 10 else None  # type: ignore[operator]


def icd(typed: str) -> str:
    """A code of ICD-10-SE as it is written in records: `I10.9`, `F32`; '' for what is none."""
    plain = "".join(typed.split()).upper()
    if not _ICD.match(plain):
        return ""
    return plain if "." in plain or len(plain) < 4 or not plain[3].isdigit() else f"{plain[:3]}.{plain[3:]}"


def _number(field: Field, typed: str) -> Wrong | None:
    found = number(typed)
    if found is None:
        return "number"
    return None if field.low <= found <= field.high else "bounds"


def _choice(field: Field, typed: str) -> Wrong | None:
    return None if typed in {each.value for each in field.choices} else "choice"


def _code(_: Field, typed: str) -> Wrong | None:
    return None if icd(typed) else "code"


_CHECKS: Final = {"number": _number, "choice": _choice, "diagnosis-code": _code}


def _template(path: Path) -> Template:
    read: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return Template(
        id=path.stem,
        title_sv=read["title_sv"],
        title_en=read["title_en"],
        system=read["system"],
        code=read["code"],
        fields=tuple(_field(each) for each in read["field"]),
    )


def _field(read: dict[str, Any]) -> Field:
    choices = tuple(Choice(**each) for each in read.pop("choice", ()))
    bounds = {name: Decimal(read.pop(name)) for name in ("low", "high") if name in read}
    return Field(choices=choices, **bounds, **read)
