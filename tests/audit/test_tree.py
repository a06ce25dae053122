"""The Merkle tree against RFC 9162's definitions, written out, and against the known vectors of its predecessor's tests."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from kedja.audit.tree import (
    EMPTY_ROOT,
    Node,
    Peaks,
    consistency_ranges,
    hashes_of,
    inclusion_ranges,
    leaf_hash,
    proves_consistency,
    proves_inclusion,
    root_of,
)

sizes = st.integers(1, 300)
ENTRIES = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43", b"\x50\x51\x52\x53\x54\x55\x56\x57"]


def defined(leaves: list[bytes]) -> bytes:
    """MTH as section 2.1.1 defines it."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + defined(leaves[:k]) + defined(leaves[k:])).digest()


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


def stored(leaves: list[bytes]) -> dict[Node, bytes]:
    """Every perfect subtree, as appending gave them."""
    peaks, nodes = Peaks(), {(0, place): leaf for place, leaf in enumerate(leaves)}
    for leaf in leaves:
        peaks, completed = peaks.with_leaf(leaf)
        nodes |= dict(completed)
    return nodes


def test_the_known_roots():
    known = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    }
    for size, root in known.items():
        assert root_of([leaf_hash(entry) for entry in ENTRIES[:size]]).hex() == root
    assert root_of([]) == EMPTY_ROOT


@given(st.integers(0, 300))
def test_appending_gives_the_root_that_is_defined(size: int):
    assert root_of(leaves_of(size)) == defined(leaves_of(size))


@given(sizes, st.data())
def test_every_leaf_is_proved_and_nothing_else_is(size: int, data: st.DataObject):
    leaves = leaves_of(size)
    position = data.draw(st.integers(0, size - 1))
    path = hashes_of(inclusion_ranges(position, size), stored(leaves).__getitem__)
    root = defined(leaves)
    assert proves_inclusion(leaves[position], position, size, path, root)
    assert not proves_inclusion(leaf_hash(b"another"), position, size, path, root)
    assert not proves_inclusion(leaves[position], position, size, [*path, root], root)
    assert not proves_inclusion(leaves[position], size, size, path, root)
    if size > 1:
        other = data.draw(st.integers(0, size - 1).filter(lambda place: place != position))
        assert not proves_inclusion(leaves[position], other, size, path, root)
        assert not proves_inclusion(leaves[position], position, size, path[:-1], root)


@given(sizes, st.data())
def test_an_earlier_tree_is_proved_to_be_the_beginning(second: int, data: st.DataObject):
    leaves = leaves_of(second)
    first = data.draw(st.integers(1, second))
    path = hashes_of(consistency_ranges(first, second), stored(leaves).__getitem__)
    old, new = defined(leaves[:first]), defined(leaves)
    assert proves_consistency(first, second, old, new, path)
    forged = defined([leaf_hash(b"forged"), *leaves[1:first]])
    assert not proves_consistency(first, second, forged, new, path)
    if first < second:
        assert not proves_consistency(first, second, old, forged, path)
        assert not proves_consistency(first, second, old, new, path[:-1])
