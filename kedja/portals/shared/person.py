"""A person as the pages name them."""

from __future__ import annotations

from datetime import date

from kedja.portals.shared.language import Language


def formatted(number: str) -> str:
    """A personal number as people write it: 19121212-1212."""
    return f"{number[:8]}-{number[8:]}" if len(number) == 12 and number.isdigit() else number


def age(birth_date: str, today: date) -> int | None:
    """Whole years; None where the day of birth is not known."""
    try:
        born = date.fromisoformat(birth_date)
    except ValueError:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def gender_word(gender: str, _: Language) -> str:
    words = {"female": _("woman"), "male": _("man"), "other": _("other gender")}
    return words.get(gender, "")
