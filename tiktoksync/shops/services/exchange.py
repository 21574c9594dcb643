"""From the code of TikTok's consent page to what `connect_shops` wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from tiktoksync.errors import ConfigError
from tiktoksync.tiktok.auth import TikTokAuth, TokenPair, authorize_link
from tiktoksync.tiktok.client import TikTokClient
from tiktoksync.tiktok.payloads import AuthorizedShop

STATE = "connect"


@dataclass(frozen=True, slots=True, repr=False)
class Exchanged:
    """The tokens a code was given for, and the shops they open."""

    tokens: TokenPair
    shops: list[AuthorizedShop]


def consent_link() -> str:
    """Where the seller agrees; raises ConfigError if the app's service id is not known."""
    if not settings.TIKTOK_SERVICE_ID:
        raise ConfigError("TIKTOK_SERVICE_ID is missing: it stands on the app's page.")
    return authorize_link(settings.TIKTOK_AUTHORIZE_URL, settings.TIKTOK_SERVICE_ID, STATE)


def exchange_code(given: str) -> Exchanged:
    """Exchange a code, or the whole address the seller came back to; it works once.

    Raises a SyncError whose message says what to do.
    """
    query = parse_qs(urlsplit(given).query)
    if "error" in query:
        raise ConfigError("The seller did not agree: open the link again.")
    code = query["code"][0] if "code" in query else given
    return exchange_with(settings.TIKTOK_APP_KEY, settings.TIKTOK_APP_SECRET, code)


def exchange_with(key: str, secret: str, code: str) -> Exchanged:
    """The tokens that one app is given for a code, and the shops they open."""
    auth = TikTokAuth(auth_url=settings.TIKTOK_AUTH_URL, app_key=key, app_secret=secret)
    tokens = auth.get_token(code).data
    client = TikTokClient(
        api_url=settings.TIKTOK_API_URL,
        app_key=key,
        app_secret=secret,
        access_token=tokens.access_token,
    )
    return Exchanged(tokens, client.authorized_shops().data)
