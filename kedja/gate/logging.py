"""Who acts, as the access log keeps it."""

from __future__ import annotations

from kedja.access.actor import Actor
from kedja.search.hashing import hash64
from kedja.store.pool import Store, actor_key


async def key_of(store: Store, actor: Actor) -> int:
    """The key in `log_actor` for this actor with this assignment; one round trip at first sight, then none."""
    assignment = actor.assignment
    columns = (
        actor.id,
        actor.kind.value,
        actor.name,
        actor.title,
        assignment.purpose.value if assignment else "own",
        assignment.provider if assignment else "",
        assignment.provider_name if assignment else "",
        assignment.unit if assignment else "",
        assignment.unit_name if assignment else "",
    )
    return await actor_key(store, hash64("\x1f".join(columns)), columns)
