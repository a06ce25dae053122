"""The provable log in the store: sealing rows as leaves, checkpoints, and the hashes that proofs are made of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from asyncpg import Connection, Record

from kedja.audit.checkpoint import Checkpoint
from kedja.audit.event import Entry, leaf_of
from kedja.audit.pruning import Pruning
from kedja.audit.tree import HASH_BYTES, Node, Peaks, Range, hashes_of, leaf_hash, perfect, root_of
from kedja.store.pool import Store, transaction
from kedja.store.queries import sql

_LOCK: Final = 0x6B65646A62  # one process seals at a time
_KEPT_LEVEL: Final = 8  # subtrees below are made from their leaves
_BATCH: Final = 250  # rows at a time: the process that seals also answers requests

Sign = Callable[[int, bytes], Checkpoint]


async def seal(store: Store) -> int:
    """Seal the next rows, as a transaction; how many. 0 where all is sealed, or another process is at it."""
    async with transaction(store) as conn:
        if not await conn.fetchval("SELECT pg_try_advisory_xact_lock($1)", _LOCK):
            return 0
        state = await _state(conn)
        rows = await conn.fetch(sql("audit_unsealed"), state["xid"], state["seq"], _BATCH)
        if rows:
            await _append(conn, _peaks(state), rows)
        return len(rows)


async def _state(conn: Connection) -> Record:
    state = await conn.fetchrow(sql("audit_state"))
    assert state is not None  # the schema puts its one row there
    if state["own"]:
        return state
    await conn.execute(sql("audit_adopt"))
    return await _state(conn)


def _peaks(state: Record) -> Peaks:
    peaks: bytes = state["peaks"]
    return Peaks(state["size"], tuple(peaks[at : at + HASH_BYTES] for at in range(0, len(peaks), HASH_BYTES)))


async def _append(conn: Connection, peaks: Peaks, rows: Sequence[Record]) -> None:
    first = peaks.size
    hashes = [leaf_hash(leaf_of(Entry(*tuple(row)[1:]))) for row in rows]
    nodes: list[tuple[int, int, bytes]] = []
    for leaf in hashes:
        peaks, completed = peaks.with_leaf(leaf)
        nodes += [(*node, hash) for node, hash in completed if node[0] >= _KEPT_LEVEL]
    levels, places, subtrees = zip(*nodes) if nodes else ((), (), ())
    await conn.execute(
        sql("audit_seal"),
        list(range(first, peaks.size)),
        [row["seq"] for row in rows],
        hashes,
        list(levels),
        list(places),
        list(subtrees),
        rows[-1]["xid"],
        rows[-1]["seq"],
        peaks.size,
        b"".join(peaks.hashes),
    )


async def checkpoint(store: Store, key: bytes, sign: Sign) -> Checkpoint | None:
    """Sign what is sealed; None where it is signed already, or nothing is sealed, or another process is at it."""
    async with transaction(store) as conn:
        if not await conn.fetchval("SELECT pg_try_advisory_xact_lock($1)", _LOCK):
            return None
        peaks = _peaks(await _state(conn))
        if not peaks.size or await conn.fetchrow(sql("audit_checkpoint"), key, peaks.size):
            return None
        signed = sign(peaks.size, peaks.root())
        await conn.execute(sql("audit_signed"), signed.size, signed.key, signed.text, signed.signature)
        return signed


async def find_checkpoint(store: Store, key: bytes, size: int | None) -> Checkpoint | None:
    """The checkpoint of this size that this public key is of; without a size the latest. None where there is none."""
    row = await store.pool.fetchrow(sql("audit_checkpoint"), key, size)
    return _checkpoint(row) if row else None


async def checkpoints(conn: Connection) -> list[Checkpoint]:
    """Every checkpoint, the smallest first."""
    return [_checkpoint(row) for row in await conn.fetch(sql("audit_checkpoints"))]


def _checkpoint(row: Record) -> Checkpoint:
    return Checkpoint(row["text"], row["signature"], row["key"])


async def range_hashes(store: Store, ranges: Sequence[Sequence[Range]]) -> list[list[bytes]]:
    """The hashes of each list of ranges of leaves, by two statements for all. The ranges are within what is sealed."""
    nodes = {node for some in ranges for start, end in some for node in perfect(start, end)}
    known = await _node_hashes(store, nodes)
    return [hashes_of(some, known.__getitem__) for some in ranges]


async def _node_hashes(store: Store, nodes: Iterable[Node]) -> dict[Node, bytes]:
    kept = [node for node in nodes if node[0] >= _KEPT_LEVEL]
    made = [node for node in nodes if node[0] < _KEPT_LEVEL]
    found: dict[Node, bytes] = {}
    if kept:
        rows = await store.pool.fetch(sql("audit_nodes"), [level for level, _ in kept], [place for _, place in kept])
        found |= {(row["level"], row["place"]): row["hash"] for row in rows}
    if made:
        starts, ends = [place << level for level, place in made], [(place + 1) << level for level, place in made]
        leaves = {row["position"]: row["hash"] for row in await store.pool.fetch(sql("audit_leaves"), starts, ends)}
        for node, start, end in zip(made, starts, ends):
            found[node] = root_of([leaves[position] for position in range(start, end)])
    return found


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf as it is kept, and the row that it is of; None where that row is gone."""

    position: int
    seq: int
    hash: bytes
    entry: Entry | None


async def leaves(conn: Connection, start: int = 0) -> AsyncIterator[Leaf]:
    """Every leaf from `start` on in its order. To be called in a transaction, which gives one moment of it all."""
    async for row in conn.cursor(sql("audit_from"), start, prefetch=2000):
        values = tuple(row)
        yield Leaf(row["position"], row["leaf_seq"], row["hash"], Entry(*values[3:]) if row["seq"] is not None else None)


async def prunings(conn: Connection) -> list[Pruning]:
    """What says which rows were taken out of the log."""
    return [Pruning(row["text"], row["signature"], row["key"]) for row in await conn.fetch(sql("audit_pruned"))]


async def added(conn: Connection) -> list[int]:
    """`seq` of the rows that stand among the sealed ones and were never sealed."""
    return [row["seq"] for row in await conn.fetch(sql("audit_added"))]


async def own(
    store: Store, person: int, size: int, before: int | None, count: int, actor: int, request: str, former: str
) -> list[tuple[int, Entry]]:
    """(position, row) of a person's entries in the tree of `size` leaves, newest first; that they were asked for is logged."""
    rows = await store.pool.fetch(sql("audit_own"), person, size, before, count, actor, request, former)
    return [(row["position"], Entry(*tuple(row)[1:])) for row in rows]
