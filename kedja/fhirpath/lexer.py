"""Text to tokens (FHIRPath 2.0, section 12.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from kedja.fhirpath.nodes import FhirPathSyntaxError

Kind = Literal["string", "date", "number", "name", "quoted", "variable", "symbol", "end"]

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<date>@\d{4}(?:-\d\d(?:-\d\d)?)?(?:T(?:\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?)?)?|@T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<quoted>`(?:[^`\\]|\\.)*`)
    |(?P<string>'(?:[^'\\]|\\.)*')
    |(?P<variable>\$[a-z]+|%(?:[A-Za-z_][A-Za-z0-9_-]*|`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*'))
    |(?P<symbol><=|>=|!=|!~|[-.,()\[\]{}+*/&|<>=~])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str  # quotes taken away, escapes resolved
    at: int


def tokens(expression: str) -> list[Token]:
    """The tokens, closed by one of kind `end`. Raises FhirPathSyntaxError with the position of what is no token."""
    found: list[Token] = []
    at = 0
    while at < len(expression):
        match = _TOKEN.match(expression, at)
        if match is None:
            raise FhirPathSyntaxError(f"`{expression[at : at + 20]}` at position {at + 1} is not FHIRPath")
        if match.lastgroup != "space":
            found.append(_token(match.lastgroup, match.group(), at))
        at = match.end()
    return [*found, Token("end", "", at)]


def _token(kind: str | None, text: str, at: int) -> Token:
    match kind:
        case "string" | "quoted":
            return Token(kind, _unescaped(text[1:-1]), at)
        case "date":
            return Token("date", text[1:], at)
        case "variable":
            return Token("variable", text[0] + _unescaped(text[1:].strip("`'")), at)
        case "number" | "name":
            return Token(kind, text, at)
        case _:
            return Token("symbol", text, at)


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        escaped = match[1]
        return chr(int(escaped[1:], 16)) if len(escaped) > 1 else _ESCAPED.get(escaped, escaped)

    return _ESCAPE.sub(character, text) if "\\" in text else text
