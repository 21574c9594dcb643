"""Rows of the platforms' error tables, and the one way to turn a row into an error."""

from dataclasses import dataclass
from enum import Enum, auto

from tiktoksync.errors import (
    ConfigError,
    Gone,
    NotAuthorized,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SyncError,
    Unreachable,
)

#: Longest vendor text kept for the log.
DETAIL_CHARS = 500


class Kind(Enum):
    UNCLEAR = auto()  # a read may be tried again, a write must be looked up first
    UNTOUCHED = auto()  # certainly nothing was done, and trying later helps
    RATE_LIMITED = auto()
    CONFIG = auto()
    NOT_AUTHORIZED = auto()
    REJECTED = auto()
    GONE = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """``sentence`` is for the merchant; ``pauses`` stops the whole account."""

    kind: Kind
    sentence: str
    reason: str = ""
    field: str = ""
    pauses: bool = False


def not_authorized(reason: str, sentence: str) -> Row:
    """A row that switches the account off; ``reason`` becomes the account_reason."""
    return Row(Kind.NOT_AUTHORIZED, sentence, reason=reason, pauses=True)


def build_error(
    row: Row,
    code: str,
    text: str,
    *,
    safe: bool,
    request_id: str = "",
    retry_after: float | None = None,
) -> SyncError:
    """Turn a row into an error. ``text`` is the vendor's own; ``safe`` says it was a read."""
    error = _typed(row, code, text[:DETAIL_CHARS], safe, request_id, retry_after)
    error.pauses_account = row.pauses
    return error


def _typed(
    row: Row, code: str, detail: str, safe: bool, request_id: str, retry_after: float | None
) -> SyncError:
    says, rest = row.sentence, {"detail": detail, "code": code, "request_id": request_id}
    match row.kind:
        case Kind.UNCLEAR if not safe:
            return OutcomeUnknown(says, retry_after=retry_after, **rest)
        case Kind.UNCLEAR | Kind.UNTOUCHED:
            return Unreachable(says, retry_after=retry_after, **rest)
        case Kind.RATE_LIMITED:
            return RateLimited(says, retry_after=retry_after, **rest)
        case Kind.CONFIG:
            return ConfigError(says, **rest)
        case Kind.NOT_AUTHORIZED:
            return NotAuthorized(says, account_reason=row.reason, **rest)
        case Kind.GONE:
            return Gone(says, **rest)
        case Kind.REJECTED:
            return Rejected(says, field=row.field, **rest)
