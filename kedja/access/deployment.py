"""A deployment's own file: what it switches off and narrows, and what it does beyond what is shipped, on which legal basis."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from kedja.access.check import LawError, Table, one_of, typed
from kedja.access.rule import Effect, Limit, Principal, Ruleset

_FILE: Final = "the deployment file"
_HIGHEST: Final = 1000  # that a limit may be raised to
_BASED: Final[dict[str, tuple[str, dict[str, type]]]] = {
    "permit": ("rule", {}),
    "limit": ("name", {"value": int}),
    "principal": ("name", {"providers": list}),
}


def deployed(ruleset: Ruleset, table: Table) -> Ruleset:
    """The law of an installation. Raises LawError for what widens it without naming its legal basis."""
    for name in table:
        one_of(_FILE, "key", name, ("off", "off-at", "limits", *_BASED))
    based = {section: _based(table, section) for section in _BASED}
    off, limits, on = _off(ruleset, table), _limits(ruleset, table), _permits(ruleset, based["permit"])
    for row in based["limit"]:
        one_of(f"{_FILE} limit", "name", row["name"], ruleset.limits)
        limits[row["name"]] = replace(ruleset.limits[row["name"]], value=row["value"])
    at = _off_at(ruleset, table)
    return Ruleset(
        tuple(replace(rule, not_at=at.get(rule.id, ())) for rule in ruleset.rules if rule.id not in off),
        limits,
        tuple(_principal(row) for row in based["principal"]),
        {row["rule"]: row["basis"] for row in based["permit"]} | {row["name"]: row["basis"] for row in based["limit"]},
        on,
    )


def _off(ruleset: Ruleset, table: Table) -> set[str]:
    off: set[str] = set(table.get("off", ()))
    for id in off:
        _switchable(ruleset, id, "off")
    return off


def _off_at(ruleset: Ruleset, table: Table) -> dict[str, tuple[str, ...]]:
    """By rule the providers whose records it does not open: `off-at` names rules by provider."""
    at: dict[str, tuple[str, ...]] = {}
    for provider, ids in table.get("off-at", {}).items():
        for id in ids:
            _switchable(ruleset, id, "off-at")
            at[id] = (*at.get(id, ()), provider)
    return at


def _switchable(ruleset: Ruleset, id: str, key: str) -> None:
    one_of(_FILE, key, id, ruleset.by_id)
    rule = ruleset.by_id[id]
    if rule.effect is not Effect.PERMIT or not rule.switchable:
        raise LawError(f"{_FILE} switches off {id}, which {rule.cite} does not leave open: take it out of `{key}`")


def _limits(ruleset: Ruleset, table: Table) -> dict[str, Limit]:
    limits = dict(ruleset.limits)
    for name, value in table.get("limits", {}).items():
        one_of(_FILE, "limits", name, ruleset.limits)
        limit = ruleset.limits[name]
        least, most = (limit.value, _HIGHEST) if limit.narrower == "higher" else (0, limit.value)
        if type(value) is not int or not least <= value <= most:
            told = f"give a whole number from {least} to {most}, or a [[limit]] with the legal basis of going further"
            raise LawError(f"{_FILE} gives {name} = {value!r}: {told}")
        limits[name] = replace(limit, value=value)
    return limits


def _permits(ruleset: Ruleset, rows: list[Table]) -> frozenset[str]:
    """The rules switched on of those that are in force only on a basis that the deployment names."""
    for row in rows:
        one_of(f"{_FILE} permit", "rule", row["rule"], ruleset.by_id)
        if not ruleset.by_id[row["rule"]].needs_basis:
            raise LawError(f"{_FILE} permits {row['rule']}, which is in force without that: take the [[permit]] out")
    return frozenset(row["rule"] for row in rows)


def _principal(row: Table) -> Principal:
    providers: list[Any] = row["providers"]
    if len(providers) < 2 or not all(isinstance(provider, str) and provider for provider in providers):
        raise LawError(f"{_FILE} principal {row['name']}: `providers` are the HSA-ids of at least two authorities")
    return Principal(row["name"], tuple(providers), row["basis"])


def _based(table: Table, section: str) -> list[Table]:
    """The rows of a section that goes beyond what is shipped: each with its basis, a text of some length."""
    name, further = _BASED[section]
    rows: list[Table] = table.get(section, [])
    for number, row in enumerate(rows, 1):
        where = f"{_FILE} {section} {row.get(name, number)}"
        typed(where, row, {name: str, "basis": str, **further}, {})
        if len(row["basis"].strip()) < 10:
            raise LawError(f"{where}: `basis` names the statute or regulation, chapter and section, that permits it")
    return rows
