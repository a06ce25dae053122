"""How contacts, notes, plans and who answers for care are told: Encounter, DocumentReference, CarePlan, CareTeam ..."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from kedja.documentation import referral
from kedja.documentation.referral import State
from kedja.portals.shared.entry import Resource, Told
from kedja.portals.shared.language import Language
from kedja.portals.shared.markup import plain_text
from kedja.portals.shared.read import concept, concepts, first_when, items, objects, person_name, say_when, text, when

_OVER: Final = ("completed", "revoked", "cancelled", "entered-in-error", "rejected", "finished")
_MAX_NOTE_BYTES: Final = 200_000


def encounter(resource: Resource, _: Language) -> Told:
    kind = _contact(text(resource, "class", "code"), _)
    reason = ", ".join(concepts(resource.get("reasonCode")))
    what = concept(resource.get("type")) or reason
    return Told(
        kind="contact",
        title=f"{kind}: {what}" if what and what != kind else kind,
        when=first_when(resource, "period.start"),
        until=when(text(resource, "period", "end")),
        lines=(_("Reason: %(reason)s", reason=reason),) if reason and reason != what else (),
        details=_pairs(
            (_("Ended"), say_when(when(text(resource, "period", "end")), _, clock=True)),
            (_("Discharged to"), concept((resource.get("hospitalization") or {}).get("dischargeDisposition"))),
        ),
    )


def _contact(code: str, _: Language) -> str:
    """A code of v3-ActCode in words."""
    names = {
        "AMB": _("Visit"),
        "IMP": _("Hospital stay"),
        "ACUTE": _("Hospital stay"),
        "EMER": _("Emergency visit"),
        "HH": _("Home visit"),
        "VR": _("Contact at a distance"),
        "FLD": _("Ambulance"),
        "SS": _("Day care"),
    }
    return names.get(code, _("Contact"))


def document(resource: Resource, _: Language) -> Told:
    return Told(
        kind="note",
        title=text(resource, "description") or concept(resource.get("type")) or _("Note"),
        when=first_when(resource, "context.period.start", "date"),
        text=_attached(resource),
        details=_pairs(
            (_("Kind of note"), concept(resource.get("type"))),
            (_("Signed by"), text(resource, "authenticator", "display")),
        ),
        active=text(resource, "status") != "entered-in-error",
    )


def composition(resource: Resource, _: Language) -> Told:
    sections = [f"{text(each, 'title')}\n{plain_text(text(each, 'text', 'div'))}".strip() for each in items(resource, "section")]
    return Told(
        kind="note",
        title=text(resource, "title") or concept(resource.get("type")),
        when=first_when(resource, "date"),
        text="\n\n".join(section for section in sections if section),
        details=_pairs((_("Signed by"), _signed(resource) or (_("Nobody yet") if _unsigned(resource) else ""))),
        active=text(resource, "status") != "entered-in-error",
    )


def _signed(resource: Resource) -> str:
    """Who has signed, of the attestations that a document has."""
    return next((text(each, "party", "display") for each in objects(resource, "attester") if text(each, "mode") == "legal"), "")


def _unsigned(resource: Resource) -> bool:
    return text(resource, "status") == "preliminary"


def impression(resource: Resource, _: Language) -> Told:
    return Told(
        kind="note",
        title=text(resource, "description") or concept(resource.get("code")) or _("Assessment"),
        when=first_when(resource, "effectiveDateTime", "effectivePeriod.start", "date"),
        text=text(resource, "summary"),
    )


def communication(resource: Resource, _: Language) -> Told:
    return Told(
        kind="message",
        title=concept(resource.get("topic")) or concept(resource.get("category")) or _("Message"),
        when=first_when(resource, "sent", "received"),
        text="\n".join(each for each in items(resource, "payload", "contentString") if isinstance(each, str)),
        details=_pairs((_("From"), text(resource, "sender", "display"))),
    )


def plan(resource: Resource, _: Language) -> Told:
    steps = [
        text(each, "detail", "description") or concept(items(each, "detail", "code")) or text(each, "reference", "display")
        for each in items(resource, "activity")
    ]
    return Told(
        kind="plan",
        title=text(resource, "title") or concept(resource.get("category")) or _("Plan"),
        when=first_when(resource, "period.start", "created"),
        until=when(text(resource, "period", "end")),
        lines=tuple(step for step in steps if step),
        text=text(resource, "description"),
        active=text(resource, "status") not in _OVER,
    )


def goal(resource: Resource, _: Language) -> Told:
    return Told(
        kind="goal",
        title=concept(resource.get("description")),
        when=first_when(resource, "startDate", "statusDate"),
        until=when(text(resource, "target", "dueDate")),
        details=_pairs((_("To be reached by"), say_when(when(text(resource, "target", "dueDate")), _))),
        active=text(resource, "lifecycleStatus") not in _OVER,
    )


def service_request(resource: Resource, _: Language) -> Told:
    return Told(
        kind="order",
        title=concept(resource.get("code")) or concept(resource.get("category")) or _("Referral"),
        when=first_when(resource, "authoredOn", "occurrenceDateTime", "occurrencePeriod.start"),
        until=when(text(resource, "occurrencePeriod", "end")),
        lines=tuple(concepts(resource.get("reasonCode"))),
        text="\n".join(each for each in items(resource, "note", "text") if isinstance(each, str)),
        details=_pairs(
            (_("How often"), text(resource, "occurrenceTiming", "code", "text")),
            (_("Carried out by"), ", ".join(_names(resource, "performer", "display"))),
        ),
        active=text(resource, "status") not in _OVER,
    )


def task(resource: Resource, _: Language) -> Told:
    if referral.is_received(resource):
        return _referral(resource, _)
    return Told(
        kind="order",
        title=concept(resource.get("code")) or text(resource, "description") or _("Task"),
        when=first_when(resource, "executionPeriod.start", "authoredOn"),
        text=text(resource, "description") if resource.get("code") else "",
        active=text(resource, "status") not in _OVER,
    )


def _referral(resource: Resource, _: Language) -> Told:
    """A referral at the unit that it is to, with the state that it has come to."""
    states = {
        State.NEW: _("Sent, not looked at yet"),
        State.ACCEPTED: _("Accepted"),
        State.IN_PROGRESS: _("In progress"),
        State.ANSWERED: _("Answered"),
        State.REFUSED: _("Refused"),
    }
    status = text(resource, "status")
    state = states[State(status)] if status in list(State) else status
    answer, _who = referral.said_of(resource)
    return Told(
        kind="order",
        title=f"{concept(resource.get('code'))}: {state}",
        when=first_when(resource, "authoredOn"),
        text=answer,
        details=_pairs((_("State"), state), (_("To"), text(resource, "owner", "display"))),
        active=status not in referral.CLOSED,
    )


def appointment(resource: Resource, _: Language) -> Told:
    return Told(
        kind="booking",
        title=text(resource, "description") or concept(resource.get("serviceType")) or _("Booked time"),
        when=first_when(resource, "start"),
        until=when(text(resource, "end")),
        active=text(resource, "status") not in ("cancelled", "noshow", "entered-in-error"),
    )


def episode(resource: Resource, _: Language) -> Told:
    return Told(
        kind="episode",
        title=concept(resource.get("type")) or _("Period of care"),
        when=first_when(resource, "period.start"),
        until=when(text(resource, "period", "end")),
        active=text(resource, "status") not in _OVER,
    )


def related_person(resource: Resource, _: Language) -> Told:
    return Told(
        kind="relative",
        title=", ".join(filter(None, (person_name(resource), concept(resource.get("relationship"))))),
        when=first_when(resource, "period.start"),
        lines=tuple(each for each in items(resource, "telecom", "value") if isinstance(each, str)),
    )


def care_team(resource: Resource, _: Language) -> Told:
    """Who answers for the care, and where they are called: the first lines of what an ambulance asks for."""
    people = (
        ", ".join(filter(None, (concept(each.get("role")).lower(), text(each, "member", "display"))))
        for each in objects(resource, "participant")
    )
    return Told(
        kind="team",
        title=text(resource, "name") or text(resource, "managingOrganization", "display") or concept(resource.get("category")),
        when=first_when(resource, "period.start"),
        until=when(text(resource, "period", "end")),
        lines=tuple(dict.fromkeys(line for line in people if line)),
        details=tuple((_("Phone"), each) for each in _phones(resource)),
        active=text(resource, "status") == "active",
    )


def _phones(resource: Resource) -> list[str]:
    return list(dict.fromkeys(text(each, "value") for each in items(resource, "telecom") if text(each, "system") == "phone"))


def _attached(resource: Resource) -> str:
    """The text of an attachment that is text; other kinds are not opened here."""
    for attachment in items(resource, "content", "attachment"):
        kind, data = text(attachment, "contentType"), text(attachment, "data")
        if not kind.startswith("text/") or not data or len(data) > _MAX_NOTE_BYTES:
            continue
        try:
            words = base64.b64decode(data).decode()
        except (binascii.Error, ValueError):
            continue
        return plain_text(words) if "html" in kind else words.strip()
    return ""


def _names(resource: Resource, *path: str) -> list[str]:
    return [name for name in items(resource, *path) if isinstance(name, str)]


def _pairs(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in pairs if pair[1])


TABLE: Final = {
    "Encounter": encounter,
    "DocumentReference": document,
    "Composition": composition,
    "ClinicalImpression": impression,
    "Communication": communication,
    "CarePlan": plan,
    "Goal": goal,
    "ServiceRequest": service_request,
    "Task": task,
    "Appointment": appointment,
    "EpisodeOfCare": episode,
    "RelatedPerson": related_person,
    "CareTeam": care_team,
}
