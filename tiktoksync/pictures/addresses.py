"""What names a picture, and the addresses under which a merchant's pages have the copies."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from tiktoksync.lib.http_address import is_loopback_url
from tiktoksync.shops.models import Merchant

#: A picture on TikTok has other hosts and other queries in each answer; its path stays.
UNSTEADY_HOSTS = ("ibyteimg.com", "tiktokcdn.com", "tiktokcdn-us.com", "tiktokcdn-eu.com")
LONGEST_URL = 2000
_signer = Signer(salt="tiktoksync.pictures")


def picture_address(merchant: Merchant, url: str) -> str:
    """Where the merchant's pages load the copy of a platform's picture; "" for what is none."""
    if not may_be_fetched(url):
        return ""
    signed = _signer.sign_object([merchant.pk, url], compress=True)
    return reverse("picture", args=[signed])


def read_signed(merchant: Merchant, signed: str) -> str | None:
    """The platform's address in a signed one; None unless it was made for this merchant."""
    try:
        owner, url = _signer.unsign_object(signed)
    except (BadSignature, ValueError):
        return None
    return url if owner == merchant.pk else None


def may_be_fetched(url: str) -> bool:
    """Whether it is an address of the open web; a rehearsal's platforms stand on loopback."""
    if not url or len(url) > LONGEST_URL:
        return False
    if is_loopback_url(url):
        return settings.ON_LOOPBACK
    try:
        return urlsplit(url).scheme == "https"
    except ValueError:
        return False


def key_of(url: str) -> str:
    """What tells one picture from another, in hex."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    is_unsteady = any(host == one or host.endswith(f".{one}") for one in UNSTEADY_HOSTS)
    return sha256((f"tiktok {parts.path}" if is_unsteady else url).encode()).hexdigest()
