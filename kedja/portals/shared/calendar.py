"""A booked time as a file that any calendar reads (RFC 5545). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

_OCTETS: Final = 75  # of a line, without its end (RFC 5545 3.1)


def event(id: str, start: datetime, end: datetime, title: str, where: str, now: datetime, off: bool = False) -> bytes:
    """One event in UTC, so that it is at the same time wherever it is read; `off`: that it was cancelled."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kedja//SV",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{id}@kedja",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(start)}",
        f"DTEND:{_utc(end)}",
        f"SUMMARY:{_text(title)}",
        *([f"LOCATION:{_text(where)}"] if where else []),
        f"STATUS:{'CANCELLED' if off else 'CONFIRMED'}",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line.encode()))


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """With what has a meaning of its own escaped (RFC 5545 3.3.11)."""
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        words = words.replace(sign, written)
    return words


def _folded(line: bytes) -> Iterator[bytes]:
    """Lines that are not too long; none is cut within a letter."""
    lead = b""
    while line:
        end = min(len(line), _OCTETS - len(lead))
        while end < len(line) and line[end] & 0xC0 == 0x80:
            end -= 1
        yield lead + line[:end]
        line, lead = line[end:], b" "
