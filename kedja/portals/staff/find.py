"""/staff: find a patient. By name among those whom the law lets this actor see; others only by their exact number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from kedja.access.actor import Purpose
from kedja.identity.numbers import parse_any
from kedja.outcome import OutcomeError
from kedja.portals.shared import ask
from kedja.portals.shared.ask import Hit
from kedja.portals.shared.language import ZONE
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.person import formatted
from kedja.portals.staff.handle import handle
from kedja.portals.staff.places import open_to
from kedja.signin import demo

_LEAST = 2  # letters of a name


@dataclass(frozen=True, slots=True)
class Found:
    href: str
    name: str
    number: str
    birth_date: str


@dataclass(frozen=True, slots=True)
class Example:
    name: str
    number: str
    about: str


async def find(visit: Visit) -> Response:
    return await _page(visit)


async def search(visit: Visit) -> Response:
    """A form that is posted: neither names nor numbers stand in addresses, histories or server logs."""
    form = await visit.form()
    wanted = " ".join(str(form.get("wanted", "")).split())
    if any(sign.isdigit() for sign in wanted):
        return await _by_number(visit, wanted)
    if len(wanted) < _LEAST:
        return await _page(visit, wanted, wrong=visit._("Write a name, or a whole personal number."), status=422)
    hits = await ask.find_by_name(visit, wanted)
    return await _page(visit, wanted, found=[_found(visit, hit) for hit in hits], searched=True)


async def _by_number(visit: Visit, wanted: str) -> Response:
    today = visit.door.clock().astimezone(ZONE).date()
    try:
        number = parse_any(wanted, today)
    except OutcomeError:
        wrong = visit._("That is not a personal number: write all ten or twelve digits, as 19121212-1212.")
        return await _page(visit, wanted, wrong=wrong, status=422)
    person = await ask.find_by_number(visit, number.system, number.value)
    if not person:
        return await _page(visit, wanted, found=[], searched=True)
    return redirect(f"/staff/patient/{handle(visit, person)}")


async def _page(
    visit: Visit, wanted: str = "", *, found: Sequence[Found] = (), searched: bool = False, wrong: str = "", status: int = 200
) -> Response:
    assignment = visit.actor.assignment
    gives_care = assignment is not None and assignment.purpose is Purpose.CARE
    return render(
        visit,
        "staff/find.html",
        status,
        dense=True,
        wanted=wanted,
        found=found,
        searched=searched,
        wrong=wrong,
        gives_care=gives_care,
        places=open_to(visit.actor, visit._),
        examples=await _examples(visit) if visit.demo else [],
    )


async def _examples(visit: Visit) -> list[Example]:
    """In the demo, the made-up citizens that one may look for; from the list of logins, not from any record."""
    logins = demo.logins(await ask.demo_logins(visit.door))
    return [Example(each.name, formatted(each.identifier), each.about) for each in logins if each.identifier]


def _found(visit: Visit, hit: Hit) -> Found:
    return Found(f"/staff/patient/{handle(visit, hit.person)}", hit.name, formatted(hit.number), hit.birth_date)
