"""Values of a case in JSON, read with the place that is named where one is not understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, cast

from kedja.outcome import OutcomeError, refuse

Json = Mapping[str, Any]


def section(holder: Json, name: str) -> Json:
    """A member that is an object; none where it is missing, null or `none`."""
    found = holder.get(name)
    if found is None or found == "none":
        return {}
    if not isinstance(found, dict):
        raise wrong(name, "an object")
    return cast("Json", found)


def items(where: str, given: Any) -> list[Json]:
    """A list of objects; none where it is missing."""
    if given is None:
        return []
    found = cast("list[Any]", given) if isinstance(given, list) else [None]
    if not all(isinstance(item, dict) for item in found):
        raise wrong(where, "a list of objects")
    return cast("list[Json]", found)


def texts(where: str, given: Any) -> tuple[str, ...]:
    """A list of texts; none where it is missing."""
    if given is None:
        return ()
    found = cast("list[Any]", given) if isinstance(given, list) else [None]
    if not all(isinstance(item, str) for item in found):
        raise wrong(where, "a list of texts")
    return tuple(cast("list[str]", found))


def text(where: str, given: Any) -> str | None:
    if given is not None and not isinstance(given, str):
        raise wrong(where, "a text")
    return given or None


def flag(where: str, given: Any) -> bool:
    if not isinstance(given, bool):
        raise wrong(where, "true or false")
    return given


def span(where: str, given: Any) -> tuple[datetime | None, datetime | None]:
    """Two dates or instants, both included; null is open."""
    if given is None:
        return None, None
    if not isinstance(given, list) or len(cast("list[Any]", given)) != 2:
        raise wrong(where, "two dates, or null for an open end")
    return instant(where, given[0]), instant(where, given[1], last=True)


def instant(where: str, given: Any, *, last: bool = False) -> datetime | None:
    """A date is its first instant, or with `last` its last; without a time zone UTC."""
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise wrong(where, "a date or an instant, as 2026-03-15 or 2026-03-15T10:00:00Z") from None
    if last and len(given) == len("2026-03-15"):
        found = datetime.combine(found.date(), time.max)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def one_of(where: str, value: Any, allowed: Sequence[str] | Mapping[str, Any]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise wrong(where or str(value), f"one of {', '.join(allowed)}")
    return value


def wrong(where: str, wanted: str) -> OutcomeError:
    return refuse(400, "value", f"`{where}` in the case should be {wanted}", where)
