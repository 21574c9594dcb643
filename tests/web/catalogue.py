"""Products on both sides for the pages' tests."""

from __future__ import annotations

from typing import Any

from products.models import Listing, UploadTemplate
from tests.factories import Pair, hint_of_order, make_listing, make_variant
from tests.pictures.drawn import signed_part
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs


def make_product_run(pair: Pair, kind: Run.Kind = Run.Kind.UPLOAD, **columns: Any) -> Run:
    """A run whose preview is ready, about one product."""
    run = runs.begin_run(kind, pair.shop, {"filter": {}, "start": False})
    item = {"remote_id": "gid://shopify/Product/4", "title": "Shirt", "state": "waiting"}
    runs.add_items(run, [RunItem(run=run, **item | columns)])
    runs.make_ready(run, "")
    return run


def known_products(pair: Pair) -> dict[str, Any]:
    """What the addresses of products, listings and their runs name."""
    listing: Listing = make_listing(pair.shop, "GREEN", title="Shirt on TikTok")
    make_variant(pair.store, "GREEN", 77)
    template = UploadTemplate.objects.create(shop=pair.shop, name="Shirts of Anna")
    return {
        "number": 4,
        "tiktok_product_id": listing.tiktok_product_id,
        "template_id": template.pk,
        "product_run_id": make_product_run(pair).pk,
        "delivery_id": hint_of_order(pair.shop, "5764").pk,
        "signed": signed_part(pair.merchant, "https://cdn.shopify.com/shirt.png"),
    }
