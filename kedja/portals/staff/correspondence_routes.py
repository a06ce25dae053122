"""The addresses of further pages for staff, who may open them, and the function that makes each."""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute

from kedja.portals.shared.attachment import MOST_FILES
from kedja.portals.shared.page import STAFF, route
from kedja.portals.staff import forms, messages

routes: Final[list[BaseRoute]] = [
    route("/staff/patient/{handle}/forms", forms.forms, kinds=STAFF),
    route("/staff/patient/{handle}/forms", forms.request, methods=["POST"], kinds=STAFF),
    route("/staff/patient/{handle}/forms/{id}", forms.answers, kinds=STAFF),
    route("/staff/patient/{handle}/forms/{id}", forms.take_back, methods=["POST"], kinds=STAFF),
    route("/staff/messages", messages.inbox, kinds=STAFF),
    route("/staff/patient/{handle}/messages", messages.threads, kinds=STAFF),
    route("/staff/patient/{handle}/messages", messages.write, methods=["POST"], kinds=STAFF, files=MOST_FILES),
    route("/staff/patient/{handle}/messages/{id}", messages.thread, kinds=STAFF),
    route("/staff/patient/{handle}/messages/{id}", messages.reply, methods=["POST"], kinds=STAFF, files=MOST_FILES),
    route("/staff/patient/{handle}/messages/{id}/files/{file}", messages.file, kinds=STAFF),
]
