"""The messages of the pages, collected from their source: what every catalogue must have."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from kedja.portals.shared.language import NAMES

FOLDER = Path(__file__).parent
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "count": (1, 2)}
_METHODS = [("**.py", "python"), ("**.html", "jinja2")]
_OPTIONS = {"**.html": {"trimmed": "true", "newstyle_gettext": "true"}}


def collect() -> Catalog:
    """A catalogue with every message that stands in the code and the templates."""
    found = Catalog(charset="utf-8")
    extracted = extract_from_dir(FOLDER, _METHODS, _OPTIONS, _KEYWORDS, comment_tags=())
    for filename, _line, message, _comments, _context in sorted(extracted, key=lambda row: (row[0], row[1])):
        found.add(message, locations=[(filename, 0)])
    return found


def catalogue(code: str) -> Catalog:
    """The catalogue of a language as it stands."""
    with (FOLDER / "locale" / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=code)


def update(code: str) -> None:
    """Add new messages to a catalogue, without a translation, and take away those that nothing says any more."""
    path = FOLDER / "locale" / code / "LC_MESSAGES" / "messages.po"
    standing = catalogue(code) if path.exists() else Catalog(locale=code, charset="utf-8")
    standing.update(collect(), no_fuzzy_matching=True)
    standing.obsolete.clear()
    standing.fuzzy = False
    standing.header_comment = f"# {NAMES[code]}: the words of the pages. `python -m kedja.portals.messages` adds what is new."
    with path.open("wb") as file:
        write_po(file, standing, omit_header=False, include_lineno=False, sort_output=True, width=130, no_location=True)


if __name__ == "__main__":
    for each in sorted(path.name for path in (FOLDER / "locale").iterdir()):
        update(each)
