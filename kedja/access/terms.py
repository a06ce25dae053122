"""Terms that searches are made by and that the law names: `law/terms.toml`, read once (PDL 2 kap. 8 §)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from kedja.search.escape import split, unescape
from kedja.search.uses import BESIDE, LINK, Use

_FREE: Final = ("_text", "_content")
_WORD: Final = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Term:
    """One term. `codes` are `system|code`, with `*` for any code; the rest as in the file."""

    name: str
    group: str
    sv: str
    en: str
    cite: str
    parameters: frozenset[str]
    paths: tuple[str, ...]
    codes: frozenset[str]
    words: tuple[str, ...]
    regulated: bool


@lru_cache(maxsize=1)
def terms() -> tuple[Term, ...]:
    """Every term, in the order of the file."""
    text = (files("kedja.access") / "law" / "terms.toml").read_text(encoding="utf-8")
    return tuple(_term(row) for row in tomllib.loads(text)["term"])


@lru_cache(maxsize=32)
def names(group: str) -> frozenset[str]:
    """The names of the terms of a group."""
    return frozenset(term.name for term in terms() if term.group == group)


@lru_cache(maxsize=1)
def regulated() -> frozenset[str]:
    """The names of the sensitive terms that regulations may permit for compilations (PDL 2 kap. 8 § tredje stycket)."""
    return frozenset(term.name for term in terms() if term.regulated)


def used(uses: Iterable[Use]) -> frozenset[str]:
    """The names of the terms that a search made by these parameters uses."""
    return frozenset(name for use in uses for name in _used(use))


@lru_cache(maxsize=4096)
def _used(use: Use) -> tuple[str, ...]:
    codes, words = frozenset(_codes(use)), tuple(_words(use))
    return tuple(term.name for term in terms() if _uses(term, use, codes, words))


def _uses(term: Term, use: Use, codes: frozenset[str], words: tuple[str, ...]) -> bool:
    if use.kind in BESIDE:
        return use.kind == LINK and any(path in use.expression for path in term.paths)
    return (
        use.code in term.parameters
        or any(path in use.expression for path in term.paths)
        or bool(codes & term.codes)
        or any(_begins(text, word) for text in words for word in term.words)
    )


def _codes(use: Use) -> Iterator[str]:
    """What a value asks for, as terms write it; a code without a system is asked for in every system that a term names."""
    if use.kind not in ("token", "composite", "uri"):
        return
    for value in use.values:
        for part in split(value, "$") if use.kind == "composite" else (value,):
            pieces = [unescape(piece) for piece in split(part, "|")]
            if use.modifier in ("in", "not-in"):
                yield f"{pieces[0]}|*"
            elif len(pieces) == 2 and pieces[0]:
                yield from (f"{pieces[0]}|{pieces[1]}", f"{pieces[0]}|*")
            else:
                yield from (code for code in _every_code() if code.rpartition("|")[2] == pieces[-1] != "*")


@lru_cache(maxsize=1)
def _every_code() -> tuple[str, ...]:
    return tuple(sorted({code for term in terms() for code in term.codes}))


def _words(use: Use) -> Iterator[str]:
    if use.code in _FREE or use.modifier == "text":
        for value in use.values:
            yield " ".join(_WORD.findall(unescape(value).casefold()))


def _begins(text: str, word: str) -> bool:
    """Whether a word of the text, or several in a row, begins as this one."""
    return f" {text}".find(f" {word}") >= 0


def _term(row: dict[str, Any]) -> Term:
    return Term(
        row["name"],
        row["group"],
        row["sv"],
        row["en"],
        row["cite"],
        frozenset(row["parameters"]),
        tuple(row["paths"]),
        frozenset(row["codes"]),
        tuple(word.casefold() for word in row["words"]),
        row.get("regulated", False),
    )
