"""The primitive types, each with values on both sides of its border."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja import exactjson, spec
from kedja.outcome import Issue
from kedja.validation import validate

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def faults(type_name: str, value: Any) -> list[Issue]:
    name = f"value{type_name[0].upper()}{type_name[1:]}"
    return validate({"resourceType": "Basic", "code": {"text": "x"}, "extension": [{"url": "x:y", name: value}]})


def narrative(div: Any) -> list[Issue]:
    return validate({"resourceType": "Patient", "text": {"status": "generated", "div": div}})


ACCEPTED: dict[str, list[Any]] = {
    "string": ["a", " a ", "å\tä\r\nö", "😀", "x" * 1048576, "\x7f"],
    "markdown": ["# Rubrik\n\n- punkt"],
    "code": ["final", "two words", "1.2", "å"],
    "id": ["1", "A-z.0", "x" * 64],
    "uri": ["http://example.org/a|b", "urn:isbn:1", "relative", "åäö"],
    "url": ["mailto:a@example.org"],
    "canonical": ["http://example.org/vs|1.0#part", "#local"],
    "oid": ["urn:oid:1.2.752.29.4.19", "urn:oid:2.0"],
    "uuid": ["urn:uuid:0b6a8f0e-5d3a-4b6a-9d5e-0a1b2c3d4e5f"],
    "boolean": [True, False],
    "integer": [0, -(2**31), 2**31 - 1],
    "unsignedInt": [0, 2**31 - 1],
    "positiveInt": [1, 2**31 - 1],
    "decimal": [0, -3, exactjson.Number("1.50"), exactjson.Number("-1e-7"), 123456789012345678],
    "base64Binary": ["QQ==", "QUI=", "QUJD", "QUJD\nQUJD\r\n", "+/+/"],
    "date": ["2024", "2024-02", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"],
    "dateTime": [
        "2024",
        "2024-02",
        "2024-02-29",
        "2024-02-29T23:59:60Z",
        "2015-02-07T13:28:17.239+14:00",
        "2015-02-07T13:28:17-13:59",
    ],
    "instant": ["2015-02-07T13:28:17.239+02:00", "2017-01-01T00:00:00Z"],
    "time": ["00:00:00", "23:59:60", "13:28:17.239"],
}
REFUSED: dict[str, list[Any]] = {
    "string": ["", " ", "\n\t", "a\x00", "a\x0b", "x" * 1048577, 1, True, None, ["a"], {}],
    "markdown": ["", "  "],
    "code": ["", " final", "final ", "two  words", "two\nwords", "\t"],
    "id": ["", "x" * 65, "a_b", "a/b", "å", "1\n"],
    "uri": ["", "a b", "a\n", " a"],
    "url": ["http://example.org/a b"],
    "canonical": [""],
    "oid": ["1.2.752", "urn:oid:3.1", "urn:oid:1.02", "urn:oid:1", "urn:oid:1.2."],
    "uuid": ["urn:uuid:0B6A8F0E-5D3A-4B6A-9D5E-0A1B2C3D4E5F", "0b6a8f0e-5d3a-4b6a-9d5e-0a1b2c3d4e5f", "urn:uuid:1"],
    "boolean": ["true", 1, 0, None],
    "integer": [2**31, -(2**31) - 1, "1", True, exactjson.Number("1.0")],
    "unsignedInt": [-1],
    "positiveInt": [0],
    "decimal": ["1.50", True, None, [1], 10**100, float("nan"), float("inf")],
    "base64Binary": ["", "Q", "QQ", "QQ=", "QQ===", "Q=Q=", "å===", "QUJD====", " "],
    "date": [
        "",
        "24",
        "2024-2",
        "2024-13",
        "2024-00",
        "2023-02-29",
        "1900-02-29",
        "2024-04-31",
        "0000-01-01",
        "2024-01-01T00:00:00Z",
    ],
    "dateTime": [
        "2015-02-07T13:28:17",
        "2015-02-07T13:28Z",
        "2015-02-07T24:00:00Z",
        "2015-02-07T13:28:61Z",
        "2015-02-07T13:28:17+15:00",
        "2015-02-07T13:28:17+14:01",
        "2015-02-07 13:28:17Z",
        "2015-02-30T13:28:17Z",
        "2015-02-07T13:28:17.Z",
        "2015-02-07T13:28:17z",
        "２０１５",
    ],
    "instant": ["2015-02-07", "2015-02-07T13:28:17"],
    "time": ["24:00:00", "13:28", "13:28:17Z", "1:28:17"],
}


@pytest.mark.parametrize(("type_name", "value"), [(name, value) for name, values in ACCEPTED.items() for value in values])
def test_a_value_of_the_type_is_taken(type_name: str, value: Any) -> None:
    assert faults(type_name, value) == []


@pytest.mark.parametrize(("type_name", "value"), [(name, value) for name, values in REFUSED.items() for value in values])
def test_a_value_outside_the_type_is_refused(type_name: str, value: Any) -> None:
    (issue,) = faults(type_name, value)
    assert issue.expression[0].startswith("Basic.extension[0].value")
    assert type_name in issue.diagnostics
    assert ": write " in issue.diagnostics


def test_every_primitive_type_is_tested_on_both_sides() -> None:
    assert set(ACCEPTED) == set(REFUSED) == spec.PRIMITIVES - {"xhtml"}


@given(st.integers(1, 9999), st.integers(0, 13), st.integers(0, 32))
def test_a_date_is_taken_when_the_calendar_has_it(year: int, month: int, day: int) -> None:
    exists = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    text = f"{year:04}-{month:02}-{day:02}"
    assert (faults("date", text) == []) is exists
    assert (faults("dateTime", text) == []) is exists
    assert (faults("instant", f"{text}T00:00:00Z") == []) is exists


@given(
    st.datetimes(
        timezones=st.timedeltas(timedelta(hours=-13), timedelta(hours=14)).map(
            lambda d: timezone(timedelta(minutes=d // timedelta(minutes=1)))
        )
    )
)
def test_every_moment_that_python_writes_is_an_instant(moment: datetime) -> None:
    assert faults("instant", moment.isoformat()) == []
    assert faults("dateTime", moment.isoformat()) == []


@given(st.dates(), st.times())
def test_dates_and_times_that_python_writes_are_taken(day: date, clock: time) -> None:
    assert faults("date", day.isoformat()) == []
    assert faults("time", clock.isoformat()) == []
    assert faults("dateTime", datetime.combine(day, clock, UTC).isoformat()) == []


@given(st.text(max_size=30))
def test_no_text_breaks_a_check(text: str) -> None:
    for type_name in ACCEPTED:
        assert len(faults(type_name, text)) <= 1
    assert len(narrative(text)) == 1


def test_a_long_value_takes_no_longer_than_its_length() -> None:
    """Patterns that backtrack would not end."""
    assert faults("base64Binary", "QUJD" * 250_000 + "!")
    assert faults("code", "a " * 250_000 + " ")
    assert faults("oid", "urn:oid:1" + ".1" * 250_000 + ".")
    assert faults("string", " " * 1_000_000)
    assert faults("dateTime", "2015-02-07T13:28:17." + "1" * 1_000_000)


def test_what_is_repeated_shows_control_characters() -> None:
    (issue,) = faults("id", "a\x00\n")
    assert r"`a\x00\n`" in issue.diagnostics
    assert re.search(r"[\x00-\x1f]", issue.diagnostics) is None


@pytest.mark.parametrize(
    "inner",
    [
        "<p>Längd&nbsp;170 cm &lt; 180</p>",
        '<table class="grid"><tr><td colspan="2">1</td></tr></table>',
        '<a href="https://example.org/">länk</a><img src="#bild" alt="Bild"/>',
        "<!-- anmärkning -->Längd<br/>170 cm",
    ],
)
def test_a_narrative_of_formatting_links_and_images_is_taken(inner: str) -> None:
    assert narrative(f"<div {XHTML}>{inner}</div>") == []


@pytest.mark.parametrize(
    ("div", "said"),
    [
        ("Längd 170 cm", "not well-formed"),
        (f"<div {XHTML}><p>öppen</div>", "not well-formed"),
        (f"<div {XHTML}>a & b</div>", "not well-formed"),
        (f"<div {XHTML}>a</div><div {XHTML}>b</div>", "not well-formed"),
        ("<div>utan namnrymd</div>", "wrap it in <div xmlns="),
        (f"<p {XHTML}>stycke</p>", "wrap it in <div xmlns="),
        (f"<div {XHTML}><script>alert(1)</script></div>", "the element <script>"),
        (f"<div {XHTML}><iframe/></div>", "the element <iframe>"),
        (f"<div {XHTML}><form/></div>", "the element <form>"),
        (f'<div {XHTML} onclick="x()">a</div>', "the attribute `onclick`"),
        (f'<div {XHTML}><a href=" JavaScript:x()">a</a></div>', "a link in `href` on <a> that is no page"),
        (f'<!DOCTYPE x [<!ENTITY a "aaaa">]><div {XHTML}>&a;</div>', "declares a document type"),
        (f"<div {XHTML}>\ud800</div>", "not well-formed"),
        ("", "not well-formed"),
        (7, "a number stands where a xhtml is wanted"),
    ],
)
def test_a_narrative_that_acts_or_is_broken_is_refused(div: Any, said: str) -> None:
    (issue,) = narrative(div)
    assert issue.expression == ("Patient.text.div",)
    assert said in issue.diagnostics
