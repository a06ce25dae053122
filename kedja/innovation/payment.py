"""Who pays for a solution: what a model of reimbursement pays for a year's activity, who bears cost and has gain, what hinders.

Models are entries of the catalogue `model`; what is chosen among is in `payment.toml`. Pure. (Vinnova 2016, row 5 of the list in
docs/innovation.md: "testa och utveckla nya ersättningssystem och modeller".)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from kedja.innovation.catalogue import Option
from kedja.innovation.words import Words, table, words

Activity = Mapping[str, int]  # of a year, by unit of payment.toml
_JOINT: Final = ("region", "municipality")


@dataclass(frozen=True, slots=True)
class Rates:
    """The amounts of a model, in kronor. `of`: by unit; `ceiling`: the most of a year, None for none; `payer` and `outside` as
    the catalogue has them."""

    fixed: int
    of: Mapping[str, int]
    ceiling: int | None
    payer: str
    outside: str


@dataclass(frozen=True, slots=True)
class Flow:
    """What the solution costs one organisation and what it gains there: `once` and, a year, `yearly` and `gains`, in kronor."""

    who: str
    kind: str
    once: int
    yearly: int
    gains: int
    what: str

    @property
    def net(self) -> int:
        return self.gains - self.yearly


@dataclass(frozen=True, slots=True)
class Profile:
    """Made-up activity to try models on. `outside`: per cent of the contacts that are with people of other regions."""

    id: str
    words: Words
    outside: int
    today: Activity
    then: Activity


def options(name: str) -> tuple[Option, ...]:
    """`units`, `bearers`, `hindrances`, `outcomes` or `undecided`, in their order."""
    return tuple(Option(row["id"], words(row)) for row in table("payment.toml")[name])


def said() -> tuple[Option, ...]:
    """The hindrances that somebody says; the others are found from the figures."""
    rows = table("payment.toml")["hindrances"]
    return tuple(Option(row["id"], words(row)) for row in rows if not row.get("counted"))


def lets(outcome: str) -> bool:
    """Whether the readiness gate may be passed after this decision."""
    return any(row["id"] == outcome and row.get("lets") for row in table("payment.toml")["outcomes"])


@cache
def profiles() -> tuple[Profile, ...]:
    rows = table("payment.toml")["profiles"]
    return tuple(Profile(row["id"], words(row), row["outside"], row["today"], row["then"]) for row in rows)


def rates(values: Mapping[str, Any]) -> Rates:
    """The amounts of an entry of the catalogue `model`."""
    of = {unit.id: int(values.get(unit.id, 0)) for unit in options("units")}
    ceiling = values.get("ceiling")
    outside = values.get("outside", "home-region")
    return Rates(int(values.get("fixed", 0)), of, None if ceiling is None else int(ceiling), values["payer"], outside)


def paid(rates: Rates, activity: Activity) -> int:
    """What a model pays for a year's activity, in kronor."""
    whole = rates.fixed + sum(amount * activity.get(unit, 0) for unit, amount in rates.of.items())
    return whole if rates.ceiling is None else min(whole, rates.ceiling)


def payers(rates: Rates, activity: Activity, outside: int) -> dict[str, int]:
    """Who pays how much of it. The contacts' share of `outside` per cent is borne as the model says of people of other regions;
    all else by its payer. The parts are together what is paid.
    """
    whole = paid(rates, activity)
    contacts = sum(rates.of[unit] * activity.get(unit, 0) for unit in ("visit", "remote", "home"))
    full = rates.fixed + sum(amount * activity.get(unit, 0) for unit, amount in rates.of.items())
    others = contacts * outside * whole // (100 * full) if full else 0
    found = {rates.outside: others} if others else {}
    for payer, share in _shares(rates.payer, whole - others):
        found[payer] = found.get(payer, 0) + share
    return found


def _shares(payer: str, sum: int) -> list[tuple[str, int]]:
    return [(_JOINT[0], sum - sum // 2), (_JOINT[1], sum // 2)] if payer == "joint" else [(payer, sum)]


def split(flows: Iterable[Flow]) -> bool:
    """Whether somebody bears more than they gain while somebody else gains."""
    nets = [flow.net for flow in flows]
    return any(net < 0 for net in nets) and any(net > 0 for net in nets)


def hindrances(flows: Sequence[Flow], today: Rates | None, now: Activity, then: Activity) -> list[str]:
    """The hindrances that the figures show, by id."""
    found = ["split"] if split(flows) else []
    if today is not None and paid(today, then) < paid(today, now):
        found.append("loses")
    if flows and sum(flow.net for flow in flows) < 0:
        found.append("dear")
    return found


def place(flows: Sequence[Flow] | None, decided: str) -> str:
    """The group of a case in the portfolio: what was decided, else whether cost and gain are in different budgets; '' where
    nobody has said who pays."""
    if decided:
        return decided
    return "" if flows is None else "split" if split(flows) else "even"


def flows(rows: Iterable[Mapping[str, Any]]) -> list[Flow]:
    """As the store has them."""
    return [Flow(row["who"], row["kind"], row["once"], row["yearly"], row["gains"], row["what"]) for row in rows]
