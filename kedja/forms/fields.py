"""Answers as a page sends them: text in, values out, and back. A page names a field by `name_of` its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from kedja import exactjson
from kedja.forms.filled import Filled, Place, places
from kedja.forms.form import Form, Item, Value

ZONE: Final = ZoneInfo("Europe/Stockholm")
_WHOLE: Final = re.compile(r"-?\d{1,9}")
_DECIMAL: Final = re.compile(r"-?\d{1,12}(\.\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a page sent: the answers, and the text of those that could not be read, which the page shows again."""

    filled: Filled
    unread: Mapping[Place, str]


def name_of(place: Place) -> str:
    """The name of the field of a place: `goal-text~0`."""
    return f"{place[0]}~{'.'.join(map(str, place[1]))}"


def place_of(name: str) -> Place | None:
    """The place that a field's name is of; None for the name of something else."""
    link, mark, at = name.rpartition("~")
    if not mark or (at and not re.fullmatch(r"\d{1,3}(\.\d{1,3}){0,11}", at)):
        return None
    return link, tuple(int(each) for each in at.split(".")) if at else ()


def take(form: Form, filled: Filled, sent: Callable[[str], Sequence[str]], asked: Sequence[Place]) -> Taken:
    """The answers with those of the fields `asked` in place of what they were. `sent` gives a field's texts by its name.

    What is read only is left as it was; what cannot be read is no answer, and is told.
    """
    unread: dict[Place, str] = {}
    there = {place: item for item, place in places(form, filled)}
    for place in asked:
        item = there.get(place)
        if item is None or not item.is_question or item.read_only:
            continue
        texts = [text.strip() for text in sent(name_of(place)) if text.strip()]
        values = [value for text in texts if (value := value_of_text(item, text)) is not None]
        unread |= {place: texts[0]} if len(values) < len(texts) else {}
        filled = filled.answered(place, values if item.repeats else values[:1])
    return Taken(filled, unread)


def value_of_text(item: Item, text: str) -> Value | None:
    """The value that a text is for this question; None where it is none."""
    text = text.replace("\r\n", "\n").strip()
    if item.options:
        chosen = _chosen(item, text)
        return chosen if chosen is not None or item.kind == "choice" else {"valueString": text}
    return _READ[item.kind](item, text)


def text_of_value(item: Item, value: Value) -> str:
    """What a field holds for a value: the number of the option, the number as written, an ISO date."""
    if item.options:
        for number, option in enumerate(item.options):
            if _same(option.value, value):
                return f"#{number}"
    given = next(iter(value.values()))
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, dict):
        return str(given.get("value", given.get("display", "")))
    return str(given)[:16] if item.kind == "dateTime" else str(given)


def _chosen(item: Item, text: str) -> Value | None:
    number = text[1:]
    if text.startswith("#") and number.isascii() and number.isdigit() and len(number) < 4 and int(number) < len(item.options):
        return dict(item.options[int(number)].value)
    return None


def _same(one: Value, other: Value) -> bool:
    for name, value in one.items():
        given = other.get(name)
        if isinstance(value, dict) and isinstance(given, dict):
            return (value.get("system"), value.get("code")) == (given.get("system"), given.get("code"))
        return value == given
    return False


def _boolean(_item: Item, text: str) -> Value | None:
    return {"valueBoolean": text == "true"} if text in ("true", "false") else None


def _integer(_item: Item, text: str) -> Value | None:
    plain = _plain(text)
    return {"valueInteger": int(plain)} if _WHOLE.fullmatch(plain) else None


def _decimal(_item: Item, text: str) -> Value | None:
    plain = _plain(text)
    return {"valueDecimal": _number(plain)} if _DECIMAL.fullmatch(plain) else None


def _quantity(item: Item, text: str) -> Value | None:
    plain = _plain(text)
    if not _DECIMAL.fullmatch(plain):
        return None
    return {"valueQuantity": {"value": _number(plain), **({"unit": item.unit} if item.unit else {})}}


def _date(_item: Item, text: str) -> Value | None:
    try:
        return {"valueDate": date.fromisoformat(text).isoformat()} if len(text) == 10 else None
    except ValueError:
        return None


def _date_time(_item: Item, text: str) -> Value | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return {"valueDateTime": (at if at.tzinfo else at.replace(tzinfo=ZONE)).isoformat(timespec="seconds")}


def _time(_item: Item, text: str) -> Value | None:
    try:
        return {"valueTime": time.fromisoformat(text).isoformat(timespec="seconds")}
    except ValueError:
        return None


def _string(_item: Item, text: str) -> Value | None:
    return {"valueString": text}


def _url(_item: Item, text: str) -> Value | None:
    return {"valueUri": text} if re.fullmatch(r"https?://[^\s<>\"]{1,500}", text) else None


def _plain(text: str) -> str:
    """A number as people write it, with a point: `80,5`, `1 200`, a true minus."""
    return text.replace("\xa0", "").replace("\u202f", "").replace(" ", "").replace(",", ".").replace("\u2212", "-")


def _number(plain: str) -> int | exactjson.Number:
    return exactjson.Number(plain) if "." in plain else int(plain)


_READ: Final[Mapping[str, Callable[[Item, str], Value | None]]] = {
    "boolean": _boolean,
    "integer": _integer,
    "decimal": _decimal,
    "quantity": _quantity,
    "date": _date,
    "dateTime": _date_time,
    "time": _time,
    "string": _string,
    "text": _string,
    "url": _url,
    "open-choice": _string,
    "choice": lambda _item, _text: None,
}
