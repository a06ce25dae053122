"""Entries of catalogues in files: what is shipped (`shipped/*.toml`), what a demo shows, what an installation brings along.

A file has `kind` and `[[entries]]`, each with a `key` that is its own in the file, the fields of its kind, and, as it wishes,
`org`, `org_name`, `editor`, `language`, `state`, `ago` (days since it was made), `earlier` (older versions: what was otherwise)
and `said`.
`@kind/key` among the entries that it cites stands for the entry with that key; a date like `+30` is that many days from today.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from kedja.innovation.catalogue import Kind, kinds
from kedja.innovation.entries import faults, missing
from kedja.innovation.words import table

SHIPPED: Final = ("standards", "vision")
ABOUT: Final = frozenset({"key", "state", "org", "org_name", "editor", "language", "ago", "earlier", "said", "note"})
_FROM_TODAY: Final = re.compile(r"[+-]\d{1,5}")


@dataclass(frozen=True, slots=True)
class Said:
    """A reply with its answer; `seen` are the days after which who was told opened it."""

    reply: str
    text: str
    name: str
    org: str
    org_name: str
    ago: int
    option: str = ""
    answer: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One version of a seed. `values` still cite by `@kind/key`."""

    state: str
    values: Mapping[str, Any]
    note: str
    ago: int


@dataclass(frozen=True, slots=True)
class Seed:
    """An entry to be taken in. `origin` tells it from all others: read again it is found by it."""

    kind: Kind
    origin: str
    org: str
    org_name: str
    editor: str
    language: str
    stages: tuple[Stage, ...]
    said: tuple[Said, ...] = ()


def shipped(today: date) -> list[Seed]:
    """The framework of standards and the goals of Vision e-hälsa 2025."""
    return [seed for name in SHIPPED for seed in read(table(f"shipped/{name}.toml"), today)]


def read(file: Mapping[str, Any], today: date, origin: str = "file") -> list[Seed]:
    """The entries of a file. Raises ValueError that says which entry is wrong and where."""
    kind = kinds().get(str(file.get("kind")))
    if kind is None:
        raise ValueError(f"`kind` is {file.get('kind')!r}: it is one of {', '.join(kinds())}")
    about = {name: file[name] for name in ("org", "org_name", "editor", "language", "state") if name in file}
    found = [_seed(kind, {**about, **row}, today, origin) for row in file.get("entries", ())]
    keys = [seed.origin for seed in found]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise ValueError(f"keys stand twice: {', '.join(sorted(twice))}")
    return found


def _seed(kind: Kind, row: Mapping[str, Any], today: date, origin: str) -> Seed:
    key = row.get("key")
    if not isinstance(key, str) or not key:
        raise ValueError(f"an entry has no `key`: {row.get('title', row)}")
    values = {name: _dated(kind, name, value, today) for name, value in row.items() if name not in ABOUT}
    stages = [_stage(kind, row, values, earlier, today) for earlier in row.get("earlier", ())]
    last = Stage(row.get("state", kind.states[0].id), values, row.get("note", ""), row.get("ago", 0))
    for stage in (*stages, last):
        _check(kind, key, stage)
    said = tuple(Said(**each) for each in row.get("said", ()))
    whose = (row.get("org", ""), row.get("org_name", ""), row.get("editor", ""), row.get("language", "sv"))
    return Seed(kind, f"{origin}:{kind.id}/{key}", *whose, (*stages, last), said)


def _stage(kind: Kind, row: Mapping[str, Any], values: Mapping[str, Any], earlier: Mapping[str, Any], today: date) -> Stage:
    """An older version: as the newest but for what it says itself; a field that it gives as '' was not there."""
    own = {name: _dated(kind, name, value, today) for name, value in earlier.items() if name not in ABOUT}
    then = {name: value for name, value in {**values, **own}.items() if value != ""}
    state = earlier.get("state", row.get("state", kind.states[0].id))
    return Stage(state, then, earlier.get("note", ""), earlier.get("ago", row.get("ago", 0)))


def _dated(kind: Kind, name: str, value: Any, today: date) -> Any:
    types = {field.id: field.type for field in kind.fields}
    if types.get(name) == "date" and isinstance(value, str) and _FROM_TODAY.fullmatch(value):
        return (today + timedelta(days=int(value))).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _check(kind: Kind, key: str, stage: Stage) -> None:
    cites = {field.id for field in kind.fields if field.type == "entries"}
    wrong = faults(kind, {name: ["T-1"] if name in cites and value else value for name, value in stage.values.items()})
    if wrong:
        raise ValueError(f"{kind.id}/{key}: " + "; ".join(f"{name}: {words.en}" for name, words in wrong.items()))
    if all(state.id != stage.state for state in kind.states):
        raise ValueError(f"{kind.id}/{key}: there is no state `{stage.state}`")
    lacks = missing(kind, kind.state(stage.state), stage.values)
    if lacks:
        raise ValueError(f"{kind.id}/{key}: in the state `{stage.state}` it needs `{lacks[0].id}`")


def wanted(seeds: Sequence[Seed]) -> Iterator[str]:
    """Every `@kind/key` that is cited."""
    for seed in seeds:
        for stage in seed.stages:
            for field in seed.kind.fields:
                if field.type == "entries":
                    yield from (each for each in stage.values.get(field.id, ()) if each.startswith("@"))


def resolved(kind: Kind, values: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """The values, citing entries by what they are called; `known`: `@kind/key` -> `S-1`. Raises KeyError for what is unknown."""
    cites = {field.id for field in kind.fields if field.type == "entries"}
    return {
        name: [known[each] if each.startswith("@") else each for each in value] if name in cites else value
        for name, value in values.items()
    }
