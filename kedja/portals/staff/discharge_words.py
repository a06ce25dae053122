"""The words of lag 2017:612 on the pages: parties, steps, messages, why nothing is paid, and how long is left."""

from __future__ import annotations

from datetime import datetime, timedelta

from kedja.discharge.case import Party
from kedja.discharge.deadlines import State, Step
from kedja.discharge.liability import Unmet
from kedja.discharge.messages import Message
from kedja.portals.shared.language import Language


def party(which: Party, _: Language) -> str:
    names = {
        Party.INPATIENT: _("Hospital ward"),
        Party.OPEN_CARE: _("Region's open care"),
        Party.MUNICIPAL_CARE: _("Municipal health care"),
        Party.SOCIAL: _("Social services"),
    }
    return names[which]


def step(which: Step, _: Language) -> str:
    names = {
        Step.ADMISSION_NOTICE: _("Admission notice"),
        Step.ESTIMATE: _("New estimated time of discharge"),
        Step.CARE_CONTACT: _("Name a permanent care contact"),
        Step.PLANNING: _("Begin to plan"),
        Step.READY_NOTICE: _("Tell that the patient is ready to leave"),
        Step.INFORMATION: _("Hand over the information that is needed"),
        Step.INVITATION: _("Invite to the joint planning"),
    }
    return names[which]


def message(which: Message, _: Language) -> str:
    names = {
        Message.ADMISSION_NOTICE: _("Admission notice"),
        Message.ESTIMATE: _("New estimated time of discharge"),
        Message.CARE_CONTACT: _("Permanent care contact named"),
        Message.PLANNING: _("Planning has begun"),
        Message.READY_NOTICE: _("Ready to leave"),
        Message.READY_WITHDRAWN: _("No longer ready to leave"),
        Message.INFORMATION: _("Information at discharge"),
        Message.INVITATION: _("Invitation to the joint planning"),
        Message.NO_PLAN: _("The patient does not want a joint plan"),
    }
    return names[which]


def unmet(which: Unmet, _: Language) -> str:
    names = {
        Unmet.NOT_MUNICIPAL: _("Nothing of the municipality's is needed (5:1)."),
        Unmet.NO_READY_NOTICE: _("Not every unit of the municipality has been told that the patient is ready to leave (5:3)."),
        Unmet.NO_ADMISSION_NOTICE: _("The municipality has had no admission notice (5:3)."),
        Unmet.LATE_ADMISSION_NOTICE: _("The admission notice came later than 24 hours (2:3, 5:3)."),
        Unmet.NO_INVITATION: _("There is no invitation to the joint planning (4:3, 5:3)."),
        Unmet.LATE_INVITATION: _("The invitation to the joint planning came later than three days (4:3, 5:3)."),
        Unmet.OPEN_CARE_LACKING: _("What the region's open care answers for is not in place (5:5)."),
        Unmet.LEFT_BEFORE: _("The patient left before the day came."),
    }
    return names[which]


def field(which: str, _: Language) -> str:
    """What a line of an admission notice is (2:2)."""
    names = {
        "name": _("Name"),
        "personnummer": _("Personal number"),
        "address": _("Registered address"),
        "estimated-discharge": _("Estimated time of discharge"),
    }
    return names.get(which, "")


def state(which: State, _: Language) -> str:
    names = {
        State.WAITING: _("To do"),
        State.LATE: _("Late"),
        State.DONE: _("Done"),
        State.DONE_LATE: _("Done late"),
    }
    return names[which]


def left(due: datetime | None, now: datetime, _: Language) -> str:
    """How long is left, or how late it is: '3 hours left', '2 days late'; 'at once' without a fixed time."""
    if due is None:
        return _("as soon as possible")
    return _("%(time)s left", time=_length(due - now, _)) if now <= due else _("%(time)s late", time=_length(now - due, _))


def _length(span: timedelta, _: Language) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes >= 48 * 60:
        return _.count("%(n)s day", "%(n)s days", minutes // (24 * 60))
    if minutes >= 60:
        return _.count("%(n)s hour", "%(n)s hours", minutes // 60)
    return _.count("%(n)s minute", "%(n)s minutes", minutes)
