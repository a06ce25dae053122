"""FHIRPath, the part that views need, as PostgreSQL jsonpath (lax mode walks into arrays as FHIRPath does)."""

from __future__ import annotations

import json

from kedja.fhirpath.nodes import At, Call, Literal, Member, Node, Operation, TypeOperation
from kedja.fhirpath.parser import parse
from kedja.outcome import refuse

_COMPARE = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_LOGIC = {"and": "&&", "or": "||"}


def jsonpath(expression: str) -> str:
    """A jsonpath that yields what the FHIRPath expression yields over one resource.

    Raises OutcomeError 400 naming what is not known.
    """
    return _path(parse(expression), "$")


def predicate(expression: str) -> str:
    """A jsonpath with a filter: it yields something exactly where the boolean expression is true."""
    return f"$ ? ({_test(parse(expression))})"


def _path(node: Node, root: str) -> str:
    match node:
        case Member(of, name):
            return f"{_path(of, root) if of is not None else root}.{json.dumps(name)}"
        case At(of, Literal(int() as index)):
            return f"{_path(of, root)}[{index}]"
        case Call(Member(of, name), "ofType", (kind,)):
            return _typed(of, name, _name(kind), root)
        case TypeOperation("as", Member(of, name), kind):
            return _typed(of, name, kind, root)
        case Call(of, "where", (test,)):
            return f"{_path(of, root) if of is not None else root} ? ({_test(test)})"
        case Call(of, "first", ()) if of is not None:
            return _path(of, root)
        case _:
            raise _unknown(node)


def _typed(of: Node | None, name: str, kind: str, root: str) -> str:
    """`value.ofType(Quantity)` is `valueQuantity` in JSON."""
    return f"{_path(of, root) if of is not None else root}.{json.dumps(name + kind[:1].upper() + kind[1:])}"


def _test(node: Node) -> str:
    match node:
        case Operation(operator, left, right) if operator in _LOGIC:
            return f"({_test(left)} {_LOGIC[operator]} {_test(right)})"
        case Operation(operator, left, Literal(value)) if operator in _COMPARE:
            return f"{_path(left, '@')} {_COMPARE[operator]} {json.dumps(value, ensure_ascii=False)}"
        case Call(of, "startsWith", (Literal(str() as start),)) if of is not None:
            return f"{_path(of, '@')} starts with {json.dumps(start, ensure_ascii=False)}"
        case Call(of, "exists", ()) if of is not None:
            return f"exists({_path(of, '@')})"
        case Call(of, "exists", (test,)) if of is not None:
            return f"exists({_path(of, '@')} ? ({_test(test)}))"
        case Call(of, "not", ()) if of is not None:
            return f"!({_test(of)})"
        case _:
            raise _unknown(node)


def _name(node: Node) -> str:
    if isinstance(node, Member):
        return node.name
    raise _unknown(node)


def _unknown(node: Node) -> Exception:
    what = (
        f"`{node.name}()`"
        if isinstance(node, Call)
        else f"`{node.operator}`"
        if isinstance(node, Operation)
        else type(node).__name__
    )
    return refuse(
        400,
        "not-supported",
        f"{what} is not known in a view's path: members, where, ofType, first, exists, not, startsWith and comparisons are",
    )
