"""The one form of the catalogues: a new entry, and a new version of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import Response

from kedja.gate import innovation_catalogue as gate
from kedja.innovation.catalogue import Field, Kind
from kedja.innovation.entries import MANY, NUMBERS, makes, read
from kedja.innovation.roles import viewer_of
from kedja.innovation.words import Words
from kedja.outcome import refuse
from kedja.portals.innovation.library_show import href, kind_of, number_of
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, redirect, render

_MOST_NOTE: Final = 500


@dataclass(frozen=True, slots=True)
class Box:
    """A field of the form: what it asks, what stands in it, and what is wrong with that."""

    id: str
    type: str
    label: str
    hint: str
    section: str
    needed: bool
    most: int
    options: tuple[tuple[str, str], ...]
    value: Any
    wrong: str

    @property
    def described(self) -> str:
        """The ids of what explains it, for aria-describedby."""
        return " ".join(f"{self.id}-{part}" for part, there in (("hint", self.hint), ("wrong", self.wrong)) if there)


async def new(visit: Visit) -> Response:
    kind = kind_of(visit)
    if not makes(viewer_of(visit.actor), kind):
        raise refuse(403, "forbidden", visit._("Entries of this kind are made by others."))
    given = {field.id: visit.request.query_params.get(field.id, "") for field in kind.fields}
    return _page(visit, kind, {name: value for name, value in given.items() if value}, {}, keeps=False)


async def make(visit: Visit) -> Response:
    kind, form = kind_of(visit), await visit.form()
    values, wrong = read(kind, _given(form), keeps=False)
    if wrong:
        return _page(visit, kind, values, wrong, keeps=False, status=422)
    number = await gate.make(visit.door, visit.actor, kind, values, visit._.code, visit.id)
    return redirect(f"{href(kind, number)}?done=made")


async def edit(visit: Visit) -> Response:
    kind, number = kind_of(visit), number_of(visit)
    sheet = await gate.sheet(visit.door, visit.actor, kind, number, 0, visit.id)
    if not sheet.edits:
        raise refuse(403, "forbidden", visit._("This entry is changed by others."))
    return _page(visit, kind, sheet.entry.values, {}, keeps=sheet.keeps, entry=sheet.entry)


async def change(visit: Visit) -> Response:
    """A new version. What is wrong is said at its field; what was written stays."""
    kind, number, form = kind_of(visit), number_of(visit), await visit.form()
    sheet = await gate.sheet(visit.door, visit.actor, kind, number, 0, visit.id)
    values, wrong = read(kind, _given(form), keeps=sheet.keeps, standing=sheet.entry.values)
    for field in kind.fields:
        if field.id in sheet.entry.state.needs and not values.get(field.id):
            wrong.setdefault(field.id, Words("Det här behövs.", "This is needed."))
    if wrong:
        return _page(visit, kind, values, wrong, keeps=sheet.keeps, entry=sheet.entry, status=422)
    version, note = str(form.get("version", "")), " ".join(str(form.get("note", "")).replace("\0", "").split())[:_MOST_NOTE]
    known = int(version) if version.isascii() and version.isdecimal() and len(version) < 8 else 0
    await gate.change(visit.door, visit.actor, kind, number, known, values, note, visit._.code, visit.id)
    return redirect(f"{href(kind, number)}?done=changed")


def _given(form: FormData) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        found.setdefault(name, []).append(str(value).replace("\0", ""))
    return found


def _page(
    visit: Visit,
    kind: Kind,
    values: Mapping[str, Any],
    wrong: Mapping[str, Words],
    *,
    keeps: bool,
    entry: gate.Entry | None = None,
    status: int = 200,
) -> Response:
    boxes = [_box(field, values, wrong, visit._) for field in kind.fields if field.type != "files" and (keeps or not field.kept)]
    faulty: Sequence[Box] = [box for box in boxes if box.wrong]
    return render(visit, "innovation/entry_form.html", status, kind=kind, boxes=boxes, faulty=faulty, entry=entry)


def _box(field: Field, values: Mapping[str, Any], wrong: Mapping[str, Words], _: Language) -> Box:
    value = values.get(field.id, [] if field.type == "several" else "")
    if field.type in MANY and field.type != "several":
        value = "\n".join(value) if isinstance(value, list) else value
    told = wrong[field.id].of(_.code) if field.id in wrong else ""
    options = tuple((option.id, option.words.of(_.code)) for option in field.options)
    shape = "whole" if field.type in NUMBERS else field.type
    names = (field.id, shape, field.words.of(_.code), field.hint.of(_.code), field.section.of(_.code))
    return Box(*names, field.needed, field.most, options, value, told)
