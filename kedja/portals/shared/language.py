"""The two languages of the pages: words from Babel catalogues, numbers and dates as each language writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_datetime, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from starlette.requests import HTTPConnection

COOKIE: Final = "kedja_language"
CODES: Final = ("sv", "en")
NAMES: Final = {"sv": "Svenska", "en": "English"}
ZONE: Final = ZoneInfo("Europe/Stockholm")
_MOST_LANGUAGES: Final = 20
_LOCALES: Final = {"sv": "sv_SE", "en": "en_GB"}
_CATALOGUES: Final = Path(__file__).parent.parent / "locale"
EASY: Final = Path(__file__).parent.parent / "easy"
"""Where the easy-read catalogues are: `sv.po`, `en.po`, with what is said in shorter and plainer sentences there."""


@dataclass(frozen=True, eq=False)
class Language:
    """One language: `_("Sign in")` gives the word, the rest gives forms. Message ids are the English text.

    There is one object of each language, so that what depends on a language can be kept (`functools.cache`).
    """

    code: str
    locale: Locale
    catalogue: NullTranslations
    easy: bool = False  # with the words of the easy-read catalogue, where that has any

    def __call__(self, message: str, **values: Any) -> str:
        text = self.catalogue.gettext(message)
        return text % values if values else text

    def count(self, one: str, many: str, number: int) -> str:
        """`_.count("%(n)s entry", "%(n)s entries", 3)`"""
        return self.catalogue.ngettext(one, many, number) % {"n": self.number(number)}

    def number(self, value: int | float | Decimal | str) -> str:
        """With the language's decimal sign; every digit that was given is kept (1.50 stays 1,50)."""
        return _number(str(value), self)

    def day(self, value: date | datetime) -> str:
        """18 november 2026"""
        return format_date(_local(value), "d MMMM y", locale=self.locale)

    def short_day(self, value: date | datetime) -> str:
        """18 nov."""
        return format_date(_local(value), "d MMM", locale=self.locale)

    def month(self, value: date | datetime) -> str:
        """November 2026"""
        text = format_date(_local(value), "LLLL y", locale=self.locale)
        return text[:1].upper() + text[1:]

    def clock(self, value: datetime) -> str:
        """09:14"""
        return format_time(value, "HH:mm", tzinfo=ZONE, locale=self.locale)

    def moment(self, value: datetime) -> str:
        """18 nov. 2026, 09:14"""
        return format_datetime(value, "d MMM y, HH:mm", tzinfo=ZONE, locale=self.locale)


@lru_cache(maxsize=8192)
def _number(text: str, _: Language) -> str:
    try:
        exact = Decimal(text)
    except ArithmeticError:
        return text
    if not exact.is_finite():
        return text
    decimals = max(0, -int(exact.as_tuple().exponent))
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return format_decimal(exact, format=pattern, locale=_.locale, decimal_quantization=False)


def _local(value: date | datetime) -> date:
    return value.astimezone(ZONE).date() if isinstance(value, datetime) and value.tzinfo else value


@lru_cache
def language(code: str, *, easy: bool = False) -> Language:
    """`sv` or `en`; the catalogue is read once. `easy`: what the easy-read catalogue says comes before it."""
    catalogue = _catalogue(_CATALOGUES / code / "LC_MESSAGES" / "messages.po", code)
    if easy:
        catalogue, standing = _catalogue(EASY / f"{code}.po", code), catalogue
        catalogue.add_fallback(standing)
    return Language(code, Locale.parse(_LOCALES[code]), catalogue, easy)


def pick(request: HTTPConnection) -> Language:
    """The language that the visitor chose, else the one that the browser asks for, else Swedish."""
    chosen = request.cookies.get(COOKIE)
    if chosen in CODES:
        return language(chosen)
    return language((negotiate_locale(_asked(request.headers.get("accept-language", "")), CODES) or "sv")[:2])


def _asked(header: str) -> list[str]:
    """The languages of an Accept-Language header, the most wanted first (RFC 9110 12.5.4)."""
    weighed: list[tuple[float, str]] = []
    for part in header.split(",")[:_MOST_LANGUAGES]:
        code, _, weight = part.partition(";q=")
        try:
            weighed.append((float(weight or 1), code.strip().replace("-", "_")))
        except ValueError:
            continue
    return [code for weight, code in sorted(weighed, key=lambda each: -each[0]) if code and weight > 0]


def _catalogue(path: Path, code: str) -> NullTranslations:
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        compiled = BytesIO()
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return Translations(compiled)
