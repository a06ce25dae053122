"""A form as a page shows it: its questions with what has been answered, and its answers in words. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kedja.forms.check import Fault
from kedja.forms.enable import compares, shown
from kedja.forms.fields import name_of, text_of_value
from kedja.forms.filled import Filled, Place, instances, places
from kedja.forms.form import Form, Item, Value, When
from kedja.forms.scores import meaning
from kedja.portals.shared.language import Language


@dataclass(frozen=True, slots=True)
class Field:
    """One question, group or text. `when`: its conditions for the script; '' where it is always shown, or the server decides.

    `texts` are what the fields hold; `chosen` which options are; `number` which instance of a repeating group, from 1.
    """

    item: Item
    words: str
    name: str
    id: str
    hidden: bool
    when: str
    texts: tuple[str, ...] = ()
    options: tuple[tuple[str, str, bool], ...] = ()
    wrong: str = ""
    hint: str = ""
    number: int = 0
    last: bool = True
    inside: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the form. `names`: of all its questions, `seen`: of those that are shown."""

    number: int
    steps: int
    title: str
    fields: tuple[Field, ...]
    names: tuple[str, ...]
    seen: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with its answers in words; a group has `level` and a title alone. `meaning`: of a score."""

    words: str
    values: tuple[str, ...] = ()
    heading: bool = False
    meaning: str = ""
    score: bool = False
    step: int = 0


@dataclass(frozen=True, slots=True)
class Troubles:
    """What is wrong with answers, by place; `unread` is the text of those that could not be read."""

    faults: Mapping[Place, Fault] = field(default_factory=dict[Place, Fault])
    unread: Mapping[Place, str] = field(default_factory=dict[Place, str])


def steps_of(form: Form) -> Sequence[Sequence[Item]]:
    """The groups of the form, each a page of its own; a form that begins otherwise is one page."""
    if all(item.is_group for item in form.items):
        return [(item,) for item in form.items]
    return [form.items]


def step_of(form: Form, filled: Filled, number: int, troubles: Troubles, _: Language) -> Step:
    """The page with this number, from 0."""
    steps = steps_of(form)
    some = steps[number]
    showing = _Showing(form, filled, shown(form, filled), troubles, _, frozenset(_links(some)))
    fields = tuple(showing.fields(some, ()))
    every = list(_every(fields))
    asked = [each for each in every if each.item.is_question and not each.item.read_only]
    counts = {name_of((each.item.link_id, _outer(each.name))): each.number for each in every if each.number}
    title = some[0].words.of(_.code) if some[0].is_group and not some[0].repeats else form.title.of(_.code)
    names, seen = tuple(each.name for each in asked), tuple(each.name for each in asked if not each.hidden)
    return Step(number, len(steps), title, fields, names, seen, tuple(counts.items()))


def answers(form: Form, filled: Filled, _: Language) -> list[Answer]:
    """What is shown and answered, in words, in the order of the form; a heading with nothing under it is left out."""
    seen = shown(form, filled)
    number_of = {link: number for number, some in enumerate(steps_of(form)) for link in _links(some)}
    found: list[Answer] = []
    for item, place in places(form, filled):
        if place not in seen:
            continue
        step = number_of[item.link_id]
        words = item.words.of(_.code)
        if item.is_group and words:
            nth = f" {place[1][-1] + 1}" if item.repeats and filled.count((item.link_id, place[1][:-1])) > 1 else ""
            found.append(Answer(words + nth, heading=True, step=step))
        elif item.is_question and (given := filled.of(place)):
            means = meaning(item, filled, place)
            values = tuple(said(item, value, _) for value in given)
            found.append(Answer(words, values, False, means.words.of(_.code) if means else "", bool(item.calculated), step))
    return [each for each, after in zip(found, [*found[1:], None]) if not each.heading or (after and not after.heading)]


def scores(form: Form, filled: Filled, _: Language) -> list[Answer]:
    """The calculated answers alone."""
    return [each for each in answers(form, filled, _) if each.score]


def said(item: Item, value: Value, _: Language) -> str:
    """A value in words."""
    for option in item.options:
        if text_of_value(item, option.value) == text_of_value(item, value):
            return option.words.of(_.code)
    given: Any = next(iter(value.values()))
    if isinstance(given, bool):
        return _("Yes") if given else _("No")
    if isinstance(given, dict):
        return (
            f"{_.number(given['value'])} {given.get('unit', '')}".strip() if "value" in given else str(given.get("display", ""))
        )
    return _.number(given) if isinstance(given, int | float) else str(given).replace("T", " ")


def wrong_words(fault: Fault, _: Language) -> str:
    """What to do about a fault."""
    words = {
        "required": _("Answer this question."),
        "type": _("This cannot be read: write it as the question asks."),
        "option": _("Choose one of the answers."),
        "several": _("Choose one answer."),
        "length": _("Write at most %(n)s characters.", n=fault.limit),
        "least": _("Write at least %(n)s.", n=_.number(fault.limit) if isinstance(fault.limit, int | float) else fault.limit),
        "most": _("Write at most %(n)s.", n=_.number(fault.limit) if isinstance(fault.limit, int | float) else fault.limit),
    }
    return words[fault.kind]


@dataclass(frozen=True, slots=True)
class _Showing:
    form: Form
    filled: Filled
    seen: frozenset[Place]
    troubles: Troubles
    _: Language
    here: frozenset[str]

    def fields(self, some: Sequence[Item], at: tuple[int, ...]) -> Iterator[Field]:
        for item in some:
            every = list(instances(item, self.filled, at))
            for inside in every:
                one = self.field(item, inside)
                yield replace(one, number=inside[-1] + 1, last=inside == every[-1]) if item.is_group and item.repeats else one

    def field(self, item: Item, at: tuple[int, ...]) -> Field:
        place = (item.link_id, at)
        given, unread = self.filled.of(place), self.troubles.unread.get(place)
        texts = (unread,) if unread is not None else tuple(text_of_value(item, value) for value in given)
        fault = self.troubles.faults.get(place)
        wrong = wrong_words(Fault(place, "type"), self._) if unread is not None else wrong_words(fault, self._) if fault else ""
        return Field(
            item=item,
            words=item.words.of(self._.code),
            name=name_of(place),
            id=f"f{list(self.form.by_link).index(item.link_id)}-{'-'.join(map(str, at))}".rstrip("-"),
            hidden=place not in self.seen,
            when=self.conditions(item, at),
            texts=texts,
            options=tuple((f"#{n}", o.words.of(self._.code), f"#{n}" in texts) for n, o in enumerate(item.options)),
            wrong=wrong,
            hint=_hint(item, self._),
            inside=tuple(self.fields(item.items, at)),
        )

    def conditions(self, item: Item, at: tuple[int, ...]) -> str:
        """JSON for the script: `[any, [{names, op, value}]]`; what is asked on another page is decided here."""
        if not item.when:
            return ""
        return json.dumps([item.any_of, [self.condition(when, item, at) for when in item.when]])

    def condition(self, when: When, item: Item, at: tuple[int, ...]) -> Any:
        asked = self.form.by_link[when.question]
        if asked.link_id not in self.here or asked.read_only:
            given = [next(iter(v.values())) for p in self.seen if p[0] == asked.link_id for v in self.filled.of(p)]
            exists = when.operator == "exists"
            return bool(given) == when.value if exists else any(compares(when.operator, each, when.value) for each in given)
        common = sum(1 for mine, theirs in zip(item.holders, asked.holders) if mine == theirs)
        names = [
            name_of(p) for i, p in places(self.form, self.filled) if i.link_id == asked.link_id and p[1][:common] == at[:common]
        ]
        value = when.value if when.operator == "exists" else text_of_value(asked, {_NAME.get(asked.kind, "value"): when.value})
        return {"names": names, "op": when.operator, "value": value}


_NAME = {"choice": "valueCoding", "open-choice": "valueCoding", "boolean": "valueBoolean"}


def _hint(item: Item, _: Language) -> str:
    if item.kind in ("integer", "decimal", "quantity") and item.least is not None and item.most is not None:
        return _("From %(least)s to %(most)s", least=_.number(item.least), most=_.number(item.most))
    return _("Choose all that fit") if item.repeats and item.options else ""


def _links(some: Sequence[Item]) -> Iterator[str]:
    for item in some:
        yield item.link_id
        yield from _links(item.items)


def _every(fields: Sequence[Field]) -> Iterator[Field]:
    for each in fields:
        yield each
        yield from _every(each.inside)


def _outer(name: str) -> tuple[int, ...]:
    """The numbers around a repeating group, of the name of one of its instances."""
    numbers = name.rpartition("~")[2]
    return tuple(int(each) for each in numbers.split(".")[:-1]) if numbers else ()
