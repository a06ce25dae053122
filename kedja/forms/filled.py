"""What has been answered: by question, and, where groups repeat, by which of them. To and from the items of a response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from kedja.forms.form import Form, Item, Resource, Value

Place = tuple[str, tuple[int, ...]]
"""A link id, and which instance of each repeating group around it, outermost first."""
MOST_INSTANCES: Final = 50


@dataclass(frozen=True, slots=True)
class Filled:
    """`counts`: how many instances a repeating group has, if not one."""

    answers: Mapping[Place, tuple[Value, ...]] = field(default_factory=dict[Place, tuple[Value, ...]])
    counts: Mapping[Place, int] = field(default_factory=dict[Place, int])

    def of(self, place: Place) -> tuple[Value, ...]:
        return self.answers.get(place, ())

    def count(self, place: Place) -> int:
        return self.counts.get(place, 1)

    def answered(self, place: Place, values: Sequence[Value]) -> Filled:
        rest = {each: given for each, given in self.answers.items() if each != place}
        return replace(self, answers=rest | {place: tuple(values)} if values else rest)

    def with_one_more(self, place: Place) -> Filled:
        return replace(self, counts={**self.counts, place: min(MOST_INSTANCES, self.count(place) + 1)})

    def without(self, group: Item, place: Place, number: int) -> Filled:
        """Without one instance of a repeating group; those after it move up. The only one is emptied."""
        inside = {item.link_id for item in _below(group)}
        depth = len(place[1])

        def moved(found: Place) -> Place | None:
            link, at = found
            if link not in inside or at[:depth] != place[1] or len(at) <= depth or at[depth] < number:
                return found
            return None if at[depth] == number else (link, (*at[:depth], at[depth] - 1, *at[depth + 1 :]))

        answers = {new: values for old, values in self.answers.items() if (new := moved(old)) is not None}
        counts = {new: count for old, count in self.counts.items() if (new := moved(old)) is not None}
        return Filled(answers, counts | {place: max(1, self.count(place) - 1)})


def places(form: Form, filled: Filled) -> Iterator[tuple[Item, Place]]:
    """Every item with each of its places, in the order of the form. A repeating group stands once for each instance."""
    yield from _places(form.items, filled, ())


def _places(items: Sequence[Item], filled: Filled, at: tuple[int, ...]) -> Iterator[tuple[Item, Place]]:
    for item in items:
        for inside in instances(item, filled, at):
            yield item, (item.link_id, inside)
            yield from _places(item.items, filled, inside)


def instances(item: Item, filled: Filled, at: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The numbers that what is inside the item has: one more where it is a group that repeats."""
    if item.is_group and item.repeats:
        yield from ((*at, number) for number in range(filled.count((item.link_id, at))))
    else:
        yield at


def of_response(form: Form, response: Resource) -> Filled:
    """The answers of a response. What the form does not ask is left out (`check.faults_of` tells of it)."""
    answers: dict[Place, tuple[Value, ...]] = {}
    counts: dict[Place, int] = {}
    _gather(form, response.get("item", ()), (), answers, counts)
    return Filled(answers, counts)


def _gather(
    form: Form, found: Sequence[Resource], at: tuple[int, ...], answers: dict[Place, tuple[Value, ...]], counts: dict[Place, int]
) -> None:
    for each in found:
        item = form.by_link.get(each.get("linkId", ""))
        if item is None or len(item.holders) != len(at):
            continue
        place, inside = (item.link_id, at), at
        if item.is_group and item.repeats:
            number = counts.get(place, 0)
            if number >= MOST_INSTANCES:
                continue
            counts[place], inside = number + 1, (*at, number)
        elif item.is_question:
            given = tuple(value for answer in each.get("answer", ()) if (value := value_of(answer)))
            answers |= {place: given} if given else {}
        _gather(form, each.get("item", ()), inside, answers, counts)
        for answer in each.get("answer", ())[:1]:
            _gather(form, answer.get("item", ()), inside, answers, counts)


def value_of(answer: Mapping[str, Any]) -> Value:
    """The value of an answer alone: `{"valueInteger": 3}`; empty where it has none."""
    return next(({name: value} for name, value in answer.items() if name.startswith("value")), {})


def items_of(form: Form, filled: Filled, shown: frozenset[Place]) -> list[Resource]:
    """The items of a response: of what is shown alone, and of that what has an answer within it."""
    return _items(form.items, filled, shown, ())


def _items(items: Sequence[Item], filled: Filled, shown: frozenset[Place], at: tuple[int, ...]) -> list[Resource]:
    found: list[Resource] = []
    for item in items:
        for inside in instances(item, filled, at):
            place = (item.link_id, inside)
            made = _item(item, filled, shown, inside) if place in shown else None
            found += [made] if made else []
    return found


def _item(item: Item, filled: Filled, shown: frozenset[Place], at: tuple[int, ...]) -> Resource | None:
    below = _items(item.items, filled, shown, at)
    head: Resource = {"linkId": item.link_id, **({"text": item.words.text} if item.words.text else {})}
    if item.is_question:
        given = filled.of((item.link_id, at))
        if not given:
            return None
        answers: list[Resource] = [dict(value) for value in given]
        answers[0] |= {"item": below} if below else {}
        return head | {"answer": answers}
    return head | {"item": below} if below else None


def _below(item: Item) -> Iterator[Item]:
    for each in item.items:
        yield each
        yield from _below(each)
