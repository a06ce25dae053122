"""What the catalogues of the portal hold, a file for each kind of entry (`catalogues/*.toml`): tests, questions, standards ...

A kind says which fields an entry has, through which states it goes, who makes, keeps and answers it, and what may be said to it.
One table, one list, one page and one form serve all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from kedja.innovation.roles import Role
from kedja.innovation.words import Words, table, words

NAMES: Final = (
    "test",
    "review",
    "practice",
    "guideline",
    "model",
    "question",
    "call",
    "need",
    "offer",
    "invitation",
    "meeting",
    "standard",
    "proposal",
    "goal",
    "activity",
    "signal",
    "training",
)
_MOST: Final = {"long": 6000, "links": 2000, "entries": 400}
_MOST_TEXT: Final = 200


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    words: Words


@dataclass(frozen=True, slots=True)
class Field:
    """`type`: text, long, number, money (kronor), percent, date, choice, several, link, links (one a line), entries (T-12, S-3),
    files (`proof.py`).

    `kept`: only who keeps the catalogue fills it in. `facet`: lists can be narrowed by it. `section`: the heading above it.
    """

    id: str
    type: str
    words: Words
    hint: Words
    section: Words
    needed: bool
    most: int
    options: tuple[Option, ...]
    kept: bool
    facet: bool
    shown: bool  # on the list too

    def option(self, id: str) -> Words:
        """The words of a chosen option; the option itself where the list has it no longer."""
        return next((option.words for option in self.options if option.id == id), Words(id, id))


@dataclass(frozen=True, slots=True)
class State:
    """`open`: everybody sees it. `needs`: fields that must be filled in first. `reason`: the change must say why.

    `author`: who made the entry may bring it here, not only who keeps it. `fhir`: the status of a ResearchStudy.
    """

    id: str
    words: Words
    move: Words
    open: bool
    next: tuple[str, ...]
    needs: tuple[str, ...]
    reason: bool
    author: bool
    fhir: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What others may say to an entry. `keepers`: those who keep it may, beside `who`. `seen`: by `all`, or by `keepers`.

    `matched`: nobody says it; it is kept when an entry comes to one of `states`, and told to whose entries of `pairs` fit.
    `once`: one from each. `answered`: who keeps it answers, and then all see it without who asked. `tells`: it is sent to each
    who has said the reply of this id, at once and the same to all. `states`: only then; empty for always.
    """

    id: str
    words: Words
    does: Words
    hint: Words
    who: tuple[Role, ...]
    keepers: bool
    seen: str
    once: bool
    answered: bool
    tells: str
    matched: bool
    states: tuple[str, ...]
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """One catalogue. `due`: the field with the date until which an entry holds or is open, '' for none. `pairs`: the kinds that
    are matched with it by their areas."""

    id: str
    prefix: str
    words: Words
    plural: Words
    about: Words
    add: Words
    makers: tuple[Role, ...]
    keepers: tuple[Role, ...]
    fields: tuple[Field, ...]
    states: tuple[State, ...]
    replies: tuple[Reply, ...]
    due: str
    due_words: Words
    over_words: Words
    pairs: str
    group: str

    def field(self, id: str) -> Field:
        """Raises KeyError."""
        return _by_id(self.fields, id)

    def state(self, id: str) -> State:
        """Raises KeyError."""
        return _by_id(self.states, id)

    def reply(self, id: str) -> Reply:
        """Raises KeyError."""
        return _by_id(self.replies, id)

    def called(self, number: int) -> str:
        """What an entry is called wherever it is cited: `T-12`."""
        return f"{self.prefix}-{number}"

    @property
    def matched(self) -> Reply | None:
        """What whose entries fit one of this kind is told; None where nobody is."""
        return next((reply for reply in self.replies if reply.matched), None)

    @property
    def is_private(self) -> bool:
        """Nobody but who wrote it sees an entry."""
        return not self.keepers and not any(state.open for state in self.states)


def _by_id(rows: tuple[Any, ...], id: str) -> Any:
    found = next((row for row in rows if row.id == id), None)
    if found is None:
        raise KeyError(id)
    return found


@cache
def kinds() -> Mapping[str, Kind]:
    """Every catalogue, in the order of `NAMES`."""
    return {name: _kind(name, table(f"catalogues/{name}.toml")) for name in NAMES}


@cache
def prefixes() -> Mapping[str, Kind]:
    """The kind of an entry by the letters of what it is called."""
    return {kind.prefix: kind for kind in kinds().values()}


@cache
def listed(name: str) -> tuple[Option, ...]:
    """A list of options that several catalogues share (`lists.toml`): `areas`, `settings` ..."""
    return _options(table("catalogues/lists.toml")[name])


def _kind(id: str, row: Mapping[str, Any]) -> Kind:
    return Kind(
        id=id,
        prefix=row["prefix"],
        words=words(row),
        plural=words(row, "plural_"),
        about=words(row, "about_"),
        add=words(row, "add_"),
        makers=tuple(Role(each) for each in row["makers"]),
        keepers=tuple(Role(each) for each in row["keepers"]),
        fields=tuple(_field(each) for each in row["fields"]),
        states=tuple(_state(each) for each in row["states"]),
        replies=tuple(_reply(each) for each in row.get("replies", ())),
        due=row.get("due", ""),
        due_words=words(row, "due_"),
        over_words=words(row, "over_"),
        pairs=row.get("pairs", ""),
        group=row["group"],
    )


def _field(row: Mapping[str, Any]) -> Field:
    options = listed(row["list"]) if "list" in row else _options(row.get("options", ()))
    return Field(
        id=row["id"],
        type=row.get("type", "text"),
        words=words(row),
        hint=words(row, "hint_"),
        section=words(row, "section_"),
        needed=row.get("needed", False),
        most=row.get("most", _MOST.get(row.get("type", "text"), _MOST_TEXT)),
        options=options,
        kept=row.get("kept", False),
        facet=row.get("facet", False),
        shown=row.get("shown", False),
    )


def _state(row: Mapping[str, Any]) -> State:
    return State(
        id=row["id"],
        words=words(row),
        move=words(row, "move_"),
        open=row.get("open", True),
        next=tuple(row["next"]),
        needs=tuple(row.get("needs", ())),
        reason=row.get("reason", False),
        author=row.get("author", False),
        fhir=row.get("fhir", ""),
    )


def _reply(row: Mapping[str, Any]) -> Reply:
    return Reply(
        id=row["id"],
        words=words(row),
        does=words(row, "does_"),
        hint=words(row, "hint_"),
        who=tuple(Role(each) for each in row.get("who", ())),
        keepers=row.get("keepers", False),
        seen=row["seen"],
        once=row.get("once", False),
        answered=row.get("answered", False),
        tells=row.get("tells", ""),
        matched=row.get("matched", False),
        states=tuple(row.get("states", ())),
        options=_options(row.get("options", ())),
    )


def _options(rows: Any) -> tuple[Option, ...]:
    return tuple(Option(row["id"], words(row)) for row in rows)
