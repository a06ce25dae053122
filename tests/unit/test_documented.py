"""Every setting, route and command is named in the documents, and the documents name nothing that is not there."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.routing import Route

from kedja.analytics import question
from kedja.app import create_app
from kedja.cli import COMMANDS
from kedja.config import load, variables
from kedja.http.fhir import ROUTES

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PLACES = ("{type}", "{id}", "{version}")  # what stands for the variable segments of an address under /fhir
_VARIABLE = re.compile(r"\bKEDJA_[A-Z]+(?:_[A-Z]+)*\b")
_ROUTE = re.compile(r"^\| `([A-Z]+) (/[^` ?]*)`", re.MULTILINE)
_COMMAND = re.compile(r"^## `kedja ([a-z ]+)`\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)  # (name, its chapter)
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def words(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def read_by_the_code() -> set[str]:
    """Every variable that the program, its tests or its tools name."""
    files = [file for room in ("kedja", "tests", "tools", "bench") for file in (ROOT / room).rglob("*.py")]
    return {name for file in files for name in _VARIABLE.findall(file.read_text(encoding="utf-8"))}


def served(home: Path) -> set[str]:
    """`METHOD /address` of every route; what is under /fhir by its own table."""
    app = create_app(replace(load({}), home=home))
    pages = {
        f"{method} {route.path}"
        for route in app.routes
        if isinstance(route, Route) and not route.path.startswith("/fhir")
        for method in route.methods or ()
        if method != "HEAD"
    }
    return pages | {f"{method} {fhir_address(pattern)}" for method, pattern, _ in ROUTES}


def fhir_address(pattern: tuple[str, ...]) -> str:
    places = iter(PLACES)
    return "/".join(("/fhir", *(next(places) if part == "*" else part for part in pattern)))


def test_every_setting_is_documented() -> None:
    assert [name for name in variables() if f"`{name}`" not in words("settings.md")] == []


def test_every_variable_that_anything_here_reads_is_documented() -> None:
    assert sorted(name for name in read_by_the_code() if f"`{name}`" not in words("settings.md")) == []


def test_no_document_names_a_variable_that_nothing_reads() -> None:
    named = {name for document in DOCUMENTS for name in _VARIABLE.findall(document.read_text(encoding="utf-8"))}
    assert sorted(named - read_by_the_code()) == []


def test_every_route_is_documented_and_no_other(tmp_path: Path) -> None:
    documented = {f"{method} {address}" for method, address in _ROUTE.findall(words("api.md"))}
    routes = served(tmp_path)
    assert sorted(routes - documented) == []
    assert sorted(documented - routes) == []


def test_every_question_is_documented() -> None:
    assert [name for name in question.names() if f"`{name}`" not in words("api.md")] == []


def test_every_command_and_option_is_documented() -> None:
    chapters = dict(_COMMAND.findall(words("commands.md")))
    needed = [
        (name, str(options.get("metavar", flag)) if flag[0] != "-" else flag)
        for name, _, arguments, _ in COMMANDS
        for flag, options in arguments
    ]
    assert [name for name, *_ in COMMANDS if name not in chapters] == []
    assert [f"{name} {shown}" for name, shown in needed if f"| `{shown}" not in chapters[name]] == []
    assert sorted(chapters.keys() - {name for name, *_ in COMMANDS}) == []


def test_the_order_of_the_rooms_is_told_as_it_is_held() -> None:
    """As the import contract has it, from the commands down; rooms side by side on one line."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"][0]
    there = {path.name.removesuffix(".py") for path in (ROOT / "kedja").iterdir()}
    told = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## Which room may know which")[2]
    assert _layers(told.split("```")[1].splitlines()[1:], there) == _layers(contract["layers"], there)


def _layers(lines: list[str], there: set[str]) -> list[list[str]]:
    layers = [[room.strip(" ()") for room in line.split("|")] for line in lines]
    return [kept for layer in layers if (kept := [room for room in layer if room in there])]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    links = _LINK.findall(document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []
