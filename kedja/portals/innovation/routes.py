"""The addresses of the innovation portal. Everybody who is signed in may come; the gate says what they see."""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute, Route

from kedja.portals.innovation import cases, new, published, start, waiting
from kedja.portals.shared.page import ANYONE, route

routes: Final[list[BaseRoute]] = [
    route("/innovation", start.start, kinds=ANYONE),
    route("/innovation/cases", cases.listing, kinds=ANYONE),
    route("/innovation/cases/{id}", cases.case, kinds=ANYONE),
    route("/innovation/cases/{id}/tell", cases.tell, methods=["POST"], kinds=ANYONE),
    route("/innovation/new", new.new, kinds=ANYONE),
    route("/innovation/new", new.file, methods=["POST"], kinds=ANYONE),
    route("/innovation/waiting", waiting.waiting, kinds=ANYONE),
    Route("/innovation/published", published.listing),
    Route("/innovation/published/{id}", published.one),
]
