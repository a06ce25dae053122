"""The addresses of the person's further pages, who may open them, and the function that makes each."""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute

from kedja.portals.citizen import entry
from kedja.portals.shared.page import CITIZENS, PERSONS, route

routes: Final[list[BaseRoute]] = [
    route("/me/entry/{type}/{id}", entry.entry, kinds=PERSONS),
    route("/me/entry/{type}/{id}", entry.contest, methods=["POST"], kinds=CITIZENS),
]
