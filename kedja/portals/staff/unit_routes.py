"""The addresses of what persons ask of a unit, as the unit sees it, who may open them, and the function that makes each."""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute

from kedja.portals.shared.page import STAFF, route
from kedja.portals.staff import monitoring, renewals, times

routes: Final[list[BaseRoute]] = [
    route("/staff/patient/{handle}/monitoring", monitoring.monitoring, kinds=STAFF),
    route("/staff/patient/{handle}/monitoring", monitoring.propose, methods=["POST"], kinds=STAFF),
    route("/staff/renewals", renewals.waiting, kinds=STAFF),
    route("/staff/renewals/{id}", renewals.answer, methods=["POST"], kinds=STAFF),
    route("/staff/times", times.overview, kinds=STAFF),
    route("/staff/times", times.publish, methods=["POST"], kinds=STAFF),
    route("/staff/times/close", times.close, methods=["POST"], kinds=STAFF),
    route("/staff/times/off", times.call_off, methods=["POST"], kinds=STAFF),
]
