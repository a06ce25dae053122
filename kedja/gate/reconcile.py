"""Whether store, log and tree tell the same: every version has its row, every write its version, every row its leaf.

Done each night by one of the processes that serve, and by `kedja audit reconcile`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from asyncpg import Connection

from kedja import exactjson
from kedja.access.instants import first_instant, text_of
from kedja.audit import witness
from kedja.audit.checkpoint import Checkpoint, is_signed
from kedja.audit.event import leaf_of
from kedja.audit.pruning import pruned
from kedja.audit.tree import Peaks, perfect
from kedja.audit.verify import Verifier
from kedja.gate.audit import ADMINISTRATOR, Notary, seal
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.store import audit as store
from kedja.store.keys import new_id
from kedja.store.pool import transaction
from kedja.store.queries import sql

log = logging.getLogger(__name__)
_STATE: Final = "reconciliation"
_SETTLED: Final = timedelta(minutes=10)  # what is younger may still be on its way into the tree
_KEPT: Final = 200  # gaps that are kept in the state; all are counted


@dataclass(frozen=True, slots=True)
class Gap:
    """`unlogged`: a version without a row; `unstored`: a row of a write without its version; `unsealed`: a row without a leaf;
    and what is wrong with the tree, by the words of `audit.verify`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was compared: what was written from `since` (None: ever) until `until`, and the leaves from `first` until `size`."""

    since: datetime | None
    until: datetime
    first: int
    size: int
    gaps: Sequence[Gap]


async def reconcile(door: Door, notary: Notary, *, whole: bool = False) -> Reconciled:
    """Compare what was written since the last time, or all of it, and keep what was found. Gaps are logged as errors."""
    await seal(door, notary)
    before = {} if whole else await latest(door)
    since = first_instant(before["until"]) if before else None
    until = door.clock() - _SETTLED
    async with transaction(door.store) as conn:
        await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        gaps = await _compared(conn, since, until)
        signed = [*await store.checkpoints(conn), *witness.read(witness.place(notary.home))]
        first, size, found = await _tree(door, conn, notary, signed, int(before.get("size", 0)))
    told = Reconciled(since, until, first, size, [*gaps, *found])
    await _keep(door, told)
    for gap in told.gaps:
        log.error("the access log does not agree with the store: %s: %s", gap.kind, gap.text)
    return told


async def latest(door: Door) -> dict[str, Any]:
    """What the last reconciliation found, or nothing where there was none: `until`, `size`, `number` of gaps, `gaps`."""
    value = await door.store.pool.fetchval(sql("state"), _STATE)
    return {} if value is None else exactjson.loads(value.encode())


async def _compared(conn: Connection, since: datetime | None, until: datetime) -> list[Gap]:
    unlogged = await conn.fetch(sql("reconcile_unlogged"), since, until)
    unstored = await conn.fetch(sql("reconcile_unstored"), since, until)
    unsealed = await conn.fetch(sql("reconcile_unsealed"), until)
    return [
        *(Gap("unlogged", f"{row['place']} was stored, and no row of the log tells of it") for row in unlogged),
        *(Gap("unstored", f"row {row['seq']} tells of {row['place']}, which is not in the store") for row in unstored),
        *(Gap("unsealed", f"row {row['seq']} was never sealed") for row in unsealed),
    ]


async def _tree(
    door: Door, conn: Connection, notary: Notary, signed: Sequence[Checkpoint], known: int
) -> tuple[int, int, list[Gap]]:
    """(first leaf, how many there are, what is wrong) of the leaves since the last signed tree that was known to be whole."""
    key = notary.key.public_key()
    first = max((one.size for one in signed if one.size <= known and is_signed(one, key)), default=0)
    verifier = Verifier(key, signed, pruned(await store.prunings(conn), key), await _peaks(door, first))
    verifier.compare()
    async for leaf in store.leaves(conn, first):
        verifier.leaf(leaf.position, leaf.seq, leaf.hash, leaf_of(leaf.entry) if leaf.entry else None)
    verifier.added(await store.added(conn))
    return first, verifier.size, [Gap(finding.kind, finding.text) for finding in verifier.finish()]


async def _peaks(door: Door, size: int) -> Peaks:
    """The perfect subtrees of the first leaves, from what is kept of them."""
    ranges = [(place << level, (place + 1) << level) for level, place in perfect(0, size)]
    (hashes,) = await store.range_hashes(door.store, [ranges])
    return Peaks(size, tuple(hashes))


async def _keep(door: Door, told: Reconciled) -> None:
    number = len(told.gaps)
    kept = [asdict(gap) for gap in told.gaps[:_KEPT]]
    state = {"at": text_of(door.clock()), "until": text_of(told.until), "size": told.size, "number": number, "gaps": kept}
    words = f"{told.size - told.first} entries, {number} gaps"
    key = await key_of(door.store, ADMINISTRATOR)
    await door.store.pool.execute(sql("reconciled"), exactjson.dumps(state).decode(), key, new_id(), words)
