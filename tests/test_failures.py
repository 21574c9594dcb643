"""The list of failures, walked line by line: class, consequence, sentence, what to do."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest

from tiktoksync import errors
from tiktoksync.failures import SHOPIFY, TIKTOK, Failure, every_failure, find_failure
from tiktoksync.lib.error_rows import ACCOUNT_ADVICE
from tiktoksync.lib.http import Response
from tiktoksync.shopify import error_codes as shopify
from tiktoksync.shopify.layers import raise_user_errors, read_answer
from tiktoksync.shops.services.accounts import TOKEN_TROUBLE
from tiktoksync.sync.models import FailureKind
from tiktoksync.sync.settling import concerns_account
from tiktoksync.tiktok import error_codes as tiktok
from tiktoksync.tiktok.envelope import open_envelope

LINES = every_failure()
JARGON = re.compile(
    r"HTTP|JSON|GraphQL|API|userErrors?|null|OAuth|scope|token host|payload|[A-Z]+_[A-Z]+|\d{5,}|"
    r"x-tts|shop_cipher|gid://",
)
SECRET = re.compile(r"shp(at|ua|rt|ss)_|TTP_|ROW_|GCP_|tts_")


def name(line: Failure) -> str:
    return f"{line.platform} {line.layer} {line.code}".replace(" ", "-")


# --- every line ---------------------------------------------------------------------------------


@pytest.mark.parametrize("line", LINES, ids=name)
def test_a_line_says_in_whole_sentences_what_is_wrong_and_what_to_do(line: Failure) -> None:
    for words in (line.sentence, line.advice):
        assert re.fullmatch(r"[A-Z].{15,160}\.", words), words
        assert not JARGON.search(words), words
        assert not SECRET.search(words), words
        assert words == words.strip()
        assert "  " not in words
    assert line.sentence != line.advice


@pytest.mark.parametrize("line", LINES, ids=name)
def test_a_lines_consequences_fit_together(line: Failure) -> None:
    assert issubclass(line.read, errors.SyncError)
    permanent = issubclass(line.write, errors.PermanentError)
    assert permanent is not issubclass(line.write, errors.RetryableError)
    assert line.is_retried is (not permanent or line.pauses_account)
    assert (line.failure_kind == "") is line.is_retried
    assert line.failure_kind in {"", *FailureKind.values}
    if line.write is errors.NotAuthorized:
        assert line.account_reason in ACCOUNT_ADVICE
        assert line.pauses_account
    else:
        assert line.account_reason == ""
    if issubclass(line.write, errors.RateLimited):
        assert line.pauses_account is not issubclass(line.write, errors.CallLimited)
    if line.write is errors.OutcomeUnknown:
        assert line.read is (errors.ConfigError if line.code == "http_301" else errors.Unreachable)
    else:
        assert line.read is line.write


def said(line: Failure, words: str) -> str:
    """The line's sentence, with the platform's own words where nothing else is known."""
    return f"{line.sentence} It said: “{words}”" if line.quotes else line.sentence


def test_only_what_is_in_no_table_is_told_in_the_platforms_words() -> None:
    quoting = {(line.platform, line.code) for line in LINES if line.quotes}
    unlisted = {"unlisted", "http_404", "http_406", "http_413", "http_422"}
    assert {code for _, code in quoting} == unlisted


@pytest.mark.parametrize("line", LINES, ids=name)
def test_advice_never_asks_to_wait_for_nothing_nor_to_do_what_happens_by_itself(
    line: Failure,
) -> None:
    if not line.is_retried:
        assert "Nothing to do" not in line.advice
    if issubclass(line.write, errors.RetryableError):
        assert "retry" not in line.advice.lower()
    if line.account_reason in ("consent_lost", "token_invalid"):
        assert "Connect" in line.advice


def test_no_line_is_there_twice() -> None:
    keys = [(line.platform, line.layer, line.code) for line in LINES]
    assert len(keys) == len(set(keys))


def test_the_list_holds_every_row_of_every_table() -> None:
    listed = {(line.platform, line.layer, line.code) for line in LINES}
    tables: dict[tuple[str, str], Any] = {
        (TIKTOK, "code"): tiktok.CODES,
        (SHOPIFY, "error"): shopify.GRAPHQL,
        (SHOPIFY, "user error"): shopify.USER,
        (SHOPIFY, "authorization"): shopify.OAUTH,
    }
    for (platform, layer), codes in tables.items():
        assert {(platform, layer, code) for code in codes} <= listed
    assert {(SHOPIFY, "status", f"http_{status}") for status in shopify.STATUS} <= listed
    assert len(tiktok.CODES) >= 182
    assert len(shopify.GRAPHQL) >= 30
    assert len(LINES) == len(listed)


def test_a_line_is_found_by_its_code() -> None:
    found = find_failure(TIKTOK, "105005")
    assert found is not None
    assert (found.account_reason, found.advice) == (
        "scope_missing",
        "Give the app the permission, then connect it again.",
    )
    assert find_failure(SHOPIFY, "105005") is None


def test_what_renews_a_token_is_told_as_such() -> None:
    reasons = {line.account_reason for line in LINES}
    assert set(TOKEN_TROUBLE) <= reasons


# --- the documented tables, answer by answer ----------------------------------------------------


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status, headers or {}, raw, 0.1)


def tiktok_error(response: Response, *, safe: bool) -> errors.SyncError:
    with pytest.raises(errors.SyncError) as caught:
        open_envelope(response, safe=safe)
    return caught.value


def shopify_error(response: Response, *, safe: bool) -> errors.SyncError:
    with pytest.raises(errors.SyncError) as caught:
        read_answer(response, safe=safe, version="2026-10", strict_search=True)
    return caught.value


@pytest.mark.parametrize("safe", [True, False], ids=["read", "write"])
@pytest.mark.parametrize(
    "line", [line for line in LINES if line.platform == TIKTOK and line.layer == "code"], ids=name
)
@pytest.mark.parametrize("status", [200, 400, 401, 403])
def test_a_tiktok_code_means_its_line_whatever_the_status_is(
    line: Failure, safe: bool, status: int
) -> None:
    code = "47110815" if line.code == "unlisted" else line.code
    body = {"code": int(code), "message": "vendor words", "request_id": "R1", "data": None}
    error = tiktok_error(answer(body, status), safe=safe)
    assert type(error) is (line.read if safe else line.write)
    assert (error.message, error.code) == (said(line, "vendor words"), code)
    assert (error.request_id, error.detail) == ("R1", "vendor words")
    assert error.pauses_account is line.pauses_account
    assert concerns_account(error) is (
        line.pauses_account or issubclass(line.write, errors.RetryableError)
    )


#: The codes of the documentation, in short: what must come of a write.
TIKTOK_ROWS = [
    ("105002", "NotAuthorized", "token_expired"),
    ("101000", "NotAuthorized", "token_invalid"),
    ("105005", "NotAuthorized", "scope_missing"),
    ("36004001", "NotAuthorized", "consent_lost"),
    ("36004004", "NotAuthorized", "consent_lost"),
    ("36004005", "NotAuthorized", "consent_lost"),
    ("36009043", "NotAuthorized", "unavailable"),
    ("36009044", "NotAuthorized", "unavailable"),
    ("12052700", "NotAuthorized", "unavailable"),
    ("36009002", "RateLimited", ""),
    ("36009037", "RateLimited", ""),
    ("36009003", "OutcomeUnknown", ""),
    ("36009007", "OutcomeUnknown", ""),
    ("10006402", "OutcomeUnknown", ""),
    ("10002014", "OutcomeUnknown", ""),
    ("10002015", "OutcomeUnknown", ""),
    ("12001000", "OutcomeUnknown", ""),
    ("12052881", "OutcomeUnknown", ""),
    ("33001002", "OutcomeUnknown", ""),
    ("106001", "ConfigError", ""),
    ("106013", "ConfigError", ""),
    ("36009033", "ConfigError", ""),
    ("36009009", "ConfigError", ""),
    ("36009010", "ConfigError", ""),
    ("36009014", "ConfigError", ""),
    ("36009022", "ConfigError", ""),
    ("36009023", "ConfigError", ""),
    ("36009021", "Rejected", ""),
    ("98001004", "Rejected", ""),
    ("36009004", "Rejected", ""),
    ("21008111", "Gone", ""),
    ("12052032", "Gone", ""),
    ("21011044", "Rejected", ""),
    ("21008106", "Rejected", ""),
    ("10007014", "Rejected", ""),
    ("11007016", "Rejected", ""),
    ("25001001", "Rejected", ""),
    ("12019008", "Rejected", ""),
    ("12052902", "Rejected", ""),
]


@pytest.mark.parametrize(("code", "write", "reason"), TIKTOK_ROWS)
def test_the_documented_tiktok_codes_stand_where_they_should(
    code: str, write: str, reason: str
) -> None:
    line = find_failure(TIKTOK, code)
    assert line is not None
    assert (line.write.__name__, line.account_reason) == (write, reason)


#: Shopify's five layers: the answer, what it is to a read and to a write, and its line's code.
SHOPIFY_ROWS: list[tuple[str, int, Any, str, str, str]] = [
    ("html", 502, b"<html>", "Unreachable", "OutcomeUnknown", "http_502"),
    ("html", 200, b"<html>", "Unreachable", "OutcomeUnknown", "http_200"),
    ("empty", 200, b"", "Unreachable", "OutcomeUnknown", "http_200"),
    ("cut", 200, b'{"data":{"orderCre', "Unreachable", "OutcomeUnknown", "http_200"),
    ("text", 500, {"errors": "An unexpected"}, "Unreachable", "OutcomeUnknown", "http_500"),
    ("text", 503, b"", "Unreachable", "OutcomeUnknown", "http_503"),
    ("object", 400, {"errors": {"query": "missing"}}, "ConfigError", "ConfigError", "http_400"),
    ("text", 401, {"errors": "[API] Invalid"}, "NotAuthorized", "NotAuthorized", "http_401"),
    ("object", 401, {"errors": {"base": "x"}}, "NotAuthorized", "NotAuthorized", "http_401"),
    ("text", 402, {"errors": "plan"}, "NotAuthorized", "NotAuthorized", "http_402"),
    ("text", 403, {"errors": "Unavailable Shop"}, "NotAuthorized", "NotAuthorized", "http_403"),
    ("text", 404, {"errors": "Not Found"}, "NotAuthorized", "NotAuthorized", "http_404"),
    ("text", 423, {"errors": "unavailable"}, "NotAuthorized", "NotAuthorized", "http_423"),
    ("text", 429, {"errors": "Throttled"}, "RateLimited", "RateLimited", "http_429"),
    ("text", 413, b"", "Rejected", "Rejected", "http_413"),
    ("moved", 301, b"", "ConfigError", "OutcomeUnknown", "http_301"),
]


@pytest.mark.parametrize(
    ("kind", "status", "body", "read", "write", "code"),
    SHOPIFY_ROWS,
    ids=[f"{row[0]}-{row[1]}" for row in SHOPIFY_ROWS],
)
def test_a_shopify_answer_without_data_means_its_line(
    kind: str, status: int, body: Any, read: str, write: str, code: str
) -> None:
    line = find_failure(SHOPIFY, code)
    assert line is not None
    for safe, expected in ((True, read), (False, write)):
        error = shopify_error(answer(body, status), safe=safe)
        assert type(error).__name__ == expected
        words = f"HTTP {status}, 0 bytes:"
        assert (error.code, error.message) == (code, said(line, words))
        assert type(error) is (line.read if safe else line.write)
        assert error.pauses_account is line.pauses_account


@pytest.mark.parametrize("data", [None, {"orderCreate": None}], ids=["no data", "null data"])
@pytest.mark.parametrize(
    "line", [line for line in LINES if (line.platform, line.layer) == (SHOPIFY, "error")], ids=name
)
def test_a_shopify_error_means_its_line(line: Failure, data: Any) -> None:
    code = "SOMETHING_NEW" if line.code == "unlisted" else line.code
    body = {"errors": [{"message": "No.", "extensions": {"code": code}}], "data": data}
    for safe, expected in ((True, line.read), (False, line.write)):
        error = shopify_error(answer(body), safe=safe)
        assert type(error) is expected
        assert (error.code, error.message) == (code, said(line, f"{code}: No."))
        assert error.pauses_account is line.pauses_account


@pytest.mark.parametrize(
    "line",
    [line for line in LINES if (line.platform, line.layer) == (SHOPIFY, "user error")],
    ids=name,
)
def test_a_shopify_user_error_means_its_line(line: Failure) -> None:
    with pytest.raises(errors.SyncError) as caught:
        raise_user_errors({"userErrors": [{"message": "No.", "code": line.code}]})
    assert type(caught.value) is line.write
    assert caught.value.message == line.sentence


def test_data_beside_an_error_is_kept() -> None:
    body = {"data": {"order": {"id": "1"}}, "errors": [{"message": "denied", "path": ["order"]}]}
    told = read_answer(answer(body), safe=True, version="2026-10", strict_search=True)
    assert told.data == {"order": {"id": "1"}}
    assert len(told.warnings) >= 1


@pytest.mark.parametrize(
    ("spelling", "seconds"),
    [
        ("2", 2.0),
        ("2.0", 2.0),
        ("  7 ", 7.0),
        ("Fri, 20 Nov 2026 08:00:30 GMT", 30.0),
        ("Fri, 20 Nov 2026 07:00:00 GMT", 0.0),
        ("Fri, 20 Nov 2099 08:00:00 GMT", 3600.0),
        ("-5", 0.0),
        ("999999999", 3600.0),
        ("inf", None),
        ("nan", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_a_delay_is_read_in_every_spelling_at_both_platforms(
    spelling: str | None, seconds: float | None
) -> None:
    headers = {"Date": "Fri, 20 Nov 2026 08:00:00 GMT"}
    if spelling is not None:
        headers["Retry-After"] = spelling
    body = {"code": 36009002, "message": "Too many requests.", "request_id": "R1"}
    for error in (
        tiktok_error(answer(body, 429, headers), safe=False),
        tiktok_error(answer(b"", 429, headers), safe=False),
        shopify_error(answer({"errors": "Throttled"}, 429, headers), safe=False),
    ):
        assert isinstance(error, errors.RateLimited)
        assert error.retry_after == seconds


# --- what is in no table ------------------------------------------------------------------------


def test_an_unlisted_code_is_refused_with_its_words_kept_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    body = {"code": 47110815, "message": "Moon phase is wrong.", "request_id": "R7"}
    with caplog.at_level(logging.WARNING):
        error = tiktok_error(answer(body), safe=False)
    assert type(error) is errors.Rejected
    assert (error.code, error.detail) == ("47110815", "Moon phase is wrong.")
    (line,) = [record.getMessage() for record in caplog.records]
    for word in ("unlisted code", "47110815", "Moon phase is wrong.", "R7"):
        assert word in line


def test_an_unlisted_shopify_code_is_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    body = {"errors": [{"message": "Moon phase.", "extensions": {"code": "MOON"}}], "data": None}
    with caplog.at_level(logging.WARNING):
        assert type(shopify_error(answer(body), safe=False)) is errors.Rejected
    assert "MOON" in caplog.text
    assert "Moon phase." in caplog.text


@pytest.mark.parametrize(
    ("text", "write"),
    [
        ("Missing credentials. The request does not include a required signature.", "ConfigError"),
        ("Unexpected identifier. The `shop_cipher` query parameter is not", "ConfigError"),
        ("Invalid API version. The `version` value is invalid or unsupported.", "ConfigError"),
        ("Invalid timestamp. ... must not be lesser than 0.", "Unreachable"),
        ("Invalid credentials. The `x-tts-access-token` header is invalid.", "NotAuthorized"),
        ("Invalid credentials. Invalid `app_key` query parameter.", "ConfigError"),
        ("Invalid identifier. The `shop_id` query parameter is invalid.", "NotAuthorized"),
        ("invalid param error", "Rejected"),
    ],
)
def test_the_code_with_many_meanings_is_told_apart(text: str, write: str) -> None:
    error = tiktok_error(answer({"code": 36009004, "message": text}, 400), safe=False)
    assert type(error).__name__ == write
