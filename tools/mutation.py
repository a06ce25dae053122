"""How `tools/mutate.py` lets tests meet a mutant: what each test calls, and a process for each mutant."""

from __future__ import annotations

import gc
import importlib
import importlib.abc
import importlib.util
import inspect
import os
import pickle
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, Final, TypeVar

import hypothesis
import pytest
from hypothesis import Phase

from tools.mutants import ROOM, Case, Name, name_of

_EXAMPLES: Final = 2  # of each property
_CALLS: Final = 200_000  # after so many a test is taken to call nothing else
T = TypeVar("T")


@dataclass
class Told:
    """What a test `calls`, by its id, and its processor `seconds`; what is called while modules load, or once to be kept."""

    calls: dict[str, frozenset[Name]] = field(default_factory=dict[str, frozenset[Name]])
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    while_loading: frozenset[Name] = frozenset()
    kept: frozenset[Name] = frozenset()


@dataclass(frozen=True)
class Report:
    """What came of a mutant: the test that noticed it ("" where that is not known), and the seconds that it took."""

    case: Case
    killed: bool
    by: str
    seconds: float


def tell(report: Report, told: bool = False) -> None:
    """A line for a mutant that survived, at once; `told`: for any."""
    word = "killed" if report.killed else "survived"
    if not report.killed or told:
        os.write(1, f"{word}: {report.case}{' by ' + report.by if report.by else ''} ({report.seconds:.1f} s)\n".encode())


def forked(work: Callable[[int], int], seconds: int = 0) -> tuple[int, str]:
    """(how the work ended in a process of its own, 0 for well; what it wrote to the pipe that it is given)."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        if seconds:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        os._exit(work(write))
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return status, said


def _modules() -> Iterator[str]:
    for path in ROOM.rglob("*.py"):
        yield ".".join(("kedja", "access", *path.relative_to(ROOM).with_suffix("").parts)).removesuffix(".__init__")


def _caches(size: Callable[[int | None], bool]) -> list[Any]:
    found = [one for one in gc.get_objects() if type(one).__name__ == "_lru_cache_wrapper"]
    return [
        one for one in found if (one.__module__ or "").startswith(("kedja", "tests")) and size(one.cache_parameters()["maxsize"])
    ]


class Calls:
    """Notes which functions of kedja/access are called: the callback of `sys.settrace`."""

    def __init__(self) -> None:
        self.called: set[Name] = set()
        self.seen = 0
        self._names: dict[int, tuple[CodeType, Name | None]] = {}

    def _name(self, code: CodeType) -> Name | None:
        path = Path(code.co_filename)
        inside = path.is_relative_to(ROOM)
        name = name_of(str(path.relative_to(ROOM).with_suffix("")), code) if inside else None
        self._names[id(code)] = (code, name)
        return name

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        known = self._names.get(id(code))
        name = known[1] if known else self._name(code)
        if name:
            self.called.add(name)
        self.seen += 1
        if self.seen > _CALLS:
            sys.settrace(None)

    def of(self, work: Callable[[], T]) -> tuple[T, frozenset[Name]]:
        """(what the work gives, the functions that it calls)."""
        self.called.clear()
        self.seen = 0
        sys.settrace(self)
        try:
            return work(), frozenset(self.called)
        finally:
            sys.settrace(None)


class Mapping:
    """A plugin that runs every test, and writes what each calls to a file."""

    def __init__(self, path: str) -> None:
        self.path, self.told, self.calls = path, Told(), Calls()
        self.told.while_loading = self.calls.of(lambda: [importlib.import_module(module) for module in _modules()])[1]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.small = _caches(lambda size: size != 1)
        for cache in _caches(lambda size: size == 1):
            cache.cache_clear()
            if not inspect.signature(cache).parameters:
                self.told.kept |= self.calls.of(cache)[1]

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        for cache in self.small:
            cache.cache_clear()
        began = time.process_time()
        named = {
            name: pyfuncitem.funcargs[name]
            for name in inspect.signature(pyfuncitem.obj).parameters
            if name in pyfuncitem.funcargs
        }
        _, self.told.calls[pyfuncitem.nodeid] = self.calls.of(lambda: pyfuncitem.obj(**named))
        self.told.seconds[pyfuncitem.nodeid] = time.process_time() - began
        return True

    def pytest_sessionfinish(self) -> None:
        Path(self.path).write_bytes(pickle.dumps(self.told))


class Forking:
    """A plugin that, once the tests are collected, lets a fork of this process meet each mutant.

    `most`: seconds of tests, as they were measured, that one mutant meets: those that are likeliest to notice.
    """

    def __init__(self, cases: Sequence[Case], told: Told, seconds: int, most: float, note: Callable[[Report], None]) -> None:
        self.cases, self.told, self.seconds, self.most, self.note = cases, told, seconds, most, note
        self.reports: list[Report] = []
        self.pipe = -1
        self.met = Counter[tuple[Name | None, str]]()  # how often a test has noticed something, in a function and at all

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        functions = [one for one in gc.get_objects() if isinstance(one, FunctionType)]
        self.functions = [one for one in functions if Path(one.__code__.co_filename).is_relative_to(ROOM)]
        self.small, self.whole = _caches(lambda size: size != 1), _caches(lambda size: size == 1)
        gc.freeze()
        for case in self.cases:
            items = self._asked(case, session.items)
            began = time.time()
            status, by = self._forked(case, session, items) if items else (0, "")
            if self.pipe >= 0:
                return
            self.reports.append(Report(case, status != 0, by, time.time() - began))
            tell(self.reports[-1])
            self.note(self.reports[-1])
            if status:
                self.met.update([(None, by), (case.name, by)])
        session.items.clear()

    def _asked(self, case: Case, items: Sequence[pytest.Item]) -> list[pytest.Item]:
        """The tests that call what is mistaken, those first that have noticed mistakes there, or most."""
        calls = self.told.calls
        kept = case.name in self.told.kept
        asked = [one for one in items if kept or case.name in calls.get(one.nodeid, ())]

        def rank(item: pytest.Item) -> tuple[int, int, int, float]:
            id = item.nodeid
            calls = case.name in self.told.calls.get(id, ())  # others may, through what is kept
            return -self.met[case.name, id], -calls, -self.met[None, id], self.told.seconds.get(id, 0)

        chosen, seconds = list[pytest.Item](), 0.0
        for item in sorted(asked, key=rank):
            seconds += self.told.seconds.get(item.nodeid, 0)
            if seconds < self.most:
                chosen.append(item)
        return chosen

    def _forked(self, case: Case, session: pytest.Session, items: list[pytest.Item]) -> tuple[int, str]:
        """As `forked`, but the child returns, to go on with its tests."""
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            seconds = min(self.seconds, 5 + int(5 * sum(self.told.seconds.get(item.nodeid, 0) for item in items)))
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            self._put_in_place(case)
            self.pipe, session.items = write, items
            return 0, ""
        os.close(write)
        with os.fdopen(read) as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        return status, said

    def _put_in_place(self, case: Case) -> None:
        """Give every function that is loaded from the module the mutant's code."""
        names, old = case.changes(), case.original()
        for function in self.functions:
            code = function.__code__
            if code in old and old[code] in names and len(names[old[code]].co_freevars) == len(code.co_freevars):
                function.__code__ = names[old[code]]
        for cache in (*self.small, *self.whole) if case.name in self.told.kept else self.small:
            cache.cache_clear()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        if self.pipe >= 0 and call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
            os.write(self.pipe, item.nodeid.encode())
            os._exit(1)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.pipe >= 0:
            os._exit(1 if session.testsfailed else 0)


class Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads the mutant in place of its module."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.name = case.dotted

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> Any:
        if fullname != self.name:
            return None
        package = self.case.path.name == "__init__.py"
        spec = importlib.util.spec_from_loader(fullname, self, origin=str(self.case.path), is_package=package)
        if package and spec is not None:
            spec.submodule_search_locations = [str(self.case.path.parent)]
        return spec

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self.case.path)
        exec(self.case.compiled(), module.__dict__)


_BELOW: Final = (
    "outcome",
    "config",
    "exactjson",
    "ucum",
    "spec",
    "fhirxml",
    "fhirpath",
    "terminology",
    "search",
    "validation",
    "patch",
)


def preload() -> None:
    """Import what tests import and what does not depend on kedja.access, so that it is there for each mutant."""

    def work(pipe: int) -> int:
        for module in ("golden", "rule_files", "rules", "casefile", "oracle", "masking"):
            importlib.import_module(f"tests.law.test_{module}")
        os.write(pipe, "\n".join(sys.modules).encode())
        return 0

    _, said = forked(work)
    for module in said.split("\n"):
        first, *rest = module.split(".")
        if first not in ("kedja", "tests", "tools", "__main__") or (first == "kedja" and rest and rest[0] in _BELOW):
            with suppress(Exception):
                importlib.import_module(module)
    gc.freeze()


def notices(module: str) -> bool:
    """Whether a test of this module fails, of those that need nothing but their parameters."""
    for test in [one for name, one in vars(importlib.import_module(module)).items() if name.startswith("test_")]:
        try:
            for named in _parameters(test):
                test(**named)
        except pytest.skip.Exception:
            continue
        except BaseException:
            return True
    return False


def _parameters(test: Any) -> Iterator[dict[str, Any]]:
    marks = getattr(test, "pytestmark", [])
    needed = set(inspect.signature(test).parameters)
    if not needed and not hasattr(test, "hypothesis"):
        yield {}
    if len(marks) == 1 and marks[0].name == "parametrize" and marks[0].args:
        names = [name.strip() for name in marks[0].args[0].split(",")] if isinstance(marks[0].args[0], str) else marks[0].args[0]
        if set(names) == needed:
            for value in marks[0].args[1]:
                values = value.values if type(value).__name__ == "ParameterSet" else (value if len(names) > 1 else (value,))
                yield dict(zip(names, values))


class FewExamples:
    """A plugin that leaves out what needs a database or counts worlds, and asks properties with few examples."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        asked = [item for item in session.items if "postgres" not in getattr(item, "fixturenames", ())]
        session.items[:] = [item for item in asked if "worlds_reach" not in item.name]
        for item in session.items:
            test: Any = getattr(item, "obj", None)
            given = getattr(test, "_hypothesis_internal_use_settings", None)
            if given is not None:
                test._hypothesis_internal_use_settings = hypothesis.settings(
                    given, max_examples=min(given.max_examples, _EXAMPLES), deadline=None, derandomize=True, database=None,
                    phases=(Phase.explicit, Phase.generate),
                )  # fmt: skip
