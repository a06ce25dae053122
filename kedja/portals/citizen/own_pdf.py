"""/me/own/summary.pdf: what the person has measured, each kind summed up, to take along or show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from kedja.portals.shared import ask, ask_own
from kedja.portals.shared.entry import Entry
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit
from kedja.portals.shared.pdf import Document
from kedja.portals.shared.read import say_when
from kedja.portals.shared.security import HEADERS, PRIVATE
from kedja.portals.shared.series import Series, collect
from kedja.portals.shared.tell import entries, sort_key

_WIDTHS: Final = (60, 60, 60)
_LATEST: Final = 30  # values of each kind that are written out


async def pdf(visit: Visit) -> Response:
    held = await ask_own.account(visit)
    told = entries(held, await ask.directory(visit), visit._)
    series = sorted(collect(told).values(), key=lambda each: each.latest.told.title.casefold())
    head = (visit.actor.name, visit._.moment(visit.door.clock()))
    content = await run_in_threadpool(document, series, visit._, head)
    name = 'attachment; filename="eget-konto.pdf"'
    headers = {**HEADERS, **PRIVATE, "Content-Disposition": name, "Content-Language": visit._.code}
    return Response(content, 200, headers, "application/pdf")


def document(series: Sequence[Series], _: Language, head: Sequence[str]) -> bytes:
    """Of each kind: how many, since when, lowest, highest and average; then the latest values."""
    page = Document(_, _("What I have measured myself"))
    for words in (*filter(None, head), _("Measured by the person, not by care.")):
        page.paragraph(words)
    page.ln(3)
    if not series:
        page.paragraph(_("Nothing here yet"))
    for each in series:
        page.heading(each.latest.told.title)
        page.paragraph(summary(each.entries, _))
        rows = [_row(entry, _) for entry in newest(each.entries)[:_LATEST]]
        page.rows(_WIDTHS, (_("Time"), _("Value"), _("Unit")), rows)
    return bytes(page.output())


def summary(found: Sequence[Entry], _: Language) -> str:
    """In a sentence. Pure."""
    numbers = [each.told.value.number for each in found if each.told.value and each.told.value.number is not None]
    words = _.count("%(n)s value", "%(n)s values", len(found))
    if not numbers:
        return words
    low, high, mean = (_.number(f"{number:g}") for number in (min(numbers), max(numbers), round(sum(numbers) / len(numbers), 1)))
    return ". ".join((words, _("Lowest %(low)s, highest %(high)s, on average %(mean)s", low=low, high=high, mean=mean)))


def newest(found: Sequence[Entry]) -> list[Entry]:
    """Those that say when they were measured, the latest first."""
    return sorted((each for each in found if each.told.when), key=sort_key, reverse=True)


def _row(entry: Entry, _: Language) -> tuple[str, str, str]:
    value = entry.told.value
    return say_when(entry.told.when, _, clock=True), value.text if value else "", value.unit if value else ""
