"""The commands of the innovation portal: entries of its catalogues out of files, signals out of feeds."""

from __future__ import annotations

import tomllib
from argparse import Namespace
from datetime import date
from pathlib import Path

from kedja.commands import with_door
from kedja.config import CannotRun, Config
from kedja.gate.innovation_seeds import Taken, take_feed, take_in
from kedja.innovation import feeds, seeds
from kedja.innovation.catalogue import listed
from kedja.innovation.seeds import Seed
from kedja.outcome import OutcomeError


def library_add(config: Config, given: Namespace) -> int:
    """Take in files of entries, all or none, and say how many were new and changed."""
    today = date.today()
    found = [*(seeds.shipped(today) if given.shipped else ()), *(seed for path in given.path for seed in _seeds(path, today))]
    if not found:
        raise CannotRun("There is nothing to add: name a file, or say --shipped.")
    _tell(with_door(config, lambda door: take_in(door, found)))
    return 0


def signals_read(config: Config, given: Namespace) -> int:
    """Take in the items of feeds that are not here yet, tagged to areas of need, for somebody to judge."""
    areas, known = given.area or [], [option.id for option in listed("areas")]
    unknown = [area for area in areas if area not in known]
    if unknown:
        raise CannotRun(f"There is no area `{unknown[0]}`: {', '.join(known)} are.")
    items = [item for path in given.path for item in _items(path, given.source)]
    _tell(with_door(config, lambda door: take_feed(door, items, areas)))
    return 0


def _seeds(path: Path, today: date) -> list[Seed]:
    try:
        return seeds.read(tomllib.loads(path.read_text(encoding="utf-8")), today)
    except (OSError, UnicodeDecodeError, ValueError) as error:  # TOML's own error is a ValueError
        raise CannotRun(f"{path} cannot be added: {error}") from None


def _items(path: Path, source: str) -> list[feeds.Item]:
    try:
        return feeds.read(path.read_bytes(), source)
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}") from None
    except OutcomeError as error:
        raise CannotRun(f"{path} cannot be read: {error.issues[0].diagnostics}") from None


def _tell(taken: Taken) -> None:
    print(f"{taken.new} new, {taken.changed} changed, {taken.same} as they were")
