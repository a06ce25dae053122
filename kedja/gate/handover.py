"""What follows from a message about a discharge: each unit that it is to gets it (lag 2017:612)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kedja.access.custody import Custody, Regime
from kedja.discharge import messages, reading
from kedja.discharge.case import Party
from kedja.gate.deeds import Deed, Follows, Resource

_REGIMES: Final = {Party.SOCIAL: Regime.SOCIAL}
_RECORDS: Final = (Regime.HEALTH, Regime.SOCIAL)  # whose messages are those of the statute: staff write there alone


def of_communication(deed: Deed) -> Iterator[Follows]:
    """Each unit that it is to gets its own copy, in its own record (lag 2017:612)."""
    if reading.kind_of(deed.resource) is None or deed.version.regime not in _RECORDS:
        return
    reading.check(deed.resource)
    if deed.before is not None or deed.version.version > 1 or _is_copy(deed.resource):
        return
    own = (deed.version.provider, deed.version.unit)
    for recipient in reading.recipients_of(deed.resource):
        if (recipient.provider, recipient.unit) == own:
            continue
        regime = _REGIMES.get(recipient.party, Regime.HEALTH)
        custody = Custody(regime, deed.version.person, recipient.provider, recipient.unit, deed.version.start, deed.version.end)
        yield Follows(messages.copy_of(deed.resource, deed.reference), custody, "")


def _is_copy(resource: Resource) -> bool:
    return bool(resource.get("partOf"))
