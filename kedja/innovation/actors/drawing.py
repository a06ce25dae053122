"""The map as a drawing: where each actor's box and each sphere lies, as the study's figure has them. Units are those of the SVG.

Academia stands to the left, companies and providers in the middle, society to the right, and what regulates and supports below
them; advice and cooperation lie where the spheres overlap.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import Final

from kedja.innovation.actors.data import Actor, Map, Role, Sphere, Tie

BOX_WIDTH: Final = 196
BOX_HEIGHT: Final = 46
_STEP_X: Final = BOX_WIDTH + 14
_STEP_Y: Final = BOX_HEIGHT + 12
_HEAD: Final = 34  # a sphere's heading
_PAD: Final = 12
_GAP: Final = 16
_LETTERS: Final = 25  # of a line in a box
# Rows of spheres, from above; each with how many columns of boxes it has.
_ROWS: Final = (
    ((Sphere.ACADEMIC, 1), (Sphere.ADVICE, 1), (Sphere.CARE, 2), (Sphere.SOCIETY, 1)),
    ((Sphere.COOPERATION, 5),),
    ((Sphere.REGULATING, 5),),
)


@dataclass(frozen=True, slots=True)
class Box:
    """An actor at (x, y), its upper left corner, with the lines of its name."""

    actor: Actor
    x: int
    y: int
    lines: tuple[str, ...]
    lit: bool

    @property
    def middle(self) -> tuple[int, int]:
        return self.x + BOX_WIDTH // 2, self.y + BOX_HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Area:
    sphere: Sphere
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Line:
    """A tie from the edge of one box to the edge of another."""

    tie: Tie
    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    areas: tuple[Area, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def drawing(actors: Map, code: str, ties: Collection[Tie] = ()) -> Drawing:
    """The drawing in a language (`sv`, `en`). Of `ties` the lines are drawn and the actors lit; without any, all are lit."""
    lit = {id for tie in ties for id in (tie.source.id, tie.target.id)} if ties else {actor.id for actor in actors.actors}
    areas, boxes = _laid_out(actors, code, lit)
    at = {box.actor.id: box for box in boxes}
    lines = tuple(_line(tie, at[tie.source.id], at[tie.target.id]) for tie in ties)
    width = max(area.x + area.width for area in areas)
    return Drawing(width, max(area.y + area.height for area in areas), areas, boxes, lines)


def ties_of(actors: Map, role: Role) -> tuple[Tie, ...]:
    """The ties of one kind."""
    return tuple(tie for tie in actors.ties if tie.kind is role)


def _laid_out(actors: Map, code: str, lit: Collection[str]) -> tuple[tuple[Area, ...], tuple[Box, ...]]:
    areas: list[Area] = []
    boxes: list[Box] = []
    y = 0
    for row in _ROWS:
        x = 0
        deepest = max(-(-len(actors.of(sphere)) // columns) for sphere, columns in row)
        height = _HEAD + deepest * _STEP_Y + _PAD
        for sphere, columns in row:
            width = columns * _STEP_X - (_STEP_X - BOX_WIDTH) + 2 * _PAD
            areas.append(Area(sphere, x, y, width, height))
            for at, actor in enumerate(actors.of(sphere)):
                left, top = x + _PAD + at % columns * _STEP_X, y + _HEAD + at // columns * _STEP_Y
                boxes.append(Box(actor, left, top, _lines(actor.short.of(code)), actor.id in lit))
            x += width + _GAP
        y += height + _GAP
    whole = max(area.x + area.width for area in areas)
    last = {area.y: area for area in areas}.values()  # of each row
    return tuple(replace(area, width=whole - area.x) if area in last else area for area in areas), tuple(boxes)


def _lines(name: str) -> tuple[str, ...]:
    """A name in at most two lines; what does not fit is told by dots, and whole by the list beside the drawing."""
    found = wrap(name, _LETTERS)
    return tuple(found) if len(found) <= 2 else (found[0], found[1][: _LETTERS - 2].rstrip() + " …")


def _line(tie: Tie, source: Box, target: Box) -> Line:
    (x1, y1), (x2, y2) = source.middle, target.middle
    return Line(tie, *_edge(x1, y1, x2, y2), *_edge(x2, y2, x1, y1))


def _edge(x: int, y: int, to_x: int, to_y: int) -> tuple[int, int]:
    """Where a line from the middle of a box leaves it."""
    dx, dy = to_x - x, to_y - y
    if not dx and not dy:
        return x, y
    share = min(BOX_WIDTH / 2 / abs(dx) if dx else 2.0, BOX_HEIGHT / 2 / abs(dy) if dy else 2.0)
    return round(x + dx * share), round(y + dy * share)
