"""What somebody is told of: on their page, and by e-mail to whom asks for it. A letter says that there is something, not what."""

from __future__ import annotations

import asyncio
import logging
import re
import smtplib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Final

from asyncpg import Record

from kedja.access.actor import Actor
from kedja.gate.door import Door
from kedja.gate.innovation import passing
from kedja.gate.innovation_catalogue import TYPE
from kedja.gate.repeated import repeated
from kedja.innovation.catalogue import kinds
from kedja.innovation.roles import viewer_of
from kedja.outcome import refuse
from kedja.store.innovation import who
from kedja.store.pool import transaction
from kedja.store.queries import sql

log = logging.getLogger(__name__)
_EVERY: Final = 30.0  # seconds between looks
_PATIENCE: Final = 20.0  # seconds that a mail server has to answer
_ADDRESS: Final = re.compile(r"[^@\s<>,;:\"]{1,64}@[A-Za-z0-9.-]{1,190}")
_WORDS: Final = {
    "sv": ("Kedja: något har hänt i dina ärenden", "Du har {n} nya meddelanden i innovationsportalen. Logga in och läs: {url}"),
    "en": (
        "Kedja: something has happened in your cases",
        "You have {n} new notices in the innovation portal. Sign in to read: {url}",
    ),
}
Send = Callable[[EmailMessage], Any]


@dataclass(frozen=True, slots=True)
class Inbox:
    """What somebody was told of, the newest first, and where they get e-mail to; '' for nowhere. `told`: of entries of the
    catalogues, until they open them."""

    notices: Sequence[Record]
    told: Sequence[Record]
    email: str


async def inbox(door: Door, actor: Actor, request: str) -> Inbox:
    """The actor's own notices; from now on they are seen."""
    async with passing(door, actor, "read", request) as passage:
        rows = await passage.conn.fetch(sql("innovation_notices"), *who(passage.viewer))
        await passage.conn.execute(sql("innovation_seen"), actor.id, passage.now)
        email = await passage.conn.fetchval(sql("innovation_address"), actor.id) or ""
        told = await passage.conn.fetch(sql("innovation_unseen"), actor.id, passage.viewer.org)
        passage.saw(*sorted({row["case_id"] for row in rows}))
        passage.saw(*(kinds()[row["kind"]].called(row["number"]) for row in told), type=TYPE)
        return Inbox(rows, told, email)


async def unseen(door: Door, actor: Actor) -> int:
    """How many notices the actor has not seen: a number about themselves."""
    return await door.store.pool.fetchval(sql("innovation_notices_unseen"), actor.id, viewer_of(actor).org) or 0


async def address(door: Door, actor: Actor, email: str, language: str, request: str) -> None:
    """Where the actor wants e-mail to; '' for none. Raises 422 for what is no address."""
    if email and not _ADDRESS.fullmatch(email):
        raise refuse(422, "value", "write an e-mail address, for example name@example.org")
    async with passing(door, actor, "update", request) as passage:
        if email:
            await passage.conn.execute(sql("innovation_addressed"), actor.id, email, language)
        else:
            await passage.conn.execute(sql("innovation_unaddressed"), actor.id)


async def mail(door: Door, url: str, sender: str, send: Send) -> int:
    """Write to everybody who asked for it and has not seen something; how many letters. What cannot be sent is tried again."""
    sent = 0
    async with transaction(door.store) as conn:
        for row in await conn.fetch(sql("innovation_mail"), door.clock()):
            try:
                await asyncio.to_thread(send, letter(row["email"], row["language"], row["notices"], url, sender))
            except (OSError, smtplib.SMTPException) as error:
                log.warning("an e-mail could not be sent, it is tried again: %s", error)
                break
            await conn.execute(sql("innovation_mailed"), row["ids"], door.clock())
            sent += 1
    return sent


def letter(to: str, language: str, notices: int, url: str, sender: str) -> EmailMessage:
    """The letter: that there is something, how much, and where to read it."""
    subject, text = _WORDS[language if language in _WORDS else "sv"]
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.format(n=notices, url=f"{url}/innovation/notices"))
    return message


def by_smtp(server: str) -> Send:
    """Sends through `host:port`."""
    host, _, port = server.rpartition(":")

    def send(message: EmailMessage) -> None:
        with smtplib.SMTP(host, int(port), timeout=_PATIENCE) as smtp:
            smtp.send_message(message)

    return send


@asynccontextmanager
async def mailing(door: Door, url: str, server: str, sender: str) -> AsyncIterator[None]:
    """While open, notices go out by e-mail through `server`; nothing where that is ''."""
    if not server:
        yield
        return
    send = by_smtp(server)
    async with repeated(lambda: mail(door, url, sender, send), _EVERY, "e-mail"):
        yield
