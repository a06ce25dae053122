"""Files of an entry: sent in, taken off, and fetched."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.responses import Response

from kedja.gate import innovation_files as gate
from kedja.innovation.proof import MOST_BYTES, Untaken, proof
from kedja.outcome import refuse
from kedja.portals.innovation.forms import text, whole
from kedja.portals.innovation.library_show import href, kind_of, number_of
from kedja.portals.shared.page import Visit, redirect
from kedja.portals.shared.security import HEADERS, PRIVATE

_HASH: Final = 64


async def attach(visit: Visit) -> Response:
    """Attach a file to a part of an entry, or, with `hash`, take it off. Raises 422 for a file that is not taken."""
    kind, number, form = kind_of(visit), number_of(visit), await visit.form()
    version, field, hash = whole(form, "version"), text(form, "part", _HASH), text(form, "hash", _HASH)
    if hash:
        await gate.detach(visit.door, visit.actor, kind, number, version, field, hash, visit.id)
        return redirect(f"{href(kind, number)}?done=changed")
    sent = form.get("file")
    if not isinstance(sent, UploadFile) or not sent.size:
        raise refuse(422, "required", visit._("Choose a file first."))
    try:
        given = proof(sent.filename or "", await sent.read(MOST_BYTES + 1))
    except Untaken as error:
        raise refuse(422, "value", error.words.of(visit._.code)) from None
    await gate.attach(visit.door, visit.actor, kind, number, version, field, given, visit.id)
    return redirect(f"{href(kind, number)}?done=changed")


async def fetch(visit: Visit) -> Response:
    """The bytes, as something to keep: never shown as a page of ours."""
    kind, number = kind_of(visit), number_of(visit)
    found = await gate.fetch(visit.door, visit.actor, kind, number, visit.request.path_params["hash"][:_HASH], visit.id)
    disposition = f"attachment; filename*=UTF-8''{quote(found.name)}"
    return Response(found.body, 200, {**HEADERS, **PRIVATE, "Content-Disposition": disposition}, found.media)
