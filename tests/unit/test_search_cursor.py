"""Cursors: good for the same search by the same actor, and for nothing else."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.outcome import OutcomeError
from kedja.search.cursor import LIFETIME, continued, cursor_behind, open_, seal
from kedja.search.nodes import After, Query
from kedja.search.parse import parse
from kedja.search.resolve import resolve

SECRET = b"secret"


BEGAN = datetime(2024, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)


def behind(asked: Query, snapshot: str = "700:700:", kept: list[int] | None = None) -> str:
    page = {"snapshot": snapshot, "updated": BEGAN, "total": 3, "kept": kept}
    return cursor_behind(asked, page, {"sort": ["2020"], "key": 7}, SECRET, "me")


def query(*pairs: tuple[str, str]) -> Query:
    return resolve(parse("Patient", pairs))


@given(st.lists(st.one_of(st.none(), st.text())), st.integers(-(2**63), 2**63 - 1))
def test_what_was_sealed_opens(sort: list[str | None], key: int) -> None:
    assert open_(seal([sort, key], SECRET, "me", "q"), SECRET, "me", "q") == [sort, key]


@given(st.integers(0, 200), st.integers(1, 255))
def test_one_changed_byte_is_refused(place: int, change: int) -> None:
    raw = bytearray(urlsafe_b64decode(seal([["2020"], 5], SECRET, "me", "q") + "=="))
    raw[place % len(raw)] ^= change
    with pytest.raises(OutcomeError) as caught:
        open_(urlsafe_b64encode(bytes(raw)).decode(), SECRET, "me", "q")
    assert caught.value.issues[0].expression == ("?_cursor",)


@pytest.mark.parametrize("cursor", ["", "x", "åäö", "%%%", "AAAA", "=" * 9, "A" * 5000])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(OutcomeError):
        open_(cursor, SECRET, "me", "q")


@pytest.mark.parametrize(
    ("secret", "actor", "asked"), [(b"other", "me", "q"), (SECRET, "you", "q"), (SECRET, "me", "p"), (SECRET, "m", "eq")]
)
def test_a_cursor_is_bound_to_secret_actor_and_search(secret: bytes, actor: str, asked: str) -> None:
    with pytest.raises(OutcomeError):
        open_(seal([], SECRET, "me", "q"), secret, actor, asked)


def test_a_query_goes_on_where_its_cursor_says() -> None:
    first = query(("family", "x"), ("_sort", "birthdate"))
    cursor = behind(first)
    second = query(("family", "x"), ("_sort", "birthdate"), ("_cursor", cursor))
    assert continued(second, SECRET, "me", BEGAN).after == After(("2020",), 7, "700:700:", BEGAN, 3)
    with pytest.raises(OutcomeError):
        continued(query(("family", "y"), ("_sort", "birthdate"), ("_cursor", cursor)), SECRET, "me", BEGAN)


def test_a_query_goes_on_in_the_order_that_is_kept_of_it() -> None:
    second = query(("_sort", "birthdate"), ("_cursor", behind(query(("_sort", "birthdate")), kept=[2**62 - 1, 40])))
    assert continued(second, SECRET, "me", BEGAN).after == After(("2020",), 7, "700:700:", BEGAN, 3, (2**62 - 1, 40))


def test_later_pages_keep_the_snapshot_of_the_first() -> None:
    first = query(("family", "x"), ("_sort", "birthdate"))
    second = continued(query(*first.pairs, ("_cursor", behind(first))), SECRET, "me", BEGAN)
    third = continued(query(*first.pairs, ("_cursor", behind(second, "800:800:"))), SECRET, "me", BEGAN)
    assert second.after == third.after


def test_a_cursor_is_good_for_an_hour() -> None:
    first = query(("family", "x"))
    second = query(("family", "x"), ("_cursor", behind(first)))
    assert continued(second, SECRET, "me", BEGAN + LIFETIME).after
    with pytest.raises(OutcomeError) as caught:
        continued(second, SECRET, "me", BEGAN + LIFETIME + timedelta(seconds=1))
    assert (caught.value.status, "search again" in str(caught.value.issues)) == (410, True)


def test_a_cursor_does_not_show_what_is_in_it() -> None:
    raw = urlsafe_b64decode(behind(query(("family", "x"))) + "==")
    assert b"700:700:" not in raw and b"2020" not in raw


def test_a_query_without_cursor_stays_as_it_is() -> None:
    assert continued(query(), SECRET, "me") == query()
