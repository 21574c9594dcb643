"""The error tree, sorted by what to do next.

``SyncError.message`` is a sentence for the merchant. ``detail`` is for the log and holds no
secret and no personal data; ``code`` and ``request_id`` are the platform's own.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiktoksync.lib.answers import Cost


class SyncError(Exception):
    """Something between us and a platform did not work."""

    #: True when the whole account should wait, not only the row that met the error.
    pauses_account = False

    def __init__(
        self, message: str, *, detail: str = "", code: str = "", request_id: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.code = code
        self.request_id = request_id

    def __str__(self) -> str:
        return f"[{self.request_id}] {self.message}" if self.request_id else self.message


class RetryableError(SyncError):
    """Try later. ``retry_after`` is in seconds; None leaves the delay to the caller's schedule."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        detail: str = "",
        code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(message, detail=detail, code=code, request_id=request_id)
        self.retry_after = retry_after


class Unreachable(RetryableError):
    """Nothing changed over there: never connected, or a read had no clear answer."""


class RateLimited(RetryableError):
    """The platform asks us to slow down. Nothing was done.

    ``cost`` is the platform's own figure of the budget, if it told one with the refusal.
    """

    pauses_account = True
    cost: "Cost | None" = None


class HeldBack(RateLimited):
    """Our own pace: the call waited too long for its turn and was not sent.

    ``pauses`` says that the whole account waits, and not this call alone.
    """

    def __init__(self, message: str, *, retry_after: float, pauses: bool) -> None:
        super().__init__(message, retry_after=retry_after, code="held_back")
        self.pauses_account = pauses


class CallLimited(RateLimited):
    """Only this kind of call is limited for a while; the account's other calls are not."""

    pauses_account = False


class OutcomeUnknown(RetryableError):
    """A write was sent and not clearly answered: look before trying again."""


class PermanentError(SyncError):
    """A person must act. ``failure_kind`` is the word stored with the row."""

    failure_kind = "internal"


class ConfigError(PermanentError):
    """A setting, a link or a registration is missing or wrong."""

    failure_kind = "config"


class NotAuthorized(PermanentError):
    """The account may not do this (any more).

    ``account_reason`` is one of token_invalid, token_expired, scope_missing, plan, unavailable,
    consent_lost, closed.
    """

    failure_kind = "auth"
    pauses_account = True

    def __init__(
        self,
        message: str,
        *,
        account_reason: str = "token_invalid",
        detail: str = "",
        code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(message, detail=detail, code=code, request_id=request_id)
        self.account_reason = account_reason


class Rejected(PermanentError):
    """The platform understood and refused; ``field`` is the part it names, dotted, or empty."""

    failure_kind = "rejected"

    def __init__(
        self,
        message: str,
        *,
        field: str = "",
        detail: str = "",
        code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(message, detail=detail, code=code, request_id=request_id)
        self.field = field


class Gone(PermanentError):
    """The object is no longer there, or never belonged to this account."""

    failure_kind = "gone"


class MalformedPayload(PermanentError):
    """What a platform sent cannot be read."""

    failure_kind = "malformed"


class SignatureError(Exception):
    """An incoming request is not signed as its sender would sign it. Nothing is stored."""
