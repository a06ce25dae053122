"""/me/log/extract.pdf: the person's log extract to keep or hand on, in their language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from kedja.portals.shared import ask_log, readings
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit
from kedja.portals.shared.pdf import Document
from kedja.portals.shared.readings import Line
from kedja.portals.shared.security import HEADERS, PRIVATE

MOST: Final = 5000  # rows of the log in one file
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


def document(lines: Sequence[Line], _: Language, name: str, cut: bool) -> bytes:
    """The extract as PDF. `cut`: there are older rows that it has no room for, which it says."""
    page = Document(_, _("Log extract: who has read about you"))
    for words in _head(_, name, cut):
        page.paragraph(words)
    page.ln(3)
    for day in readings.days(lines, _):
        page.heading(day.name)
        page.rows(_WIDTHS, (_("Time"), _("Who"), _("What"), _("Why and by which right")), [_cells(line, _) for line in day.lines])
    return bytes(page.output())


def _head(_: Language, name: str, cut: bool) -> list[str]:
    words = [
        name,
        _("You may have this list at any time (Patient Data Act 8:5, Act 2022:913 4:5). Refused attempts stand here too."),
    ]
    return words + ([_("The list is long: ask for what is older by its dates.")] if cut else [])


def _cells(line: Line, _: Language) -> tuple[str, str, str, str]:
    rules = "\n".join(f"{rule.words} ({rule.cite})" if rule.cite else rule.words for rule in line.rules)
    why = "\n".join(words for words in (line.reason, rules or line.why) if words)
    what = f"{_('Refused')}: {line.what}" if line.denied else line.what
    return _.clock(line.at), "\n".join(part for part in (line.who, line.where) if part), what, why
