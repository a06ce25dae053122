"""Reading the portal's forms: what is sent is text, and what is wrong is told in a sentence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from starlette.datastructures import FormData

from kedja.innovation.effect import amount
from kedja.outcome import refuse
from kedja.portals.shared.page import Visit

MOST: Final = 4000
_LINE: Final = 200


def text(form: FormData, name: str, most: int = MOST) -> str:
    """What was written, without control characters, cut at `most` characters."""
    return clean(str(form.get(name, "")))[:most]


def clean(given: str) -> str:
    """Without control characters, which the store does not take."""
    return "".join(sign for sign in given if sign.isprintable() or sign in "\r\n\t").strip()


def needed(form: FormData, name: str, sentence: str, most: int = MOST) -> str:
    """As `text`. Raises 422 with the sentence where there is nothing."""
    found = text(form, name, most)
    if not found:
        raise refuse(422, "required", sentence)
    return found


def day(visit: Visit, form: FormData, name: str) -> date | None:
    """A day, None where none was given. Raises 422 for what is none."""
    given = text(form, name, _LINE)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise refuse(422, "value", visit._("Write the day as year-month-day, for example 2026-11-30.")) from None


def number(visit: Visit, form: FormData, name: str) -> Decimal | None:
    """A number, None where none was given. Raises 422 for what is none."""
    given = text(form, name, _LINE)
    found = amount(given) if given else None
    if given and found is None:
        raise refuse(422, "value", visit._("Write a number, for example 12.5."))
    return found


def whole(form: FormData, name: str) -> int:
    """A whole number of at most nine digits; 0 for what is none."""
    given = text(form, name, _LINE)
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
