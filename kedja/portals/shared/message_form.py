"""What a form with a message brings: words and files, or what is wrong with them. What was written is never lost."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import UploadFile

from kedja.portals.shared.attachment import MOST_BYTES, File, file_of
from kedja.portals.shared.page import Visit
from kedja.portals.shared.security import HEADERS, PRIVATE

MOST_WORDS = 8000
MOST_TOPIC = 120


@dataclass(frozen=True, slots=True)
class Draft:
    """What was written. `wrong`: what keeps it from being sent; `files` are those that can be."""

    topic: str = ""
    words: str = ""
    unit: str = ""
    files: tuple[File, ...] = ()
    wrong: str = ""


async def draft_of(visit: Visit, *, new: bool) -> Draft:
    """The message of a form; of a new thread it has a topic too."""
    form, _ = await visit.form(), visit._
    topic = " ".join(str(form.get("topic", "")).split())
    words = str(form.get("words", "")).replace("\r\n", "\n").strip()
    sent = [each for each in form.getlist("file") if isinstance(each, UploadFile) and each.size]
    found = [(each, file_of(each.filename or "", await each.read())) for each in sent if (each.size or 0) <= MOST_BYTES]
    wrong = ""
    if new and not topic:
        wrong = _("Write in a few words what it is about.")
    elif not words:
        wrong = _("Write your message.")
    elif len(words) > MOST_WORDS or len(topic) > MOST_TOPIC:
        wrong = _("Write at most %(n)s characters.", n=_.number(MOST_WORDS if len(words) > MOST_WORDS else MOST_TOPIC))
    elif len(found) < len(sent):
        wrong = _("A file may be 5 MB at most. Your words are kept; choose the files again.")
    elif bad := [each.filename or "" for each, file in found if file is None]:
        wrong = _("%(name)s is no PDF, picture (JPEG, PNG) or text. Your words are kept; choose the files again.", name=bad[0])
    files = tuple(file for _each, file in found if file)
    return Draft(topic, words, str(form.get("unit", "")), files, wrong)


def disposition(title: str) -> dict[str, str]:
    """Headers with which a file is saved, never shown in the page (RFC 6266)."""
    plain = title.encode("ascii", "replace").decode().replace('"', "")
    quoted = "".join(chr(b) if (chr(b).isalnum() and b < 128) or chr(b) in "-._" else f"%{b:02X}" for b in title.encode())
    value = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quoted}"
    return {**HEADERS, **PRIVATE, "Content-Disposition": value, "Content-Security-Policy": "default-src 'none'; sandbox"}
