"""The addresses of a person's forms and messages, who may open them, and the function that makes each."""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute

from kedja.portals.citizen import forms, messages
from kedja.portals.shared.attachment import MOST_FILES
from kedja.portals.shared.page import PERSONS, route

routes: Final[list[BaseRoute]] = [
    route("/me/messages", messages.messages, kinds=PERSONS),
    route("/me/messages/new", messages.new, kinds=PERSONS),
    route("/me/messages/new", messages.send, methods=["POST"], kinds=PERSONS, files=MOST_FILES),
    route("/me/messages/{id}", messages.thread, kinds=PERSONS),
    route("/me/messages/{id}", messages.reply, methods=["POST"], kinds=PERSONS, files=MOST_FILES),
    route("/me/messages/{id}/files/{file}", messages.file, kinds=PERSONS),
    route("/me/forms", forms.forms, kinds=PERSONS),
    route("/me/forms/{id}", forms.form, kinds=PERSONS),
    route("/me/forms/{id}", forms.save, methods=["POST"], kinds=PERSONS),
    route("/me/forms/{id}/review", forms.review, kinds=PERSONS),
    route("/me/forms/{id}/send", forms.send, methods=["POST"], kinds=PERSONS),
    route("/me/forms/{id}/discard", forms.discard, methods=["POST"], kinds=PERSONS),
]
