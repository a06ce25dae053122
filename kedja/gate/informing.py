"""Who is to be informed that something is kept of them: an administrator's look, for the unit that has to tell them.

Of a registry that the provider has flagged as untold (PDL 7:3), of a sample that was kept without a guardian's consent once the
donor has come of age (BBL 4:6). The law's own rules on `inform` say of whom.
"""

from __future__ import annotations

from dataclasses import dataclass

from kedja.access.actor import Actor, Kind
from kedja.access.compile import permit
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.search.sql.condition import render, render_rule
from kedja.store.keys import new_id
from kedja.store.queries import sql

_INFORMER = Actor("informing", Kind.SYSTEM, name="Administrator at the installation's own command line")


@dataclass(frozen=True, slots=True)
class Untold:
    """One person is to be told by `unit` of `provider` (HSA-ids), by this rule, of `number` resources, of which one is named.

    `whom` is a number that the person has, or ''.
    """

    rule: str
    provider: str
    unit: str
    source: str
    example: str
    number: int
    whom: str


async def untold(door: Door) -> list[Untold]:
    """Everybody who is to be informed now. That each was looked at stands in their log."""
    args: list[object] = [await key_of(door.store, _INFORMER), new_id()]
    law = permit(_INFORMER, "inform", door.clock())
    text = sql("inform_due").replace("{condition}", render(law, "r", args)).replace("{rule}", render_rule(law, "r", args))
    return [
        Untold(row["rule"], row["provider"], row["unit"], row["source"], row["example"], row["number"], row["whom"] or "")
        for row in await door.store.pool.fetch(text, *args)
    ]
