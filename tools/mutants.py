"""The mutants of a module: its source with one small mistake in it, each a tree that compiles."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType
from typing import Final

ROOM: Final = Path(__file__).parents[1] / "kedja" / "access"
Name = tuple[str, str, int]  # module, qualified name, first line

_COMPARE: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_BINARY: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
_CALLS: Final = {"any": "all", "all": "any", "min": "max", "max": "min"}


@dataclass(frozen=True)
class Mutant:
    """What is changed, on which line, within which function; outside of all it cannot be put in place of what is loaded."""

    line: int
    what: str
    within: tuple[str, int] | None  # its qualified name and first line


@dataclass(frozen=True)
class Case:
    """The mutant of this number of one module, `rule.py:12 Eq -> NotEq: if a == b:`."""

    module: str
    number: int
    mutant: Mutant

    @property
    def path(self) -> Path:
        return ROOM / f"{self.module}.py"

    @property
    def dotted(self) -> str:
        return f"kedja.access.{self.module.replace('/', '.')}".removesuffix(".__init__")

    @property
    def inside(self) -> bool:
        return self.mutant.within is not None

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def __str__(self) -> str:
        line = self.source.splitlines()[self.mutant.line - 1].strip()
        return f"{self.module}.py:{self.mutant.line} {self.mutant.what}: {line}"

    def is_known(self, known: Sequence[Mapping[str, str]]) -> bool:
        """Whether the list says that it changes nothing."""
        return any(one["where"] in str(self) and one["module"] == self.module for one in known)

    def compiled(self) -> CodeType:
        """The module with the mistake in it."""
        tree = ast.parse(self.source)
        list(_sites(tree))[self.number].apply()
        return compile(ast.fix_missing_locations(tree), str(self.path), "exec")

    def changes(self) -> dict[tuple[Name, int], CodeType]:
        """Each function's code that has the mistake in it, or in a function within it."""
        old, new = _by_name(self.module, compile(self.source, str(self.path), "exec")), _by_name(self.module, self.compiled())
        alike = [name for name in old if len(old[name]) == len(new.get(name, ()))]
        return {(name, place): b for name in alike for place, (a, b) in enumerate(zip(old[name], new[name])) if a != b}

    def original(self) -> dict[CodeType, tuple[Name, int]]:
        """What each code of the module is called, and which of that name it is."""
        old = _by_name(self.module, compile(self.source, str(self.path), "exec"))
        return {code: (name, place) for name, codes in old.items() for place, code in enumerate(codes)}

    @property
    def name(self) -> Name | None:
        """The function that has the mistake."""
        return (self.module, *self.mutant.within) if self.mutant.within else None


def name_of(module: str, code: CodeType) -> Name:
    return module, code.co_qualname, code.co_firstlineno


def _by_name(module: str, code: CodeType) -> dict[Name, list[CodeType]]:
    found: dict[Name, list[CodeType]] = {}
    for one in _codes(code):
        found.setdefault(name_of(module, one), []).append(one)
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


