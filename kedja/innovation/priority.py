"""The portfolio: what cases are weighed by (`priority.toml`), their order, their sums by kind, phase, zone, need and group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from kedja.innovation import payment
from kedja.innovation.catalogue import Option, listed
from kedja.innovation.machine import machines
from kedja.innovation.words import Words, table, words

BY: Final = ("machine", "phase", "zone", "area", "segment", "payment", "place")
_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Criterion:
    id: str
    words: Words
    hint: Words
    weight: int


@dataclass(frozen=True, slots=True)
class Item:
    """A case of the portfolio as its newest weighing has it. `scores` is empty while nobody has weighed it."""

    id: str
    number: int
    title: str
    org_name: str
    machine: str
    phases: tuple[str, ...]
    status: str
    zone: str
    areas: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    scores: Mapping[str, int] = field(default_factory=dict[str, int])
    cost: int | None = None
    yearly: int | None = None
    saves: int | None = None
    reach: int | None = None
    place: str = "open"
    payment: str = ""  # what is decided about who pays, or what stands in the way; '' while nobody has said
    waits: int = 0  # days that it has waited
    whole: bool = False  # its weighing may be seen

    def under(self, by: str) -> tuple[str, ...]:
        """The groups of one dimension that it belongs to; ('',) for none."""
        several = {"phase": self.phases, "area": self.areas, "segment": self.segments}
        one = {"machine": self.machine, "zone": self.zone, "place": self.place, "payment": self.payment}
        return several.get(by) or (one.get(by, ""),)


@dataclass(frozen=True, slots=True)
class Sum:
    """A group of a dimension: how many cases, what they cost once, the net benefit a year, and the mean score of the weighed."""

    id: str
    cases: int
    cost: int
    net: int
    score: int | None


@cache
def criteria() -> tuple[Criterion, ...]:
    return tuple(
        Criterion(row["id"], words(row), words(row, "hint_"), row["weight"]) for row in table("priority.toml")["criteria"]
    )


@cache
def places() -> tuple[Option, ...]:
    return tuple(Option(row["id"], words(row)) for row in table("priority.toml")["places"])


@cache
def segments() -> tuple[Option, ...]:
    return tuple(Option(row["id"], words(row)) for row in table("priority.toml")["segments"])


def score(scores: Mapping[str, int]) -> int | None:
    """0 to 100: the weighted mean of what is scored. None for nothing."""
    weights = {each.id: each.weight for each in criteria() if each.id in scores}
    if not weights:
        return None
    return round(100 * sum(weights[id] * scores[id] for id in weights) / (_MOST * sum(weights.values())))


def ordered(items: Iterable[Item]) -> list[Item]:
    """By the place that was decided, then the highest score, then the oldest case; what nobody has weighed comes last."""
    place = {each.id: index for index, each in enumerate(places())}

    def rank(item: Item) -> tuple[int, int, int]:
        counted = score(item.scores)
        return place.get(item.place, len(place)), -(counted if counted is not None else -1), item.number

    return sorted(items, key=rank)


def narrowed(items: Iterable[Item], chosen: Mapping[str, str]) -> list[Item]:
    """Those that are in the chosen group of each dimension."""
    return [item for item in items if all(group in item.under(by) for by, group in chosen.items())]


def sums(items: Sequence[Item], by: str) -> list[Sum]:
    """The groups of a dimension, in the order of its data; a case of several groups counts in each."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        for group in item.under(by):
            groups.setdefault(group, []).append(item)
    order = [option.id for option in options(by)]
    known = sorted(groups, key=lambda group: (order.index(group) if group in order else len(order), group))
    return [_sum(group, groups[group]) for group in known]


def _sum(group: str, items: Sequence[Item]) -> Sum:
    scored = [found for item in items if (found := score(item.scores)) is not None]
    net = sum((item.saves or 0) - (item.yearly or 0) for item in items)
    return Sum(
        group, len(items), sum(item.cost or 0 for item in items), net, round(sum(scored) / len(scored)) if scored else None
    )


def options(by: str) -> Sequence[Option]:
    """What a dimension's groups are called; ids that are not there are called by themselves."""
    if by == "machine":
        return [Option(each.id, each.words) for each in machines().values()]
    if by == "phase":
        return list({phase.id: Option(phase.id, phase.words) for each in machines().values() for phase in each.phases}.values())
    if by == "zone":
        zones = (("green", "Grön zon", "Green zone"), ("yellow", "Gul zon", "Yellow zone"), ("red", "Röd zon", "Red zone"))
        return [Option(id, Words(sv, en)) for id, sv, en in zones]
    if by == "payment":
        return [*payment.options("outcomes"), *payment.options("undecided")]
    return {"area": listed("areas"), "segment": segments(), "place": places()}[by]


def read(given: Mapping[str, Sequence[str]]) -> tuple[dict[str, Any], dict[str, Words]]:
    """(a weighing, what is wrong by field) of a form."""
    wrong: dict[str, Words] = {}
    scores = {each.id: _whole(given, each.id, _MOST, wrong) for each in criteria()}
    sums = {name: _whole(given, name, 10**12, wrong) for name in ("cost", "yearly", "saves", "reach")}
    found: dict[str, Any] = {**sums, "scores": {id: value for id, value in scores.items() if value is not None}}
    for name, known in (("areas", listed("areas")), ("segments", segments())):
        ids = {option.id for option in known}
        found[name] = [each for each in dict.fromkeys(given.get(name, ())) if each in ids]
    place = next(iter(given.get("place", ())), "open")
    found["place"] = place if place in {each.id for each in places()} else "open"
    found["reason"] = " ".join(" ".join(given.get("reason", ())).split())[:1000]
    if found["place"] != "open" and not found["reason"]:
        wrong["reason"] = Words(
            "Säg varför: en prioritering står kvar med sitt skäl.", "Say why: a priority is kept with its reason."
        )
    return found, wrong


def _whole(given: Mapping[str, Sequence[str]], name: str, most: int, wrong: dict[str, Words]) -> int | None:
    text = "".join(next(iter(given.get(name, ())), "").split()).removesuffix("kr").replace("\u00a0", "")
    if not text:
        return None
    if text.isascii() and text.isdecimal() and len(text) < 14 and int(text) <= most:
        return int(text)
    wrong[name] = Words(f"Skriv ett helt tal, högst {most}.", f"Write a whole number, at most {most}.")
    return None
