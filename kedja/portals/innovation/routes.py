"""The addresses of the innovation portal. Everybody who is signed in may come; the gate says what they see."""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute, Route

from kedja.portals.innovation import (
    cases,
    effect,
    library,
    library_entry,
    library_exports,
    library_form,
    new,
    published,
    spread,
    start,
    waiting,
    work,
)
from kedja.portals.shared.page import ANYONE, route

routes: Final[list[BaseRoute]] = [
    route("/innovation", start.start, kinds=ANYONE),
    route("/innovation/cases", cases.listing, kinds=ANYONE),
    route("/innovation/cases/{id}", cases.case, kinds=ANYONE),
    route("/innovation/cases/{id}/tell", cases.tell, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/decide", work.decide, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/settle", work.settle, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/again", work.again, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/invite", work.invite, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/open", work.open_up, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/link", work.link, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/edit", work.edit, kinds=ANYONE),
    route("/innovation/cases/{id}/edit", work.change, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/effect", effect.effect, kinds=ANYONE),
    route("/innovation/cases/{id}/measure", effect.measure, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/result", effect.result, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/uses", effect.uses, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/signal", effect.signal, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/answered", effect.answered, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/introduction", spread.spread, kinds=ANYONE),
    route("/innovation/cases/{id}/ready", spread.ready, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/plan", spread.plan, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/package", spread.pack, methods=["POST"], kinds=ANYONE),
    route("/innovation/cases/{id}/package.json", spread.package, kinds=ANYONE),
    route("/innovation/cases/{id}/copy", spread.copy, methods=["POST"], kinds=ANYONE),
    route("/innovation/map", spread.everywhere, kinds=ANYONE),
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
