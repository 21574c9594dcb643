"""Shopify's search syntax: quoted, escaped, in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tiktoksync.shopify import search


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("576461413038785752", "sku:'576461413038785752'"),
        ("TEE RED M", "sku:'TEE RED M'"),
        ("a'b", r"sku:'a\'b'"),
        ('a"b', r"sku:'a\"b'"),
        ("a\\b", r"sku:'a\\b'"),
        ("a\\' OR sku:*", r"sku:'a\\\' OR sku\:*'"),
        ("a:b(c)", r"sku:'a\:b\(c\)'"),
        ("a\nb\x00", "sku:'a b '"),
        ("größe", "sku:'größe'"),
    ],
)
def test_a_value_cannot_leave_its_quotes(value: str, expected: str):
    assert search.term("sku", value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mug", "(title:mug OR title:mug*)"),
        (" blue\tmug ", "(title:blue OR title:blue*) (title:mug OR title:mug*)"),
        ("a:b", r"(title:a\:b OR title:a\:b*)"),
        ("<5 >=3", "(title:5 OR title:5*) (title:3 OR title:3*)"),
        ("* **", ""),
        ("x) OR status:active", r"(title:x\) OR title:x\)*) (title:OR OR title:OR*) "
         r"(title:status\:active OR title:status\:active*)"),
        ("", ""),
    ],
)  # fmt: skip
def test_words_are_found_whole_or_as_far_as_typed(text: str, expected: str):
    assert search.words("title", text) == expected


def test_a_long_text_is_searched_by_its_first_words():
    assert search.words("title", "a " * 50).count(" OR ") == 10


def test_alternatives_are_joined():
    assert search.any_of("sku", ["A", "B'"]) == r"sku:'A' OR sku:'B\''"


def test_a_moment_is_quoted_and_in_utc():
    moment = datetime(2026, 11, 20, 8, 0, 5, 999, tzinfo=UTC)
    east = timezone(timedelta(hours=7))
    assert search.since("updated_at", moment) == "updated_at:>='2026-11-20T08:00:05Z'"
    assert search.since("updated_at", moment.astimezone(east)) == search.since("updated_at", moment)


def test_a_moment_without_a_zone_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="time zone"):
        search.since("updated_at", datetime(2026, 11, 20))  # noqa: DTZ001
