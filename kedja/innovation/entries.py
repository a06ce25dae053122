"""An entry of a catalogue: read from a form, what it lacks, what may be done with it, and what it is cited by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kedja.innovation.catalogue import Field, Kind, Reply, State, prefixes
from kedja.innovation.roles import Role, Viewer
from kedja.innovation.words import Words

Values = Mapping[str, Any]  # by field: text, a number, an ISO date, or a list
MANY: Final = frozenset({"several", "links", "entries", "files"})
NUMBERS: Final = frozenset({"number", "money", "percent"})
_LINK: Final = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?(?:[/?#][^\s<>\"\\^`{|}]*)?")
_CALLED: Final = re.compile(r"([A-Z])-([1-9]\d{0,8})")
_MOST_NUMBER: Final = 10**12
_MOST_LINES: Final = 20


class Faulty(ValueError):
    """What is wrong with one field, to say to who filled it in."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(sv, en)


@dataclass(frozen=True, slots=True)
class Called:
    """What an entry is cited by: `T-12`."""

    kind: Kind
    number: int

    def __str__(self) -> str:
        return self.kind.called(self.number)


def called(text: str) -> Called | None:
    """The entry that `T-12` names; None for what names none."""
    found = _CALLED.fullmatch(text.strip())
    kind = prefixes().get(found[1]) if found else None
    return Called(kind, int(found[2])) if found and kind else None


def cited(kind: Kind, values: Values) -> list[Called]:
    """The entries that an entry cites, each once, in the order of its fields."""
    names = [name for field in kind.fields if field.type == "entries" for name in values.get(field.id, ())]
    return [one for name in dict.fromkeys(names) if (one := called(name))]


def read(
    kind: Kind, given: Mapping[str, Sequence[str]], *, keeps: bool, standing: Values | None = None
) -> tuple[dict[str, Any], dict[str, Words]]:
    """(values, what is wrong by field) of a form. What only keepers fill in is left as it stands for everybody else."""
    values: dict[str, Any] = {}
    wrong: dict[str, Words] = {}
    for field in kind.fields:
        if field.type == "files" or (field.kept and not keeps):  # files come and go by themselves
            if standing and field.id in standing:
                values[field.id] = standing[field.id]
            continue
        try:
            value = _value(field, given.get(field.id, ()))
        except Faulty as fault:
            wrong[field.id] = fault.words
            values[field.id] = list(given[field.id]) if field.type in MANY else given[field.id][0]
            continue
        if value not in (None, "", []):
            values[field.id] = value
        elif field.needed:
            wrong[field.id] = Words("Det här behövs.", "This is needed.")
    return values, wrong


def faults(kind: Kind, values: Values) -> dict[str, Words]:
    """What is wrong with values that did not come from a form: of a file, a feed. Unknown fields are faults too."""
    forms = {name: [str(one) for one in (value if isinstance(value, list) else [value])] for name, value in values.items()}
    wrong = read(kind, forms, keeps=True)[1]
    known = {field.id for field in kind.fields if field.type != "files"}
    return wrong | {name: Words("Okänt fält.", "Unknown field.") for name in values if name not in known}


def of_author(kind: Kind, values: Values, standing: Values) -> dict[str, Any]:
    """What somebody writes who does not keep the catalogue: what only keepers fill in stays as it stands."""
    kept = {field.id for field in kind.fields if field.kept}
    own = {name: value for name, value in values.items() if name not in kept}
    return own | {name: value for name, value in standing.items() if name in kept}


def with_files(kind: Kind, values: Values, standing: Values) -> dict[str, Any]:
    """What somebody writes, with the files that stand: nobody names a file that was not taken in."""
    files = {field.id for field in kind.fields if field.type == "files"}
    own = {name: value for name, value in values.items() if name not in files}
    return own | {name: value for name, value in standing.items() if name in files}


def missing(kind: Kind, state: State, values: Values) -> list[Field]:
    """What must be filled in before an entry comes to a state."""
    return [kind.field(name) for name in state.needs if not values.get(name)]


def due(kind: Kind, values: Values) -> date | None:
    """Until when an entry holds or is open; None for one without such a day."""
    text = values.get(kind.due) if kind.due else None
    return date.fromisoformat(text) if text else None


