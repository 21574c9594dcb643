"""The table of TikTok Shop's codes: every row walked, both for reads and for writes."""

import pytest

from tiktoksync import errors
from tiktoksync.lib.error_rows import Kind
from tiktoksync.tiktok import product_codes
from tiktoksync.tiktok.error_codes import CODES, error_for

CLASSES = {
    Kind.UNCLEAR: (errors.Unreachable, errors.OutcomeUnknown),
    Kind.UNTOUCHED: (errors.Unreachable, errors.Unreachable),
    Kind.RATE_LIMITED: (errors.RateLimited, errors.RateLimited),
    Kind.CALL_LIMITED: (errors.CallLimited, errors.CallLimited),
    Kind.CONFIG: (errors.ConfigError, errors.ConfigError),
    Kind.NOT_AUTHORIZED: (errors.NotAuthorized, errors.NotAuthorized),
    Kind.REJECTED: (errors.Rejected, errors.Rejected),
    Kind.GONE: (errors.Gone, errors.Gone),
}


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_row_gives_its_class_sentence_and_pause(code: str):
    row = CODES[code]
    for safe, expected in zip((True, False), CLASSES[row.kind], strict=True):
        error = error_for(code, "vendor text", safe=safe, request_id="R1", retry_after=3.0)
        assert type(error) is expected
        assert error.message == row.sentence
        assert error.message.endswith(".")
        assert (error.code, error.request_id, error.detail) == (code, "R1", "vendor text")
        assert error.pauses_account is row.pauses


@pytest.mark.parametrize(
    ("code", "name", "reason"),
    [
        ("105002", "NotAuthorized", "token_expired"),
        ("105005", "NotAuthorized", "scope_missing"),
        ("101000", "NotAuthorized", "token_invalid"),
        ("36004001", "NotAuthorized", "consent_lost"),
        ("36004004", "NotAuthorized", "consent_lost"),
        ("36004005", "NotAuthorized", "consent_lost"),
        ("36009043", "NotAuthorized", "unavailable"),
        ("36009044", "NotAuthorized", "unavailable"),
        ("12052700", "NotAuthorized", "unavailable"),
    ],
)
def test_a_lost_account_says_why(code: str, name: str, reason: str):
    error = error_for(code, "", safe=False)
    assert type(error).__name__ == name
    assert error.account_reason == reason


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("106001", Kind.CONFIG),
        ("106013", Kind.CONFIG),
        ("36009002", Kind.RATE_LIMITED),
        ("36009003", Kind.UNCLEAR),
        ("36009007", Kind.UNCLEAR),
        ("36009009", Kind.CONFIG),
        ("36009010", Kind.CONFIG),
        ("36009014", Kind.CONFIG),
        ("36009033", Kind.CONFIG),
        ("10006402", Kind.UNCLEAR),
        ("10002014", Kind.UNCLEAR),
        ("10002015", Kind.UNCLEAR),
        ("12001000", Kind.UNCLEAR),
        ("33001002", Kind.UNCLEAR),
        ("21008111", Kind.GONE),
        ("21011044", Kind.REJECTED),
        ("21008106", Kind.REJECTED),
        ("12052038", Kind.REJECTED),
        ("12052225", Kind.REJECTED),
        ("12052345", Kind.REJECTED),
    ],
)
def test_the_codes_that_matter_most_stand_where_they_should(code: str, kind: Kind):
    assert CODES[code].kind is kind


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Invalid credentials. The `x-tts-access-token` header is invalid.", "NotAuthorized"),
        ("Invalid credentials. Invalid `app_key` query parameter.", "ConfigError"),
        ("Invalid timestamp. The value of the `timestamp` query ... 5 minutes", "Unreachable"),
        ("Invalid timestamp. The value ... exceed the current time by more", "Unreachable"),
        ("Invalid identifier. The `shop_id` query parameter is invalid.", "NotAuthorized"),
        ("invalid param error; detail:param body.address is missing", "Rejected"),
        ("", "Rejected"),
    ],
)
def test_the_code_with_many_meanings_is_told_apart_by_its_text(text: str, name: str):
    assert type(error_for("36009004", text, safe=False)).__name__ == name


def test_an_unlisted_code_is_rejected_and_never_retried_silently():
    error = error_for("99999999", "Something new", safe=True)
    assert type(error) is errors.Rejected
    assert error.message == "TikTok Shop refused the request. It said: “Something new”"
    assert not error.pauses_account


def test_the_requested_delay_is_kept():
    assert error_for("36009002", "", safe=True, retry_after=7.5).retry_after == 7.5
    assert error_for("36009002", "", safe=True).retry_after is None


def test_a_long_vendor_text_is_cut():
    assert len(error_for("1", "a" * 9000, safe=True).detail) == 500


def test_no_product_code_stands_in_two_groups():
    codes = [code for group in (*product_codes.GONE, *product_codes.REJECTED) for code in group[0]]
    codes += [*product_codes.INTERNAL, *product_codes.SELLER_INACTIVE]
    assert len(codes) == len(set(codes))
