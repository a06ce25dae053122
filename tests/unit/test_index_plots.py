"""The plots of the index's designs are those of the figures that are kept, and say in words what they show."""

import json
from pathlib import Path
from xml.etree import ElementTree

from bench.choices.index_plots import UNITS, bytes_plot, compared, growth_plot

ROOT = Path(__file__).parents[2]
STUDIES = sorted(json.loads((ROOT / "bench/choices/index_designs.json").read_text()), key=lambda one: one["resources"])
PLOTS = {f"index-{unit}.svg": growth_plot(STUDIES, unit) for unit in UNITS} | {"index-bytes.svg": bytes_plot(compared(STUDIES))}
SVG = "{http://www.w3.org/2000/svg}"


def test_plots_in_docs_are_of_the_figures_that_are_kept():
    for name, plot in PLOTS.items():
        assert (ROOT / "docs/plots" / name).read_text() == plot, f"{name}: run `python -m bench.choices.index_plots`"


def test_plots_have_a_title_a_description_and_nothing_that_runs():
    for plot in PLOTS.values():
        root = ElementTree.fromstring(plot)
        named = [root.find(f"{SVG}{part}[@id='{id}']") for part, id in (("title", "t"), ("desc", "d"))]
        assert root.get("role") == "img"
        assert all(part is not None and part.text for part in named)
        assert root.find(f".//{SVG}script") is None


def test_growth_is_said_in_words_for_each_search_and_design():
    told = ElementTree.fromstring(PLOTS["index-cpu.svg"]).findtext(f"{SVG}desc") or ""
    for search, figures in STUDIES[-1]["designs"]["mixture"]["searches"].items():
        mode = "generic" if figures["settled"] else "custom"
        assert f"{search}: " in told
        assert f" to {figures[mode]['cpu']:,}" in told
