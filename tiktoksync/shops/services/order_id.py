"""The unique order-id metafield: without its definition no order is created in a store."""

from __future__ import annotations

from tiktoksync.errors import ConfigError
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.clients import shopify_client

NAMESPACE, KEY = "$app", "tiktok_order_id"


def ensure_order_id_definition(store: ShopifyStore) -> bool:
    """Make sure the definition exists and is of type `id`; True if it was created now.

    Raises ConfigError if the key is taken by a definition of another type, and the client's errors.
    """
    client = shopify_client(store)
    found = client.metafield_definition(NAMESPACE, KEY).data
    created = found is None
    if found is None:
        found = client.create_order_id_definition().data
    if found.type != "id":
        raise ConfigError(
            "Shopify already has an order metafield 'tiktok_order_id' of another type; "
            "delete its definition so that TikTok order ids can be kept unique."
        )
    store.order_id_definition_at = database_now()
    store.save(update_fields=["order_id_definition_at"])
    return created
