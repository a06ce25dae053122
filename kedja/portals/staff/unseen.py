"""What of a record is not on the page, and why: not searched, blocked, needs consent, a source that is late. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kedja.portals.shared.language import Language
from kedja.portals.shared.readings import type_names
from kedja.portals.staff.steps import Panel


@dataclass(frozen=True, slots=True)
class Unseen:
    """One thing that is not shown. `reason`: older, blocked, consent, source."""

    reason: str
    words: str
    why: str


def unseen(left: Mapping[str, int], late: Sequence[str], panels: Iterable[Panel], _: Language) -> list[Unseen]:
    """In the order in which it may matter: blocked, what consent would open, sources that are late, what is older.

    `left` are the numbers of older entries by type, `late` the titles of sources; of blocked and unopened information nothing
    is said but what the law has let be told in `panels`.
    """
    keys = {panel.key for panel in panels}
    found: list[Unseen] = []
    if keys & {"blocked", "blockers"}:
        found.append(Unseen("blocked", _("Information at another provider"), _("Blocked by the patient")))
    if "inner-blocked" in keys:
        found.append(Unseen("blocked", _("Information at another unit here"), _("Blocked by the patient")))
    if keys & {"exists", "producers"}:
        why = _("Needs the patient's consent") if "ask-consent" in keys else _("Not open to you now")
        found.append(Unseen("consent", _("Information at other providers"), why))
    late_why, older_why = _("Its last delivery stopped: what is newest may be missing"), _("Not searched for this page")
    found += [Unseen("source", title, late_why) for title in late]
    for type, number in sorted(left.items(), key=lambda each: -each[1]):
        words = _("%(what)s: %(number)s older", what=type_names(_).get(type, type), number=_.number(number))
        found.append(Unseen("older", words, older_why))
    return found
