"""Calls that are in flight at once are run as one, and each gets its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.store.gathering import Gathering


@dataclass
class Doubling:
    """Doubles numbers, some time later; one that is below zero is wrong and makes its whole batch fail."""

    batches: list[tuple[str, list[int]]] = field(default_factory=list)

    async def run(self, key: str, items: Sequence[int]) -> list[str]:
        self.batches.append((key, list(items)))
        await asyncio.sleep(0)
        if any(item < 0 for item in items):
            raise ValueError(str(min(items)))
        return [f"{key}{2 * item}" for item in items]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(-3, 50)), max_size=40), st.integers(1, 8))
def test_each_gets_its_own_answer_and_a_wrong_one_fails_alone(asked: list[tuple[str, int]], most: int) -> None:
    async def ask_all() -> list[str | BaseException]:
        gathering = Gathering(Doubling().run, most)
        return await asyncio.gather(*(gathering.ask(*one) for one in asked), return_exceptions=True)

    for (key, item), answer in zip(asked, asyncio.run(ask_all()), strict=True):
        if item < 0:
            assert isinstance(answer, ValueError)
            assert str(answer) == str(item)
        else:
            assert answer == f"{key}{2 * item}"


async def test_the_first_waits_for_nobody_and_the_others_go_together() -> None:
    doubling = Doubling()
    gathering = Gathering(doubling.run)
    first = asyncio.create_task(gathering.ask("a", 1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(gathering.ask("a", number)) for number in (2, 3, 4)]
    assert await asyncio.gather(first, *others) == ["a2", "a4", "a6", "a8"]
    assert doubling.batches == [("a", [1]), ("a", [2, 3, 4])]


async def test_who_has_gone_away_is_not_asked_for_and_holds_up_nobody() -> None:
    doubling = Doubling()
    gathering = Gathering(doubling.run)
    first = asyncio.create_task(gathering.ask("a", 1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gone, stays = asyncio.create_task(gathering.ask("a", 2)), asyncio.create_task(gathering.ask("a", 3))
    await asyncio.sleep(0)
    gone.cancel()
    assert await asyncio.gather(first, stays) == ["a2", "a6"]
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert doubling.batches[-1] == ("a", [3])
