"""Documents as PDF: A4, real text in reading order, a title, a language, an outline and numbered pages."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from kedja.portals.shared.language import Language

_MARGIN: Final = 15  # mm


class Document(FPDF):
    """A4 with the number of the page at the foot. `title` heads its first page."""

    def __init__(self, _: Language, title: str) -> None:
        super().__init__(format="A4")
        self._words = _
        self.core_fonts_encoding = "windows-1252"  # what `plain` leaves; dashes and quotation marks are in it
        self.set_margin(_MARGIN)
        self.set_auto_page_break(True, _MARGIN + 5)
        self.set_lang("sv-SE" if _.code == "sv" else "en-GB")
        self.set_title(plain(title))
        self.set_creator("Kedja")
        self.add_page()
        self.heading(title, 16, 8, level=0)

    def footer(self) -> None:
        self.set_y(-_MARGIN)
        self.set_font("helvetica", size=8)
        _ = self._words
        self.cell(0, 5, plain(_("Page %(n)s of {nb}", n=self.page_no())), align="C")

    def heading(self, words: str, size: int = 11, height: int = 7, *, level: int = 1) -> None:
        """A heading that stands in the outline at this level."""
        self.set_font("helvetica", "B", size)
        self.start_section(plain(words), level=level)
        self.multi_cell(0, height, plain(words), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def paragraph(self, words: str, size: int = 9) -> None:
        self.set_font("helvetica", size=size)
        self.multi_cell(0, 5, plain(words), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def rows(self, widths: Sequence[int], heading: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
        """A table with headings that are repeated on each page; `widths` in mm."""
        self.set_font("helvetica", size=8)
        bold = FontFace(emphasis="BOLD", fill_color=(235, 235, 235))
        with self.table(col_widths=tuple(widths), headings_style=bold, text_align="LEFT", line_height=4, padding=1) as table:
            table.row([plain(words) for words in heading])
            for line in lines:
                table.row([plain(words) for words in line])
        self.ln(3)


def plain(text: str) -> str:
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
