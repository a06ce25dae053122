"""A question is a folder: `question.toml`, its views (SQL-on-FHIR v2 ViewDefinitions) and `answer.sql` over them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kedja import exactjson
from kedja.access import rules
from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.access.custody import Regime
from kedja.access.possible import possible
from kedja.analytics.jsonpath import jsonpath, predicate
from kedja.gate import Door
from kedja.gate.views import Field, View, answer
from kedja.outcome import Issue, OutcomeError, refuse

FOLDER = Path(__file__).parent / "questions"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_SQL_TYPES = {
    "decimal": "numeric", "integer": "integer", "boolean": "boolean", "string": "text", "code": "text",
    "date": "text", "dateTime": "text", "id": "text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One view of a question: what it reads, and the rule that somebody needs to read it."""

    view: View
    regime: Regime
    needs: str


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    title_sv: str
    title_en: str
    parts: tuple[Part, ...]
    sql: str


def names() -> list[str]:
    return sorted(folder.name for folder in FOLDER.iterdir() if (folder / "question.toml").is_file())


@cache
def load(name: str) -> Question:
    """The question of this name. Raises OutcomeError 404 with those that there are."""
    if name not in names():
        raise refuse(404, "not-found", f"there is no question `{name[:80]}`: there are {', '.join(names())}")
    folder = FOLDER / name
    told = tomllib.loads((folder / "question.toml").read_text(encoding="utf-8"))
    parts = tuple(_part(folder, view) for view in told["view"])
    return Question(name, told["title_sv"], told["title_en"], parts, (folder / "answer.sql").read_text(encoding="utf-8"))


async def ask(door: Door, actor: Actor, name: str, request: str) -> list[dict[str, Any]]:
    """The rows of the answer. Raises OutcomeError 403 with the rule that each view lacks, when the actor may not ask."""
    question = load(name)
    may = permit(actor, "read", door.clock())
    lacking = [part for part in question.parts if not possible(may, part.regime.value)]
    if lacking:
        await door.denied(actor, 0, "ask", [part.needs for part in lacking], [], request, name)
        raise OutcomeError(403, *(_lacks(part) for part in lacking))
    return await answer(door, actor, [part.view for part in question.parts], question.sql, name, request)


def view_of(definition: dict[str, Any], regime: str) -> View:
    """A ViewDefinition (one `select` with columns; `where`) as the gate runs it. Raises OutcomeError 400."""
    columns = [column for select in definition["select"] for column in select["column"]]
    fields = tuple(
        Field(column["name"], jsonpath(column["path"]), _SQL_TYPES[column.get("type", "string")]) for column in columns
    )
    for word in (definition["name"], *(field.name for field in fields)):
        if not _NAME.fullmatch(word):
            raise refuse(
                400, "value", f"`{word[:80]}` is no name of a view or column: lower case letters, digits and _", "ViewDefinition"
            )
    tests = tuple(predicate(where["path"]) for where in definition.get("where", ()))
    return View(definition["name"], definition["resource"], regime, fields, tests)


def _part(folder: Path, told: dict[str, Any]) -> Part:
    definition = exactjson.loads((folder / told["definition"]).read_bytes())
    return Part(view_of(definition, told["regime"]), Regime(told["regime"]), told["needs"])


def _lacks(part: Part) -> Issue:
    rule = rules.rule(part.needs)
    told = f"the question reads `{part.view.name}` and you lack what {rule.id} asks: {rule.title_en} ({rule.cite})"
    return Issue("forbidden", told)
