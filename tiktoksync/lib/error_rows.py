"""Rows of the platforms' error tables, and the one way to turn a row into an error."""

from dataclasses import dataclass
from enum import Enum, auto

import structlog

from tiktoksync.errors import (
    CallLimited,
    ConfigError,
    Gone,
    NotAuthorized,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SyncError,
    Unreachable,
)

log = structlog.get_logger(__name__)

#: Longest vendor text kept for the log, and in a sentence.
DETAIL_CHARS, QUOTED_CHARS = 500, 200


class Kind(Enum):
    UNCLEAR = auto()  # a read may be tried again, a write must be looked up first
    UNTOUCHED = auto()  # certainly nothing was done, and trying later helps
    ELSEWHERE = auto()  # somebody else answered: a write may have been passed on
    RATE_LIMITED = auto()
    CALL_LIMITED = auto()  # this kind of call alone has to wait
    CONFIG = auto()
    NOT_AUTHORIZED = auto()
    REJECTED = auto()
    GONE = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """``sentence`` is for the merchant; ``pauses`` stops the whole account.

    ``advice`` says what to do where the kind alone does not: see ``advice_of``. ``quotes`` puts the
    platform's own words behind the sentence: they are all that is known.
    """

    kind: Kind
    sentence: str
    reason: str = ""
    field: str = ""
    pauses: bool = False
    advice: str = ""
    quotes: bool = False


#: What to do about an error of a kind, where its row says nothing better.
ADVICE = {
    Kind.UNCLEAR: "Nothing to do: it is looked up and tried again by itself.",
    Kind.UNTOUCHED: "Nothing to do: it is tried again by itself.",
    Kind.RATE_LIMITED: "Nothing to do: the work goes on by itself at the pace that is allowed.",
    Kind.CALL_LIMITED: "Nothing to do: it is tried again by itself a little later.",
    Kind.ELSEWHERE: "Tell whoever runs this installation, then retry.",
    Kind.CONFIG: "Tell whoever runs this installation, then retry.",
    Kind.REJECTED: "Correct what was refused, then retry.",
    Kind.GONE: "Put it back or choose another, then retry.",
}
#: The same for an account that is not let in, by its reason.
ACCOUNT_ADVICE = {
    "token_invalid": "Connect it again; everything that waits goes on by itself.",
    "token_expired": "Nothing to do: the connection is renewed by itself.",
    "consent_lost": "Connect it again; everything that waits goes on by itself.",
    "scope_missing": "Give the app the permission, then connect it again.",
    "plan": "Settle the plan or the bill; everything that waits goes on by itself.",
    "unavailable": "Ask the platform's support why; what waits goes on by itself afterwards.",
    "closed": "Open the store again, or connect another one.",
}


def advice_of(row: Row) -> str:
    """What a person does about an error of this row, in one sentence."""
    return row.advice or ACCOUNT_ADVICE.get(row.reason) or ADVICE[row.kind]


def not_authorized(reason: str, sentence: str, advice: str = "") -> Row:
    """A row that switches the account off; ``reason`` becomes the account_reason."""
    return Row(Kind.NOT_AUTHORIZED, sentence, reason=reason, pauses=True, advice=advice)


def note_unlisted(platform: str, code: str, text: str, request_id: str) -> None:
    """Leave a trace of a code that is in no table yet, in the platform's own words."""
    log.warning(
        "unlisted code", platform=platform, code=code, words=text[:200], request_id=request_id
    )


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
    says, rest = _sentence(row, detail), {"detail": detail, "code": code, "request_id": request_id}
    match row.kind:
        case Kind.UNCLEAR | Kind.ELSEWHERE if not safe:
            return OutcomeUnknown(says, retry_after=retry_after, **rest)
        case Kind.UNCLEAR | Kind.UNTOUCHED:
            return Unreachable(says, retry_after=retry_after, **rest)
        case Kind.RATE_LIMITED:
            return RateLimited(says, retry_after=retry_after, **rest)
        case Kind.CALL_LIMITED:
            return CallLimited(says, retry_after=retry_after, **rest)
        case Kind.CONFIG | Kind.ELSEWHERE:
            return ConfigError(says, **rest)
        case Kind.NOT_AUTHORIZED:
            return NotAuthorized(says, account_reason=row.reason, **rest)
        case Kind.GONE:
            return Gone(says, **rest)
        case Kind.REJECTED:
            return Rejected(says, field=row.field, **rest)


def _sentence(row: Row, text: str) -> str:
    words = " ".join(text.split())[:QUOTED_CHARS]
    return f"{row.sentence} It said: “{words}”" if row.quotes and words else row.sentence
