"""What a store needs before anything is imported: the unique field, and a place for the stock."""

from __future__ import annotations

from products.models import Location
from tiktoksync.errors import ConfigError
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.clients import shopify_client


def ensure_product_id_definition(store: ShopifyStore) -> None:
    """Make sure that the field for the listing's id is defined and of type `id`.

    Raises ConfigError if the field is taken by a definition of another type, and the client's
    errors.
    """
    if store.product_id_definition_at is not None:
        return
    found = shopify_client(store).define_product_id().data
    if found.type != "id":
        raise ConfigError(
            "Shopify already has a product metafield 'tiktok_product_id' of another type; delete "
            "its definition so that no product is imported twice."
        )
    store.product_id_definition_at = database_now()
    store.save(update_fields=["product_id_definition_at"])


def active_locations(store: ShopifyStore) -> list[Location]:
    """The store's active locations; read from Shopify if none was ever read."""
    places = Location.objects.filter(store=store).order_by("pk")
    if not places.exists():
        bodies = shopify_client(store).locations().data
        rows = [
            Location(
                store=store,
                shopify_location_id=str(body["id"])[:80],
                name=str(body.get("name") or "")[:255],
                is_active=body.get("isActive") is not False,
            )
            for body in bodies
        ]
        Location.objects.bulk_create(rows, ignore_conflicts=True)
    return list(places.filter(is_active=True))
