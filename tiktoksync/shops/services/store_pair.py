"""Writes the rows of a pair, inside the caller's transaction: only what is new or differs."""

from __future__ import annotations

import structlog
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone

from tiktoksync.shopify.payloads import ShopInfo
from tiktoksync.shops.models import (
    Credential,
    Membership,
    Merchant,
    OrderRules,
    ShopifyStore,
    TikTokShop,
)
from tiktoksync.shops.services.families import bring_along, family_of
from tiktoksync.shops.services.pair import Pair, PairDetails, Tokens, as_owner, stored_credential
from tiktoksync.shops.services.tokens import store_tokens
from tiktoksync.sync import accounts, statuses
from tiktoksync.sync.models import SyncStatus

log = structlog.get_logger(__name__)

APP_COLUMNS = ("secret", "old_secret", "market", "service_id")
STORE_COLUMNS = ("app_id", "name", "currency", "timezone", "shopify_app_id")
SHOP_COLUMNS = ("app_id", "name", "cipher", "region")


def store_pair(pair: Pair, details: PairDetails, *, forget_definition: bool) -> None:
    """Write what is new or differs: nothing at all when the same is given twice."""
    save_changes(pair.merchant)
    save_changes(pair.store.app, *APP_COLUMNS)
    save_changes(pair.shop.app, *APP_COLUMNS)
    columns = (*STORE_COLUMNS, "order_id_definition_at") if forget_definition else STORE_COLUMNS
    save_changes(pair.store, *columns)
    save_changes(pair.shop, *SHOP_COLUMNS)
    OrderRules.objects.get_or_create(shop=pair.shop)
    keep_tokens(pair.store, details.shopify)
    if keep_tokens(pair.shop, details.tiktok):
        _settle_family(pair)
    if details.owner_email:
        ensure_owner(pair.merchant, details.owner_email, details.owner_password)


def save_changes(row: models.Model, *columns: str) -> bool:
    """Insert a new row, or write those of the columns that differ from the stored ones."""
    if row.pk is None:
        row.save(force_insert=True)
        return True
    stored = type(row)._base_manager.get(pk=row.pk)
    changed = [name for name in columns if getattr(row, name) != getattr(stored, name)]
    if changed:
        row.save(update_fields=changed)
    return bool(changed)


def keep_tokens(account: ShopifyStore | TikTokShop, tokens: Tokens) -> bool:
    """Write the tokens, True if they are new; what had failed for want of them starts afresh."""
    credential = stored_credential(account) or Credential.objects.create(**as_owner(account))
    is_new = store_tokens(
        credential,
        access_token=tokens.access_token,
        access_expires_at=tokens.access_expires_at,
        refresh_token=tokens.refresh_token,
        refresh_expires_at=tokens.refresh_expires_at,
    )
    account.credential = credential
    if credential.sync_status in (SyncStatus.FAILED, SyncStatus.SENDING) and is_new:
        # The renewal under way holds the replaced token: it must not record over the new one.
        statuses.move(
            credential,
            SyncStatus.PENDING,
            actor="staff",
            reason="connected again",
            next_attempt_at=credential.next_attempt_at,
        )
    _resume(account, is_new)
    return is_new


def _settle_family(pair: Pair) -> None:
    """Note which shops share the new authorization; it is given to those of the old one too."""
    credential: Credential = pair.shop.credential
    old, family = credential.family, family_of(pair.shop, credential.refresh_token)
    if family == old:
        return
    Credential.objects.filter(pk=credential.pk).update(family=family)
    credential.family = family
    for shop in bring_along(credential, old, pair.listed):
        pair.notes.append(f"{shop} is opened by the same authorization: its tokens are new too.")


def store_facts(store: ShopifyStore, info: ShopInfo, notes: list[str]) -> bool:
    """Set what the store says of itself; True if another app of Shopify's speaks for it now."""
    moved = bool(store.shopify_app_id and info.app_id and store.shopify_app_id != info.app_id)
    if moved:
        store.order_id_definition_at = None
        notes.append(
            f"{store} is connected through another Shopify app than before: orders made so far "
            "are recognised by their source identifier only."
        )
        log.warning("shopify app changed", store=str(store), app=info.app_id)
    store.name, store.currency, store.timezone = info.name[:200], info.currency, info.timezone
    store.shopify_app_id = info.app_id or store.shopify_app_id
    return moved


def _resume(account: ShopifyStore | TikTokShop, has_new_tokens: bool) -> None:
    was_lost = account.auth_lost_at is not None
    if account.disconnected_at is not None:
        # A person's stop ends with the disconnection that it came from, and not otherwise.
        account.disconnected_at = account.stopped_at = None
        account.stopped_by, was_lost = "", True
        account.save(update_fields=["disconnected_at", "stopped_at", "stopped_by"])
    if was_lost:
        account.connected_at = timezone.now()
        account.save(update_fields=["connected_at"])
    if was_lost or (has_new_tokens and account.paused_until is not None):
        accounts.resume(account)


def ensure_owner(merchant: Merchant, email: str, password: str = "") -> None:
    """Make this person an owner; without a password they need one set before they can sign in."""
    people = get_user_model()._default_manager
    user = (
        people.filter(username__iexact=email).first() or people.filter(email__iexact=email).first()
    )
    if user is None:
        user = people.create_user(username=email, email=email, password=password or None)
    elif password and not user.has_usable_password():
        user.set_password(password)
        user.save(update_fields=["password"])
    Membership.objects.get_or_create(
        merchant=merchant, user=user, defaults={"role": Membership.Role.OWNER}
    )
