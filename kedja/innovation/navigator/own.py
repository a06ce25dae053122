"""What an organisation adds to the rules: its own words and next step beside the law's, and a zone that may only be narrower."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from kedja.innovation.navigator.rules import Navigator, Own, Rule, Zone
from kedja.innovation.words import Words

TEXTS: Final = ("text_sv", "text_en", "step_sv", "step_en")
MOST: Final = 1000  # characters of each


@dataclass(frozen=True, slots=True)
class Addition:
    """A version of what an organisation adds to a rule; `version` 0 is nothing yet. `zone` is '' where it is the rule's own."""

    rule: str
    version: int
    zone: str
    texts: Mapping[str, str]  # by the names of TEXTS
    reason: str

    @property
    def empty(self) -> bool:
        return not self.zone and not any(self.texts.values())


def addition_of(row: Mapping[str, Any]) -> Addition:
    return Addition(row["rule"], row["version"], row["zone"], {name: row[name] for name in TEXTS}, row["reason"])


def overlaid(navigator: Navigator, additions: Mapping[str, Addition]) -> Navigator:
    """The rules with what is added to each. What names no rule, or would widen a zone, adds nothing: the law goes before."""
    if not additions:
        return navigator
    rules = tuple(_with(rule, additions[rule.id]) if rule.id in additions else rule for rule in navigator.rules)
    return replace(navigator, rules=rules)


def faults(rule: Rule, given: Addition) -> dict[str, Words]:
    """What is wrong with an addition, by field; '' of a field takes it back."""
    wrong: dict[str, Words] = {}
    if given.zone not in narrower(rule):
        wrong["zone"] = Words("Zonen får bara bli snävare än lagens.", "The zone may only become narrower than the law's.")
    for name in ("text", "step"):
        if bool(given.texts[f"{name}_sv"]) != bool(given.texts[f"{name}_en"]):
            lacks = f"{name}_en" if given.texts[f"{name}_sv"] else f"{name}_sv"
            wrong[lacks] = Words("Skriv det på båda språken.", "Write it in both languages.")
    if not given.reason:
        wrong["reason"] = Words(
            "Säg varför: tillägget står kvar med sitt skäl.", "Say why: the addition is kept with its reason."
        )
    return wrong


def narrower(rule: Rule) -> tuple[str, ...]:
    """The zones that may be chosen: '' for the rule's own, and those above it."""
    return ("", *(zone.word for zone in Zone if zone > rule.zone))


def _with(rule: Rule, given: Addition) -> Rule:
    if given.empty:
        return rule
    text, step = (_words(given, name) for name in ("text", "step"))
    zone = Zone[given.zone.upper()] if given.zone and given.zone in narrower(rule) else rule.zone
    version = f"{rule.version}+{given.version}"  # so that kept answers are asked again
    return replace(rule, zone=zone, version=version, own=Own(text, step, zone > rule.zone))


def _words(given: Addition, name: str) -> Words | None:
    sv, en = given.texts[f"{name}_sv"], given.texts[f"{name}_en"]
    return Words(sv, en) if sv and en else None
