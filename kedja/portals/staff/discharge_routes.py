"""The addresses of the pages on discharge and joint plans, and the function that makes each."""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute

from kedja.portals.citizen import plans
from kedja.portals.shared.page import PERSONS, STAFF, route
from kedja.portals.staff import discharge, plan

routes: Final[list[BaseRoute]] = [
    route("/staff/discharge", discharge.stays, kinds=STAFF),
    route("/staff/discharge/{id}", discharge.stay, kinds=STAFF),
    route("/staff/discharge/{id}", discharge.act, methods=["POST"], kinds=STAFF),
    route("/staff/discharge/{id}/plan", plan.begin, methods=["POST"], kinds=STAFF),
    route("/staff/plans/{id}", plan.plan, kinds=STAFF),
    route("/staff/plans/{id}", plan.act, methods=["POST"], kinds=STAFF),
    route("/me/plans", plans.plans, kinds=PERSONS),
    route("/me/plans/{id}", plans.plan, kinds=PERSONS),
    route("/me/plans/{id}", plans.act, methods=["POST"], kinds=PERSONS),
    route("/staff/patient/{handle}/discharge", discharge.of_patient, kinds=STAFF),
]
