"""How long the access log is kept: at least five years (HSLF-FS 2016:40 4:9); what is older may go, once it is archived."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from kedja.access.instants import months_before
from kedja.access.rules import limit
from kedja.audit import archive
from kedja.audit.keys import public_pem
from kedja.audit.pruning import sign
from kedja.config import CannotRun
from kedja.gate.audit import ADMINISTRATOR, Notary
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.store.keys import new_id
from kedja.store.pool import transaction
from kedja.store.queries import sql


async def prune(door: Door, notary: Notary, folder: Path, before: datetime | None = None) -> tuple[int, int]:
    """(rows that were taken out, leaves from the beginning without rows now): those of before `before`, or as old as may be.

    `folder`: an archive with all of them, which is checked against this installation's key first. Leaves, subtrees and
    checkpoints stay, so that every proof holds, and a signed statement says what is gone. Raises CannotRun.
    """
    oldest = months_before(door.clock(), 12 * limit("log-years"))
    before = before or oldest
    if before > oldest:
        raise CannotRun(f"The log is kept for {limit('log-years')} years: nothing of after {oldest:%Y-%m-%d} may be taken out.")
    size: int = await door.store.pool.fetchval(sql("audit_prunable"), before) or 0
    entries, findings = await asyncio.to_thread(archive.check, folder, _key_file(notary))
    if findings:
        raise CannotRun(f"{folder} is not what was signed ({findings[0].text}): archive the log anew.")
    if entries < size:
        raise CannotRun(f"{folder} has {entries} entries, and {size} are so old: archive the log first.")
    if not size:
        return 0, 0
    statement = sign(notary.key, size, await asyncio.to_thread(archive.digest_of, folder, size), before)
    told = f"{size} entries of before {before:%Y-%m-%d} taken out; they are archived"
    async with transaction(door.store) as conn:
        if await conn.fetchval("SELECT EXISTS (SELECT FROM audit_pruned WHERE size >= $1)", size):
            return 0, size
        key = await key_of(door.store, ADMINISTRATOR)
        args = (size, before, statement.text, statement.signature, statement.key, key, new_id(), told)
        return await conn.fetchval(sql("audit_prune"), *args) or 0, size


def _key_file(notary: Notary) -> Path:
    """The public key of this installation as a file, for the check of an archive: not the key that the archive brings."""
    place = notary.home / "audit-public.pem"
    place.write_bytes(public_pem(notary.key))
    return place
