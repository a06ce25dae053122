"""Who pays for the demo's cases (`data/innovation/payments.toml`), and what was decided about it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

from kedja.access.actor import Actor
from kedja.gate import Door, new_id
from kedja.gate.innovation_payment import decide, describe, follow_up, models, payment
from kedja.gate.innovation_seeds import take_in
from kedja.innovation.payment import options
from kedja.innovation.seeds import shipped
from kedja.testbed.innovation_library import demo

_FLOW: Final = ("who", "kind", "once", "yearly", "gains", "what")


@cache
def payments() -> Mapping[str, Mapping[str, Any]]:
    """By the key of a case."""
    file = files("kedja.testbed").joinpath("data", "innovation", "payments.toml")
    return {row["key"]: row for row in tomllib.loads(file.read_text(encoding="utf-8"))["payments"]}


def given(row: Mapping[str, Any], called: Mapping[str, str]) -> dict[str, Any]:
    """A row as `describe` takes it; `called` names models by their title."""
    units = [unit.id for unit in options("units")]
    return {
        **{name: called[row[name]] if name in row else "" for name in ("today", "chosen")},
        "activity": {when: {unit: row.get(when, {}).get(unit, 0) for unit in units} for when in ("now", "then")},
        "flows": [dict(zip(_FLOW, flow, strict=True)) for flow in row["flows"]],
        "hinders": row.get("hinders", []),
        "remedy": row.get("remedy", ""),
    }


async def seed_models(door: Door) -> None:
    """The models that the cases name, with the standards that they cite; done again it adds nothing."""
    today = door.clock().date()
    wanted = [seed for seed in demo(today) if seed.kind.id == "model"]
    await take_in(door, [*(seed for seed in shipped(today) if seed.kind.id == "standard"), *wanted])


async def pay(door: Door, pilot: Actor, decider: Actor, key: str, id: str) -> None:
    """Say who pays for a case that nobody has said it of, and decide what was decided."""
    row = payments().get(key)
    if row is None or (await payment(door, pilot, id, new_id())).versions:
        return
    called = {str(one.values["title"]): one.called for one in await models(door, pilot, new_id())}
    await describe(door, pilot, id, given(row, called), new_id())
    if "outcome" in row:
        review = _day(door, row["review"]) if "review" in row else None
        await decide(door, decider, id, 1, row["outcome"], row["reason"], review, new_id())


async def follow(door: Door, pilot: Actor, key: str, id: str) -> None:
    """What came of it, once."""
    row = payments().get(key, {})
    if row.get("results") and not (await payment(door, pilot, id, new_id())).results:
        for ago, paid, gained, text in row["results"]:
            told = {"day": _day(door, -ago), "paid": paid, "gained": gained, "text": text}
            await follow_up(door, pilot, id, told, new_id())


def _day(door: Door, days: int) -> date:
    return door.clock().date() + timedelta(days=days)
