"""/innovation/library/KIND/NUMBER: an entry with its versions, what it hangs together with, and what others have said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from kedja.gate import innovation_catalogue as gate
from kedja.gate import innovation_replies, innovation_used
from kedja.innovation.catalogue import Reply, kinds
from kedja.innovation.entries import Called, missing
from kedja.innovation.proof import named, parts
from kedja.outcome import refuse
from kedja.portals.innovation.library_show import (
    Cited,
    cited,
    due_words,
    href,
    kind_of,
    number_of,
    sections,
    shown,
    version_of,
)
from kedja.portals.shared.page import Visit, redirect, render

_MOST: Final = 4000  # characters of what is said
_MOST_NOTE: Final = 500


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody has said. `who` is '' where they are not named."""

    id: int
    who: str
    at: Any
    option: str
    text: str
    answer: str
    answered_by: str
    waits: bool
    fresh: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """All that was said of one kind, and whether the visitor may add to it or answer."""

    reply: Reply
    said: Sequence[Said]
    says: bool
    answers: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A state that the entry may be brought to; `lacks` are the labels of what must be filled in first."""

    id: str
    label: str
    reason: bool
    lacks: tuple[str, ...]


async def entry(visit: Visit) -> Response:
    kind, number = kind_of(visit), number_of(visit)
    sheet = await gate.sheet(visit.door, visit.actor, kind, number, version_of(visit), visit.id)
    one, code = sheet.entry, visit._.code
    due, over = due_words(kind, one.row["due"], visit)
    ways = [_way(one, state, code) for state in sheet.moves]
    return render(
        visit,
        "innovation/entry.html",
        kind=kind,
        sheet=sheet,
        entry=one,
        sections=sections(list(shown(one, sheet.cites, visit._))),
        due=due,
        over=over,
        ways=ways,
        threads=[thread for reply in kind.replies if (thread := _thread(reply, sheet, visit)).said or thread.says],
        used=await innovation_used.used_by(visit.door, visit.actor, Called(kind, number), visit.id),
        citing=[_row(row) for row in sheet.citing],
        pairs=[(_row(row), row["org_name"], _areas(row["shared"], one, code)) for row in sheet.pairs],
        citation=citation(one, visit),
        address=f"{href(kind, number)}",
        file_parts=parts(kind),
        attached={id: [named(each) for each in one.values.get(id, ())] for id in parts(kind)},
        done=visit.request.query_params.get("done", ""),
        names={state.id: state.words.of(code) for state in kind.states},
    )


async def move(visit: Visit) -> Response:
    """Bring an entry to another state."""
    kind, number, form = kind_of(visit), number_of(visit), await visit.form()
    note = " ".join(str(form.get("note", "")).replace("\0", "").split())[:_MOST_NOTE]
    version = str(form.get("version", ""))
    known = int(version) if version.isascii() and version.isdecimal() and len(version) < 8 else 0
    await gate.move(visit.door, visit.actor, kind, number, known, str(form.get("to", "")), note, visit.id)
    return redirect(f"{href(kind, number)}?done=moved")


async def say(visit: Visit) -> Response:
    """Say something to an entry."""
    kind, number, form = kind_of(visit), number_of(visit), await visit.form()
    reply = next((each for each in kind.replies if each.id == form.get("reply")), None)
    if reply is None:
        raise refuse(404, "not-found", visit._("That cannot be said to an entry of this kind."))
    option = str(form.get("option", ""))
    if reply.options and all(each.id != option for each in reply.options):
        raise refuse(422, "value", visit._("Choose one of the answers in the list."))
    await innovation_replies.say(visit.door, visit.actor, kind, number, reply, _text(form.get("text"), visit), option, visit.id)
    return redirect(f"{href(kind, number)}?done=said#{reply.id}")


async def answer(visit: Visit) -> Response:
    """Answer what was asked; question and answer are then open to all."""
    kind, number, form = kind_of(visit), number_of(visit), await visit.form()
    id = str(form.get("id", ""))
    known = int(id) if id.isascii() and id.isdecimal() and len(id) < 18 else 0
    await innovation_replies.answer(visit.door, visit.actor, kind, number, known, _text(form.get("text"), visit), visit.id)
    return redirect(f"{href(kind, number)}?done=answered")


def citation(one: gate.Entry, visit: Visit) -> str:
    """How a version is cited: who, when, what, which version, where. The address leads to that version always."""
    row, base = one.row, visit.request.app.state.config.base_url
    who = row["org_name"] or visit._("Kedja's framework")
    where = f"{base}{href(one.kind, row['number'])}?version={row['version']}"
    name = one.kind.plural.of(visit._.code)
    version = visit._("version %(n)s", n=row["version"])
    return f"{who} ({row['at']:%Y-%m-%d}). {row['title']}. {name} {one.called}, {version}. {where}"


def _text(given: Any, visit: Visit) -> str:
    text = str(given or "").replace("\0", "").replace("\r\n", "\n").strip()
    if not text:
        raise refuse(422, "required", visit._("Write what you want to say."))
    if len(text) > _MOST:
        raise refuse(422, "too-long", visit._("At most %(most)s characters; this is %(n)s.", most=_MOST, n=len(text)))
    return text


def _way(one: gate.Entry, state: Any, code: str) -> Way:
    lacks = tuple(field.words.of(code) for field in missing(one.kind, state, one.values))
    return Way(state.id, state.move.of(code), state.reason, lacks)


def _thread(reply: Reply, sheet: gate.Sheet, visit: Visit) -> Thread:
    said = [_said(row, reply, sheet, visit) for row in sheet.replies if row["reply"] == reply.id]
    return Thread(reply, said, reply.id in sheet.says, reply.answered and sheet.keeps)


def _said(row: Any, reply: Reply, sheet: gate.Sheet, visit: Visit) -> Said:
    option = next((each.words.of(visit._.code) for each in reply.options if each.id == row["option"]), "")
    waits = reply.answered and row["answered"] is None
    fresh = row["told"] and row["told_seen"] is None
    answered = (row["answer"], row["answered_by"])
    return Said(row["id"], _name(row, reply, sheet, visit), row["at"], option, row["text"], *answered, waits, fresh)


def _name(row: Any, reply: Reply, sheet: gate.Sheet, visit: Visit) -> str:
    """Who has said it. Who asks is named to nobody, a citizen only to who keeps the entry, and not for a question."""
    if row["author"] == visit.actor.id:
        return visit._("You")
    if reply.answered:
        return ""
    named = ", ".join(part for part in (row["author_name"], row["org_name"]) if part)
    return named if row["org"] or (reply.seen == "keepers" and sheet.keeps) else visit._("Patient, user or relative")


def _row(row: Any) -> Cited:
    return cited(kinds()[row["kind"]].called(row["number"]), row["title"])


def _areas(shared: Sequence[str], one: gate.Entry, code: str) -> str:
    return ", ".join(one.kind.field("areas").option(each).of(code) for each in shared)
