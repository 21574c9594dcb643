"""One thing that `doctor` looked at, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from tiktoksync.errors import ConfigError, NotAuthorized, SyncError, Unreachable
from tiktoksync.failures import advice_on, join_advice
from tiktoksync.lib.error_rows import ACCOUNT_ADVICE

#: TikTok Shop's code for an address that it does not have.
UNKNOWN_PATH = ("36009009", "36009010", "36009014")
#: Statuses that a platform itself gives without more words.
SPEAKING_STATUSES = (400, 408, 429)
NOTHING = "Nothing to do"


@dataclass(frozen=True, slots=True)
class Finding:
    """`words` say how it is, `to_do` what to do about it; nothing is to do when it is good."""

    subject: str
    is_good: bool
    words: str
    to_do: str = ""

    def __str__(self) -> str:
        joint = " " if self.words.endswith(".") else ": "
        rest = f"{joint}{self.to_do}" if self.to_do else ""
        return f"{self.subject}: {self.words}{rest}"


def from_error(subject: str, platform: str, error: SyncError, setting: str) -> Finding:
    """What a failed look comes to; `setting` holds the address that was asked."""
    words, to_do = error.message, advice_on(platform, error.code, error.message)
    if _is_elsewhere(error):
        words = f"What answers there is not {platform}'s API."
        to_do = f"Check {setting}."
    elif error.code in UNKNOWN_PATH:
        words = f"{platform} does not know the address that was asked."
        to_do = f"Check {setting}; if it is right, a newer version of TikTokSync is needed."
    elif isinstance(error, Unreachable) and not error.code:
        to_do = f"Check {setting}, the network and the certificates."
    elif isinstance(error, NotAuthorized):
        to_do = _of_account(error, to_do)
    elif isinstance(error, ConfigError) and not error.code:
        to_do = f"Run connect_shops with what {platform} lists."
    elif not to_do or to_do.startswith(NOTHING):
        to_do = f"Run doctor again in a minute; if it stays, check {setting}."
    return Finding(subject, False, join_advice(words, to_do).removesuffix(to_do).strip(), to_do)


def _of_account(error: NotAuthorized, advice: str) -> str:
    """What to do about an account that is not let in."""
    if error.account_reason == "token_expired":
        return "Run manage.py refresh_tokens, and keep runstack running: it renews tokens in time."
    if "authorize the app again" in error.message:
        return ""
    return advice or ACCOUNT_ADVICE.get(error.account_reason, "")


def _is_elsewhere(error: SyncError) -> bool:
    """Whether a proxy or a web page answered: all that is known of the answer is its status."""
    status = error.code.removeprefix("http_")
    if isinstance(error, NotAuthorized) or status == error.code or not status.isdigit():
        return False
    return int(status) < 500 and int(status) not in SPEAKING_STATUSES
