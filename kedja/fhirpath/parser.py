"""Tokens to nodes, by precedence climbing (FHIRPath 2.0, sections 6.8 and 12)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from kedja.fhirpath import dates
from kedja.fhirpath.lexer import Kind, Token, tokens
from kedja.fhirpath.nodes import (
    At,
    Call,
    Empty,
    FhirPathSyntaxError,
    Literal,
    Member,
    Node,
    Operation,
    Sign,
    TypeOperation,
    Variable,
)
from kedja.fhirpath.quantities import CALENDAR

MAX_LENGTH: Final = 10_000
MAX_DEPTH: Final = 60
MAX_CHAIN: Final = 200  # operators and members in a row, which make nodes as deep

# The higher, the closer it binds.
_PRECEDENCE: Final = {
    operator: level
    for level, operators in enumerate(
        (
            ("implies",),
            ("or", "xor"),
            ("and",),
            ("in", "contains"),
            ("=", "~", "!=", "!~"),
            ("<", "<=", ">", ">="),
            ("|",),
            ("is", "as"),
            ("+", "-", "&"),
            ("*", "/", "div", "mod"),
        )
    )
    for operator in operators
}
_POLARITY: Final = len(_PRECEDENCE)
_NAMES_TOO: Final = ("as", "contains", "in", "is")  # keywords that can start a path


@lru_cache(maxsize=4096)
def parse(expression: str) -> Node:
    """The node of an expression. Raises FhirPathSyntaxError with the position and what was expected there."""
    if len(expression) > MAX_LENGTH:
        raise FhirPathSyntaxError(f"the expression has {len(expression)} characters; at most {MAX_LENGTH} are read")
    parser = _Parser(tokens(expression))
    node = parser.expression()
    parser.expect_end()
    return node


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    def expression(self, least: int = 0) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FhirPathSyntaxError(f"the expression is nested deeper than {MAX_DEPTH} levels")
        left = self._term()
        for _ in range(MAX_CHAIN):
            operator = self._next.text if self._next.kind in ("symbol", "name") else ""
            level = _PRECEDENCE.get(operator, -1)
            if level < least:
                self._depth -= 1
                return left
            self._advance()
            if operator in ("is", "as"):
                left = TypeOperation(operator, left, self._type_name())
            else:
                left = Operation(operator, left, self.expression(level + 1))
        raise FhirPathSyntaxError(f"the expression has more than {MAX_CHAIN} operators in a row")

    def expect_end(self) -> None:
        if self._next.kind != "end":
            raise self._unexpected("the end or an operator")

    @property
    def _next(self) -> Token:
        return self._tokens[self._position]

    def _advance(self) -> Token:
        token = self._next
        self._position += 1
        return token

    def _takes(self, symbol: str) -> bool:
        if self._next.kind == "symbol" and self._next.text == symbol:
            self._position += 1
            return True
        return False

    def _expect(self, symbol: str) -> None:
        if not self._takes(symbol):
            raise self._unexpected(f"`{symbol}`")

    def _unexpected(self, expected: str) -> FhirPathSyntaxError:
        token = self._next
        found = f"`{token.text[:20]}`" if token.kind != "end" else "the end"
        return FhirPathSyntaxError(f"expected {expected} at position {token.at + 1}, found {found}")

    def _term(self) -> Node:
        if self._next.kind == "symbol" and self._next.text in ("+", "-"):
            return Sign(self._advance().text, self.expression(_POLARITY))
        node = self._start()
        for _ in range(MAX_CHAIN):
            if self._takes("."):
                node = self._invocation(node)
            elif self._takes("["):
                node = At(node, self.expression())
                self._expect("]")
            else:
                return node
        raise FhirPathSyntaxError(f"the path has more than {MAX_CHAIN} steps")

    def _start(self) -> Node:
        if self._takes("("):
            node = self.expression()
            self._expect(")")
            return node
        if self._takes("{"):
            self._expect("}")
            return Empty()
        return self._invocation(None) if self._next.kind not in _LITERALS else self._literal()

    def _invocation(self, of: Node | None) -> Node:
        token = self._next
        if token.kind == "variable" and of is None:
            return Variable(self._advance().text)
        keyword = of is None and token.kind == "name" and token.text in _PRECEDENCE and token.text not in _NAMES_TOO
        if token.kind not in ("name", "quoted") or keyword:
            raise self._unexpected("a name")
        self._advance()
        if of is None and token.kind == "name" and token.text in ("true", "false"):
            return Literal(token.text == "true", "System.Boolean")
        return Call(of, token.text, self._arguments()) if self._takes("(") else Member(of, token.text)

    def _arguments(self) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self._takes(")"):
            if found:
                self._expect(",")
            found.append(self.expression())
        return tuple(found)

    def _type_name(self) -> str:
        parts = [self._name()]
        if self._takes("."):
            parts.append(self._name())
        return ".".join(parts)

    def _name(self) -> str:
        if self._next.kind not in ("name", "quoted"):
            raise self._unexpected("the name of a type")
        return self._advance().text

    def _literal(self) -> Literal:
        token = self._advance()
        match token.kind:
            case "number":
                return self._number(token.text)
            case "date":
                if dates.parts(token.text) is None:
                    raise FhirPathSyntaxError(f"`@{token.text}` at position {token.at + 1} is no date or time that there is")
                return Literal(token.text, _date_type(token.text))
            case _:
                return Literal(token.text, "System.String")

    def _number(self, text: str) -> Literal:
        unit = self._next
        if unit.kind == "string" or (unit.kind == "name" and unit.text in CALENDAR):
            self._advance()
            return Literal((text, CALENDAR.get(unit.text, unit.text)), "System.Quantity")
        return Literal(text, "System.Decimal") if "." in text else Literal(int(text), "System.Integer")


_LITERALS: Final[tuple[Kind, ...]] = ("number", "date", "string")


def _date_type(text: str) -> str:
    if text.startswith("T"):
        return "System.Time"
    return "System.DateTime" if "T" in text else "System.Date"
