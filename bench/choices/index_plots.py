"""The figures of `index_designs` as tables for docs and as plots: `python -m bench.choices.index_plots OUT.json FOLDER`.

Plots are SVG without scripts, readable in light and dark, with a title and a description; axes begin at zero.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from bench.choices.index_design import NAMES
from bench.choices.index_searches import SEARCHES

_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .small { font-size: 11px } .axis { stroke: #6e7781; fill: none }
.narrow { stroke: #9a3412; fill: #9a3412 } .arrays { stroke: #0550ae; fill: #0550ae } .mixture { stroke: #116329; fill: #116329 }
.line { fill: none; stroke-width: 2 } .light { fill-opacity: .35 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .axis { stroke: #8b949e }
.narrow { stroke: #ffa657; fill: #ffa657 } .arrays { stroke: #79c0ff; fill: #79c0ff }
.mixture { stroke: #7ee787; fill: #7ee787 } }
"""
_DASHES = {"narrow": "", "arrays": "6 3", "mixture": "2 3"}
UNITS = {"buffers": "Buffers (pages of 8 kB that are looked at)", "cpu": "Processor time, µs,"}
_PANEL, _HIGH, _COLUMNS = 280, 150, 3


def svg(title: str, description: str, width: int, height: int, parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img"'
    named = f'<title id="t">{escape(title)}</title><desc id="d">{escape(description)}</desc>'
    return f'{head} aria-labelledby="t d">\n{named}\n<style>{_STYLE}</style>\n' + "\n".join(parts) + "\n</svg>\n"


def bytes_plot(study: dict[str, Any]) -> str:
    """One bar a design: what its rows take, then its indexes."""
    sizes = {name: study["designs"][name]["sizes"] for name in NAMES}
    most = max(size["all"] for size in sizes.values())
    parts, said = [_text(0, 16, "Bytes a resource: rows (pale) and indexes")], []
    for place, (name, size) in enumerate(sizes.items()):
        y, rows = 40 + place * 40, size["all"] - size["indexes"]
        width, more = 560 * rows / most, 560 * size["indexes"] / most
        parts.append(_text(0, y + 17, name))
        parts.append(f'<rect class="{name} light" x="80" y="{y}" width="{width:.1f}" height="24"/>')
        parts.append(f'<rect class="{name}" x="{80 + width:.1f}" y="{y}" width="{more:.1f}" height="24"/>')
        parts.append(_text(round(86 + width + more), y + 17, f"{size['all']:,.0f}"))
        said.append(f"{name} {rows:,.0f} and {size['indexes']:,.0f}")
    return svg("Bytes a resource", f"Rows and indexes of each design: {'; '.join(said)}.", 720, 164, parts)


def compared(studies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The largest size that all designs were measured at."""
    return [study for study in studies if len(study["designs"]) == len(NAMES)][-1]


def growth_plot(studies: Sequence[dict[str, Any]], unit: str) -> str:
    """A panel a search: what of `UNITS` it takes of the database, by how many resources there are."""
    parts = [_text(0, 16, f"{UNITS[unit]} of a search, by resources in the store")]
    for place, name in enumerate(NAMES):
        x = 470 + place * 120
        parts.append(f'<path class="line {name}" stroke-dasharray="{_DASHES[name]}" d="M{x} 12h30"/>')
        parts.append(_text(x + 36, 16, name))
    for place, search in enumerate(SEARCHES):
        corner = (place % _COLUMNS * (_PANEL + 20), 36 + place // _COLUMNS * (_HIGH + 60))
        parts += _panel(search.name, studies, unit, *corner)
    rows = -(-len(SEARCHES) // _COLUMNS)
    told = f"{UNITS[unit]}. " + "; ".join(_told(search.name, studies, unit) for search in SEARCHES)
    return svg("How searches grow with the store: " + unit, told, (_PANEL + 20) * _COLUMNS, 40 + rows * (_HIGH + 60), parts)


def _panel(search: str, studies: Sequence[dict[str, Any]], unit: str, left: int, top: int) -> Iterator[str]:
    points = {name: list(_points(search, studies, name, unit)) for name in NAMES}
    wide = max(x for each in points.values() for x, _ in each)
    high = max(y for each in points.values() for _, y in each) * 1.1
    x0, y0, width = left + 44, top + 22 + _HIGH - 24, _PANEL - 64
    yield _text(left, top + 12, search, "small")
    yield f'<path class="axis" d="M{x0} {top + 22}V{y0}H{x0 + width}"/>'
    yield _text(left, y0, "0", "small") + _text(left, top + 32, f"{high:,.0f}", "small")
    yield _text(x0, y0 + 14, "0", "small") + _text(x0 + width - 44, y0 + 14, f"{wide:,}", "small")
    for name, each in points.items():
        placed = [(x0 + width * x / wide, y0 - (_HIGH - 24) * y / high) for x, y in each]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        yield f'<polyline class="line {name}" stroke-dasharray="{_DASHES[name]}" points="{line}"/>'
        yield "".join(f'<circle class="{name}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in placed)


def _points(search: str, studies: Sequence[dict[str, Any]], name: str, unit: str) -> Iterator[tuple[int, float]]:
    for study in studies:
        if design := study["designs"].get(name):
            yield design["sizes"]["resources"], figures(design, search)[unit]


def figures(design: dict[str, Any], search: str) -> dict[str, Any]:
    """Those of the way of planning that the project has for this search."""
    found = design["searches"][search]
    return found["generic" if found["settled"] else "custom"]


def _told(search: str, studies: Sequence[dict[str, Any]], unit: str) -> str:
    each = (f"{name} " + " to ".join(f"{y:,.0f}" for _, y in _points(search, studies, name, unit)) for name in NAMES)
    return f"{search}: {', '.join(each)}"


def _text(x: int, y: int, text: str, kind: str = "") -> str:
    return f'<text x="{x}" y="{y}" class="{kind}">{escape(text)}</text>'


def tables(studies: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Of each size in turn: bytes, what a write costs, and of each search the buffers and the processor time."""
    told = "; ".join(f"{one['resources']:,} resources: {one['at']} UTC, load {one['load']}" for one in studies)
    yield f"{told}\n\n| | {' | '.join(NAMES)} |\n|---|{'---|' * len(NAMES)}"
    yield _line("bytes a resource", studies, lambda one: f"{one['sizes']['all']:,.0f}")
    yield _line("... of which indexes", studies, lambda one: f"{one['sizes']['indexes']:,.0f}")
    for place, batch in enumerate(studies[0]["designs"][NAMES[0]]["writes"]):
        for unit, name in (("cpu", "µs of processor"), ("wal", "bytes of log"), ("wall", "µs of wall")):
            told = f"{batch['rows']} in a transaction: {name} a row"
            yield _line(told, studies, lambda one, place=place, unit=unit: f"{one['writes'][place][unit]:,}")
    for unit, name in (("buffers", "buffers"), ("cpu", "µs")):
        for search in SEARCHES:
            told = f"{search.name}: {name}"
            yield _line(told, studies, lambda one, search=search, unit=unit: f"{figures(one, search.name)[unit]:,.0f}")


def _line(name: str, studies: Sequence[dict[str, Any]], figure: Callable[[dict[str, Any]], str]) -> str:
    cells = (" → ".join(figure(study["designs"][of]) for study in studies if of in study["designs"]) for of in NAMES)
    return f"| {name} | {' | '.join(cells)} |"


def plans(studies: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Each search of each design: the plan at each size, once where it is the same, and how many plans its values had."""
    for search in SEARCHES:
        for name in NAMES:
            every = [study["designs"][name]["searches"][search.name] for study in studies if name in study["designs"]]
            for mode in ("generic", "custom"):
                same = len({one[mode]["plan"] for one in every}) == 1
                shown = every[-1][mode]["plan"] if same else "  THEN  ".join(one[mode]["plan"] for one in every)
                many = "/".join(str(one[mode]["plans"]) for one in every)
                cost = "/".join(f"{one[mode]['planning_ms']}+{one[mode]['execution_ms']}" for one in every)
                yield f"{search.name} | {name} | {mode} | {many} | {cost} ms | {shown}"


def main(source: Path, folder: Path) -> None:
    studies = sorted(json.loads(source.read_text()), key=lambda one: one["resources"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index-bytes.svg").write_text(bytes_plot(compared(studies)))
    for unit in UNITS:
        (folder / f"index-{unit}.svg").write_text(growth_plot(studies, unit))
    print("\n".join([*tables(studies), "", *plans(studies)]))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
