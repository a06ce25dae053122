"""JSON at the edge: what is kept exactly, and what is refused with its reason."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja import exactjson
from kedja.exactjson import Number
from kedja.outcome import OutcomeError


def refused(body: bytes, **options: int) -> tuple[int, str, str]:
    with pytest.raises(OutcomeError) as caught:
        exactjson.loads(body, **options)
    (issue,) = caught.value.issues
    return caught.value.status, issue.code, issue.diagnostics


decimals = st.from_regex(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})([eE][+-]?[0-9]{1,2})?", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=30,
)


@given(decimals)
def test_a_decimal_is_written_as_it_was_read(raw: str) -> None:
    number = exactjson.loads(b'{"value":' + raw.encode() + b"}")["value"]
    assert isinstance(number, Number)
    assert number == float(raw)
    assert str(number) == raw
    assert exactjson.dumps([number]) == f"[{raw}]".encode()


@given(values)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert exactjson.loads(exactjson.dumps(value)) == value


@given(values, st.booleans(), st.sampled_from([None, 1, "\t"]), st.sampled_from([":", ": ", " : ", "\n:"]))
def test_every_spelling_of_a_value_is_read_alike(value: Any, escaped: bool, indent: Any, colon: str) -> None:
    body = json.dumps(value, ensure_ascii=escaped, indent=indent, separators=(",", colon)).encode()
    assert exactjson.loads(body) == value
    assert len(exactjson.dumps(value)) <= len(body)


@given(st.dictionaries(texts, values, min_size=1, max_size=5), st.data())
def test_a_duplicate_key_is_refused_wherever_it_stands(members: dict[str, Any], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(members)))
    padding = data.draw(st.sampled_from(["", " ", "\n", "\\u003a"]))
    pairs = [(json.dumps(name, ensure_ascii=data.draw(st.booleans())), json.dumps(value)) for name, value in members.items()]
    pairs.insert(data.draw(st.integers(0, len(pairs))), (json.dumps(key), json.dumps(padding)))
    body = "{" + ",".join(f"{name}{padding if padding.isspace() else ''}:{value}" for name, value in pairs) + "}"
    status, code, text = refused(f'{{"outer":[{body}]}}'.encode())
    assert (status, code) == (400, "structure")
    assert "stands twice" in text


def test_a_key_that_ends_in_a_backslash_does_not_hide_a_duplicate() -> None:
    assert refused(rb'{"a":1,"a":2,"b\\":3}')[2] == "the key `a` stands twice in one object: keep one of them"


def test_a_key_spelled_with_an_escape_is_the_same_key() -> None:
    assert "the key `a` stands twice" in refused(rb'{"a":1,"\u0061":2}')[2]


def test_a_colon_after_a_quote_inside_a_string_is_no_key() -> None:
    assert exactjson.loads(rb'{"a":":x","b":"c\":d","e" : "\" :"}') == {"a": ":x", "b": 'c":d', "e": '" :'}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "it ends too early, after 0 bytes: close every string, array and object"),
        (b'{"a":', "it ends too early, after 5 bytes: close every string, array and object"),
        (b'{"a":1,}', "trailing comma in object at byte 7 (line 1, column 8)"),
        (b'{\n "a" 1}', "expected ':' at byte 7 (line 2, column 6)"),
        (b"{'a':1}", "object keys must be strings at byte 1 (line 1, column 2)"),
        (b'{"a":1} x', "trailing characters at byte 9 (line 1, column 10)"),
        (b'{"a":NaN}', "invalid character at byte 5 (line 1, column 6)"),
        (b'{"a":Infinity}', "invalid character at byte 5 (line 1, column 6)"),
        (b'{"a":-Infinity}', "invalid character at byte 6 (line 1, column 7)"),
        (b'{"a":01}', "invalid number at byte 6 (line 1, column 7)"),
        (b'{"a":.5}', "invalid character at byte 5 (line 1, column 6)"),
        (b'{"a":1.}', "invalid number at byte 7 (line 1, column 8)"),
        (b'{"a":"x\ny"}', "a control character stands unescaped at byte 7 (line 1, column 8): remove or escape it"),
        (b'{"a":"\x00"}', "a control character stands unescaped at byte 6 (line 1, column 7): remove or escape it"),
        (rb'{"a":"\ud800"}', "a string has half of a surrogate pair, or it ends too early: escape both halves"),
        (rb'{"a":"\udc00x"}', "invalid utf-16 surrogate pair at byte 12 (line 1, column 13)"),
        (b'\xef\xbb\xbf{"a":1}', "it starts with a byte order mark: send UTF-8 without one"),
        ('{"a":1}'.encode("utf-16"), "it starts with a byte order mark: send UTF-8 without one"),
        (b"[" + b"9" * 5000 + b"]", "a whole number is too long: write at most 100 digits"),
    ],
)
def test_broken_json_is_refused_with_its_place(body: bytes, said: str) -> None:
    assert refused(body) == (400, "structure", f"the body is not JSON: {said}")


@pytest.mark.parametrize(("body", "offset"), [(b'{"a":"\xff"}', 6), (b'{"\xff":1}', 2), (b'{"a":"\xed\xa0\x80"}', 6)])
def test_invalid_utf8_is_refused_with_its_place(body: bytes, offset: int) -> None:
    said = f"the body is not UTF-8 at byte {offset} (line 1, column {offset + 1}): send UTF-8 encoded JSON"
    assert refused(body) == (400, "structure", said)


@pytest.mark.parametrize("shape", [b'{"a":%s}', b"[%s]"])
def test_nesting_is_taken_to_64_levels_and_refused_beyond(shape: bytes) -> None:
    before, after = shape.split(b"%s")
    assert exactjson.loads(before * 64 + b"1" + after * 64)
    for depth in (65, 500, 5_000, 200_000):
        said = "the body is nested deeper than 64 levels: flatten it"
        assert refused(before * depth + b"1" + after * depth) == (400, "structure", said)


def test_many_shallow_objects_are_not_deep() -> None:
    assert len(exactjson.loads(b"[" + b",".join([b'{"a":[1]}'] * 1000) + b"]")) == 1000


def test_too_large_a_body_is_refused_before_it_is_read() -> None:
    said = "the body has 9 bytes; at most 8 are taken: split it into several requests"
    assert refused(b"not json!", max_bytes=8) == (413, "too-long", said)
    assert exactjson.loads(b'{"a":12}', max_bytes=8) == {"a": 12}


def test_an_escaped_nul_is_refused_with_its_location() -> None:
    body = rb'{"resourceType":"Patient","name":[{"family":"A"},{"family":"B\u0000"}]}'
    with pytest.raises(OutcomeError) as caught:
        exactjson.loads(body)
    (issue,) = caught.value.issues
    assert issue.code == "value"
    assert issue.expression == ("Patient.name[1].family",)
    assert "NUL" in issue.diagnostics


def test_a_nul_in_a_key_is_refused() -> None:
    assert refused(rb'{"a\u0000":1}')[1] == "value"


def test_a_backslash_before_u0000_is_no_nul() -> None:
    assert exactjson.loads(rb'{"a":"\\u0000"}') == {"a": "\\u0000"}


@pytest.mark.parametrize("raw", ["1e400", "-1e400", "1e99999999", "0e99999999", "1e-1000", "0." + "1" * 100])
def test_a_number_out_of_range_is_refused(raw: str) -> None:
    status, code, text = refused(f'{{"a":{raw}}}'.encode())
    assert (status, code) == (400, "value")
    assert text.startswith(f"the number {raw[:20]}")


@pytest.mark.parametrize("raw", ["-0.0", "0.00", "1E5", "1e-400", "1.50", "100.000", "1e0000005"])
def test_an_odd_number_is_kept_as_written(raw: str) -> None:
    assert exactjson.dumps(exactjson.loads(f"[{raw}]".encode())) == f"[{raw}]".encode()


def test_a_whole_number_beyond_64_bits_is_exact() -> None:
    assert exactjson.loads(b"[123456789012345678901234567890]") == [123456789012345678901234567890]


def test_a_surrogate_pair_is_one_character() -> None:
    assert exactjson.loads(rb'["\ud83d\ude00"]') == ["😀"]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda number: pickle.loads(pickle.dumps(number))])
def test_a_number_keeps_its_text_when_copied_or_sent_to_another_process(again: Any) -> None:
    number = again(Number("1.50"))
    assert type(number) is Number
    assert (str(number), float(number)) == ("1.50", 1.5)


def test_the_canonical_form_does_not_depend_on_the_order_of_keys() -> None:
    one, other = exactjson.loads(b'{"b":1.50,"a":{"d":1,"c":2}}'), exactjson.loads(b'{"a":{"c":2,"d":1},"b":1.50}')
    assert exactjson.canonical(one) == exactjson.canonical(other) == b'{"a":{"c":2,"d":1},"b":1.50}'


def test_no_character_has_a_shorter_legal_spelling_than_the_one_written() -> None:
    """`loads` takes a text that is as long as its shortest form for one without duplicate keys."""
    for code in (code for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF):
        char = chr(code)
        spellings = [6 if code < 0x10000 else 12]
        if code >= 0x20 and char not in '"\\':
            spellings.append(len(char.encode()))
        if char in '"\\/\b\f\n\r\t':
            spellings.append(2)
        assert len(exactjson.dumps(char)) - 2 <= min(spellings)
