"""What a process remembers of persons who are searched about: their Patients and their facts.

None of it is trusted. The statement that rests on it says so (`search.claim`), and finds nothing where it is so no longer: so a
block, a consent or a lift holds from the next request on, in every process, as if nothing were remembered.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kedja.access.custody import Custody, Label, Regime
from kedja.access.evaluate import evaluate
from kedja.access.specialise import Facts, asks_facts, specialise
from kedja.gate.facts import facts_about
from kedja.search.claim import Claim
from kedja.search.condition import Condition, Permit
from kedja.search.rewrite import People
from kedja.search.sql.claim import digest
from kedja.store.pool import Store
from kedja.store.queries import sql

MOST: Final = 2048  # Patients that a process remembers
_COLUMNS: Final = ("id", "regime", "provider", "unit", "doc_start", "doc_end", "labels", "source")
Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Known:
    """A person: all their Patients, each with its custody, and all their facts of the tables that `claim` names."""

    patients: Mapping[str, Custody]
    facts: Facts
    claim: Claim

    @property
    def person(self) -> int:
        return self.claim.person

    def people(self, patient: str, law: Condition) -> People:
        """As `store.conditional.people`, for this Patient: the others are told where the law lets it be seen."""
        if len(self.patients) == 1:
            return {patient: (self.person, (patient,))}
        seen = evaluate(self.under(law), self.patients[patient], self.facts.rows, "Patient", patient)
        return {patient: (self.person, tuple(self.patients) if seen else (patient,))}

    def under(self, law: Condition) -> Condition:
        """What the law comes to for rows of this person; what is taken out of a law for one search is asked as it is."""
        return specialise(law, self.person, self.facts) if isinstance(law, Permit) and asks_facts(law) else law


@dataclass(slots=True)
class Memory:
    """The Patients that were looked at last."""

    known: OrderedDict[Key, Known] = field(default_factory=OrderedDict[Key, Known])

    def recall(self, key: Key) -> Known | None:
        found = self.known.get(key)
        if found:
            self.known.move_to_end(key)
        return found

    def keep(self, key: Key, known: Known) -> None:
        self.known[key] = known
        if len(self.known) > MOST:
            self.known.popitem(last=False)


def memory(store: Store) -> Memory:
    found = store.beside.get(Memory)
    if not isinstance(found, Memory):
        found = store.beside[Memory] = Memory()
    return found


async def known(store: Store, patient: str, tables: tuple[str, ...], *, afresh: bool = False) -> Known | None:
    """What is known of the Patient's person, looked up where it is not remembered; None for who is nobody's or not here."""
    kept, key = memory(store), (patient, tables)
    found = None if afresh else kept.recall(key)
    if found is None and (found := await _look(store, patient, tables)):
        kept.keep(key, found)
    return found


async def _look(store: Store, patient: str, tables: tuple[str, ...]) -> Known | None:
    """The digest first: what changes after it is seen by the claim to differ."""
    row = await store.pool.fetchrow(sql("known").replace("{digest}", digest("named.person", tables)), patient)
    if row is None:
        return None
    person = row["person"]
    facts = await facts_about(store, [person]) if tables else []
    patients = {id: _custody(person, *columns) for id, *columns in zip(*(row[column] for column in _COLUMNS))}
    return Known(patients, Facts(facts), Claim(person, tables, tuple(row["digest"])))


def _custody(person: int, *columns: Any) -> Custody:
    regime, provider, unit, start, end, labels, source = columns
    return Custody(Regime(regime), person, provider, unit, start, end, Label(labels), source)
