"""What may be taken into a quality registry: of whom it may hold anything at all (PDL 7 kap. 2-3 §§)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from asyncpg import Connection

from kedja.access.actor import Actor
from kedja.access.asker import Context
from kedja.access.compile import permit
from kedja.access.custody import Custody, Regime
from kedja.access.decide import Request, decide
from kedja.access.evaluate import evaluate
from kedja.access.rows import FactRow
from kedja.access.rules import rule
from kedja.gate.facts import facts_within
from kedja.outcome import OutcomeError, refuse

Settled = Sequence[Custody | OutcomeError]


async def admitted(
    conn: Connection, actor: Actor, custodies: Settled, declared: frozenset[str], now: datetime
) -> list[Custody | OutcomeError]:
    """The custodies, with a refusal in the place of each that its registry may not take in.

    A batch for a registry costs one round trip more, any other none.
    """
    people = {one.person for one in custodies if isinstance(one, Custody) and one.regime is Regime.REGISTRY and one.person}
    if not people:
        return list(custodies)
    facts: dict[int, list[FactRow]] = {person: [] for person in people}
    for fact in await facts_within(conn, people):
        facts[fact.person].append(fact)
    context = Context(declared=declared)
    may = permit(actor, "publish", now, context=context)

    def decided(one: Custody | OutcomeError) -> Custody | OutcomeError:
        if not isinstance(one, Custody) or one.person not in people or evaluate(may, one, facts[one.person]):
            return one
        return _why(Request(actor, "publish", one, facts[one.person], now, context))

    return [decided(one) for one in custodies]


def _why(request: Request) -> OutcomeError:
    decision = decide(request)
    law = rule(decision.rule_ids[0])
    told = f"the registry `{request.custody.source}` may not take this in: {law.title_en} ({law.cite})"
    return refuse(422, "business-rule", told)
