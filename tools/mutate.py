"""`make mutation`: put one small mistake after another into the law's code, and see whether a test notices.

python tools/mutate.py [MODULE ...]: the modules of kedja/access, or those named (`rule compile`). A mistake inside a function is
put into what is loaded, after the tests were collected, in a process forked for it; any other is there before anything is
loaded. What no test notices is told; `tools/mutants.toml` lists those that change nothing that anybody could notice, and why.
"""

from __future__ import annotations

import ast
import gc
import importlib.abc
import importlib.util
import os
import resource
import sys
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

import hypothesis
import pytest

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from tools.mutants import Mutant, mutants  # noqa: E402

_ROOM: Final = ROOT / "kedja" / "access"
_SECONDS, _EXAMPLES = 120, 12  # of processor time for one mutant; of each property
_TESTS: Final = tuple(
    f"tests/law/test_{name}.py"
    for name in ("instants", "rule_files", "golden", "casefile", "rules", "disclosure", "mandates", "masking", "facts", "oracle")
)
_QUICK: Final = ("tests/law/test_golden.py", "tests/law/test_rule_files.py")  # what most mistakes are met by
_OPTIONS: Final = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header", "--tb=no", "-W", "ignore")


@dataclass(frozen=True)
class Case:
    """One mutant of one module, `access/rule.py:12 Eq -> NotEq`."""

    module: str
    mutant: Mutant

    @property
    def path(self) -> Path:
        return _ROOM / f"{self.module}.py"

    def __str__(self) -> str:
        line = self.path.read_text(encoding="utf-8").splitlines()[self.mutant.line - 1].strip()
        return f"{self.module}.py:{self.mutant.line} {self.mutant.what}: {line}"

    def is_known(self, known: Sequence[dict[str, str]]) -> bool:
        """Whether the list says that it changes nothing."""
        return any(one["where"] in str(self) and str(self).startswith(f"{one['module']}.py") for one in known)


class Forking:
    """A plugin that, once the tests are collected, lets a fork of this process meet each mutant; `killed` by their place."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.cases = cases
        self.killed: list[bool] = []
        self.in_child = False

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        gc.collect()
        for case in [None, *self.cases]:
            child = os.fork()
            if child == 0:
                self.in_child = True
                _silence()
                resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
                if case is not None and not put_in_place(case):
                    os._exit(2)
                session.items.sort(key=lambda item: case is None or case.module not in item.nodeid)
                return
            killed = _waited(child)
            if case is None:
                assert not killed, "the tests fail as it is"
            else:
                self.killed.append(killed)
                _tell(case, killed)
        session.items.clear()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self.in_child:
            os._exit(1 if session.testsfailed else 0)


def put_in_place(case: Case) -> bool:
    """Give every function that is loaded from the module the mutant's code. False where it has another shape."""
    old = list(_codes(compile(ast.parse(case.path.read_text(encoding="utf-8")), str(case.path), "exec")))
    new = list(_codes(compile(case.mutant.tree, str(case.path), "exec")))
    if len(old) != len(new):
        return False
    changed = {(one.co_qualname, one.co_firstlineno, one.co_code, one.co_consts): other for one, other in zip(old, new)}
    for function in [one for one in gc.get_objects() if isinstance(one, FunctionType)]:
        code = function.__code__
        if code.co_filename.endswith(f"kedja/access/{case.module}.py"):
            other = changed.get((code.co_qualname, code.co_firstlineno, code.co_code, code.co_consts))
            if other is not None and len(other.co_freevars) == len(code.co_freevars):
                function.__code__ = other
    for one in gc.get_objects():
        if type(one).__name__ == "_lru_cache_wrapper" and (one.__module__ or "").startswith(("kedja", "tests")):
            one.cache_clear()
    return True


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


class Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads the mutant in place of its module."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.name = f"kedja.access.{case.module.replace('/', '.')}"

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> Any:
        return importlib.util.spec_from_loader(fullname, self, origin=str(self.case.path)) if fullname == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self.case.path)
        exec(compile(self.case.mutant.tree, str(self.case.path), "exec"), module.__dict__)


def early(case: Case) -> bool:
    """Whether the tests fail with this mutant loaded from the start."""
    child = os.fork()
    if child == 0:
        _silence()
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        sys.meta_path.insert(0, Loader(case))
        status = 1
        with suppress(BaseException):
            own = [path for path in _TESTS if case.module in path]
            status = pytest.main([*_OPTIONS, *(own or _QUICK)]) or pytest.main([*_OPTIONS, *_TESTS], plugins=[FewExamples()])
        os._exit(0 if status == 0 else 1)
    killed = _waited(child)
    _tell(case, killed)
    return killed


def _waited(child: int) -> bool:
    _, status = os.waitpid(child, 0)
    return status != 0


def _silence() -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def _tell(case: Case, killed: bool) -> None:
    if not killed:
        os.write(1, f"survived: {case}\n".encode())


class FewExamples:
    """A plugin by which properties are asked with few examples: a mistake that matters is met soon."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            test: Any = getattr(item, "obj", None)
            given = getattr(test, "_hypothesis_internal_use_settings", None)
            if given is not None:
                few = min(given.max_examples, _EXAMPLES)
                test._hypothesis_internal_use_settings = hypothesis.settings(
                    given, max_examples=few, deadline=None, derandomize=True, database=None
                )


def run(cases: Sequence[Case]) -> int:
    """How many of these a test notices."""
    outside = sum(early(case) for case in cases if not case.mutant.inside)
    plugin = Forking([case for case in cases if case.mutant.inside])
    pytest.main([*_OPTIONS, *_TESTS], plugins=[FewExamples(), plugin])
    assert len(plugin.killed) == len(plugin.cases), "the tests cannot be collected"
    return outside + sum(plugin.killed)


def main() -> int:
    parser = ArgumentParser(prog="tools/mutate.py")
    parser.add_argument("modules", nargs="*", help="of kedja/access, as `rule` or `vocabulary/care`; default: all")
    parser.add_argument("--every", type=int, default=1, help="take each n-th mutant only")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    os.chdir(ROOT)
    known = tomllib.loads((ROOT / "tools" / "mutants.toml").read_text(encoding="utf-8")).get("changes_nothing", [])
    modules = given.modules or sorted(str(path.relative_to(_ROOM).with_suffix("")) for path in _ROOM.rglob("*.py"))
    made = [Case(module, one) for module in modules for one in mutants((_ROOM / f"{module}.py").read_text(encoding="utf-8"))]
    cases = [case for case in made[:: given.every] if not case.is_known(known)]
    killed = sum(_in_parallel([partial(run, cases[job :: given.jobs]) for job in range(given.jobs)]))
    print(f"{killed} of {len(cases)} killed, {killed / max(len(cases), 1):.1%}")
    return 0 if killed >= 0.95 * len(cases) else 1


def _in_parallel(works: Sequence[partial[int]]) -> Iterator[int]:
    pipes: list[int] = []
    for work in works:
        read, write = os.pipe()
        if os.fork() == 0:
            os.write(write, str(work()).encode())
            os._exit(0)
        os.close(write)
        pipes.append(read)
    for pipe in pipes:
        with os.fdopen(pipe) as told:
            yield int(told.read() or 0)


if __name__ == "__main__":
    sys.exit(main())
