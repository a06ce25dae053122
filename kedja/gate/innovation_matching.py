"""Who is told that a need fits what they offer: every organisation whose published entries share its areas, in one statement.

Equal treatment (lag 2016:1145 om offentlig upphandling 4 kap. 1 §): nobody chooses whom; whose entry comes later is told then;
what was told to whom, and when they first opened it, stands on the record of the need.
"""

from __future__ import annotations

from kedja.discharge.case import ZONE
from kedja.gate.innovation import Passage
from kedja.innovation.catalogue import Kind, State, kinds
from kedja.store.queries import sql


async def match(passage: Passage, kind: Kind, number: int, org: str, state: State) -> None:
    """After a version of an entry is kept: tell whom it fits, or, of an entry of the other kind, of what it fits."""
    reply, other = kind.matched, kinds().get(kind.pairs)
    if reply is not None and state.id in reply.states:
        actor, name, _, by, by_name = passage.who
        kept = (kind.id, number, reply.id, actor, name, by, by_name, passage.now)
        await passage.conn.execute(sql("innovation_match_kept"), *kept)
        await _tell(passage, kind, number, None)
    elif other is not None and other.matched is not None and state.open and org:
        await _tell(passage, other, None, org)


async def _tell(passage: Passage, kind: Kind, number: int | None, org: str | None) -> None:
    reply = kind.matched
    assert reply is not None
    when = (list(reply.states), passage.now, passage.now.astimezone(ZONE).date())
    await passage.conn.execute(sql("innovation_match_told"), kind.id, number, reply.id, kind.pairs, org, *when)
