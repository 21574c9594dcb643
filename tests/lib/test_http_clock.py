"""Clock skew and requested delays, as headers tell them."""

import time
from email.utils import formatdate

import pytest

from tiktoksync.lib import http_clock as clock

DATE = "Fri, 20 Nov 2026 08:00:00 GMT"


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch):
    monkeypatch.setattr(clock, "_skew", {})


def test_our_own_clock_holds_for_a_host_that_never_answered():
    assert abs(clock.platform_time("https://a.example") - time.time()) < 1


@pytest.mark.parametrize("skew", [-400, -30, 45, 7200])
def test_a_host_with_another_clock_is_asked_in_its_own_time(skew: int):
    clock.learn("https://A.example/x", {"Date": formatdate(time.time() + skew, usegmt=True)})
    assert abs(clock.platform_time("https://a.example/y") - time.time() - skew) < 1.1
    assert abs(clock.platform_time("https://b.example") - time.time()) < 1


def test_a_difference_within_the_noise_is_no_skew():
    clock.learn("https://a.example", {"Date": formatdate(time.time() + 1, usegmt=True)})
    assert clock._skew == {"a.example": 0.0}


def test_a_clock_that_was_set_right_is_believed():
    clock.learn("https://a.example", {"Date": formatdate(time.time() + 60, usegmt=True)})
    clock.learn("https://a.example", {"Date": formatdate(time.time(), usegmt=True)})
    assert abs(clock.platform_time("https://a.example") - time.time()) < 0.1


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 99 Nov 2026", "0"])
def test_an_unreadable_date_teaches_nothing(date: str):
    clock.learn("https://a.example", {"Date": date})
    assert clock._skew == {}


def test_a_cached_answer_teaches_nothing():
    clock.learn("https://a.example", {"Date": DATE, "Age": "90"})
    assert clock._skew == {}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2", 2.0),
        ("2.0", 2.0),
        (" 0 ", 0.0),
        ("-5", 0.0),
        ("Fri, 20 Nov 2026 08:00:07 GMT", 7.0),
        ("Fri, 20 Nov 2026 07:00:00 GMT", 0.0),
        ("999999", 3600.0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("1e3", None),
        ("1_000", None),
        ("inf", None),
    ],
)
def test_retry_after_is_read_in_every_spelling(text: str, seconds: float | None):
    assert clock.retry_after_seconds({"Retry-After": text, "Date": DATE}) == seconds


def test_an_absent_retry_after_names_no_delay():
    assert clock.retry_after_seconds({}) is None
