"""The seller's authorization: link, code for tokens, renewing tokens.

Both token calls are unsigned GETs that carry the app's secret in their query, so nothing here may
ever put an address into a message.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from tiktoksync.errors import OutcomeUnknown
from tiktoksync.lib import http
from tiktoksync.lib.answers import Answer
from tiktoksync.tiktok.envelope import Envelope, open_envelope
from tiktoksync.tiktok.payloads import text

PEER = "TikTok Shop"
AUTHORIZE_PATH = "/open/authorize"
#: Expiries are moments. A smaller number can only be a duration.
FIRST_MOMENT = 1_000_000_000


@dataclass(frozen=True, slots=True, repr=False)
class TokenPair:
    """``*_expires_at`` are Unix seconds on TikTok's clock, 0 if it does not tell. Printing one
    shows no token.
    """

    access_token: str
    access_expires_at: int
    refresh_token: str
    refresh_expires_at: int
    open_id: str
    seller_name: str
    seller_region: str
    granted_scopes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"TokenPair(open_id={self.open_id!r}, access_expires_at={self.access_expires_at})"


class TikTokAuth:
    """One app at the token host."""

    def __init__(
        self, *, auth_url: str, app_key: str, app_secret: str, deadline: float = 20.0
    ) -> None:
        self.auth_url = auth_url.rstrip("/")
        self.app_key = app_key
        self.deadline = deadline
        self._app_secret = app_secret

    def get_token(self, auth_code: str) -> Answer[TokenPair]:
        """Exchange the code of a callback; it works once, within 30 minutes.

        TikTok Shop documentation: Get Access Token.
        """
        fields = {"auth_code": auth_code, "grant_type": "authorized_code"}
        return self._call("/api/v2/token/get", fields)

    def refresh_token(self, refresh_token: str) -> Answer[TokenPair]:
        """Renew both tokens; store both. An unclear answer is OutcomeUnknown, not a failure.

        TikTok Shop documentation: Refresh Access Token.
        """
        fields = {"refresh_token": refresh_token, "grant_type": "refresh_token"}
        return self._call("/api/v2/token/refresh", fields, refresh_token)

    def _call(self, path: str, fields: dict[str, str], given: str = "") -> Answer[TokenPair]:
        query = {"app_key": self.app_key, "app_secret": self._app_secret, **fields}
        response = http.send(
            "GET",
            f"{self.auth_url}{path}?{urlencode(query, quote_via=quote, safe='')}",
            deadline=self.deadline,
            safe=False,
            peer=PEER,
        )
        envelope = open_envelope(response, safe=False)
        pair = _token_pair(envelope, int(http.platform_time(self.auth_url)), given)
        return Answer(pair, envelope.request_id, response.elapsed)


def authorize_link(authorize_url: str, service_id: str, state: str) -> str:
    """Where the seller agrees, below the base address of the shop's market.

    The address the seller comes back to is registered with the app, not given here.
    """
    base = authorize_url.rstrip("/").removesuffix(AUTHORIZE_PATH)
    return f"{base}{AUTHORIZE_PATH}?{urlencode({'service_id': service_id, 'state': state})}"


def _token_pair(envelope: Envelope, now: int, given: str) -> TokenPair:
    """``given`` is the refresh token that was used: it stays if no new one comes."""
    data = envelope.data
    access_token = text(data.get("access_token"))
    refresh_token = text(data.get("refresh_token")) or given
    if not access_token or not refresh_token:
        raise OutcomeUnknown(
            "TikTok Shop said yes without giving tokens.", request_id=envelope.request_id
        )
    scopes = data.get("granted_scopes")
    return TokenPair(
        access_token=access_token,
        access_expires_at=_moment(data.get("access_token_expire_in"), now),
        refresh_token=refresh_token,
        refresh_expires_at=_moment(data.get("refresh_token_expire_in"), now),
        open_id=text(data.get("open_id")),
        seller_name=text(data.get("seller_name")),
        seller_region=text(data.get("seller_base_region")),
        granted_scopes=tuple(map(text, scopes)) if isinstance(scopes, list) else (),
    )


def _moment(value: Any, now: int) -> int:
    """Unix seconds; 0 for an expiry that is missing or unreadable."""
    digits = text(value)
    number = int(digits) if digits.isascii() and digits.isdigit() else 0
    return number if number >= FIRST_MOMENT or not number else now + number
