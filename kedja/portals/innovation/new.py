"""/innovation/new: the one intake for staff, patients, relatives, companies and researchers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from kedja.gate import innovation_cases as gate
from kedja.gate.innovation_alike import Found, alike
from kedja.innovation.intake import fields, read
from kedja.innovation.roles import Role, viewer_of
from kedja.innovation.words import Words
from kedja.portals.innovation.alike import like_kinds
from kedja.portals.innovation.forms import clean
from kedja.portals.shared.page import Visit, redirect, render

_OWNERS: Final = ("region", "municipality")
_LIKES: Final = 5  # that are shown before an idea is filed
_LIKE_ENOUGH: Final = 0.2  # so much alike that it is worth a look before another is filed


async def new(visit: Visit) -> Response:
    return await _form(visit, {}, {})


async def file(visit: Visit) -> Response:
    form = await visit.form()
    given = {field.id: [clean(str(value)) for value in form.getlist(field.id)] for field in fields()}
    answers, wrong = read(given)
    owners = await _owners(visit)
    org = str(form.get("org", ""))
    if org not in owners:
        wrong["org"] = Words("Välj vem som ska få det.", "Choose who shall have it.")
    if wrong:
        return await _form(visit, answers, wrong, org, secret=form.get("secret") == "yes")
    if form.get("compared") != "yes" and (found := await _likes(visit, answers)):
        return await _form(visit, answers, wrong, org, secret=form.get("secret") == "yes", found=found)
    at = visit.actor.assignment
    own = at is not None and at.provider == org
    case = {
        "org": org,
        "org_name": owners[org],
        "unit": at.unit if at and own else "",
        "unit_name": at.unit_name if at and own else "",
        "machine": "",
        "title": answers["title"],
        "problem": answers,
        "confidential": "secret" if form.get("secret") == "yes" and _may_be_secret(visit) else "",
    }
    id = await gate.file(visit.door, visit.actor, case, visit.id)
    return redirect(f"/innovation/cases/{id}?done=filed")


async def _likes(visit: Visit, answers: Mapping[str, Any]) -> list[Found]:
    """What exists that is like it: looked for before anything is filed."""
    text = "\n".join(answer for answer in answers.values() if isinstance(answer, str) and " " in answer)
    return await alike(visit.door, visit.actor, text, visit.id, most=_LIKES, least=_LIKE_ENOUGH)


async def _form(
    visit: Visit,
    answers: Mapping[str, Any],
    wrong: Mapping[str, Words],
    org: str = "",
    *,
    secret: bool = False,
    found: Sequence[Found] = (),
) -> Response:
    """The form; `found` is what is like the idea, to be looked at before it is sent in after all."""
    owners = await _owners(visit)
    return render(
        visit,
        "innovation/new.html",
        422 if wrong else 200,
        fields=fields(),
        answers=answers,
        wrong=wrong,
        owners=owners,
        org=org or (next(iter(owners)) if len(owners) == 1 else ""),
        may_be_secret=_may_be_secret(visit),
        secret=secret,
        found=found,
        like_kinds=like_kinds(visit),
    )


async def _owners(visit: Visit) -> Mapping[str, str]:
    """Who may own it, by id: staff's own provider first; the regions and municipalities that take part."""
    rows: Sequence[Any] = await gate.orgs(visit.door, visit.actor, visit.id)
    found = {row["org"]: row["name"] for row in rows if row["kind"] in _OWNERS}
    at = visit.actor.assignment
    if at is not None and Role.CARE in viewer_of(visit.actor).roles:
        return {at.provider: at.provider_name or at.provider} | found
    return found


def _may_be_secret(visit: Visit) -> bool:
    return viewer_of(visit.actor).has(Role.COMPANY)
