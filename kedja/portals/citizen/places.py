"""All the pages of a person, in the order of the page "More". Whoever adds a page adds its line here. Pure."""

from __future__ import annotations

from kedja.access.actor import Actor, Kind
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import CITIZENS, PERSONS
from kedja.portals.shared.places import Place

_NOT_PROXIES = PERSONS - {Kind.PROXY}
_MAIN = frozenset(f"/me/{name}" for name in ("results", "medicines", "contacts", "messages", "forms", "control", "log", "acting"))


def groups(actor: Actor, _: Language) -> list[tuple[str, list[Place]]]:
    """Each heading with the pages under it that this actor may open; a heading with none is left out."""
    found = [(name, [place for kinds, place in rows if actor.kind in kinds]) for name, rows in _table(_)]
    return [(name, places) for name, places in found if places]


def choices(actor: Actor, _: Language) -> list[Place]:
    """The main ones of them, for pictures with words."""
    return [place for _name, places in groups(actor, _) for place in places if place.href in _MAIN]


def _table(_: Language) -> list[tuple[str, list[tuple[frozenset[Kind], Place]]]]:
    """Heading, then `(who may open it, the page)`: the same kinds as the page's route has."""
    return [
        (
            _("Your health"),
            [
                (PERSONS, Place("/me", _("Overview"), _("All that is known about your health, newest first"), "home")),
                (PERSONS, Place("/me/results", _("Results"), _("Samples and measurements, how they have changed"), "result")),
                (PERSONS, Place("/me/medicines", _("Medicines"), _("What you take now, and what you took before"), "pill")),
                (
                    PERSONS,
                    Place("/me/contacts", _("Contacts and bookings"), _("Book, change and cancel a time"), "calendar"),
                ),
                (PERSONS, Place("/me/messages", _("Messages"), _("Write to the units that care for you"), "letter")),
                (PERSONS, Place("/me/forms", _("Forms"), _("What care has asked you to answer"), "note")),
                (
                    PERSONS,
                    Place("/me/plans", _("Joint plans"), _("Who does what, and what is done"), "queue"),
                ),
                (CITIZENS, Place("/me/own", _("Your own account"), _("What you measure yourself"), "person")),
            ],
        ),
        (
            _("Insight and control"),
            [
                (CITIZENS, Place("/me/control", _("You decide"), _("Consents, registries, samples and other uses"), "lock")),
                (CITIZENS, Place("/me/monitoring", _("Sensors and cameras at home"), _("Say yes or no, take a yes back"), "eye")),
                (CITIZENS, Place("/me/blocks", _("Blocks"), _("Keep what a unit has written from other care"), "lock")),
                (CITIZENS, Place("/me/preview", _("What others would see"), _("Try it before you share"), "eye")),
                (_NOT_PROXIES, Place("/me/log", _("Access log"), _("Who has read about you, when and why"), "eye")),
                (CITIZENS, Place("/me/notices", _("Notices"), _("Openings in an emergency and lifted blocks"), "info")),
            ],
        ),
        (
            _("Those close to you"),
            [
                (PERSONS, Place("/me/acting", _("Children and proxies"), _("For whom you act, and who acts for you"), "person")),
            ],
        ),
    ]
