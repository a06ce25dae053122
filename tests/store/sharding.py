"""Which tables a statement asks without the sharding key, told from its text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kedja.store.migrate import steps

_COMMENT = re.compile(r"--[^\n]*")
_CREATE = re.compile(r"CREATE (?:UNLOGGED )?TABLE (\w+) \((.*?)\n\);", re.DOTALL)
_ADDED = re.compile(r"ALTER TABLE (\w+) ADD COLUMN (\w+)")
_BEGINS = re.compile(r"\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE)\b")
_AFTER = "WHERE|SET|ON|USING|JOIN|LEFT|CROSS|ORDER|GROUP|SELECT|VALUES|LIMIT|UNION|FOR|DEFAULT|OFFSET|RETURNING|TABLESAMPLE|FROM"
_TABLE = re.compile(rf"\b(?:FROM|JOIN|UPDATE|INTO|USING)\s+(\w+)(?:\s+(?:AS\s+)?(?!(?:{_AFTER})\b)(\w+))?")
_SET = re.compile(r"\bSET\b.*?(?=\bFROM\b|\bWHERE\b|\bRETURNING\b|$)")
_FILLED = r"INSERT INTO {}(?:\s+AS\s+\w+)?\s*\([^)]*\bperson\b"


def columns() -> dict[str, set[str]]:
    """The columns of each table that the schema makes."""
    text = "".join(_COMMENT.sub("", step.text) for step in steps())
    made = {name: {line.split()[0] for line in body.splitlines() if line.strip()} for name, body in _CREATE.findall(text)}
    for name, column in _ADDED.findall(text):
        made[name].add(column)
    return made


def unkeyed(text: str, personal: set[str]) -> set[str]:
    """Those of these tables that some part of the statement reads, changes or fills without saying whose rows."""
    return {table for block in _blocks(text) for table, alias in _asked(block, personal) if not _keyed(block, table, alias)}


def _blocks(text: str) -> Iterator[str]:
    """Each select, insert, update and delete by itself, without those that stand within it."""
    open_: list[list[str]] = [[]]
    for piece in re.split(r"([()])", " ".join(_COMMENT.sub("", text).split())):
        if piece == "(":
            open_.append([])
        elif piece == ")":
            inner = "".join(open_.pop())
            if _BEGINS.match(inner):
                yield inner
                inner = ""
            open_[-1].append(f"({inner})")
        else:
            open_[-1].append(piece)
    yield "".join(open_[0])


def _asked(block: str, personal: set[str]) -> Iterator[tuple[str, str]]:
    for table, alias in _TABLE.findall(block):
        if table in personal:
            yield table, alias


def _keyed(block: str, table: str, alias: str) -> bool:
    """Whose rows: said by a comparison of the key, or by a value for it in what is inserted. What is set is not asked."""
    column = rf"(?<![\w.])(?:{alias or table}\.)?person\b"
    compared = re.search(rf"{column}\s*(?:=|IN\b)|=\s*{column}", _SET.sub(" ", block))
    return compared is not None or re.search(_FILLED.format(table), block) is not None