def keeps(viewer: Viewer, kind: Kind, org: str) -> bool:
    """Whether this viewer keeps the entries of a kind that this organisation has ('': nobody's, anybody's who keeps the kind)."""
    return viewer.has(*kind.keepers) and org in ("", viewer.org)


def kept(viewer: Viewer, kinds: Iterable[Kind]) -> list[str]:
    """The kinds of which this viewer keeps what is their organisation's or nobody's."""
    return [kind.id for kind in kinds if viewer.has(*kind.keepers)]


def makes(viewer: Viewer, kind: Kind) -> bool:
    return viewer.has(*kind.makers)


def edits(viewer: Viewer, kind: Kind, state: State, author: str, org: str) -> bool:
    """Who keeps it, and who made it until it is open to all or, where the author publishes it themselves, also then."""
    own = viewer.actor == author and (not state.open or state.author)
    return own or keeps(viewer, kind, org)


def moves(viewer: Viewer, kind: Kind, state: State, author: str, org: str) -> list[State]:
    """The states that this viewer may bring an entry to. Who made it publishes it where its state is the author's."""
    if keeps(viewer, kind, org):
        return [kind.state(name) for name in state.next]
    own = viewer.actor == author and state.author and org in ("", viewer.org)
    return [found for name in state.next if own and (found := kind.state(name)).author]


def says(viewer: Viewer, kind: Kind, reply: Reply, state: State, org: str) -> bool:
    """Whether this viewer may say this to an entry in this state."""
    if (reply.states and state.id not in reply.states) or not state.open:
        return False
    return viewer.has(*reply.who) or (reply.keepers and keeps(viewer, kind, org))


def roles_of(kind: Kind) -> frozenset[Role]:
    return frozenset((*kind.makers, *kind.keepers))


def _value(field: Field, given: Sequence[str]) -> Any:
    lines = [line.strip() for line in given if line.strip()]
    if field.type in ("links", "entries"):
        lines = [
            part for line in lines for part in (line.split() if field.type == "links" else re.split(r"[\s,;]+", line)) if part
        ]
        if len(lines) > _MOST_LINES:
            raise Faulty(f"Högst {_MOST_LINES}.", f"At most {_MOST_LINES}.")
    if field.type in MANY:
        return list(dict.fromkeys(_READERS[field.type](field, line) for line in lines))
    return _READERS[field.type](field, lines[0]) if lines else None


def _text(field: Field, text: str) -> str:
    if len(text) > field.most:
        raise Faulty(
            f"Högst {field.most} tecken; det här är {len(text)}.", f"At most {field.most} characters; this is {len(text)}."
        )
    return text.replace("\r\n", "\n") if field.type == "long" else " ".join(text.split())


def _number(field: Field, text: str) -> int:
    digits = re.sub(r"[\s\u00a0\u202f]|kr$|%$", "", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 14 and int(digits) <= _MOST_NUMBER):
        raise Faulty("Skriv ett helt tal, som 1200.", "Write a whole number, as 1200.")
    if field.type == "percent" and int(digits) > 100:
        raise Faulty("Högst 100 procent.", "At most 100 per cent.")
    return int(digits)


def _date(_field: Field, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Faulty("Skriv dagen som 2026-05-17.", "Write the day as 2026-05-17.") from None


def _option(field: Field, text: str) -> str:
    if all(option.id != text for option in field.options):
        raise Faulty("Välj ett av svaren i listan.", "Choose one of the answers in the list.")
    return text


def _link(field: Field, text: str) -> str:
    if not _LINK.fullmatch(text) or len(text) > field.most:
        raise Faulty("Skriv hela adressen, med https:// först.", "Write the whole address, beginning with https://.")
    return text


def _called(_field: Field, text: str) -> str:
    found = called(text.upper())
    if found is None:
        raise Faulty(f"”{text[:20]}” är ingen beteckning: skriv som T-12.", f"“{text[:20]}” names no entry: write as T-12.")
    return str(found)


_READERS: Final[Mapping[str, Callable[[Field, str], Any]]] = {
    "text": _text,
    "long": _text,
    "number": _number,
    "money": _number,
    "percent": _number,
    "date": _date,
    "choice": _option,
    "several": _option,
    "link": _link,
    "links": _link,
    "entries": _called,
}
