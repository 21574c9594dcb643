"""Reading Shopify products whole: with every variant, and with what is in stock of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from products.facts import moment, object_of, rows_of
from products.models import Product
from products.services.pull_catalogue import is_scope_missing
from products.services.store_levels import store_levels
from products.services.store_products import StoredProducts, mark_gone, store_products
from tiktoksync.errors import Gone, SyncError
from tiktoksync.shopify.client import ShopifyClient
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.accounts import note_good_poll, note_refused_poll
from tiktoksync.sync.leases import Lease

Body = Mapping[str, Any]
ITEMS_A_CALL = 50
#: Under which a missing permission to read stock is told; the rest of the mirror goes on.
STOCK_STEM = "pull_stock"
#: Shopify's times are in whole seconds: a change may follow a reading within one.
SAME_SECOND = timedelta(seconds=5)


class Reading:
    """Products as they were read, until they are stored in one transaction."""

    def __init__(self, store: ShopifyStore, client: ShopifyClient, lease: Lease) -> None:
        self.store, self.client, self.lease = store, client, lease
        self.bodies: list[Body] = []
        self.gone: list[str] = []
        self.levels: Mapping[str, Sequence[Any]] = {}
        self.has_stock = True

    def take(self, bodies: Iterable[Body]) -> None:
        """Products as a page gives them; what did not fit on the page is read here."""
        for body in bodies:
            if (whole := self._with_all_variants(body)) is None:
                self.gone.append(str(body["id"]))
            else:
                self.bodies.append(whole)
        self._read_levels()

    def look_up(self, gids: Sequence[str]) -> None:
        """Products by their ids, at most 25."""
        found = self.client.read_products(gids).data
        self.gone += [gid for gid in gids if found.get(gid) is None]
        self.take([body for body in found.values() if body is not None])

    def store_all(self) -> StoredProducts:
        """Write all of it, inside the caller's transaction."""
        # Stock first: what follows from a product looks at it.
        store_levels(self.store, self.levels)
        stored = store_products(self.store, self.bodies)
        if self.gone:
            rows = Product.objects.filter(store=self.store, shopify_product_id__in=self.gone)
            mark_gone(self.store, list(rows.values_list("pk", flat=True)))
        return stored

    def _with_all_variants(self, body: Body) -> Body | None:
        """The product with those of its variants that did not fit; None if it went away."""
        cursor = str(body.get("more_variants_after") or "")
        if not cursor:
            return body
        variants = list(body["variants"])
        while cursor:
            self.lease.renew()
            try:
                page = self.client.product_variants(body["id"], cursor).data
            except Gone:
                return None
            variants += page.variants
            cursor = page.next_cursor if page.next_cursor != cursor else ""
        return {**body, "variants": variants}

    def _read_levels(self) -> None:
        items = item_gids(self.bodies)
        levels: dict[str, Sequence[Any]] = {}
        try:
            for start in range(0, len(items), ITEMS_A_CALL):
                self.lease.renew()
                part = items[start : start + ITEMS_A_CALL]
                # An item that has no level anywhere is told of as well.
                levels |= dict.fromkeys(part, ())
                levels |= self.client.inventory_levels(part).data
        except SyncError as error:
            if not is_scope_missing(error):
                raise
            self.has_stock = False
            note_refused_poll(self.store, STOCK_STEM, error)
            return
        self.levels = levels
        if items:
            note_good_poll(self.store, STOCK_STEM)


def item_gids(bodies: Iterable[Body]) -> list[str]:
    """The inventory items of products, each once."""
    items = (
        str(object_of(row.get("inventoryItem")).get("id") or "")
        for body in bodies
        for row in rows_of(body.get("variants"))
    )
    return list(dict.fromkeys(filter(None, items)))


def without_known(store: ShopifyStore, bodies: Collection[Body]) -> list[Body]:
    """Those of the changed products that have not been read since they changed."""
    gids = [body["id"] for body in bodies]
    known = {
        row.shopify_product_id: row
        for row in Product.objects.filter(
            store=store, shopify_product_id__in=gids, gone_at=None, wanted_at=None
        ).only("shopify_product_id", "changed_at", "seen_at")
    }
    return [body for body in bodies if not _is_known(known.get(body["id"]), body)]


def _is_known(row: Product | None, body: Body) -> bool:
    if row is None or row.changed_at is None or row.changed_at != moment(body.get("updatedAt")):
        return False
    return row.seen_at > row.changed_at + SAME_SECOND
