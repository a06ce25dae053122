"""The commands by which an administrator reconciles the access log, has it reviewed, and takes out what is archived and old."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime, timedelta

from kedja.access.instants import first_instant
from kedja.audit.keys import signing_key
from kedja.commands import with_door
from kedja.config import CannotRun, Config
from kedja.gate import Door, reviews
from kedja.gate.audit import Notary
from kedja.gate.reconcile import reconcile as run
from kedja.gate.retention import prune as take_out


def reconcile(config: Config, given: Namespace) -> int:
    """0 when store, log and tree tell the same, 3 when they do not."""
    notary = Notary(signing_key(config.home), config.home)
    told = with_door(config, lambda door: run(door, notary, whole=not given.new))
    for gap in told.gaps:
        print(f"{gap.kind}: {gap.text}")
    what = f"{told.size - told.first} entries" + (f" since {told.since:%Y-%m-%d %H:%M} UTC" if told.since else "")
    print(f"{what}: " + (f"{len(told.gaps)} gaps" if told.gaps else "store, log and tree tell the same"))
    return 3 if told.gaps else 0


def review(config: Config, given: Namespace) -> int:
    """0 when reviews were drawn, for each provider whose staff looked at somebody."""

    async def draw(door: Door) -> None:
        until = door.clock()
        since = until - timedelta(days=given.days)
        for provider in await reviews.providers(door, since, until):
            drawn = await reviews.draw(door, provider, since, until)
            print(f"{provider}: {drawn.looks} looks, {drawn.patterns} by a pattern, {drawn.samples} drawn by chance")

    if given.days < 1:
        raise CannotRun("`--days` is a whole number from 1.")
    with_door(config, draw)
    return 0


def prune(config: Config, given: Namespace) -> int:
    notary = Notary(signing_key(config.home), config.home)
    before = _day(given.before) if given.before else None
    rows, size = with_door(config, lambda door: take_out(door, notary, given.archive, before))
    print(f"{rows} rows taken out; the first {size} entries are in {given.archive}" if size else "nothing is so old")
    return 0


def _day(text: str) -> datetime:
    try:
        return first_instant(text).astimezone(UTC)
    except ValueError:
        raise CannotRun(f"`--before {text}` is no date: write 2021-01-01.") from None
