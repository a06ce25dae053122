"""A Merkle tree over a log that only grows (RFC 9162, section 2.1), kept as the hashes of its perfect subtrees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256().digest()

Range = tuple[int, int]  # leaves [start, end)
Node = tuple[int, int]  # (level, place): the perfect subtree over leaves [place * 2**level, (place + 1) * 2**level)


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of these leaf hashes; of none the hash of nothing."""
    peaks = Peaks()
    for leaf in leaves:
        peaks, _ = peaks.with_leaf(leaf)
    return peaks.root()


@dataclass(frozen=True, slots=True)
class Peaks:
    """The tree's perfect subtrees from left to right, the greatest first: all that appending needs."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def with_leaf(self, leaf: bytes) -> tuple[Peaks, list[tuple[Node, bytes]]]:
        """The peaks with one leaf more, and the perfect subtrees of level 1 and above that it completes."""
        hashes, level, place = [*self.hashes, leaf], 0, self.size
        completed: list[tuple[Node, bytes]] = []
        while place & 1:
            right, left = hashes.pop(), hashes.pop()
            level, place = level + 1, place >> 1
            hashes.append(node_hash(left, right))
            completed.append(((level, place), hashes[-1]))
        return Peaks(self.size + 1, tuple(hashes)), completed

    def root(self) -> bytes:
        return folded(self.hashes)


def folded(hashes: Sequence[bytes]) -> bytes:
    """The hash over perfect subtrees of falling size, from the right."""
    if not hashes:
        return EMPTY_ROOT
    found = hashes[-1]
    for left in reversed(hashes[:-1]):
        found = node_hash(left, found)
    return found


def perfect(start: int, end: int) -> Iterator[Node]:
    """The perfect subtrees that make up [start, end), greatest first; `start` is where one of at least its size begins."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def inclusion_ranges(position: int, size: int) -> list[Range]:
    """The ranges whose hashes prove that the leaf at `position` is in the tree of `size` leaves, from the leaf upwards."""
    found: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if position < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """The ranges whose hashes prove that the tree of `first` leaves is the beginning of that of `second` (0 < first)."""
    found: list[Range] = []
    start, end, whole = 0, second, True
    while first != end - start:
        middle = start + _split(end - start)
        if start + first <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            first -= middle - start
            start, whole = middle, False
    return ([] if whole else [(start, end)]) + found[::-1]


def _split(size: int) -> int:
    """The greatest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def hashes_of(ranges: Sequence[Range], hash_of: Callable[[Node], bytes]) -> list[bytes]:
    """The hash of each range from those of its perfect subtrees."""
    return [folded([hash_of(node) for node in perfect(start, end)]) for start, end in ranges]


def proves_inclusion(leaf: bytes, position: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path leads from the leaf to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= position < size:
        return False
    node, last, found = position, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(step, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, step)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def proves_consistency(first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path shows that the first tree is the beginning of the second (RFC 9162, 2.1.4.2)."""
    if first == second:
        return not path and first_root == second_root
    if not 0 < first < second or not path:
        return False
    steps = list(path) if first & (first - 1) else [first_root, *path]
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
