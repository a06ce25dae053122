"""The actors, their mandates and their ties, as `actors.toml` has them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from kedja.innovation.words import Words


class Sphere(StrEnum):
    """The study's three spheres and where they overlap, in the order of its figure."""

    ACADEMIC = "academic"
    ADVICE = "advice"
    CARE = "care"
    COOPERATION = "cooperation"
    REGULATING = "regulating"
    SOCIETY = "society"


class Role(StrEnum):
    """What somebody does in the system. The first five are also what ties one actor to another."""

    DECIDES = "decides"
    SUPERVISES = "supervises"
    FUNDS = "funds"
    KNOWS = "knows"
    COOPERATES = "cooperates"
    MAKES = "makes"
    USES = "uses"


TIES = (Role.DECIDES, Role.SUPERVISES, Role.FUNDS, Role.KNOWS, Role.COOPERATES)


@dataclass(frozen=True, slots=True)
class Mandate:
    """What an actor is to do, by which paragraph. `source`: `study` as it has it (2017), `law`, or `ours`."""

    cite: str
    source: str
    roles: tuple[Role, ...]
    text: Words
    terms: Words


@dataclass(frozen=True, slots=True)
class Actor:
    id: str
    sphere: Sphere
    name: Words
    short: Words
    mandates: tuple[Mandate, ...]

    @property
    def roles(self) -> tuple[Role, ...]:
        """What it does, in the order of `Role`."""
        had = {role for mandate in self.mandates for role in mandate.roles}
        return tuple(role for role in Role if role in had)


@dataclass(frozen=True, slots=True)
class Tie:
    """One actor's relation to another."""

    kind: Role
    source: Actor
    target: Actor
    cite: str


@dataclass(frozen=True, slots=True)
class Gap:
    """What the study found to have no owner as a whole, and who is nearest."""

    cite: str
    text: Words
    terms: Words
    nearest: tuple[Actor, ...]


@dataclass(frozen=True, slots=True)
class Map:
    """`asks`: for a role, the words of a question that ask for it."""

    actors: tuple[Actor, ...]
    ties: tuple[Tie, ...]
    gaps: tuple[Gap, ...]
    asks: Mapping[Role, frozenset[str]]

    def actor(self, id: str) -> Actor | None:
        return next((actor for actor in self.actors if actor.id == id), None)

    def named(self, ids: Iterable[str]) -> tuple[Actor, ...]:
        """The actors of these ids, in the order of the ids."""
        found = (self.actor(id) for id in ids)
        return tuple(actor for actor in found if actor)

    def of(self, sphere: Sphere) -> tuple[Actor, ...]:
        return tuple(actor for actor in self.actors if actor.sphere is sphere)

    def doing(self, role: Role) -> tuple[Actor, ...]:
        return tuple(actor for actor in self.actors if role in actor.roles)

    def ties_from(self, actor: Actor) -> tuple[Tie, ...]:
        return tuple(tie for tie in self.ties if tie.source is actor)

    def ties_to(self, actor: Actor) -> tuple[Tie, ...]:
        return tuple(tie for tie in self.ties if tie.target is actor)


@lru_cache(maxsize=1)
def actor_map() -> Map:
    """The map that comes with Kedja. Raises ValueError when a tie leads to nobody."""
    return made(tomllib.loads((Path(__file__).parent / "actors.toml").read_text("utf-8")))


def made(data: Mapping[str, Any]) -> Map:
    """The map of a table of actors and ties. Raises ValueError."""
    actors = {each["id"]: _actor(each) for each in data["actor"]}
    if len(actors) != len(data["actor"]):
        raise ValueError("two actors have the same id")
    ties = tuple(tie for each in data["tie"] for tie in _ties(each, actors))
    asks = {Role(role): frozenset(words.split()) for role, words in data["asks"].items()}
    return Map(tuple(actors.values()), ties, tuple(_gap(each, actors) for each in data["gap"]), asks)


def _actor(data: Mapping[str, Any]) -> Actor:
    name = Words(data["name_sv"], data["name_en"])
    short = data.get("short", "")
    return Actor(
        data["id"],
        Sphere(data["sphere"]),
        name,
        Words(short or name.sv, data.get("short_en") or short or name.en),
        tuple(_mandate(each) for each in data["mandate"]),
    )


def _mandate(data: Mapping[str, Any]) -> Mandate:
    if data["source"] not in ("study", "law", "ours"):
        raise ValueError(f"a mandate is of the study, a law or ours, not of `{data['source']}`")
    return Mandate(
        data["cite"],
        data["source"],
        tuple(Role(role) for role in data["roles"]),
        Words(data["text_sv"], data["text_en"]),
        Words(data["terms_sv"], data["terms_en"]),
    )


def _gap(data: Mapping[str, Any], actors: Mapping[str, Actor]) -> Gap:
    nearest = tuple(actors[id] for id in data["nearest"])
    return Gap(data["cite"], Words(data["text_sv"], data["text_en"]), Words(data["terms_sv"], data["terms_en"]), nearest)


def _ties(data: Mapping[str, Any], actors: Mapping[str, Actor]) -> list[Tie]:
    if missing := [id for id in (data["from"], *data["to"]) if id not in actors]:
        raise ValueError(f"a tie leads to {', '.join(missing)}, whom nobody knows")
    return [Tie(Role(data["kind"]), actors[data["from"]], actors[id], data["cite"]) for id in data["to"]]
