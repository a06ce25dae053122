"""The addresses of the pages of notes, referrals and orders, and of attempts to get in."""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute

from kedja.portals.shared.page import STAFF, route
from kedja.portals.staff import medicine, note, notes, referrals, sign_ins

routes: Final[list[BaseRoute]] = [
    route("/staff/sign-ins", sign_ins.attempts, kinds=STAFF),
    route("/staff/notes", note.mine, kinds=STAFF),
    route("/staff/patient/{handle}/notes", notes.begin, kinds=STAFF),
    route("/staff/patient/{handle}/notes", notes.start, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}/notes/{id}", notes.write, kinds=STAFF),
    route("/staff/patient/{handle}/notes/{id}", notes.keep, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}/note/{id}", note.note, kinds=STAFF),
    route("/staff/patient/{handle}/note/{id}", note.act, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}/referral", referrals.new, kinds=STAFF),
    route("/staff/patient/{handle}/referral", referrals.send, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}/medicine", medicine.new, kinds=STAFF),
    route("/staff/patient/{handle}/medicine", medicine.order, methods=["POST"], kinds=STAFF),
    route("/staff/referrals", referrals.inbox, kinds=STAFF),
    route("/staff/referrals/{id}", referrals.one, kinds=STAFF),
    route("/staff/referrals/{id}", referrals.move, methods=["POST"], kinds=STAFF),
]
