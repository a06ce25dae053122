"""The pages of a unit's work, in the order of the page /staff. Whoever adds a page adds its line here. Pure."""

from __future__ import annotations

from collections.abc import Callable

from kedja.access.actor import Actor, Kind, Purpose
from kedja.access.rights import holds
from kedja.portals.shared.language import Language
from kedja.portals.shared.places import Place


def open_to(actor: Actor, _: Language) -> list[Place]:
    """The pages that this actor has something to do on."""
    return [place for useful, place in _table(_) if useful(actor)]


def gives_care(actor: Actor) -> bool:
    return actor.assignment is not None and actor.assignment.purpose is Purpose.CARE


def _answers_lifts(actor: Actor) -> bool:
    return gives_care(actor) and actor.kind is Kind.PROFESSIONAL


def _renews(actor: Actor) -> bool:
    return gives_care(actor) and actor.prescriber


def _keeps_times(actor: Actor) -> bool:
    purposes = (Purpose.CARE, Purpose.ADMINISTRATION)
    return actor.kind is Kind.PROFESSIONAL and actor.assignment is not None and actor.assignment.purpose in purposes


def _reviews_logs(actor: Actor) -> bool:
    return actor.assignment is not None and holds(actor.assignment.rights, "granska", "logg")


def _table(_: Language) -> list[tuple[Callable[[Actor], bool], Place]]:
    """`(whether somebody has something to do there, the page)`."""
    return [
        (
            _answers_lifts,
            Place("/staff/requests", _("Requests to lift a block"), _("Another provider asks, in danger to life"), "lock"),
        ),
        (
            gives_care,
            Place("/staff/discharge", _("Going home from hospital"), _("Who has to do what by when, and joint plans"), "home"),
        ),
        (gives_care, Place("/staff/referrals", _("Referrals"), _("To your unit, and what came back"), "queue")),
        (gives_care, Place("/staff/notes", _("Your notes"), _("Drafts, and what waits for your signature"), "queue")),
        (_renews, Place("/staff/renewals", _("Medicines to renew"), _("What persons ask for again"), "pill")),
        (
            _keeps_times,
            Place("/staff/times", _("Times of the unit"), _("Publish, close, see who is booked"), "calendar"),
        ),
        (gives_care, Place("/staff/messages", _("Messages"), _("What patients have written to the unit"), "letter")),
        (_reviews_logs, Place("/staff/reviews", _("Log reviews"), _("Openings that wait to be looked at"), "eye")),
    ]
