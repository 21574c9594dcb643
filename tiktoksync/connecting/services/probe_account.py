"""One call in an account's name, now, to see whether it is let in."""

from __future__ import annotations

from tiktoksync.errors import SyncError
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.shops.services.clients import shopify_client, tiktok_client
from tiktoksync.shops.services.findings import Finding, from_error
from tiktoksync.shops.services.preflight import read_shop, read_store


def probe_account(account: TikTokShop | ShopifyStore) -> Finding:
    """Ask the platform who the account is; what it says in one sentence.

    Nothing but the time of the last good call is written: pauses and losses are the lanes' affair.
    """
    is_store = isinstance(account, ShopifyStore)
    platform = "Shopify" if is_store else "TikTok Shop"
    if account.disconnected_at is not None:
        return Finding(str(account), False, f"{account} is disconnected. Connect it again first.")
    try:
        _ask(account)
    except SyncError as error:
        setting = "SHOPIFY_URL" if is_store else "TIKTOK_API_URL"
        found = from_error(str(account), platform, error, setting)
        return Finding(str(account), False, f"{account}: {found.words} {found.to_do}".strip())
    now = database_now()
    type(account)._base_manager.filter(pk=account.pk).update(last_good_call_at=now)
    return Finding(str(account), True, f"{platform} answers for {account}.")


def _ask(account: TikTokShop | ShopifyStore) -> None:
    if isinstance(account, ShopifyStore):
        read_store(shopify_client(account), account.shop_domain)
    else:
        client = tiktok_client(account)
        read_shop(client, account.shop_id, account.cipher, account.region, renewable=False)
