"""/me/mandates: who may act for the person, for what and until when; giving a mandate and revoking it (spec P-13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from starlette.datastructures import FormData
from starlette.responses import Response

from kedja.access.consents import Kind, Party, withdrawn
from kedja.access.mandate import CODES, MATTER_SYSTEM, Matter
from kedja.access.mandates import mandate
from kedja.identity import parse_any
from kedja.outcome import OutcomeError, refuse
from kedja.portals.shared import ask, consents
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.person import formatted
from kedja.portals.shared.read import items, text, when

_DAYS: Final = {"1": 30, "3": 91, "6": 182, "12": 365, "24": 730}  # months that are offered
_USUAL: Final = "6"
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate in force that the person has given."""

    id: str
    name: str
    number: str
    matters: tuple[str, ...]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Draft:
    """What is written in the form. `wrong` says what is missing, by the name of the field."""

    name: str = ""
    number: str = ""
    matters: Matter = Matter.NONE
    months: str = _USUAL
    wrong: Mapping[str, str] = field(default_factory=dict[str, str])


async def new(visit: Visit) -> Response:
    return _form(visit, Draft())


async def give(visit: Visit) -> Response:
    """Give the mandate; it holds from the next request on. What is missing is told at its field."""
    draft = _draft(await visit.form())
    number, wrong = _number(draft.number, visit)
    wrong |= {} if draft.name else {"name": visit._("Write the name, so that you know whom it is.")}
    wrong |= {} if draft.matters else {"matters": visit._("Choose at least one thing that the mandate covers.")}
    if wrong:
        return _form(visit, replace(draft, wrong=wrong), status=422)
    now = visit.door.clock()
    patient, ends = await ask.own_patient(visit), now + timedelta(days=_DAYS[draft.months])
    await ask.put(visit, mandate(patient, number, draft.matters, dated=now, starts=now, ends=ends, name=draft.name))
    return redirect("/me/acting?given=1#done")


async def revoke(visit: Visit) -> Response:
    form = await visit.form()
    held = await ask.own_record(visit, ["Consent"])
    found = next((each.resource for each in held if text(each.resource, "id") == form.get("mandate")), None)
    if found is None or consents.kind_of(found) != Kind.PROXY:
        raise refuse(404, "not-found", "this mandate is not here: it may have been revoked already")
    await ask.put(visit, withdrawn(found))
    return redirect("/me/acting?revoked=1#done")


def in_force(resources: Iterable[Resource], now: datetime, _: Language) -> list[Mandate]:
    """The mandates among a person's consents that hold now, those that end first coming first. Pure."""
    found = [_mandate(each, _) for each in consents.in_force(resources, now) if consents.kind_of(each) == Kind.PROXY]
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


def _mandate(consent: Resource, _: Language) -> Mandate:
    reference = next((actor.get("reference") or {} for actor in items(consent, "provision", "actor") if _represents(actor)), {})
    matters = Matter.NONE
    for coding in items(consent, "provision", "class"):
        if text(coding, "system") == MATTER_SYSTEM:
            matters |= CODES.get(text(coding, "code"), Matter.NONE)
    until, number = when(text(consent, "provision", "period", "end")), formatted(text(reference, "identifier", "value"))
    name = text(reference, "display") or number
    return Mandate(text(consent, "id"), name, number, matter_names(matters, _), until.at if until else None)


def _represents(actor: Resource) -> bool:
    return Party.REPRESENTATIVE.value in [text(coding, "code") for coding in items(actor, "role", "coding")]


def _number(written: str, visit: Visit) -> tuple[tuple[str, str], dict[str, str]]:
    """The number as it is kept, or what is wrong with it. Whether anybody here has it is not told."""
    try:
        found = parse_any(written, visit.door.clock().date())
    except OutcomeError:
        return ("", ""), {"number": visit._("Write the whole personal number, as 19121212-1212.")}
    return (found.system, found.value), {}


def _draft(form: FormData) -> Draft:
    matters = Matter.NONE
    for code in form.getlist("matter"):
        matters |= CODES.get(str(code), Matter.NONE)
    months = str(form.get("months", ""))
    name = " ".join(str(form.get("name", "")).split())[:_LONGEST_NAME]
    return Draft(name, str(form.get("number", "")), matters, months if months in _DAYS else _USUAL)


def _form(visit: Visit, draft: Draft, status: int = 200) -> Response:
    months = [(code, visit._.count("%(n)s month", "%(n)s months", int(code))) for code in _DAYS]
    matters = [(matter.name or "", words, hint, bool(matter & draft.matters)) for matter, words, hint in matter_table(visit._)]
    return render(visit, "citizen/mandate.html", status, draft=draft, matters=matters, months=months)
