"""What is said to an entry of a catalogue: interest, questions, comments; and what is told to all who take part, on record.

Equal treatment (lag 2016:1145 om offentlig upphandling 4 kap. 1 §): what is told goes to each who takes part in one statement,
who comes later gets all of it, and there is no way to tell one of them. Who was told what, when, and when they opened it, stays.
"""

from __future__ import annotations

from kedja.access.actor import Actor
from kedja.gate.door import Door
from kedja.gate.innovation import Passage, passing
from kedja.gate.innovation_catalogue import KEEP, SAY, TYPE, entry_of, who
from kedja.innovation import entries
from kedja.innovation.catalogue import Kind, Reply
from kedja.outcome import refuse
from kedja.store import innovation_entries as store
from kedja.store.queries import sql


async def say(door: Door, actor: Actor, kind: Kind, number: int, reply: Reply, text: str, option: str, request: str) -> None:
    """Say something to an entry. Raises 403 where this actor may not, 404, and 409 for a second of what is said once."""
    async with passing(door, actor, "create", request, reply.id) as passage:
        passage.rules.append(SAY)
        passage.saw(kind.called(number), type=TYPE)
        row = await store.lock(passage.conn, who(passage), kind.id, number)
        if row is None:
            raise refuse(404, "not-found", f"{kind.called(number)} is not here, or you may not see it")
        one = entry_of(row)
        if not entries.says(passage.viewer, kind, reply, one.state, row["org"]):
            raise refuse(403, "forbidden", f"you cannot say this here, or not now ({SAY})")
        if reply.once and await passage.conn.fetchval(sql("innovation_reply_mine"), kind.id, number, reply.id, actor.id):
            raise refuse(409, "conflict", "you have said this already")
        await _keep(passage, kind, number, reply, text, option)


async def answer(door: Door, actor: Actor, kind: Kind, number: int, id: int, text: str, request: str) -> None:
    """Answer what was asked: question and answer are open to all then, without who asked. Raises 403 and 404."""
    async with passing(door, actor, "update", request) as passage:
        passage.rules.append(KEEP)
        passage.saw(kind.called(number), type=TYPE)
        row = await store.lock(passage.conn, who(passage), kind.id, number)
        if row is None:
            raise refuse(404, "not-found", f"{kind.called(number)} is not here, or you may not see it")
        if not entries.keeps(passage.viewer, kind, row["org"]):
            raise refuse(403, "forbidden", f"this is answered by who keeps the entry ({KEEP})")
        _, name, _, _, org_name = passage.who
        by = ", ".join(part for part in (name, org_name) if part)
        said = await passage.conn.fetchval(sql("innovation_reply_answer"), id, kind.id, number, text, by, passage.now)
        if said is None or not kind.reply(said).answered:
            raise refuse(404, "not-found", "there is no such question to this entry")
        await _tell(passage, kind, number, kind.reply(said), id)


async def _keep(passage: Passage, kind: Kind, number: int, reply: Reply, text: str, option: str) -> None:
    actor, name, _, org, org_name = passage.who
    given = (kind.id, number, reply.id, option, text, reply.seen == "all", actor, name, org, org_name, passage.now)
    id: int | None = await passage.conn.fetchval(sql("innovation_reply"), *given)
    if id is not None and not reply.answered:
        await _tell(passage, kind, number, reply, id)
    told = [each.id for each in kind.replies if each.tells == reply.id]
    if told:
        late = (kind.id, number, actor, name, org_name, told, passage.now)
        await passage.conn.execute(sql("innovation_tell_late"), *late)


async def _tell(passage: Passage, kind: Kind, number: int, reply: Reply, id: int) -> None:
    if reply.tells:
        await passage.conn.execute(sql("innovation_tell"), id, kind.id, number, reply.tells, passage.now)
