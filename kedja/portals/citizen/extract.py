"""/me/log/extract.pdf: the person's log extract to keep or hand on, in their language."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from kedja.portals.shared import ask_log, readings
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit
from kedja.portals.shared.readings import Line
from kedja.portals.shared.security import HEADERS, PRIVATE

MOST: Final = 5000  # rows of the log in one file
_MARGIN: Final = 15  # mm
_WIDTHS: Final = (28, 46, 46, 60)
_NAME: Final = "loggutdrag.pdf"


async def pdf(visit: Visit) -> Response:
    """Who did what, when, why and by which right; denied attempts too. `from` and `until` bound the days."""
    rows, reasons = await ask_log.log_extract(visit, MOST)
    lines = readings.lines(rows, reasons, visit._)
    # Laying out thousands of rows takes seconds, and nobody else shall wait for it.
    content = await run_in_threadpool(document, lines, visit._, visit.actor.name, len(rows) == MOST)
    headers = {**HEADERS, **PRIVATE, "Content-Disposition": f'attachment; filename="{_NAME}"', "Content-Language": visit._.code}
    return Response(content, 200, headers, "application/pdf")


class _Page(FPDF):
    """A4 with the number of the page at the foot."""

    def __init__(self, _: Language) -> None:
        super().__init__(format="A4")
        self._words = _
        self.set_margin(_MARGIN)
        self.set_auto_page_break(True, _MARGIN + 5)
        self.set_lang("sv-SE" if _.code == "sv" else "en-GB")

    def footer(self) -> None:
        self.set_y(-_MARGIN)
        self.set_font("helvetica", size=8)
        _ = self._words
        self.cell(0, 5, _plain(_("Page %(n)s of {nb}", n=self.page_no())), align="C")


def document(lines: Sequence[Line], _: Language, name: str, cut: bool) -> bytes:
    """The extract as PDF: real text in reading order, a title, its language, an outline and a table with headings.

    `cut`: there are older rows that it has no room for, which it says.
    """
    page = _Page(_)
    title = _plain(_("Log extract: who has read about you"))
    page.set_title(title)
    page.set_creator("Kedja")
    page.add_page()
    page.set_font("helvetica", "B", 16)
    page.start_section(title)
    page.multi_cell(0, 8, title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_font("helvetica", size=9)
    for words in _head(_, name, cut):
        page.multi_cell(0, 5, _plain(words), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ln(3)
    for day in readings.days(lines, _):
        _day(page, day.name, day.lines, _)
    return bytes(page.output())


def _head(_: Language, name: str, cut: bool) -> list[str]:
    words = [
        name,
        _("You may have this list at any time (Patient Data Act 8:5, Act 2022:913 4:5). Refused attempts stand here too."),
    ]
    return words + ([_("The list is long: ask for what is older by its dates.")] if cut else [])


def _day(page: FPDF, name: str, lines: Sequence[Line], _: Language) -> None:
    page.set_font("helvetica", "B", 11)
    page.start_section(_plain(name), level=1)
    page.multi_cell(0, 7, _plain(name), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_font("helvetica", size=8)
    heading = FontFace(emphasis="BOLD", fill_color=(235, 235, 235))
    with page.table(col_widths=_WIDTHS, headings_style=heading, text_align="LEFT", line_height=4, padding=1) as table:
        table.row([_plain(words) for words in (_("Time"), _("Who"), _("What"), _("Why and by which right"))])
        for line in lines:
            table.row([_plain(words) for words in _cells(line, _)])
    page.ln(3)


def _cells(line: Line, _: Language) -> tuple[str, str, str, str]:
    rules = "\n".join(f"{rule.words} ({rule.cite})" if rule.cite else rule.words for rule in line.rules)
    why = "\n".join(words for words in (line.reason, rules or line.why) if words)
    what = f"{_('Refused')}: {line.what}" if line.denied else line.what
    return _.clock(line.at), "\n".join(part for part in (line.who, line.where) if part), what, why


def _plain(text: str) -> str:
    """What the standard fonts of PDF can show: letters outside of Western Europe lose their marks."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        text = "".join(_nearest(sign) for sign in text)
    return text


def _nearest(sign: str) -> str:
    for candidate in (sign, unicodedata.normalize("NFKD", sign)[:1], "?"):
        try:
            candidate.encode("cp1252")
        except UnicodeEncodeError:
            continue
        return candidate
    return "?"
