"""Signals read from files: RSS 2.0 and 1.0, Atom (RFC 4287) and JSON Feed 1.1. Pure: who reads gives the bytes.

XML is read by expat event by event: document types, and with them entities, are refused, nothing outside is looked at, and how
much may be nested, listed and written is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from html.parser import HTMLParser
from typing import Any, Final
from xml.parsers import expat

from kedja import exactjson
from kedja.innovation.words import table
from kedja.outcome import refuse

MOST_BYTES: Final = 8 * 1024 * 1024
MOST_ITEMS: Final = 1000
_MOST_DEPTH: Final = 64
_MOST_TEXT: Final = 20_000  # characters of one element
_MOST_WHAT: Final = 3000
_ITEMS: Final = frozenset({"item", "entry"})
_NAMES: Final[Mapping[str, str]] = {
    "title": "title",
    "description": "what",
    "summary": "what",
    "content": "content",
    "encoded": "content",
    "link": "link",
    "guid": "id",
    "id": "id",
    "pubDate": "day",
    "date": "day",
    "published": "day",
    "updated": "updated",
}
_SPACE: Final = re.compile(r"\s+")
_HTTPS: Final = re.compile(r"https://[^\s<>\"]{3,1900}")


@dataclass(frozen=True, slots=True)
class Item:
    """One signal. `id` is the feed's own for it, so that it is taken in once; `values` are fields of the kind `signal`."""

    id: str
    values: Mapping[str, Any]


def read(data: bytes, source: str = "") -> list[Item]:
    """The items of a feed. `source` names it where it does not name itself, or is to be named otherwise.

    Raises OutcomeError: 413 for a file over 8 MiB or with more than 1000 items; 400 for what is neither XML nor JSON, has a
    document type, is nested too deep, or is no feed.
    """
    if len(data) > MOST_BYTES:
        raise refuse(413, "too-long", f"the feed has {len(data)} bytes; at most {MOST_BYTES} are read")
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    rows, name = _json(start) if start[:1] == b"{" else _xml(start)
    if len(rows) > MOST_ITEMS:
        raise refuse(413, "too-long", f"the feed has {len(rows)} items; at most {MOST_ITEMS} are read")
    return [item for row in rows if (item := _item(row, source or name))]


def tags(text: str) -> list[str]:
    """The areas of need that words of a text point to (`catalogues/tags.toml`): beginnings of words, in Swedish and English."""
    words = set(re.findall(r"[a-zåäöéü]+", text.lower()))
    return [area for area, starts in _tags().items() if any(word.startswith(starts) for word in words)]


@cache
def _tags() -> Mapping[str, tuple[str, ...]]:
    return {area: tuple(starts) for area, starts in table("catalogues/tags.toml").items()}


def _item(row: Mapping[str, str], source: str) -> Item | None:
    """None for an item without a title, which says nothing."""
    title = plain(row.get("title", ""))[:200]
    if not title:
        return None
    what = plain(row.get("what") or row.get("content", ""))[:_MOST_WHAT]
    values = {"title": title, "what": what, "source": plain(source)[:200], "areas": tags(f"{title} {what}")}
    link = row.get("link", "").strip()
    if _HTTPS.fullmatch(link):
        values["link"] = link
    day = _day(row.get("day") or row.get("updated", ""))
    if day:
        values["seen"] = day
    kept = {name: value for name, value in values.items() if value}
    return Item((row.get("id") or link or title).strip()[:500], kept)


def plain(markup: str) -> str:
    """The text of what may be HTML, in one line; scripts and styles are left out."""
    reader = _Text()
    reader.feed(markup[:_MOST_TEXT])
    reader.close()
    text = "".join(sign for sign in " ".join(reader.parts) if sign.isprintable() or sign.isspace())
    return _SPACE.sub(" ", text).strip()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= bool(self.hidden) and tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def _day(text: str) -> str:
    """An ISO date of RFC 822 or RFC 3339; '' for what is none."""
    readers: tuple[Callable[[str], datetime], ...] = (datetime.fromisoformat, parsedate_to_datetime)
    for reader in readers:
        try:
            found = reader(text.strip())
        except (ValueError, TypeError):
            continue
        return (found.astimezone(UTC) if found.tzinfo else found).date().isoformat()
    return ""


def _json(data: bytes) -> tuple[list[dict[str, str]], str]:
    feed = exactjson.loads(data)
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise refuse(400, "structure", "the file is JSON, but no JSON Feed: it has no list `items`")
    rows = [dict(_row(item)) for item in items if isinstance(item, dict)]
    return rows, feed["title"] if isinstance(feed.get("title"), str) else ""


def _row(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    names = {"id": "id", "url": "link", "title": "title", "summary": "what", "content_text": "content", "date_published": "day"}
    for name, ours in names.items():
        if isinstance(item.get(name), str):
            yield ours, item[name]
    if isinstance(item.get("content_html"), str) and "content_text" not in item:
        yield "content", item["content_html"]


def _xml(data: bytes) -> tuple[list[dict[str, str]], str]:
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        told = expat.ErrorString(error.code)
        raise refuse(400, "structure", f"the file is neither JSON nor XML: {told} at line {error.lineno}") from None
    if reader.root not in ("rss", "feed", "RDF"):
        raise refuse(400, "structure", f"`{reader.root}` is no feed: RSS, Atom or JSON Feed is read")
    return reader.rows, reader.name


class _Reader:
    """The items of RSS and Atom, whose elements are told by their local names."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []
        self.name = ""
        self.root = ""
        self.open: list[str] = []
        self.text: list[str] = []
        self.size = 0
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.data
        parser.StartDoctypeDeclHandler = self.doctype

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(" ")[2]
        self.root = self.root or local
        self.open.append(local)
        if len(self.open) > _MOST_DEPTH:
            raise refuse(400, "structure", f"the feed is nested over {_MOST_DEPTH} levels deep")
        if local in _ITEMS:
            if len(self.rows) == MOST_ITEMS:
                raise refuse(413, "too-long", f"the feed has more than {MOST_ITEMS} items")
            self.rows.append({})
        elif local == "link" and "href" in attributes and self.inside and attributes.get("rel", "alternate") == "alternate":
            self.rows[-1].setdefault("link", attributes["href"])
        self.text, self.size = [], 0

    def end(self, name: str) -> None:
        local = self.open.pop()
        text = "".join(self.text).strip()
        self.text, self.size = [], 0
        if local in _NAMES and self.open and self.open[-1] in _ITEMS:
            if text:
                self.rows[-1].setdefault(_NAMES[local], text)
        elif local == "title" and self.open and self.open[-1] in ("channel", "feed"):
            self.name = self.name or text

    def data(self, text: str) -> None:
        if self.size < _MOST_TEXT:
            self.text.append(text)
            self.size += len(text)

    @property
    def inside(self) -> bool:
        return len(self.open) > 1 and self.open[-2] in _ITEMS

    def doctype(self, *_: object) -> None:
        raise refuse(400, "structure", "the feed has a document type, which is not read: entities could be hidden in it")
