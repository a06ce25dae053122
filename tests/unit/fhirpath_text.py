"""Nodes to text: what `parse` reads back as the same nodes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from kedja.fhirpath.nodes import At, Call, Empty, Literal, Member, Node, Operation, Sign, TypeOperation, Variable
from kedja.fhirpath.quantities import CALENDAR

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_PLAIN_VARIABLE: Final = re.compile(r"\$[a-z]+|%[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)
_ESCAPES: Final = {"\\": "\\\\", "'": "\\'", "`": "\\`", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f"}
_RESERVED: Final = frozenset(
    {"and", "or", "xor", "implies", "div", "mod", "is", "as", "in", "contains", "true", "false", *CALENDAR}
)


def show(node: Node) -> str:
    """The expression of a node, with a bracket around each operation."""
    return _SHOWN[type(node)](node)


def _literal(node: Literal) -> str:
    match node:
        case Literal(bool(value)):
            return "true" if value else "false"
        case Literal((number, unit)):
            return f"{number} {unit}" if unit in CALENDAR else f"{number} " + _quoted(unit, "'")
        case Literal(value, "System.String"):
            return _quoted(str(value), "'")
        case Literal(value, "System.Integer" | "System.Decimal"):
            return str(value)
        case Literal(value):
            return f"@{value}"


def _variable(node: Variable) -> str:
    return node.name if _PLAIN_VARIABLE.fullmatch(node.name) else "%" + _quoted(node.name[1:], "`")


def _member(node: Member) -> str:
    return _after(node.of) + _name(node.name)


def _call(node: Call) -> str:
    return f"{_after(node.of)}{_name(node.name)}({', '.join(map(show, node.arguments))})"


def _at(node: At) -> str:
    return f"{show(node.of)}[{show(node.index)}]"


def _sign(node: Sign) -> str:
    return f"({node.sign}{show(node.of)})"


def _operation(node: Operation) -> str:
    return f"({show(node.left)} {node.operator} {show(node.right)})"


def _type_operation(node: TypeOperation) -> str:
    return f"({show(node.of)} {node.operator} {'.'.join(map(_name, node.type.split('.')))})"


def _after(of: Node | None) -> str:
    return "" if of is None else f"{show(of)}."


def _name(name: str) -> str:
    return name if _PLAIN.fullmatch(name) and name not in _RESERVED else _quoted(name, "`")


def _quoted(text: str, quote: str) -> str:
    return quote + "".join(_ESCAPES.get(character, character) for character in text) + quote


_SHOWN: Final[dict[type[Any], Callable[[Any], str]]] = {
    Literal: _literal,
    Empty: lambda _node: "{}",
    Variable: _variable,
    Member: _member,
    Call: _call,
    At: _at,
    Sign: _sign,
    Operation: _operation,
    TypeOperation: _type_operation,
}
