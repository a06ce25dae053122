"""Words of data files: Swedish and English side by side."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Words:
    """The same in both languages. `words.of("sv")`."""

    sv: str
    en: str

    def of(self, code: str) -> str:
        """The text in this language: `sv` or `en`."""
        return self.sv if code == "sv" else self.en


def words(row: Mapping[str, Any], prefix: str = "") -> Words:
    """The words of a row of a data file: its members `sv` and `en`, or `hint_sv` and `hint_en` with the prefix `hint_`."""
    return Words(row.get(f"{prefix}sv", ""), row.get(f"{prefix}en", ""))


@cache
def table(name: str) -> Mapping[str, Any]:
    """A TOML file of this room, by its path: `table("kinds/drug.toml")`."""
    return tomllib.loads(files("kedja.innovation").joinpath(*name.split("/")).read_text(encoding="utf-8"))
