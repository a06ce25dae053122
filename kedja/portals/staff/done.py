"""What was just done, said on the page that comes after it."""

from __future__ import annotations

from kedja.portals.shared.page import Visit


def done(visit: Visit) -> str:
    """The words for `?done=`, or ''."""
    _ = visit._
    words = {
        "consent": _("The patient's consent is recorded. You can read what it covers."),
        "ordered": _("The medicine is ordered and signed."),
        "referred": _("The referral is sent. The unit has it, and the patient sees it."),
        "contact": _("The contact is started. What your unit's care needs is open to you."),
        "emergency": _("Opened. Look only at what matters now: the patient and the privacy officer can see what you open."),
        "asked": _("Your request is sent. The answer comes here: open the page again."),
        "lifted": _("The block is lifted for the time that was said."),
        "certificate": _("Opened for the certificate, for you. Ask for the patient's consent to read what others hold."),
        "ended": _("Your opening has ended. What it opened is closed to you again."),
    }
    return words.get(visit.request.query_params.get("done", ""), "")
