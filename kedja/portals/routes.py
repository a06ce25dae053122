"""Every page's address, who may open it, and the function that makes it."""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute

from kedja.portals import entrance, provider, reading, sessions
from kedja.portals.citizen import acting, blocks, extract, log, mandates, medicines, notices, overview, proof, results
from kedja.portals.citizen.correspondence_routes import routes as own_correspondence
from kedja.portals.citizen.routes import routes as citizen
from kedja.portals.innovation.routes import routes as innovation
from kedja.portals.law import rules
from kedja.portals.shared import assets
from kedja.portals.shared.page import ANYONE, CITIZENS, PERSONS, STAFF, route
from kedja.portals.staff import certificate, child, critical, emergency, find, inner, lift, offline, patient, proxies, reviews
from kedja.portals.staff.correspondence_routes import routes as correspondence
from kedja.portals.staff.discharge_routes import routes as discharge
from kedja.portals.staff.notes_routes import routes as notes
from kedja.portals.staff.unit_routes import routes as unit

routes: Final[list[BaseRoute]] = [
    assets.route,
    route("/", entrance.home),
    route("/sign-in", entrance.sign_in),
    route("/sign-in", entrance.open_as, methods=["POST"]),
    route("/sign-in/with/{provider}", provider.start),
    route("/sign-in/back/{provider}", provider.back),
    route("/sign-in/as", provider.choose),
    route("/sign-in/as", provider.chosen, methods=["POST"]),
    route("/sign-out", entrance.sign_out, methods=["POST"]),
    route("/reading", reading.reading, kinds=ANYONE),
    route("/reading", reading.keep, methods=["POST"], kinds=ANYONE),
    route("/sessions", sessions.sessions),
    route("/sessions/end", sessions.end, methods=["POST"]),
    route("/language/{code}", entrance.choose_language),
    route("/law", rules.rules),
    route("/me", overview.overview, kinds=PERSONS),
    route("/me/results", results.results, kinds=PERSONS),
    route("/me/results/{code}", results.result, kinds=PERSONS),
    route("/me/medicines", medicines.medicines, kinds=PERSONS),
    route("/me/log", log.log, kinds=PERSONS),
    route("/me/log/proof", proof.proof, kinds=CITIZENS),
    route("/me/log/extract.pdf", extract.pdf, kinds=CITIZENS),
    route("/me/notices", notices.notices, kinds=CITIZENS),
    route("/me/blocks", blocks.blocks, kinds=CITIZENS),
    route("/me/blocks", blocks.block, methods=["POST"], kinds=CITIZENS),
    route("/me/blocks/new", blocks.confirm, kinds=CITIZENS),
    route("/me/blocks/lift", blocks.lift, methods=["POST"], kinds=CITIZENS),
    route("/me/acting", acting.acting, kinds=PERSONS),
    route("/me/acting", acting.switch, methods=["POST"], kinds=PERSONS),
    route("/me/mandates", mandates.give, methods=["POST"], kinds=CITIZENS),
    route("/me/mandates/new", mandates.new, kinds=CITIZENS),
    route("/me/mandates/revoke", mandates.revoke, methods=["POST"], kinds=CITIZENS),
    route("/offline", offline.offline),
    route("/staff/worker.js", offline.worker),
    route("/staff", find.find, kinds=STAFF),
    route("/staff", find.search, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}", patient.patient, kinds=STAFF),
    route("/staff/patient/{handle}/consent", patient.consent, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}/contact", patient.contact, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}/critical", critical.critical, kinds=STAFF),
    route("/staff/patient/{handle}/emergency", emergency.declare, kinds=STAFF),
    route("/staff/patient/{handle}/emergency", emergency.open_in_emergency, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}/emergency/end", emergency.end, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}/lift-request", lift.ask_for_lift, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}/inner", inner.inner, kinds=STAFF),
    route("/staff/patient/{handle}/inner", inner.lift_inner, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}/guardians", child.guardians, kinds=STAFF),
    route("/staff/patient/{handle}/guardians", child.decide, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}/guardians/end", child.end, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}/mandates", proxies.mandates, kinds=STAFF),
    route("/staff/patient/{handle}/mandates", proxies.register, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}/mandates/revoke", proxies.revoke, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}/certificate", certificate.certificate, kinds=STAFF),
    route("/staff/patient/{handle}/certificate", certificate.open_for_certificate, methods=["POST"], kinds=STAFF),
    route("/staff/requests", lift.requests, kinds=STAFF),
    route("/staff/requests/{id}", lift.request, kinds=STAFF),
    route("/staff/requests/{id}", lift.answer, methods=["POST"], kinds=STAFF),
    route("/staff/reviews", reviews.queue, kinds=STAFF),
    route("/staff/reviews/{id}", reviews.review, kinds=STAFF),
    route("/staff/reviews/{id}", reviews.close, methods=["POST"], kinds=STAFF),
    *notes,
    *innovation,
    *unit,
    *citizen,
    *correspondence,
    *own_correspondence,
    *discharge,
    route("/{path:path}", entrance.nowhere),
]
