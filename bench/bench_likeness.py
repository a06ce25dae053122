"""How often the likeness search does not find what an idea is like, and how long it takes.

The labelled pairs are in `likeness.toml`. It is told for the half that was looked at while the search was made, for the half that
was held out, and for all. `python -m bench.bench_likeness` tells recall, and what was missed of the first half.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from bench.figure import Figure
from bench.room import Room
from kedja.innovation.likeness.search import Document, alike

_PAIRS = Path(__file__).parent / "likeness.toml"
_MANY = 2_000  # documents of one search that is timed


@dataclass(frozen=True, slots=True)
class Pair:
    asked: str
    like: str  # the id of the document that it is like
    held_out: bool


def labelled() -> tuple[list[Document], list[Pair]]:
    """All documents, and the pairs."""
    data = tomllib.loads(_PAIRS.read_text("utf-8"))["document"]
    documents = [Document(each["kind"], each["id"], each["title"], each["text"]) for each in data]
    pairs = [Pair(asked, each["id"], each.get("held_out", False)) for each in data for asked in each.get("asked", ())]
    return documents, pairs


def rank(pair: Pair, documents: Sequence[Document], most: int = 10) -> int | None:
    """Where the document that the pair names is found, 1 for the first; None when it is not among the first `most`."""
    found = [like.document.id for like in alike(pair.asked, documents, most)]
    return found.index(pair.like) + 1 if pair.like in found else None


def recall(pairs: Sequence[Pair], documents: Sequence[Document], most: int = 10) -> float:
    """The share of the pairs that are found among the first `most`."""
    return sum(rank(pair, documents, most) is not None for pair in pairs) / len(pairs)


def measure(room: Room) -> Iterator[Figure]:
    del room
    documents, pairs = labelled()
    looked_at, held_out = [pair for pair in pairs if not pair.held_out], [pair for pair in pairs if pair.held_out]
    for name, some in (("looked at", looked_at), ("held out", held_out), ("all", pairs)):
        yield Figure(f"likeness, not in the first 10, {len(some)} pairs {name}", "%", (100 - 100 * recall(some, documents),))
        yield Figure(f"likeness, not the first, {len(some)} pairs {name}", "%", (100 - 100 * recall(some, documents, 1),))
    yield Figure(f"likeness, one search in {_MANY} documents", "ms", tuple(_milliseconds(documents, pairs)))


def _milliseconds(documents: Sequence[Document], pairs: Sequence[Pair]) -> Iterator[float]:
    """CPU time of single searches, when the documents have been met before."""
    many = [Document(one.kind, f"{one.id}-{at}", one.title, f"{one.text} {at}") for at in range(_MANY) for one in documents][
        :_MANY
    ]
    alike(pairs[0].asked, many)
    for pair in pairs[:10]:
        began = process_time()
        alike(pair.asked, many)
        yield 1000 * (process_time() - began)


def main() -> None:
    documents, pairs = labelled()
    for name, some in (("looked at", [p for p in pairs if not p.held_out]), ("held out", [p for p in pairs if p.held_out])):
        print(f"{name}: recall at 10 {recall(some, documents):.3f}, first {recall(some, documents, 1):.3f} of {len(some)}")
    for pair in pairs:
        if not pair.held_out and rank(pair, documents) is None:
            print(f"missed: {pair.asked} ({pair.like})")


if __name__ == "__main__":
    main()
