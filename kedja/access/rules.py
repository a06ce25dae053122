"""The law as data: every rule of `law/*.toml`, loaded once and checked.

A deployment file can switch off what the law leaves to the provider and narrow limits; it permits more only where it names the
legal basis.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from kedja.access import check
from kedja.access.check import LawError
from kedja.access.deployment import deployed
from kedja.access.rule import Clause, Confidence, Effect, Limit, Obligation, Reveal, Rule, Ruleset, Statute, Term

__all__ = ["LawError", "Rule", "Ruleset", "deploy", "limit", "load", "restore", "rule", "standard"]

Table = dict[str, Any]
# A decision names its rules in this order.
STATUTES: Final = ("pdl", "svod", "solpul", "nll", "bbl", "epl", "ehds", "barn", "gdpr", "psl", "osl", "hslf", "sip")


_deployment: Path | None = None


def deploy(path: Path) -> None:
    """Take a deployment's own file into the law of this process, once, before anything is asked. Raises LawError, OSError."""
    global _deployment
    load(path)
    _deployment = path
    standard.cache_clear()


def restore() -> None:
    """The law as it is shipped holds again."""
    global _deployment
    _deployment = None
    standard.cache_clear()


@lru_cache(maxsize=1)
def standard() -> Ruleset:
    """The law that holds in this process: as it is shipped, or as `deploy` has it. Raises LawError when a file is wrong."""
    return load(_deployment)


def rule(id: str) -> Rule:
    """The shipped rule with this number, e.g. `rule("V-7").title_sv`. Raises KeyError."""
    return standard().by_id[id]


def limit(name: str, ruleset: Ruleset | None = None) -> int:
    """A number that the law leaves open, e.g. `limit("relation-days-after")`. Raises KeyError."""
    return (ruleset or standard()).limits[name].value


def load(deployment: Path | None = None) -> Ruleset:
    """The shipped law, narrowed by a deployment file if one is given. Raises LawError with what to correct."""
    folder = files("kedja.access") / "law"
    texts = {name: (folder / f"{name}.toml").read_text(encoding="utf-8") for name in STATUTES}
    ruleset = parse(texts)
    return narrow(ruleset, tomllib.loads(deployment.read_text(encoding="utf-8"))) if deployment else ruleset


def parse(texts: dict[str, str]) -> Ruleset:
    """The rules of these statute files (name -> TOML), in order. Raises LawError."""
    rules: list[Rule] = []
    limits: list[Limit] = []
    for name, text in texts.items():
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise LawError(f"{name}.toml: {error}") from None
        check.statute_file(name, table)
        statute = Statute(**table["statute"])
        rules += [_rule(row, statute) for row in table.get("rule", ())]
        limits += [_limit(row) for row in table.get("limit", ())]
    check.whole(rules)
    return Ruleset(tuple(rules), {limit.name: limit for limit in limits})


def narrow(ruleset: Ruleset, deployment: Table) -> Ruleset:
    """The law of an installation by its own file (`deployment`). Raises LawError."""
    return deployed(ruleset, deployment)


def _rule(row: Table, statute: Statute) -> Rule:
    confidence = Confidence(row["confidence"])
    since: date = row.get("from", statute.in_force)
    return Rule(
        id=row["number"],
        statute=statute,
        title_sv=row["title_sv"],
        title_en=row["title_en"],
        cite=row["cite"],
        effect=Effect(row["effect"]),
        actions=check.ACTIONS if row["action"] == [check.ANY] else tuple(row["action"]),
        channels=tuple(row["channel"]),
        when=tuple(_clause(item) for item in row["when"]),
        reveal=Reveal[row["reveal"].upper()],
        obligations=tuple(Obligation(name) for name in row["obligations"]),
        confidence=confidence,
        switchable=row.get("switchable", confidence is not Confidence.STATUTE),
        since=since,
        until=row.get("until"),
        needs_basis=row.get("needs_basis", False),
    )


def _clause(item: str | list[str]) -> Clause:
    return tuple(_terms([item] if isinstance(item, str) else item))


def _terms(names: Iterable[str]) -> Iterable[Term]:
    for name in names:
        yield Term(name.removeprefix("not "), name.startswith("not "))


def _limit(row: Table) -> Limit:
    confidence = Confidence(row["confidence"])
    return Limit(row["name"], row["value"], row["unit"], row["cite"], confidence, row.get("narrower", "lower"))
