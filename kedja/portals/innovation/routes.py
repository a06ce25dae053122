"""The addresses of the innovation portal. Everybody who is signed in may come; the gate says what they see."""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute, Route

from kedja.portals.innovation import (
    cases,
    library,
    library_entry,
    library_exports,
    library_form,
    new,
    published,
    start,
    waiting,
)
from kedja.portals.shared.page import ANYONE, route

routes: Final[list[BaseRoute]] = [
    route("/innovation", start.start, kinds=ANYONE),
    route("/innovation/cases", cases.listing, kinds=ANYONE),
    route("/innovation/cases/{id}", cases.case, kinds=ANYONE),
    route("/innovation/cases/{id}/tell", cases.tell, methods=["POST"], kinds=ANYONE),
    route("/innovation/new", new.new, kinds=ANYONE),
    route("/innovation/new", new.file, methods=["POST"], kinds=ANYONE),
    route("/innovation/waiting", waiting.waiting, kinds=ANYONE),
    route("/innovation/library", library.shelves, kinds=ANYONE),
    route("/innovation/library/{kind}", library.listing, kinds=ANYONE),
    route("/innovation/library/{kind}", library_form.make, methods=["POST"], kinds=ANYONE),
    route("/innovation/library/{kind}/list.{format}", library_exports.listing, kinds=ANYONE),
    route("/innovation/library/{kind}/new", library_form.new, kinds=ANYONE),
    route("/innovation/library/{kind}/{number}", library_entry.entry, kinds=ANYONE),
    route("/innovation/library/{kind}/{number}", library_form.change, methods=["POST"], kinds=ANYONE),
    route("/innovation/library/{kind}/{number}/edit", library_form.edit, kinds=ANYONE),
    route("/innovation/library/{kind}/{number}/state", library_entry.move, methods=["POST"], kinds=ANYONE),
    route("/innovation/library/{kind}/{number}/say", library_entry.say, methods=["POST"], kinds=ANYONE),
    route("/innovation/library/{kind}/{number}/answer", library_entry.answer, methods=["POST"], kinds=ANYONE),
    route("/innovation/library/{kind}/{number}/told.csv", library_exports.told, kinds=ANYONE),
    route("/innovation/library/{kind}/{number}/entry.{format}", library_exports.one, kinds=ANYONE),
    Route("/innovation/published", published.listing),
    Route("/innovation/published/{id}", published.one),
]
