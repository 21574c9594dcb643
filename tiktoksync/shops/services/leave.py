"""The last calls in the name of an account that a person has disconnected.

The platform is asked to send nothing any more; then the tokens are destroyed. A platform that does
not answer is asked again for a day, and not longer: tokens are not kept for its sake.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from tiktoksync.errors import NotAuthorized, RetryableError, SyncError
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import Credential, ShopifyStore, TikTokShop
from tiktoksync.shops.services.accounts import TOKEN_TROUBLE, renew_soon
from tiktoksync.shops.services.pair import as_owner
from tiktoksync.shops.services.subscribe import unsubscribe_shop, unsubscribe_store

log = structlog.get_logger(__name__)

AGAIN_SECONDS = 300.0
PATIENCE = timedelta(days=1)


def take_leave(account: TikTokShop | ShopifyStore) -> bool:
    """Unsubscribe and destroy the tokens; False while that has to wait for the platform."""
    now = database_now()
    try:
        if isinstance(account, ShopifyStore):
            unsubscribe_store(account)
        else:
            unsubscribe_shop(account)
    except SyncError as error:
        if _may_pass(account, error, now):
            log.info("unsubscribing waits", reason=error.message, **account.lane_facts)
            later = now + scaled(AGAIN_SECONDS)
            # Not over a new connection that was made meanwhile.
            rows = type(account)._base_manager.filter(pk=account.pk, disconnected_at__isnull=False)
            rows.update(next_webhook_check_at=later)
            return False
        log.warning("left without unsubscribing", reason=error.message, **account.lane_facts)
    destroy_tokens(account)
    return True


def destroy_tokens(account: TikTokShop | ShopifyStore) -> None:
    """Delete the tokens of an account that is disconnected still."""
    side = next(iter(as_owner(account)))
    held = Credential.objects.filter(
        **as_owner(account), **{f"{side}__disconnected_at__isnull": False}
    )
    held.delete()
    account._state.fields_cache.pop("credential", None)
    log.info("tokens destroyed", **account.lane_facts)


def _may_pass(account: TikTokShop | ShopifyStore, error: SyncError, now: datetime) -> bool:
    """Whether another try may go better than this one did."""
    if account.disconnected_at is None or now - account.disconnected_at > PATIENCE:
        return False
    if isinstance(error, NotAuthorized) and error.account_reason in TOKEN_TROUBLE:
        return account.auth_lost_at is None and renew_soon(account)
    return isinstance(error, RetryableError)
