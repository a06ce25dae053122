"""/staff/patient/{handle}/medicine: a medicine is ordered; what decision support says of it is read before it is signed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from starlette.responses import Response

from kedja.access.instants import text_of
from kedja.documentation.note import party_of
from kedja.outcome import refuse
from kedja.portals.shared import ask, support
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.support import NONE, Support
from kedja.portals.staff import ask_notes
from kedja.portals.staff.band import header, href, identity_of
from kedja.portals.staff.handle import person_of

FIELDS: Final = ("name", "atc", "dose", "reason")
_ATC: Final = re.compile(r"^[A-Z]\d\d[A-Z]{2}\d\d$")
_ATC_SYSTEM: Final = "http://www.whocc.no/atc"
_VALID: Final = timedelta(days=365)  # a prescription (HSLF-FS 2021:75)
_MOST: Final = 500
_READ: Final = "read"  # the field that says that the cards were read, with each card's service and id


async def new(visit: Visit) -> Response:
    _prescriber(visit)
    return await _page(visit, {}, {})


async def order(visit: Visit) -> Response:
    """Sign the order; where decision support has something to say, only when it was read."""
    _prescriber(visit)
    form, person, _ = await visit.form(), person_of(visit), visit._
    typed = {name: " ".join(str(form.get(name, "")).split())[:_MOST] for name in FIELDS}
    typed["atc"] = typed["atc"].replace(" ", "").upper()
    wrong = {name: _("This must be filled in.") for name in ("name", "dose") if not typed[name]}
    if typed["atc"] and not _ATC.match(typed["atc"]):
        wrong["atc"] = _("That is no ATC code of a substance: write it as A10BA02.")
    if wrong:
        return await _page(visit, typed, wrong)
    identity = await identity_of(visit)
    made = _request(visit, identity.patient, typed)
    read = [str(each) for each in form.getlist(_READ)]
    if not read:
        drafts = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {**made, "status": "draft"}}]}
        told = await support.cards(visit, person, identity.patient, "order-sign", {"draftOrders": drafts})
        if told.cards or told.state == "down":
            return await _page(visit, typed, {}, told)
    await ask.put(visit, made)
    reasons = [str(form.get(f"why-{each}", "")) for each in read]
    await support.overridden(visit, person, list(zip(read, reasons)))
    return redirect(f"{href(visit, person)}?done=ordered#done")


def _request(visit: Visit, patient: str, typed: Mapping[str, str]) -> Resource:
    now = visit.door.clock()
    coding = {"coding": [{"system": _ATC_SYSTEM, "code": typed["atc"]}]} if typed["atc"] else {}
    made: Resource = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {**coding, "text": typed["name"]},
        "subject": {"reference": f"Patient/{patient}"},
        "authoredOn": text_of(now),
        "requester": party_of(ask_notes.author(visit)),
        "dosageInstruction": [{"text": typed["dose"]}],
        "dispenseRequest": {"validityPeriod": {"start": text_of(now), "end": text_of(now + _VALID)}},
    }
    return made | ({"reasonCode": [{"text": typed["reason"]}]} if typed["reason"] else {})


async def _page(visit: Visit, typed: Mapping[str, str], wrong: Mapping[str, str], told: Support = NONE) -> Response:
    return render(
        visit,
        "staff/medicine.html",
        422 if wrong else 200,
        dense=True,
        patient=header(visit, await identity_of(visit)),
        typed={name: typed.get(name, "") for name in FIELDS},
        wrong=wrong,
        support=told,
        reads=_reads(told),
    )


def _reads(told: Support) -> Sequence[str]:
    """What is sent along when the cards were read; `none` where there was no answer to read."""
    return [f"{card.service}/{card.uuid}" for card in told.cards] or ["none"]


def _prescriber(visit: Visit) -> None:
    if not visit.actor.prescriber:
        raise refuse(403, "forbidden", visit._("Medicines are ordered by who may prescribe."))
