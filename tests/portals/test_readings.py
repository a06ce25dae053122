"""The access log in plain words: one look is one line, the right that says most is named, a refusal says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kedja.portals.shared.language import language
from kedja.portals.shared.readings import days, lines

SV, EN = language("sv"), language("en")
NOW = datetime(2026, 11, 18, 8, 14, tzinfo=UTC)


def row(action: str = "search", *, ago: int = 0, name: str = "Maria Lind", **more: Any) -> dict[str, Any]:
    return {
        "seq": 100 - ago,
        "at": NOW - timedelta(minutes=ago),
        "action": action,
        "decision": "permit",
        "rules": ["I-1"],
        "resources": ["Observation/1"],
        "detail": "",
        "actor": name,
        "kind": "professional",
        "name": name,
        "title": "Distriktssköterska",
        "unit": "U1",
        "unit_name": "Ekbacken",
        "provider_name": "Region Sörvik",
        **more,
    }


def test_a_line_says_who_where_what_and_by_which_right() -> None:
    [line] = lines([row()], {}, SV)
    assert (line.who, line.where, line.what) == ("Maria Lind, Distriktssköterska", "Ekbacken", "läste 1 uppgift")
    assert line.why.startswith("Personal som deltar i vården")
    assert line.cite == "PDL (2008:355) 4 kap. 1 §"
    assert lines([row()], {}, EN)[0].why.startswith("Staff who take part")


def test_requests_of_one_look_are_one_line() -> None:
    look = [
        row(resources=["Observation/1", "Observation/2"]),
        row(ago=1, resources=["Observation/2", "DocumentReference/1"], rules=["V-7"]),
        row("preview", ago=2, resources=[], rules=["V-4"]),
        row("identify", ago=2, resources=[], rules=[]),
    ]
    [line] = lines(look, {}, SV)
    assert line.what == "läste 3 uppgifter"
    assert [rule.id for rule in line.rules] == ["V-7", "I-1", "V-4"]


def test_looks_of_others_or_much_later_are_lines_of_their_own() -> None:
    assert len(lines([row(), row(ago=30), row(ago=31, name="Anna Ek"), row(ago=32)], {}, SV)) == 4


def test_a_refused_attempt_is_never_joined_with_a_permitted_one() -> None:
    permitted, refused = lines([row(), row(ago=1, decision="deny", rules=["V-14"], resources=[])], {}, SV)
    assert not permitted.denied
    assert refused.denied
    assert "inte ens med samtycke" in refused.why


def test_a_refusal_without_a_rule_still_says_that_the_law_did_not_allow_it() -> None:
    [line] = lines([row(decision="deny", rules=[], resources=[])], {}, SV)
    assert line.why == "Lagen tillät det inte."


def test_an_emergency_opening_stands_by_itself_with_its_reason() -> None:
    opening = row("create", ago=1, resources=["Consent/9/_history/1"], rules=["V-12.2"])
    look, opened = lines([row(rules=["V-12"]), opening], {"Consent/9": "Medvetslös"}, SV)
    assert (opened.what, opened.reason) == ("nödöppnade", "Medvetslös")
    assert look.reason == ""
    assert look.cite.startswith("SVOD (2022:913) 3 kap. 6 §")


def test_a_delivery_of_a_source_is_no_look() -> None:
    [line] = lines([row("import", kind="system", name="Regionens journal", rules=[]), row("import", ago=1, kind="system",
                    name="Regionens journal", rules=[], resources=["Condition/1"])], {}, SV)  # fmt: skip
    assert not line.looked
    assert line.who == "Regionens journal"
    assert line.what == "lämnade: diagnoser (1), provsvar och mätningar (1)"


def test_asking_for_the_log_is_not_in_the_log_page() -> None:
    assert lines([row("log")], {}, SV) == []


def test_a_rule_that_is_no_longer_known_is_named_by_its_number() -> None:
    [line] = lines([row(rules=["X-99"])], {}, SV)
    assert line.why == "X-99"


def test_days_are_swedish_days() -> None:
    late = row(at=datetime(2026, 11, 17, 23, 30, tzinfo=UTC))
    assert [day.name for day in days(lines([row(), late], {}, SV), SV)] == ["18 november 2026"]
