"""/me/mandates: who may act for the person, for what and until when; giving a mandate and revoking it (spec P-13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from starlette.datastructures import FormData
from starlette.responses import Response

from kedja.access.consents import Kind, withdrawn
from kedja.access.mandate import Matter
from kedja.access.mandates import mandate
from kedja.outcome import refuse
from kedja.portals.shared import ask, consents
from kedja.portals.shared.mandates import choices, chosen, number_of
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.read import text

_DAYS: Final = {"1": 30, "3": 91, "6": 182, "12": 365, "24": 730}  # months that are offered
_USUAL: Final = "6"
_LONGEST_NAME: Final = 100


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
    number, wrong = number_of(draft.number, visit)
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


def _draft(form: FormData) -> Draft:
    months = str(form.get("months", ""))
    name = " ".join(str(form.get("name", "")).split())[:_LONGEST_NAME]
    return Draft(name, str(form.get("number", "")), chosen(form), months if months in _DAYS else _USUAL)


def _form(visit: Visit, draft: Draft, status: int = 200) -> Response:
    months = [(code, visit._.count("%(n)s month", "%(n)s months", int(code))) for code in _DAYS]
    return render(visit, "citizen/mandate.html", status, draft=draft, matters=choices(draft.matters, visit._), months=months)
