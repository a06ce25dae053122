"""The addresses of the person's further pages, who may open them, and the function that makes each."""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute

from kedja.portals.citizen import contacts, control, entry, monitoring, more, own, own_pdf, own_table, preview, renewals
from kedja.portals.shared.page import CITIZENS, PERSONS, route

routes: Final[list[BaseRoute]] = [
    route("/me/more", more.more, kinds=PERSONS),
    route("/me/entry/{type}/{id}", entry.entry, kinds=PERSONS),
    route("/me/entry/{type}/{id}", entry.contest, methods=["POST"], kinds=CITIZENS),
    route("/me/control", control.control, kinds=CITIZENS),
    route("/me/control/withdraw", control.withdraw, methods=["POST"], kinds=CITIZENS),
    route("/me/control/registry", control.registry, kinds=CITIZENS),
    route("/me/control/registry", control.oppose, methods=["POST"], kinds=CITIZENS),
    route("/me/control/samples", control.samples, kinds=CITIZENS),
    route("/me/control/samples", control.limit, methods=["POST"], kinds=CITIZENS),
    route("/me/control/opt-out", control.opt_out, methods=["POST"], kinds=CITIZENS),
    route("/me/own", own.own, kinds=CITIZENS),
    route("/me/own", own.add, methods=["POST"], kinds=CITIZENS),
    route("/me/own/upload", own.upload, methods=["POST"], kinds=CITIZENS, files=1),
    route("/me/own/table", own_table.table, kinds=CITIZENS),
    route("/me/own/table", own_table.keep, methods=["POST"], kinds=CITIZENS, files=1),
    route("/me/own/summary.pdf", own_pdf.pdf, kinds=CITIZENS),
    route("/me/own/share", own.share, methods=["POST"], kinds=CITIZENS),
    route("/me/own/export.json", own.export, kinds=CITIZENS),
    route("/me/own/delete", own.delete, methods=["POST"], kinds=CITIZENS),
    route("/me/medicines/renew", renewals.form, kinds=PERSONS),
    route("/me/medicines/renew", renewals.ask_again, methods=["POST"], kinds=PERSONS),
    route("/me/monitoring", monitoring.monitoring, kinds=CITIZENS),
    route("/me/monitoring", monitoring.answer, methods=["POST"], kinds=CITIZENS),
    route("/me/contacts", contacts.contacts, kinds=PERSONS),
    route("/me/contacts/new", contacts.find, kinds=PERSONS),
    route("/me/contacts/new", contacts.book, methods=["POST"], kinds=PERSONS),
    route("/me/contacts/{id}/move", contacts.change, kinds=PERSONS),
    route("/me/contacts/{id}/move", contacts.move, methods=["POST"], kinds=PERSONS),
    route("/me/contacts/{id}/cancel", contacts.sure, kinds=PERSONS),
    route("/me/contacts/{id}/cancel", contacts.cancel, methods=["POST"], kinds=PERSONS),
    route("/me/contacts/{id}/calendar.ics", contacts.calendar, kinds=PERSONS),
    route("/me/preview", preview.preview, kinds=CITIZENS),
]
