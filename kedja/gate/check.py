"""Whether store, index, log and history agree, and what does not: an administrator's look that shows no content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from asyncpg import Record

from kedja import exactjson
from kedja.access.facts import facts_of
from kedja.access.state_facts import People
from kedja.gate.deciding import custody_of_row
from kedja.gate.door import Door
from kedja.gate.prepare import content_hash
from kedja.gate.representatives import known_representatives
from kedja.identity.systems import FORMER_KEY
from kedja.outcome import OutcomeError
from kedja.search.extract import Index, extract
from kedja.search.hashing import self_hash
from kedja.store.check import Checking, Rows, checking

# What is checked, in the order in which it is told.
CHECKS: Final = {
    "content": "the stored text is of this resource and version, and the content hash is its own",
    "index": "what is searched by is what the text gives",
    "facts": "care relations, consents and blocks are what the text gives",
    "versions": "superseded texts are of their resource and version",
    "history": "versions are counted from 1 without gaps",
    "orphans": "nothing follows from a resource that is not there",
    "persons": "whoever a resource is about is known",
    "protection": "all that is of a person with protected identity is masked, and nothing else",
    "log": "the access log tells of every version",
    "imports": "bookmarks of imports and registrations of sources fit",
}
_STATEMENTS: Final = (
    ("history", ()),
    ("orphans", ()),
    ("persons", ()),
    ("protection", ()),
    ("log", (FORMER_KEY,)),
    ("imports", ()),
)
_KEPT: Final = 200  # findings of each check that are told; all are counted


@dataclass(frozen=True, slots=True)
class Finding:
    """`check` is one of `CHECKS`, `place` is `Type/id[/_history/version]` or a table or file."""

    check: str
    place: str
    told: str


@dataclass(slots=True)
class Checked:
    """How much was looked at, and how often each check found something."""

    resources: int = 0
    superseded: int = 0
    found: Counter[str] = field(default_factory=Counter[str])
    findings: list[Finding] = field(default_factory=list[Finding])

    def note(self, check: str, place: str, told: str) -> None:
        self.found[check] += 1
        if self.found[check] <= _KEPT:
            self.findings.append(Finding(check, place, told))


async def check(
    door: Door, bases: Sequence[str] = ("",), sample: int | None = None, tell: Callable[[int], None] = lambda _: None
) -> Checked:
    """Look at everything, or at about `sample` resources; memory does not grow with the store.

    `bases` are the addresses that this service has or had: an index may have been made under any of them. `tell` hears how
    many resources were looked at.
    """
    checked = Checked()
    async with checking(door.store, sample) as all_of_it:
        async for rows in all_of_it.batches():
            await _look(all_of_it, rows, bases, checked)
            checked.resources += len(rows)
            tell(checked.resources)
        async for row in all_of_it.superseded():
            checked.superseded += 1
            for told in _text_faults(row):
                checked.note("versions", f"{_place(row)}/_history/{row['version']}", told)
        for name, more in _STATEMENTS:
            async for place, told in all_of_it.disagreements(name, *more):
                checked.note(name, place, told)
    return checked


async def _look(all_of_it: Checking, rows: Sequence[Record], bases: Sequence[str], checked: Checked) -> None:
    keys = [row["key"] for row in rows]
    index, facts = await all_of_it.index_rows(keys), await all_of_it.facts(keys)
    for row in rows:
        place, key = _place(row), row["key"]
        faults = list(_text_faults(row))
        if faults or row["deleted"]:
            checked_text: dict[str, Any] | None = None
        else:
            checked_text = exactjson.loads(row["body"].encode())
            faults += _hash_faults(row, checked_text or {})
        for told in faults:
            checked.note("content", place, told)
        if not faults:
            for told in _index_faults(row, checked_text, index.get(key, {}), bases):
                checked.note("index", place, told)
            named = await known_representatives(all_of_it.conn, [checked_text or {}])
            for told in _fact_faults(row, checked_text, facts.get(key, set()), named):
                checked.note("facts", place, told)


def _place(row: Record) -> str:
    return f"{row['type']}/{row['id']}"


def _text_faults(row: Record) -> Iterator[str]:
    """What the text says of itself against the columns beside it."""
    if row["deleted"]:
        if row["body"]:
            yield "it is deleted, but has a text"
        return
    try:
        resource = exactjson.loads(row["body"].encode())
        meta = resource["meta"]
        said = (resource["resourceType"], resource["id"], meta["versionId"], meta["lastUpdated"])
    except (OutcomeError, KeyError, TypeError):
        yield "its text is no resource with an id and a version"
        return
    updated = row["updated"].isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for name, have, want in zip(
        ("type", "id", "version", "instant"), said, (row["type"], row["id"], str(row["version"]), updated)
    ):
        if have != want:
            yield f"its text has the {name} `{have}`, beside it stands `{want}`"


def _hash_faults(row: Record, resource: dict[str, Any]) -> Iterator[str]:
    if row["content_hash"] != content_hash(resource):
        yield "its content hash is of another content"
    if row["self_hash"] != self_hash(_place(row)):
        yield "the hash that references find it by is of another resource"


def _index_faults(row: Record, resource: dict[str, Any] | None, rows: Rows, bases: Sequence[str]) -> list[str]:
    """Against the index under the base that fits best."""
    kept = {"tokens": {(one,) for one in row["tokens"]}, "refs": {(one,) for one in row["refs"]}, **rows}
    wanted = [_rows_of(extract(resource, base)) for base in dict.fromkeys(bases)] if resource else [{}]
    return min((_differences(kept, one) for one in wanted), key=len)


def _rows_of(index: Index) -> Rows:
    return {
        "tokens": {(one,) for one in index.tokens},
        "refs": {(one,) for one in index.refs},
        "search_string": set(index.strings),
        "search_date": set(index.dates),
        "search_number": set(index.numbers),
        "search_composite": set(index.composites),
    }


def _differences(kept: Rows, wanted: Rows) -> list[str]:
    found: list[str] = []
    for name in sorted({*kept, *wanted}):
        have, want = kept.get(name, set()), wanted.get(name, set())
        if have != want:
            found.append(f"{name}: {len(want - have)} missing, {len(have - want)} too many")
    return found


def _fact_faults(row: Record, resource: dict[str, Any] | None, kept: set[Any], named: People) -> Iterator[str]:
    try:
        wanted = set(facts_of(resource, custody_of_row(row), people=named)) if resource else set()
    except OutcomeError as error:
        yield f"its facts cannot be told: {error.issues[0].diagnostics}"
        return
    if kept != wanted:
        yield f"{len(wanted - kept)} facts missing, {len(kept - wanted)} too many"
