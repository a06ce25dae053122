"""Mandates, as the pages of the person and of staff say and take them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import FormData

from kedja.access.consents import Kind, Party
from kedja.access.mandate import CODES, MATTER_SYSTEM, Matter
from kedja.identity import parse_any
from kedja.outcome import OutcomeError
from kedja.portals.shared import consents
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit
from kedja.portals.shared.person import formatted
from kedja.portals.shared.read import items, text, when


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate that holds, or will: `later` is when it begins, where it has not yet.

    `unit` (HSA-id) is whose staff have registered it, '' where the person has given it themselves; of such a one also when it
    was `signed`, and where the paper is `kept`.
    """

    id: str
    name: str
    number: str
    matters: tuple[str, ...]
    later: datetime | None
    until: datetime | None
    unit: str
    signed: datetime | None
    kept: str


def current(resources: Iterable[Resource], now: datetime, _: Language) -> list[Mandate]:
    """The mandates among a person's consents that have not ended, those that end first coming first. Pure."""
    active = (each for each in resources if text(each, "status") == "active" and consents.kind_of(each) == Kind.PROXY)
    found = [one for each in active if (one := _mandate(each, now, _)).until is None or one.until > now]
    return sorted(found, key=lambda one: (one.until is None, one.until, one.name))


def matter_names(matters: Matter, _: Language) -> tuple[str, ...]:
    return tuple(words for matter, words, _hint in matter_table(_) if matter & matters)


def matter_table(_: Language) -> list[tuple[Matter, str, str]]:
    return [
        (Matter.MEDICINES, _("Medicines"), _("prescriptions and what has been collected")),
        (Matter.VISITS, _("Visits"), _("booked times and contacts with care and social care")),
        (Matter.RESULTS, _("Results"), _("test results and measurements")),
        (Matter.PLANS, _("Plans"), _("care plans, referrals and the home care schedule")),
        (Matter.DIAGNOSES, _("Diagnoses"), _("diagnoses, allergies, vaccinations and treatments")),
        (Matter.DOCUMENTS, _("Notes"), _("what care and social care have written")),
    ]


def _mandate(consent: Resource, now: datetime, _: Language) -> Mandate:
    reference = next((actor.get("reference") or {} for actor in items(consent, "provision", "actor") if _represents(actor)), {})
    matters = Matter.NONE
    for coding in items(consent, "provision", "class"):
        if text(coding, "system") == MATTER_SYSTEM:
            matters |= CODES.get(text(coding, "code"), Matter.NONE)
    number = formatted(text(reference, "identifier", "value"))
    starts = _at(text(consent, "provision", "period", "start"))
    return Mandate(
        id=text(consent, "id"),
        name=text(reference, "display") or number,
        number=number,
        matters=matter_names(matters, _),
        later=starts if starts and starts > now else None,
        until=_at(text(consent, "provision", "period", "end")),
        unit=text(consent, "organization", "identifier", "value"),
        signed=_at(text(consent, "sourceAttachment", "creation")),
        kept=text(consent, "sourceAttachment", "title"),
    )


def _at(written: str) -> datetime | None:
    found = when(written)
    return found.at if found else None


def _represents(actor: Resource) -> bool:
    return Party.REPRESENTATIVE.value in [text(coding, "code") for coding in items(actor, "role", "coding")]


def chosen(form: FormData) -> Matter:
    """The matters that are ticked."""
    matters = Matter.NONE
    for code in form.getlist("matter"):
        matters |= CODES.get(str(code), Matter.NONE)
    return matters


def choices(matters: Matter, _: Language) -> list[tuple[str, str, str, bool]]:
    """(name, words, what it is, whether it is chosen) of each matter."""
    return [(matter.name or "", words, hint, bool(matter & matters)) for matter, words, hint in matter_table(_)]


def number_of(written: str, visit: Visit) -> tuple[tuple[str, str], dict[str, str]]:
    """The number as it is kept, or what is wrong with it. Whether anybody here has it is not told."""
    try:
        found = parse_any(written, visit.door.clock().date())
    except OutcomeError:
        return ("", ""), {"number": visit._("Write the whole personal number, as 19121212-1212.")}
    return (found.system, found.value), {}
