"""Checks of the law's files: what is misspelt, missing or contradictory is refused before anything is decided by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from kedja.access.predicates import PREDICATES
from kedja.access.rule import Confidence, Effect, Obligation, Reveal, Rule

Table = dict[str, Any]
ACTIONS: Final = (
    "read",
    "write",
    "log",  # the person's access log
    "place",  # where somebody with protected identity lives, is reached and is met
    "unprotect",  # to take the mark of protected identity away
    "exists",  # that unblocked information is there
    "blocked",  # that blocked information is there
    "producers",  # who holds unblocked information
    "blockers",  # who holds blocked information
    "count",  # how many there are, and nothing else of them
    "search",  # to search by the terms of the context
    "publish",  # to make available to other providers
    "inform",  # to tell the person of what is kept
    "release",  # of samples or linked data, under a permit
    "destroy",
    "take-part",  # in a plan that is made together
    "annotate",  # to have it noted beside an entry that it is held to be wrong
    "request",  # to ask the unit that would hold it, or holds it, for a time, or for a medicine again
    "correspond",  # to answer what a unit asks, and to write to it
    "monitor",  # by sensor, camera or position
    "set-up",  # of a registry
    "establish-svod",  # to bring a consent, an opening, a block or a mandate about
    "establish-emergency",
    "establish-certificate",
    "establish-wellness",
    "establish-inner",
    "establish-outer",
    "establish-registry",
    "establish-nll",
    "establish-nll-reason",
    "establish-nll-emergency",
    "establish-nll-block",
    "establish-guardian-access",
    "establish-child-access",
    "establish-guardian-restriction",
    "establish-monitoring",
    "establish-secondary-use",
    "establish-biobank",
    "establish-biobank-restriction",
    "establish-guardian",
    "establish-trustee",
    "establish-proxy",
    "lift-inner",
    "lift-inner-emergency",
    "lift-outer",
    "lift-outer-emergency",
)
ANY: Final = "any"  # the channel, or action, of a rule that concerns every one
_REQUIRED: Final = {
    "number": str,
    "title_sv": str,
    "title_en": str,
    "cite": str,
    "effect": str,
    "action": list,
    "channel": list,
    "when": list,
    "reveal": str,
    "obligations": list,
    "confidence": str,
}
_OPTIONAL: Final = {"from": date, "until": date, "switchable": bool, "needs_basis": bool}
_LIMIT: Final = {"name": str, "value": int, "unit": str, "cite": str, "confidence": str}
_STATUTE: Final = {"id": str, "number": str, "name_sv": str, "name_en": str, "in_force": date}


class LawError(ValueError):
    """A rule file or a deployment file is wrong; the message says where and what to do."""


def statute_file(name: str, table: Table) -> None:
    """Refuse a file that does not follow the language. Raises LawError."""
    _known(f"{name}.toml", table, ("statute", "rule", "limit"))
    typed(f"{name}.toml [statute]", table.get("statute", {}), _STATUTE, {})
    for number, row in enumerate(table.get("rule", ()), 1):
        where = f"{name}.toml rule {row.get('number', number)}"
        typed(where, row, _REQUIRED, _OPTIONAL)
        _rule(where, row)
    for number, row in enumerate(table.get("limit", ()), 1):
        where = f"{name}.toml limit {row.get('name', number)}"
        typed(where, row, _LIMIT, {"narrower": str})
        one_of(where, "narrower", row.get("narrower", "lower"), ("lower", "higher"))
        one_of(where, "confidence", row["confidence"], [level.value for level in Confidence])


def whole(rules: Sequence[Rule]) -> None:
    """Refuse what only the rules together show: a number given twice, a channel that no permit uses. Raises LawError."""
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise LawError(f"rule {rule.id} stands twice: number each rule once")
        seen.add(rule.id)
    channels = {channel for rule in rules if rule.effect is Effect.PERMIT for channel in rule.channels}
    for rule in rules:
        for channel in rule.channels:
            one_of(f"rule {rule.id}", "channel", channel, channels | {ANY})


def _rule(where: str, row: Table) -> None:
    one_of(where, "effect", row["effect"], [effect.value for effect in Effect])
    one_of(where, "reveal", row["reveal"], [reveal.name.lower() for reveal in Reveal])
    one_of(where, "confidence", row["confidence"], [level.value for level in Confidence])
    for name in ("action", "obligations"):
        allowed = (*ACTIONS, ANY) if name == "action" else [obligation.value for obligation in Obligation]
        for value in row[name]:
            one_of(where, name, value, allowed)
    for item in row["when"]:
        for term in [item] if isinstance(item, str) else item:
            one_of(where, "when", str(term).removeprefix("not "), PREDICATES)
    for name in ("title_sv", "title_en", "cite", "action", "channel"):
        if not row[name]:
            raise LawError(f"{where}: `{name}` is empty")
    if row["effect"] == Effect.PERMIT and (len(row["channel"]) != 1 or row["channel"] == [ANY] or not row["when"]):
        raise LawError(f"{where}: a permit has exactly one channel of its own and at least one condition")
    if "until" in row and "from" in row and row["until"] <= row["from"]:
        raise LawError(f"{where}: `until` is not after `from`")


def typed(where: str, row: Table, required: dict[str, type], optional: dict[str, type]) -> None:
    for name in required:
        if name not in row:
            raise LawError(f"{where}: `{name}` is missing")
    _known(where, row, [*required, *optional])
    for name, value in row.items():
        wanted = (required | optional)[name]
        if type(value) is not wanted:
            raise LawError(f"{where}: `{name}` is {value!r}; it should be a {wanted.__name__}")


def _known(where: str, row: Table, names: Iterable[str]) -> None:
    for name in row:
        one_of(where, "key", name, names)


def one_of(where: str, what: str, value: str, allowed: Iterable[str]) -> None:
    names = list(allowed)
    if value not in names:
        near = get_close_matches(value, names, 1)
        hint = f"; did you mean `{near[0]}`?" if near else f"; known: {', '.join(sorted(names))}"
        raise LawError(f"{where}: unknown {what} `{value}`{hint}")