@dataclass(frozen=True)
class _Site:
    line: int
    what: str
    within: tuple[str, int] | None
    apply: Callable[[], None]


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of this module of kedja/access, in the order in which `Case.number` counts them."""
    for site in _sites(ast.parse((ROOM / f"{module}.py").read_text(encoding="utf-8"))):
        yield Mutant(site.line, site.what, site.within)


def _sites(tree: ast.Module) -> Iterator[_Site]:
    yield from _Finder().found(tree)


class _Finder:
    """Walks what is executed: no docstrings, no annotations, no decorators, no words for humans."""

    def __init__(self) -> None:
        self.path = ""
        self.within: tuple[str, int] | None = None

    def found(self, node: ast.AST) -> Iterator[_Site]:
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "type_comment", "bases", "keywords_of_class"):
                continue
            if isinstance(value, list):
                yield from self._of_list(node, name, value)
            elif isinstance(value, ast.AST):
                yield from self._of_child(node, name, value)

    def _of_list(self, node: ast.AST, name: str, items: list[ast.AST]) -> Iterator[_Site]:
        for place, item in enumerate(list(items)):
            if not isinstance(item, ast.AST) or isinstance(item, (ast.Import, ast.ImportFrom)) or _is_docstring(item):
                continue
            yield from self._statement(items, place, item)
            yield from self._at(item, lambda new, place=place: items.__setitem__(place, new))
            yield from self._below(item)

    def _of_child(self, node: ast.AST, name: str, child: ast.AST) -> Iterator[_Site]:
        yield from self._at(child, lambda new: setattr(node, name, new))
        yield from self._below(child)

    def _below(self, node: ast.AST) -> Iterator[_Site]:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            before = self.path, self.within
            if not isinstance(node, ast.ClassDef):
                yield from self.found(node.args)
            name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
            first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
            if isinstance(node, ast.ClassDef):
                self.path += f"{name}."
            else:
                self.path, self.within = f"{self.path}{name}.<locals>.", (f"{self.path}{name}", first)
            if isinstance(node, ast.Lambda):
                yield from self._of_child(node, "body", node.body)
            else:
                yield from self._of_list(node, "body", node.body)  # pyright: ignore[reportArgumentType]
            self.path, self.within = before
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("cast", "TypeVar"):
            yield from self.found(node.args[-1])
        elif not isinstance(node, ast.JoinedStr):
            yield from self.found(node)

    def _statement(self, items: list[ast.AST], place: int, item: ast.AST) -> Iterator[_Site]:
        def drop() -> None:
            items[place] = ast.copy_location(ast.Pass(), item)

        if isinstance(item, (ast.Raise, ast.AugAssign)) or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Call)):
            yield self._site(item, "statement left out", drop)
        if isinstance(item, ast.match_case) and len(items) > 1:
            yield self._site(item.pattern, "case left out", lambda: items.__delitem__(place))
        if isinstance(item, ast.Return) and item.value is not None and not _is_none(item.value):
            value = item.value
            yield self._site(item, "returns None", lambda: setattr(item, "value", ast.copy_location(ast.Constant(None), value)))

    def _at(self, node: ast.AST, put: Callable[[ast.AST], None]) -> Iterator[_Site]:
        match node:
            case ast.Compare(ops=ops):
                for place, op in enumerate(ops):
                    if other := _COMPARE.get(type(op)):
                        yield self._site(
                            node, f"{type(op).__name__} -> {other.__name__}", lambda p=place, o=other: ops.__setitem__(p, o())
                        )
            case ast.BoolOp(op=op):
                other = ast.Or if isinstance(op, ast.And) else ast.And
                yield self._site(node, f"-> {other.__name__}", lambda: setattr(node, "op", other()))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self._site(node, "not left out", lambda: put(operand))
            case ast.BinOp(op=op) if type(op) in _BINARY:
                yield self._site(node, f"-> {_BINARY[type(op)].__name__}", lambda: setattr(node, "op", _BINARY[type(op)]()))
            case ast.Constant():
                yield from self._constant(node)
            case ast.Call(func=ast.Name(id=name) as func) if name in _CALLS:
                yield self._site(node, f"{name} -> {_CALLS[name]}", lambda: setattr(func, "id", _CALLS[name]))
            case ast.IfExp() | ast.If():
                if not isinstance(node.test, (ast.Compare, ast.UnaryOp, ast.BoolOp)):
                    negated = ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test)
                    yield self._site(node, "condition negated", lambda: setattr(node, "test", negated))
            case ast.comprehension(ifs=[_, *_]):
                yield self._site(node.target, "filter left out", lambda: node.ifs.clear())
            case _:
                return

    def _constant(self, node: ast.Constant) -> Iterator[_Site]:
        value = node.value
        if isinstance(value, bool):
            yield self._site(node, f"-> {not value}", lambda: setattr(node, "value", not value))
        elif isinstance(value, int):
            yield self._site(node, f"{value} -> {value + 1}", lambda: setattr(node, "value", value + 1))
        elif isinstance(value, str) and " " not in value:
            yield self._site(node, f"{value!r} -> other", lambda: setattr(node, "value", f"{value}X"))

    def _site(self, node: ast.AST, what: str, apply: Callable[[], None]) -> _Site:
        return _Site(getattr(node, "lineno", 0), what, self.within, apply)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
