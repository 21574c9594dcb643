"""What the tests of imports share: listings as TikTok gives them, a run and its steps."""

from __future__ import annotations

from typing import Any

from products.models import Link, Listing, ProductImport
from products.services.product_wishes import begin_import
from products.services.store_listings import store_details
from tests.factories import Pair
from tests.fakes import FakeTikTok
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.sync.flows import Budget
from tiktoksync.sync.lanes import Lane, drain

PRODUCT_ID = "1729000000000000001"


def sku_body(sku_id: str, seller_sku: str = "", price: str = "9.90", **fields: Any) -> Any:
    """A SKU as TikTok reads it out; `options` are its sales attributes."""
    options, currency = fields.pop("options", {}), fields.pop("currency", "USD")
    code = fields.pop("barcode", "")
    body = {
        "id": sku_id,
        "seller_sku": seller_sku,
        "price": {"currency": currency, "sale_price": price, "tax_exclusive_price": price},
        "inventory": [{"warehouse_id": "7000", "quantity": 5}],
        "sales_attributes": [{"name": name, "value_name": told} for name, told in options.items()],
        "status_info": {"status": "NORMAL"},
        **fields,
    }
    return {**body, "identifier_code": {"code": code, "type": "EAN"}} if code else body


def add_listing(
    pair: Pair, tiktok: FakeTikTok, product_id: str = PRODUCT_ID, *skus: Any, **fields: Any
) -> Listing:
    """A listing that stands on TikTok and was read whole."""
    told = skus or (sku_body(f"{product_id}1", f"SKU-{product_id[-3:]}"),)
    fields = {"title": f"Mug {product_id[-3:]}", "description": "<p>Nice</p>", **fields}
    body = tiktok.shelf.add(product_id, *told, **fields)
    store_details(pair.shop, [body])
    return Listing.objects.get(shop=pair.shop, tiktok_product_id=product_id)


def preview(pair: Pair, *product_ids: str, **how: Any) -> Run:
    """An import of these listings, or of all, with its preview made."""
    which: dict[str, Any] = {"listing_ids": product_ids} if product_ids else {"filter": {}}
    run = begin_import(pair.shop, which, **how)
    work_runs(pair)
    run.refresh_from_db()
    return run


def work_runs(pair: Pair) -> None:
    """The lane of runs, until it has to wait."""
    drain(Lane("product_runs", pair.shop.pk), Budget())


def work_imports(pair: Pair) -> None:
    """The lane that creates products."""
    drain(Lane("import_products", pair.store.pk), Budget())


def import_all(pair: Pair, *product_ids: str, **how: Any) -> Run:
    """A whole import: preview, work, and a last look at what became of it."""
    run = preview(pair, *product_ids, **how)
    runs.start_run(run)
    return finish(pair, run)


def finish(pair: Pair, run: Run) -> Run:
    """Work what is due, and look again."""
    work_runs(pair)
    work_imports(pair)
    Run.objects.filter(pk=run.pk).exclude(next_step_at=None).update(next_step_at=run.created_at)
    work_runs(pair)
    run.refresh_from_db()
    return run


def items(run: Run) -> dict[str, tuple[str, str]]:
    """State and cause of each thing, by the last digits of its id."""
    rows = RunItem.objects.filter(run=run).order_by("position")
    return {row.remote_id[-3:]: (row.state, row.cause) for row in rows}


def the_row() -> ProductImport:
    """The only import there is."""
    return ProductImport.objects.select_related("listing__shop__store").get()


def links(pair: Pair) -> dict[str, tuple[str, str]]:
    """The shop's links: variant and origin by TikTok SKU."""
    rows = Link.objects.filter(shop=pair.shop).select_related("variant")
    return {row.tiktok_sku_id: (row.variant.shopify_variant_id, row.origin) for row in rows}
