"""Every failure of a platform that a merchant can meet, in one list.

Nothing is written down twice: the list is read off the platforms' closed tables, so a row that is
added there appears here with its class, its sentence and what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tiktoksync.errors import (
    ConfigError,
    OutcomeUnknown,
    PermanentError,
    RetryableError,
    SyncError,
    Unreachable,
)
from tiktoksync.lib import download
from tiktoksync.lib.error_rows import ADVICE, Kind, Row, advice_of, build_error
from tiktoksync.shopify import error_codes as shopify
from tiktoksync.tiktok import envelope
from tiktoksync.tiktok import error_codes as tiktok

TIKTOK, SHOPIFY = "TikTok Shop", "Shopify"


@dataclass(frozen=True, slots=True)
class Failure:
    """One line of the list.

    `layer` says where in an answer the failure shows; `read` and `write` are the classes it becomes
    after a call that changes nothing and after one that does; `quotes` tells that the platform's
    own words follow the sentence.
    """

    platform: str
    layer: str
    code: str
    sentence: str
    advice: str
    read: type[SyncError]
    write: type[SyncError]
    pauses_account: bool
    account_reason: str = ""
    quotes: bool = False

    @property
    def is_retried(self) -> bool:
        """Whether the work goes on by itself, without a person."""
        return issubclass(self.write, RetryableError) or self.pauses_account

    @property
    def failure_kind(self) -> str:
        """The word stored with a row that was set aside for it; empty while it is tried again."""
        if issubclass(self.write, PermanentError) and not self.pauses_account:
            return self.write.failure_kind
        return ""


@cache
def every_failure() -> tuple[Failure, ...]:
    """The whole list: both platforms' tables, and what happens on the way to them."""
    return (*_tiktok_failures(), *_shopify_failures(), *_network_failures())


def find_failure(platform: str, code: str) -> Failure | None:
    """The line of a platform's code, as a row or an attempt keeps it; None if there is none."""
    return _by_code().get((platform, code))


def advice_on(platform: str, code: str, said: str) -> str:
    """What to do about a failure, found by its sentence; "" if it says that itself or is unknown.

    Without a `platform` or `code` the sentence alone decides.
    """
    for failure in every_failure():
        is_named = platform in ("", failure.platform) and code in ("", failure.code)
        is_unlisted = failure.code == "unlisted" and platform == failure.platform
        if (is_named or is_unlisted) and said.startswith(failure.sentence):
            return failure.advice
    return ""


#: What a sentence asks for, where the advice that follows says the same in full.
_ASKED_TWICE = (
    *(" Reconnect the shop.", " Reconnect the store.", " Authorize the app again."),
    *(" Connect the store again.", " Check the app key and secret.", ": connect it again."),
)


def join_advice(said: str, advice: str) -> str:
    """A failure's sentence and what to do about it, nothing told twice and each with one stop."""
    for asked in _ASKED_TWICE if advice else ():
        said = said.removesuffix(asked)
    said = said if said.endswith((".", "!", "?", "”")) else f"{said}."
    return f"{said} {advice}".strip()


@cache
def _by_code() -> dict[tuple[str, str], Failure]:
    found: dict[tuple[str, str], Failure] = {}
    for failure in every_failure():
        found.setdefault((failure.platform, failure.code), failure)
    return found


def _tiktok_failures() -> Iterator[Failure]:
    for code, row in tiktok.CODES.items():
        yield _line(TIKTOK, "code", code, row)
    for text in ("x-tts-access-token", "timestamp", "app_key", "shop_id", *tiktok.OUR_MISTAKES):
        yield _line(TIKTOK, f"code 36009004, {text}", "36009004", tiktok.row_for("36009004", text))
    yield _line(TIKTOK, "code", "unlisted", tiktok.UNLISTED)
    for status in (301, 401, 403, 404, 408, 413, 429, 500, 502, 503, 504):
        yield _line(TIKTOK, "status", f"http_{status}", envelope.status_row(status))
    yield _line(TIKTOK, "unreadable answer", "http_200", tiktok.UNCLEAR)


def _shopify_failures() -> Iterator[Failure]:
    for status in (*shopify.STATUS, 301, 406, 413, 422, 500, 502, 503, 504):
        yield _line(SHOPIFY, "status", f"http_{status}", shopify.status_row(status, ""))
    for words, row in (
        ("requires merchant approval", shopify.status_row(403, "merchant approval")),
        ("token no longer accepted", shopify.status_row(403, "non-expiring")),
    ):
        yield _line(SHOPIFY, f"status 403, {words}", "http_403", row)
    yield _line(SHOPIFY, "unreadable answer", "http_200", shopify.UNCLEAR)
    for code, row in shopify.GRAPHQL.items():
        yield _line(SHOPIFY, "error", code, row)
    yield _line(SHOPIFY, "error", "unlisted", shopify.UNLISTED)
    yield _line(SHOPIFY, "search", "search", shopify.UNKNOWN_SEARCH)
    for code, row in shopify.USER.items():
        yield _line(SHOPIFY, "user error", code, row)
    for code, row in shopify.OAUTH.items():
        yield _line(SHOPIFY, "authorization", code, row)


def _network_failures() -> Iterator[Failure]:
    for platform in (TIKTOK, SHOPIFY):
        for code, sentence, read, write in (
            ("unreachable", "could not be reached.", Unreachable, Unreachable),
            ("unanswered", "did not answer completely.", Unreachable, OutcomeUnknown),
        ):
            advice = ADVICE[Kind.UNCLEAR]
            yield Failure(
                platform, "network", code, f"{platform} {sentence}", advice, read, write, False
            )
        for code, row in download.FAILURES.items():
            yield _line(platform, "file", code, row)
    unusable = "A stored credential holds characters that cannot be sent."
    again = "Connect the account again, then retry."
    yield Failure("", "network", "header", unusable, again, ConfigError, ConfigError, False)


def _line(platform: str, layer: str, code: str, row: Row) -> Failure:
    read, write = (build_error(row, code, "", safe=safe) for safe in (True, False))
    return Failure(
        platform=platform,
        layer=layer,
        code=code,
        sentence=row.sentence,
        advice=advice_of(row),
        read=type(read),
        write=type(write),
        pauses_account=row.pauses,
        account_reason=row.reason,
        quotes=row.quotes,
    )
