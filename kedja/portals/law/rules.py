"""/law: every rule that decides here, in words, as the installation has them in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from kedja.access.predicates import PREDICATES
from kedja.access.rule import Clause, Confidence, Effect, Reveal, Rule, Ruleset, Statute
from kedja.access.rules import standard
from kedja.portals.shared.language import ZONE, Language
from kedja.portals.shared.page import Visit, render


@dataclass(frozen=True, slots=True)
class Told:
    """One rule in the visitor's language. `conditions`: sentences, all of which must hold."""

    id: str
    title: str
    cite: str
    effect: str
    tone: str
    conditions: tuple[str, ...]
    reveal: str
    confidence: str
    since: date
    until: date | None
    waits: bool  # not in force yet, or no longer
    asleep: bool  # in force only where the installation names its legal basis
    basis: str  # the legal basis that the installation names


@dataclass(frozen=True, slots=True)
class Part:
    """The rules of one statute."""

    statute: Statute
    name: str
    rules: tuple[Told, ...]


async def rules(visit: Visit) -> Response:
    today = visit.door.clock().astimezone(ZONE).date()
    law = standard()
    statutes = dict.fromkeys(rule.statute for rule in law.rules)
    parts = [
        Part(one, one.name_sv if visit._.code == "sv" else one.name_en, tuple(_told(rule, law, today, visit._) for rule in of))
        for one in statutes
        if (of := [rule for rule in law.rules if rule.statute == one])
    ]
    limits = [(limit, law.bases.get(limit.name, "")) for limit in law.limits.values()]
    count = sum(not law.is_asleep(rule) for rule in law.rules)
    return render(visit, "law/rules.html", parts=parts, limits=limits, groups=law.groups, count=count)


def _told(rule: Rule, law: Ruleset, today: date, _: Language) -> Told:
    effect, tone = _effect(rule.effect, _)
    return Told(
        rule.id,
        rule.title_sv if _.code == "sv" else rule.title_en,
        rule.cite,
        effect,
        tone,
        tuple(_sentence(clause, _) for clause in rule.when),
        _reveal(rule.reveal, _) if rule.effect in (Effect.PERMIT, Effect.ASK) else "",
        _confidence(rule.confidence, _),
        rule.since,
        rule.until,
        not rule.in_force(today),
        law.is_asleep(rule),
        law.bases.get(rule.id, ""),
    )


def _sentence(clause: Clause, _: Language) -> str:
    """One condition; a choice as `this, or that`."""
    found: list[str] = []
    for term in clause:
        predicate = PREDICATES[term.predicate]
        swedish, english = (predicate.not_sv, predicate.not_en) if term.negated else (predicate.sv, predicate.en)
        found.append((swedish if _.code == "sv" else english).rstrip("."))
    rest = (text[0].lower() + text[1:] for text in found[1:])
    return _(", or ").join([found[0], *rest]) + "."


def _effect(effect: Effect, _: Language) -> tuple[str, str]:
    """The word for it, and its colour."""
    return {
        Effect.PERMIT: (_("permits"), "success"),
        Effect.DENY: (_("forbids"), "danger"),
        Effect.MASK: (_("is not shown"), "warning"),
        Effect.ASK: (_("ask first"), "info"),
        Effect.OTHERWISE: (_("when nothing permits"), "neutral"),
        Effect.ATTACH: (_("also demands"), "info"),
    }[effect]


def _reveal(reveal: Reveal, _: Language) -> str:
    return {
        Reveal.NONE: _("nothing"),
        Reveal.EXISTS: _("that something exists"),
        Reveal.PRODUCERS: _("who holds it"),
        Reveal.CONTENT: _("the content"),
    }[reveal]


def _confidence(confidence: Confidence, _: Language) -> str:
    if confidence is Confidence.STATUTE:
        return _("read in the statute")
    return _("our reading: a lawyer should confirm it")
