"""Shopify's tables, row by row."""

import pytest

from tiktoksync import errors
from tiktoksync.lib.error_rows import Kind, build_error
from tiktoksync.shopify import error_codes

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
ROWS = {
    f"{table}:{code}": row
    for table, rows in (
        ("status", error_codes.STATUS),
        ("graphql", error_codes.GRAPHQL),
        ("user", error_codes.USER),
        ("oauth", error_codes.OAUTH),
    )
    for code, row in rows.items()
}
REASONS = {
    "token_invalid",
    "token_expired",
    "scope_missing",
    "plan",
    "unavailable",
    "consent_lost",
    "closed",
}


@pytest.mark.parametrize("name", ROWS)
def test_every_row_gives_its_class_sentence_and_pause(name: str):
    row = ROWS[name]
    for safe, expected in zip((True, False), CLASSES[row.kind], strict=True):
        error = build_error(row, "c", "vendor", safe=safe, request_id="R1", retry_after=3.0)
        assert type(error) is expected
        assert error.message == row.sentence
        assert error.message.endswith(".")
        assert error.pauses_account is row.pauses


@pytest.mark.parametrize("name", ROWS)
def test_a_lost_account_has_a_reason_from_the_closed_list(name: str):
    row = ROWS[name]
    assert (row.reason in REASONS) is (row.kind is Kind.NOT_AUTHORIZED)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (300, Kind.ELSEWHERE),
        (307, Kind.ELSEWHERE),
        (405, Kind.REJECTED),
        (413, Kind.REJECTED),
        (418, Kind.REJECTED),
        (500, Kind.UNCLEAR),
        (520, Kind.UNCLEAR),
        (599, Kind.UNCLEAR),
    ],
)
def test_unlisted_statuses_are_judged_by_their_hundred(status: int, kind: Kind):
    assert error_codes.status_row(status, "").kind is kind


def test_gravity_orders_every_kind():
    assert set(error_codes.GRAVITY) == set(Kind)
    assert len(error_codes.GRAVITY) == len(Kind)
