"""/me/notices: what the person has been told of: openings in an emergency, lifts of blocks, what a review found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.responses import Response

from kedja.access.consents import RULE_SYSTEM
from kedja.portals.shared import ask_log
from kedja.portals.shared.entry import Resource, When
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, render
from kedja.portals.shared.read import items, text, when
from kedja.portals.shared.readings import RuleWords, rule_words


@dataclass(frozen=True, slots=True)
class Notice:
    """`words` is what was written when it happened, in Swedish; `rule` says by which right, in the visitor's language."""

    sent: When | None
    rule: RuleWords
    words: str
    reason: str
    sender: str
    topic: str = ""  # what it is about, where it is of no rule: of what is booked


async def notices(visit: Visit) -> Response:
    return render(visit, "citizen/notices.html", notices=told(await ask_log.notices(visit), visit._))


def told(found: Iterable[Resource], _: Language) -> list[Notice]:
    """The notices in the order given. Pure."""
    return [_notice(each, _) for each in found]


def topic_words(topic: str, _: Language) -> str:
    """What a notice that is of no rule is about, in the visitor's language."""
    words = {"Påminnelse om bokad tid": _("Reminder of a booked time"), "Inställt besök": _("A visit is called off")}
    return words.get(topic, topic)


def _notice(notice: Resource, _: Language) -> Notice:
    topics = items(notice, "topic", "coding")
    rule = next((text(each, "code") for each in topics if text(each, "system") == RULE_SYSTEM), "")
    return Notice(
        sent=when(notice.get("sent")),
        rule=rule_words(rule, _),
        words=text(notice, "payload", "contentString"),
        reason=text(notice, "reasonCode", "text"),
        sender=text(notice, "sender", "display"),
        topic="" if rule else topic_words(text(notice, "topic", "text"), _),
    )
