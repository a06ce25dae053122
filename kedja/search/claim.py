"""What a statement takes for granted of a person, and says to be asked anew where it is so no longer."""

from __future__ import annotations

from dataclasses import dataclass

Digest = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """That a person's Patients, and their facts in these tables, still come to `digest` (`sql.claim.digest`)."""

    person: int
    tables: tuple[str, ...]
    digest: Digest
