"""What only the gate can build: a query that the law is part of everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from kedja.search.claim import Claim
from kedja.search.condition import NOTHING, Condition
from kedja.search.nodes import Query
from kedja.search.rewrite import About, patient_references, under
from kedja.search.several import merged

_PROOF: Final = object()


@dataclass(frozen=True, slots=True)
class Restricted:
    """Proof that the law's condition stands in every part of the query. `restrict` makes it, and nothing else can."""

    query: Query
    proof: object = field(repr=False)
    claim: Claim | None = None

    def __post_init__(self) -> None:
        if self.proof is not _PROOF:
            raise TypeError("a Restricted query is made by restrict() alone")


def restrict(
    query: Query,
    condition: Condition,
    unnamed: Condition | None = None,
    places: Condition = NOTHING,
    about: About | None = None,
    claim: Claim | None = None,
) -> Restricted:
    """The query under the law. Only the gate calls it.

    `unnamed` is the law where a selection does not name its person exactly; None: the same. `places` says of whom with
    protected identity places may be told; `about` gives the same law for rows of the one person whom the results are about
    (`rewrite.bound_to`), and `claim` is what that takes for granted.

    Raises ValueError for a query that is not ready: its cursor has not been opened, or Patients not been resolved.
    """
    if query.control.cursor and query.after is None:
        raise ValueError("the query has a cursor that was not opened: cursor.continued() comes first")
    if patient_references(query):
        raise ValueError("the query refers to Patients whose persons are not known: with_person() comes first")
    return Restricted(under(merged(query), condition, condition if unnamed is None else unnamed, places, about), _PROOF, claim)
