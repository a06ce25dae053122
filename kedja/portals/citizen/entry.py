"""/me/entry/{type}/{id}: one entry whole, and the person's own words beside it that it is wrong (PDL 3:8, spec P-6)."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from kedja.portals.shared import ask
from kedja.portals.shared.page import Visit, redirect, render, told
from kedja.portals.shared.tell import TABLE, entries

_LEAST: Final = 3
MOST: Final = 4000  # characters; as the operation $contest has them


async def entry(visit: Visit) -> Response:
    return await _page(visit)


async def contest(visit: Visit) -> Response:
    """Note that the entry is wrong; it stays as it is, with the words beside it."""
    form = await visit.form()
    words = str(form.get("words", "")).replace("\r\n", "\n").strip()
    if not _LEAST <= len(words) <= MOST:
        return await _page(visit, words=words, wrong=visit._("Write in a few words what is wrong."), status=422)
    type_name, id = _named(visit)
    if not _is_entry(type_name, id):
        return told(visit, 404)
    await ask.contested(visit, type_name, id, words)
    return redirect(f"/me/entry/{type_name}/{id}?noted=1#done")


async def _page(visit: Visit, *, words: str = "", wrong: str = "", status: int = 200) -> Response:
    type_name, id = _named(visit)
    held = await ask.own_entry(visit, type_name, id) if _is_entry(type_name, id) else []
    found = entries(held, await ask.directory(visit), visit._)
    one = next((each for each in found if each.id == f"{type_name}/{id}"), None)
    if one is None:
        return told(visit, 404)
    noted = "noted" in visit.request.query_params and bool(one.annotations)
    return render(visit, "citizen/entry.html", status, entry=one, words=words, wrong=wrong, noted=noted, most=MOST)


def _is_entry(type_name: str, id: str) -> bool:
    return type_name in TABLE and id.isprintable()


def _named(visit: Visit) -> tuple[str, str]:
    return visit.request.path_params["type"], visit.request.path_params["id"]
