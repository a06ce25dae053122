"""A page as the lists of pages name it. The lists: `citizen.places`, `staff.places`. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """`icon` is a macro of `icons.html`; `about` says in one line what one does there."""

    href: str
    name: str
    about: str
    icon: str
