"""What follows from an opening, and who looks the log over."""

from __future__ import annotations

from typing import Final

from kedja.access import asker as conditions
from kedja.access.actor import Purpose
from kedja.access.asker import Asker, known
from kedja.access.custody import Label
from kedja.access.vocabulary.predicate import About, Predicate, for_purpose
from kedja.search.condition import Condition

_RIGHTS: Final = frozenset({("granska", "logg", "vg"), ("granska", "logg", "sjf")})


def _reviewer(asker: Asker) -> Condition:
    """The assignment has the right `Granska;logg;VG`: it must be said, no other right contains it."""
    rights = asker.actor.assignment.rights if asker.actor.assignment else ()
    return known(any(tuple(part.strip().lower() for part in right.split(";")) in _RIGHTS for right in rights))


PREDICATES: Final[dict[str, Predicate]] = {
    "purpose-planning": for_purpose(
        "planning, follow-up and supervision", "planering, uppföljning och tillsyn", Purpose.PLANNING
    ),
    "log-reviewer": Predicate(
        About.ASKER,
        "The assignment is to review the provider's logs.",
        "The assignment is not to review the provider's logs.",
        "Uppdraget är att granska vårdgivarens loggar.",
        "Uppdraget är inte att granska vårdgivarens loggar.",
        _reviewer,
    ),
    "review-item": Predicate(
        About.RESOURCE,
        "It is a review of the log.",
        "It is no review of the log.",
        "Det är en granskning av loggen.",
        "Det är ingen granskning av loggen.",
        conditions.label(Label.REVIEW),
    ),
    "lift-asked": Predicate(
        About.RESOURCE,
        "It is a request that the provider lifts a block.",
        "It is no request that the provider lifts a block.",
        "Det är en begäran om att vårdgivaren häver en spärr.",
        "Det är ingen begäran om att vårdgivaren häver en spärr.",
        conditions.label(Label.LIFT),
    ),
    "follows-from-opening": Predicate(
        About.RESOURCE,
        "It follows from an opening or a request.",
        "It follows from no opening or request.",
        "Det följer av en öppning eller en begäran.",
        "Det följer inte av någon öppning eller begäran.",
        conditions.label(Label.NOTICE | Label.REVIEW | Label.LIFT),
    ),
}
