"""The one intake: what is asked, and what is wrong with what was answered (`intake.toml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from kedja.innovation.words import Words, table, words

Problem = Mapping[str, Any]  # the answers by field: text, or a list of options where several may be chosen
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    words: Words


@dataclass(frozen=True, slots=True)
class Field:
    """`most` is in characters; `options` are what may be chosen, one or, where `several`, any number."""

    id: str
    words: Words
    hint: Words
    needed: bool
    long: bool
    most: int
    several: bool
    options: tuple[Option, ...]


@cache
def fields() -> tuple[Field, ...]:
    """What is asked, in its order."""
    return tuple(_field(row) for row in table("intake.toml")["fields"])


def _field(row: Mapping[str, Any]) -> Field:
    options = tuple(Option(each["id"], words(each)) for each in row.get("options", ()))
    flags = (row.get("needed", False), row.get("long", False), row.get("most", _MOST), row.get("several", False))
    return Field(row["id"], words(row), words(row, "hint_"), *flags, options)


def read(given: Mapping[str, Sequence[str]]) -> tuple[dict[str, Any], dict[str, Words]]:
    """(answers, what is wrong by field) of a form's values. Unknown fields are left out."""
    answers: dict[str, Any] = {}
    wrong: dict[str, Words] = {}
    for field in fields():
        values = [value.strip() for value in given.get(field.id, ()) if value.strip()]
        problem = _wrong(field, values)
        if problem:
            wrong[field.id] = problem
        if values:
            answers[field.id] = values if field.several else values[0]
    return answers, wrong


def _wrong(field: Field, values: Sequence[str]) -> Words | None:
    if not values:
        return Words("Det här behövs.", "This is needed.") if field.needed else None
    known = {option.id for option in field.options}
    if known and not known.issuperset(values):
        return Words("Välj ett av svaren i listan.", "Choose one of the answers in the list.")
    if not known and len(values[0]) > field.most:
        return Words(f"Högst {field.most} tecken.", f"At most {field.most} characters.")
    return None
