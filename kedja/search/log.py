"""What a statement writes about itself into the access log (PDL 4:3, SVOD 4:4; spec 1.6)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogRow:
    """Who does what. `actor` is the key in `log_actor`, `request` the id of the request, `detail` what was asked for."""

    actor: int
    action: str
    request: str
    detail: str
