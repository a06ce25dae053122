"""The provable log: sealing while the service runs, proofs, and a person's own entries with theirs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kedja.access.actor import Actor, Kind
from kedja.audit import witness
from kedja.audit.archive import Archive
from kedja.audit.checkpoint import Checkpoint, sign
from kedja.audit.event import leaf_of
from kedja.audit.keys import public_pem
from kedja.audit.pruning import pruned
from kedja.audit.tree import consistency_ranges, inclusion_ranges
from kedja.audit.verify import Finding, Verifier
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.gate.repeated import repeated
from kedja.identity.systems import FORMER_KEY
from kedja.outcome import refuse
from kedja.store import audit as store
from kedja.store.keys import new_id
from kedja.store.pool import transaction
from kedja.store.queries import sql

log = logging.getLogger(__name__)

ADMINISTRATOR: Final = Actor("administrator", Kind.SYSTEM, name="Administrator at the installation's own command line")
_EVERY: Final = 5.0  # seconds between looks for rows that are not sealed


@dataclass(frozen=True, slots=True)
class Notary:
    """What signs for this installation: its key, and the folder where its checkpoints are kept beside the database."""

    key: Ed25519PrivateKey
    home: Path

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def sign(self, size: int, root: bytes) -> Checkpoint:
        return sign(self.key, size, root, datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"))


async def seal(door: Door, notary: Notary) -> int:
    """Seal all that can be sealed now and sign it, if no other process is at it. How many rows."""
    sealed = 0
    while count := await store.seal(door.store):
        sealed += count
        await asyncio.sleep(0)
    if (checkpoint := await store.checkpoint(door.store, notary.public, notary.sign)) is not None:
        await asyncio.to_thread(witness.append, notary.home, [checkpoint])
    return sealed


@asynccontextmanager
async def sealing(door: Door, notary: Notary) -> AsyncIterator[None]:
    """While open, rows are sealed a few seconds after they were written."""
    async with repeated(lambda: seal(door, notary), _EVERY, "the sealing of the access log"):
        yield


async def latest(door: Door, notary: Notary, size: int | None = None) -> Checkpoint:
    """The checkpoint of this size; without one the latest. Raises 404."""
    found = await store.find_checkpoint(door.store, notary.public, size)
    if found is None:
        asked = "none was signed yet: try again in some seconds" if size is None else f"none has {size} entries"
        raise refuse(404, "not-found", f"there is no such checkpoint: {asked}", "?size")
    return found


async def consistency(door: Door, notary: Notary, first: int, second: int) -> list[bytes]:
    """What proves that the tree of `first` entries is the beginning of that of `second`. Raises 400, 404."""
    if not 0 < first <= second:
        raise refuse(400, "value", "`first` and `second` are numbers of entries: first from 1, second not below it", "?first")
    await _within(door, notary, second)
    (path,) = await store.range_hashes(door.store, [consistency_ranges(first, second)])
    return path


async def inclusion(door: Door, notary: Notary, position: int, size: int) -> list[bytes]:
    """What proves that the leaf at `position` is in the tree of `size` entries. Raises 400, 404."""
    if not 0 <= position < size:
        raise refuse(400, "value", "`position` counts from 0 and is below `size`", "?position")
    await _within(door, notary, size)
    (path,) = await store.range_hashes(door.store, [inclusion_ranges(position, size)])
    return path


async def _within(door: Door, notary: Notary, size: int) -> None:
    if size > (await latest(door, notary)).size:
        raise refuse(404, "not-found", f"the log has not {size} signed entries yet", "?size")


@dataclass(frozen=True, slots=True)
class Proved:
    """One entry of a person's log: its place, its leaf's text, and what leads from there to the checkpoint's root."""

    seq: int
    position: int
    leaf: bytes
    path: Sequence[bytes]


async def own_entries(
    door: Door, notary: Notary, actor: Actor, before: int | None, count: int, request: str
) -> tuple[Checkpoint, list[Proved]]:
    """A person's own sealed entries, newest first, each with its proof (P-5). Raises 403 for anybody else, 404."""
    if actor.kind is not Kind.CITIZEN or not actor.person:
        await door.denied(actor, 0, "log", ["P-5"], [], request, "")
        raise refuse(403, "forbidden", "the access log of a person is shown to that person (PDL 8 kap. 5 §)")
    checkpoint = await latest(door, notary)
    key = await key_of(door.store, actor)
    rows = await store.own(door.store, actor.person, checkpoint.size, before, count, key, request, FORMER_KEY)
    paths = await store.range_hashes(door.store, [inclusion_ranges(position, checkpoint.size) for position, _ in rows])
    return checkpoint, [Proved(entry.seq, position, leaf_of(entry), path) for (position, entry), path in zip(rows, paths)]


async def verify(door: Door, notary: Notary) -> tuple[int, list[Finding]]:
    """(how many leaves there are, all that is not as it was sealed), of the whole log at one moment."""
    async with transaction(door.store) as conn:
        await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        known = [*await store.checkpoints(conn), *witness.read(witness.place(notary.home))]
        gone = pruned(await store.prunings(conn), notary.key.public_key())
        verifier = Verifier(notary.key.public_key(), known, gone)
        async for leaf in store.leaves(conn):
            verifier.leaf(leaf.position, leaf.seq, leaf.hash, leaf_of(leaf.entry) if leaf.entry else None)
        verifier.added(await store.added(conn))
    return verifier.size, verifier.finish()


async def archive(door: Door, notary: Notary, folder: Path) -> int:
    """Write the whole log to a folder (`audit.archive`); how many entries. That it was done is in the log, about nobody."""
    await door.store.pool.execute(sql("audit_archived"), await key_of(door.store, ADMINISTRATOR), new_id(), str(folder))
    async with transaction(door.store) as conn:
        await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        files = Archive(folder)
        async for leaf in store.leaves(conn):
            files.entry(leaf.position, leaf.seq, leaf.hash, leaf_of(leaf.entry) if leaf.entry else None)
        signed = {one.text: one for one in [*await store.checkpoints(conn), *witness.read(witness.place(notary.home))]}
        prunings = await store.prunings(conn)
    files.finish(signed.values(), public_pem(notary.key), prunings)
    return files.size
