"""For whom a citizen acts: a handle that only they can use, in a form of the pages or a header of the API.

The handle names a person and a kind, guardian or proxy. It gives no right: whether the one who uses it has custody of the child,
or a mandate in force, the law asks at every request.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final

from kedja.access.actor import Actor, Kind, acting, oneself
from kedja.outcome import refuse

HEADER: Final = "kedja-acting-for"
_KINDS: Final = {Kind.GUARDIAN.value: Kind.GUARDIAN, Kind.PROXY.value: Kind.PROXY}
_MARK: Final = 32
_MOST_DIGITS: Final = 18


def handle(actor: Actor, kind: Kind, person: int, secret: bytes) -> str:
    """`guardian-12-5f2c...`, for this actor alone: counting upwards tells nobody who is here."""
    return f"{kind.value}-{person}-{_mark(actor, kind, person, secret)}"


def acting_as(actor: Actor, handle: str, secret: bytes, name: str = "") -> Actor:
    """The actor as the guardian or proxy that the handle says. Raises OutcomeError 403 for a handle of somebody else, or none."""
    kind, _, rest = handle.partition("-")
    person, _, mark = rest.partition("-")
    known = kind in _KINDS and person.isascii() and person.isdecimal() and len(person) <= _MOST_DIGITS
    if not known or not hmac.compare_digest(mark.encode(), _mark(actor, _KINDS[kind], int(person), secret).encode()):
        told = "this does not say for whom you may act: take the handle that `Patient/$acting-for` gives you"
        raise refuse(403, "forbidden", told)
    if oneself(actor).kind is not Kind.CITIZEN:
        raise refuse(403, "forbidden", "who acts for somebody is signed in as a person: staff have their assignment")
    return acting(actor, _KINDS[kind], int(person), name)


def _mark(actor: Actor, kind: Kind, person: int, secret: bytes) -> str:
    text = f"acting:{actor.id}:{actor.person}:{kind.value}:{person}"
    return hmac.new(secret, text.encode(), sha256).hexdigest()[:_MARK]
