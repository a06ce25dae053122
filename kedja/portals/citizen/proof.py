"""/me/log/proof: the visitor's own browser checks each entry of their log against the signed tree (docs/reference/audit.md)."""

from __future__ import annotations

from starlette.responses import Response

from kedja.portals.shared.page import Visit, render


async def proof(visit: Visit) -> Response:
    return render(visit, "citizen/proof.html")
