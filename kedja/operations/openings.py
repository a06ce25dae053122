"""What `Patient/$open` records, each as the law's Consent of its kind: what the patient says, openings, a block lifted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from kedja.access.actor import Actor, Assignment
from kedja.access.consents import emergency_consent, svod_consent
from kedja.access.openings import Reader, certificate_opening, lift, medication_list_opening
from kedja.access.rules import limit, rule
from kedja.access.wishes import medication_list_consent
from kedja.operations.parameters import Inputs
from kedja.outcome import OutcomeError, refuse

Resource = dict[str, Any]
NAMES: Final = ("kind", "reason", "hours", "days", "onlyMe", "unit", "forProvider", "forUnit", "forEmployee")
_LEAST_REASON, _MOST_REASON = 5, 500
_CONSENT_DAYS: Final = 366  # a consent that is recorded for staff is looked over at least once a year
_USUAL_HOURS: Final = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """Who opens, of which patient (a reference), with what they gave, when."""

    actor: Actor
    patient: str
    given: Inputs
    now: datetime

    @property
    def assignment(self) -> Assignment:
        assert self.actor.assignment is not None  # nobody else is let look a patient up
        return self.actor.assignment

    @property
    def employee(self) -> str:
        return self.actor.hsa_id or self.actor.id

    def reason(self) -> str:
        reason = " ".join((self.given.text("reason") or "").split())
        if not _LEAST_REASON <= len(reason) <= _MOST_REASON:
            raise refuse(400, "required", f"`reason` says in {_LEAST_REASON} to {_MOST_REASON} characters why", "?reason")
        return reason

    def hours(self, most: int, what: str) -> datetime:
        """The end of what lasts `hours`, at most these."""
        hours = self.given.number("hours") or min(_USUAL_HOURS, most)
        if hours > most:
            raise refuse(400, "value", f"`hours` is {hours}: {what} lasts {most} hours at most", "?hours")
        return self.now + timedelta(hours=hours)

    def days(self) -> datetime:
        """The end of what is consented to for `days`, one if not said."""
        days = self.given.number("days") or 1
        if days > _CONSENT_DAYS:
            raise refuse(400, "value", f"`days` is {days}: a consent is recorded for {_CONSENT_DAYS} days at most", "?days")
        return self.now + timedelta(days=days)


def opening(asked: Asked) -> Resource:
    """The Consent that the inputs ask for. Raises OutcomeError 400, 422 with what is missing or too long."""
    kind = asked.given.text("kind") or ""
    if kind not in _MAKERS:
        raise refuse(400, "value", f"`kind` is one of {', '.join(_MAKERS)}", "?kind")
    return _MAKERS[kind](asked)


def _consent(asked: Asked) -> Resource:
    return svod_consent(
        asked.patient,
        asked.assignment.provider,
        dated=asked.now,
        unit=asked.assignment.unit,
        employee=asked.employee if asked.given.flag("onlyMe") else None,
        starts=asked.now,
        ends=asked.days(),
    )


def _emergency(asked: Asked) -> Resource:
    reason = asked.reason()
    if not (asked.given.flag("danger") and asked.given.flag("consentUnobtainable")):
        raise _undeclared("both `danger` and `consentUnobtainable` must be true for an emergency opening", "V-12")
    return emergency_consent(
        asked.patient,
        asked.assignment.provider,
        employee=asked.employee,
        unit=asked.assignment.unit,
        reason=reason,
        starts=asked.now,
        ends=asked.hours(limit("emergency-hours"), "an emergency opening"),
    )


def _certificate(asked: Asked) -> Resource:
    reader = Reader(asked.assignment.provider, asked.assignment.unit, asked.employee)
    ends = asked.hours(limit("certificate-hours"), "an opening for a certificate")
    return certificate_opening(asked.patient, reader, reason=asked.reason(), starts=asked.now, ends=ends)


def _lift(asked: Asked) -> Resource:
    """Of what the own provider holds: inner for readers of its own, outer for those of another provider."""
    given, own = asked.given, asked.assignment
    provider = given.text("forProvider") or own.provider
    inner = provider == own.provider
    unit = given.text("forUnit") or (own.unit if inner and not given.text("forProvider") else None)
    emergency = given.flag("consentUnobtainable") or False
    if emergency and not (given.flag("danger") or given.flag("indispensable")):
        said = (
            "without consent a block is lifted for care that the patient cannot do without: declare `danger` or `indispensable`"
        )
        raise _undeclared(said, "I-6" if inner else "V-13.1")
    return lift(
        asked.patient,
        own.provider,
        given.text("unit"),
        Reader(provider, unit, given.text("forEmployee")),
        inner=inner,
        emergency=emergency,
        reason=asked.reason() if emergency else " ".join((given.text("reason") or "").split()),
        starts=asked.now,
        ends=asked.hours(limit("emergency-hours"), "a lift without consent") if emergency else asked.days(),
    )


def _medication_list_consent(asked: Asked) -> Resource:
    own = asked.assignment
    return medication_list_consent(
        asked.patient, own.provider, dated=asked.now, unit=own.unit, starts=asked.now, ends=asked.days()
    )


def _medication_list(asked: Asked) -> Resource:
    """What is blocked too; the statute asks that the patient cannot consent and cannot do without the care."""
    given = asked.given
    if not (given.flag("consentUnobtainable") and (given.flag("danger") or given.flag("indispensable"))):
        raise _undeclared(
            "`consentUnobtainable`, and `danger` or `indispensable`, must be true to open the medication list", "N-5"
        )
    reader = Reader(asked.assignment.provider, asked.assignment.unit, asked.employee)
    ends = asked.hours(limit("emergency-hours"), "an opening of the medication list")
    return medication_list_opening(asked.patient, reader, reason=asked.reason(), starts=asked.now, ends=ends)


def _undeclared(told: str, id: str) -> OutcomeError:
    return refuse(422, "business-rule", f"{told} ({rule(id).cite})", "?danger")


_MAKERS: Final[dict[str, Callable[[Asked], Resource]]] = {
    "consent": _consent,
    "emergency": _emergency,
    "certificate": _certificate,
    "lift": _lift,
    "medication-list-consent": _medication_list_consent,
    "medication-list": _medication_list,
}
