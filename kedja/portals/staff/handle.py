"""The address of a patient's page: the person's key with a mark that only who found the patient can have.

Without it, counting upwards would tell who is in the region; with it, an address works for nobody else.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from kedja.outcome import refuse
from kedja.portals.shared.page import Visit

_LENGTH = 20


def handle(visit: Visit, person: int) -> str:
    """`12-5f2c...`, for this actor alone."""
    return f"{person}-{_mark(visit, person)}"


def person_of(visit: Visit) -> int:
    """The person of the address. Raises 404 for a mark that was not given to this actor."""
    key, _, mark = visit.request.path_params["handle"].partition("-")
    if not key.isdecimal() or len(key) > 18 or not hmac.compare_digest(mark.encode(), _mark(visit, int(key)).encode()):
        raise refuse(404, "not-found", "find the patient first: this address was made for somebody else, or is incomplete")
    return int(key)


def _mark(visit: Visit, person: int) -> str:
    text = f"patient:{visit.actor.id}:{person}"
    return hmac.new(visit.secret, text.encode(), sha256).hexdigest()[:_LENGTH]
