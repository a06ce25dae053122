"""What a check finds: where, relative to the checked value, what kind, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from kedja.validation.scope import Scope

MAX_FAULTS: Final = 100  # in one answer
_SHOWN: Final = 40  # characters of a value that an answer repeats
_COMPARED: Final = 64  # characters of a word that is compared with names


class Fault(NamedTuple):
    """`path` is a FHIRPath suffix (`.contact[0].gender`); `code` is from http://hl7.org/fhir/issue-type."""

    path: str
    code: str
    text: str
    severity: str = "error"

    def below(self, step: str) -> Fault:
        """The same fault seen from one level up."""
        return Fault(step + self.path, self.code, self.text, self.severity)


Check = Callable[[Any, Scope], "list[Fault] | None"]  # None or empty: nothing wrong

_KINDS: Final = ((dict, "an object"), (list, "an array"), (str, "a string"), (bool, "a boolean"), (int | float, "a number"))


def kind(value: Any) -> str:
    """The JSON kind in words."""
    return next((words for kinds, words in _KINDS if isinstance(value, kinds)), "null")


def shown(text: str) -> str:
    """A value in backquotes, cut where it is long, with control characters made visible."""
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return f"`{cut}`" if cut.isprintable() else f"`{cut.encode('unicode_escape').decode()}`"


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that was probably meant."""
    close = get_close_matches(word[:_COMPARED], names, n=1, cutoff=0.6)
    return close[0] if close else None


def invalid(faults: Iterable[Fault] | None) -> bool:
    """Whether any of these makes a value invalid; warnings do not."""
    return faults is not None and any(fault.severity == "error" for fault in faults)


_UNSOUND: Final = frozenset({"structure", "required", "value", "processing"})


def unsound(faults: Iterable[Fault] | None) -> bool:
    """Whether a value is not of the shape that rules about its content may take for granted."""
    return faults is not None and any(fault.severity == "error" and fault.code in _UNSOUND for fault in faults)
