"""Shops that one authorization opens share its tokens.

A seller who sells across borders authorizes several shops with one consent, so several credentials
hold one and the same pair. Renewing it retires the old refresh token, wherever it is stored: one of
them renews, and what it gets is handed on to the others in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from tiktoksync.lib.secrets import digest
from tiktoksync.shops.models import Credential, TikTokShop
from tiktoksync.shops.services.accounts import RENEWING
from tiktoksync.sync import accounts, statuses
from tiktoksync.sync.models import SyncStatus
from tiktoksync.tiktok.payloads import AuthorizedShop

#: The others of a family come due this much later, one after another: the first renews for all.
BEHIND = timedelta(minutes=1)
#: How long one waits for another that is renewing just now.
WAIT = timedelta(seconds=2)
#: What a renewed pair consists of.
TOKEN_COLUMNS = (
    "access_token",
    "access_expires_at",
    "refresh_token",
    "refresh_expires_at",
    "renewed_at",
    "end_moves",
)


@dataclass(frozen=True, slots=True)
class Listed:
    """What the platform lists as opened by a token: its shops by their ids."""

    shops: Mapping[str, AuthorizedShop]

    @classmethod
    def of(cls, shops: Iterable[AuthorizedShop]) -> Listed:
        return cls({shop.id: shop for shop in shops})


def others_of(credential: Credential) -> QuerySet[Credential]:
    """The other credentials with the tokens of this one."""
    if not credential.family or credential.shop is None:
        return Credential.objects.none()
    family = Credential.objects.filter(family=credential.family, shop__app=credential.shop.app_id)
    return family.exclude(pk=credential.pk).select_related("shop__app").order_by("pk")


def wait_for_family(credential: Credential, now: datetime) -> datetime | None:
    """When to look again, because another of the family renews the tokens just now; else None.

    Called while `credential` is locked. Whoever renews holds the locks of those before it until its
    claim is written, so of two that begin together one gives way, and never the first of all.
    """
    before = others_of(credential).filter(pk__lt=credential.pk)
    locked = list(before.select_for_update(skip_locked=True, of=("self",), no_key=True))
    # Read after locking: a claim that was written just before is seen.
    others = list(others_of(credential).values_list("pk", "sync_status", "claimed_until"))
    rank = sum(key < credential.pk for key, _, _ in others)
    is_busy = len(locked) < rank or any(
        status == SyncStatus.SENDING and until is not None and until > now
        for _, status, until in others
    )
    return now + WAIT * (rank + 1) if is_busy else None


def hand_on(credential: Credential, now: datetime) -> None:
    """Write the tokens just stored for one credential to the others of its family."""
    for place, other in enumerate(others_of(credential), 1):
        _give(other, credential, place)
        account = other.account
        if account.paused_reason == RENEWING:
            accounts.resume(account)


def lose_family(credential: Credential, reason: str) -> None:
    """The authorization is gone for every shop it opened; `reason` has a place for the name."""
    for other in others_of(credential):
        if other.refresh_token == credential.refresh_token and not other.account.auth_lost_at:
            accounts.lose_consent(other.account, reason.format(other.account))


def family_of(shop: TikTokShop, refresh_token: str) -> str:
    """The family a shop belongs to with this token: one that is known by it, else a new one."""
    if not refresh_token:
        return ""
    own = digest(refresh_token)
    relatives = Credential.objects.filter(shop__merchant=shop.merchant_id, shop__app=shop.app_id)
    for other in relatives.exclude(shop=shop).exclude(family="").order_by("pk"):
        if own == other.family or refresh_token == other.refresh_token:
            return other.family
    return own


def newest_of_family(shop: TikTokShop, refresh_token: str) -> Credential | None:
    """The credential of another shop that was connected with this token and renewed since."""
    if shop.merchant_id is None or shop.app_id is None or not refresh_token:
        return None
    relatives = Credential.objects.filter(
        shop__merchant=shop.merchant_id, shop__app=shop.app_id, family=digest(refresh_token)
    )
    renewed = relatives.exclude(renewed_at=None).exclude(shop__shop_id=shop.shop_id)
    return renewed.order_by("-version").first()


def bring_along(credential: Credential, old_family: str, listed: Listed) -> list[TikTokShop]:
    """Give a new authorization to the shops of the old one that it opens too; returns them."""
    if credential.shop is None or not old_family or old_family == credential.family:
        return []
    rows = Credential.objects.filter(
        family=old_family, shop__app=credential.shop.app_id, shop__shop_id__in=listed.shops
    )
    rows = rows.exclude(pk=credential.pk).select_related("shop")
    brought = []
    for place, other in enumerate(rows.order_by("pk"), 1):
        _give(other, credential, place, family=credential.family)
        shop: TikTokShop = other.account
        if other.sync_status in (SyncStatus.FAILED, SyncStatus.SENDING):
            due = credential.next_attempt_at
            statuses.move(other, SyncStatus.PENDING, reason="connected again", next_attempt_at=due)
        if cipher := listed.shops[shop.shop_id].cipher:
            TikTokShop.objects.filter(pk=shop.pk).update(cipher=cipher)
        accounts.resume(shop)
        brought.append(shop)
    return brought


def _give(other: Credential, source: Credential, place: int, **more: Any) -> None:
    values = {name: getattr(source, name) for name in TOKEN_COLUMNS}
    due = source.next_attempt_at
    # Not over tokens of another authorization that were stored meanwhile.
    Credential.objects.filter(pk=other.pk, family=other.family, version=other.version).update(
        **values,
        **more,
        version=other.version + 1,
        next_attempt_at=due + BEHIND * place if due else None,
        tries=0,
    )
