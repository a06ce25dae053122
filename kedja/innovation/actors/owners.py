"""`I have this question, who owns it?`: the actors whose mandates are about a question, with the paragraph as the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kedja.innovation.actors.data import Actor, Gap, Mandate, Map
from kedja.innovation.likeness.search import Document, Like, Shared, alike
from kedja.innovation.likeness.stems import plain_words

_LEAST: Final = 0.03
_GAP: Final = 0.2  # how near a question must be to a gap for it to be told
_ROLE: Final = 1.3  # how much more a mandate counts that has the role which the question asks for


@dataclass(frozen=True, slots=True)
class Owner:
    """An actor, the mandate that is most about the question, and the words by which it is."""

    actor: Actor
    mandate: Mandate
    why: tuple[Shared, ...]


@dataclass(frozen=True, slots=True)
class Owned:
    """Who owns a question, the nearest first; and what nobody owns as a whole, if it is about that."""

    owners: tuple[Owner, ...]
    gap: Gap | None


def owners(question: str, actors: Map, most: int = 5) -> Owned:
    """At most `most` actors, whose mandate is the nearest first. Asked in Swedish or English."""
    mandates = {f"{actor.id}/{at}": (actor, each) for actor in actors.actors for at, each in enumerate(actor.mandates)}
    roles = {role for role, words in actors.asks.items() if not words.isdisjoint(plain_words(question))}

    def weight(like: Like) -> float:
        return like.score * (_ROLE if roles.intersection(mandates[like.document.id][1].roles) else 1.0)

    documents = [Document("mandate", id, "", _said(actor, mandate)) for id, (actor, mandate) in mandates.items()]
    found: dict[str, Owner] = {}
    for like in sorted(alike(question, documents, most=4 * most, least=_LEAST), key=weight, reverse=True):
        actor, mandate = mandates[like.document.id]
        if like.why:
            found.setdefault(actor.id, Owner(actor, mandate, like.why))
    return Owned(tuple(found.values())[:most], _gap(question, actors))


def _gap(question: str, actors: Map) -> Gap | None:
    """The gap that the question is about. Told only by words of its own: the pieces of words of a gap are too few to weigh."""
    documents = [Document("gap", str(at), "", f"{gap.terms.sv}\n{gap.terms.en}") for at, gap in enumerate(actors.gaps)]
    found = [like for like in alike(question, documents, most=1, least=_GAP) if like.why]
    return actors.gaps[int(found[0].document.id)] if found else None


def _said(actor: Actor, mandate: Mandate) -> str:
    """What a mandate is searched by: its actor's name, its text and, twice, its terms, in both languages."""
    terms = f"{mandate.terms.sv} {mandate.terms.en}"
    return f"{actor.name.sv}. {mandate.text.sv} {actor.name.en}. {mandate.text.en} {terms} {terms}"
