"""A stage for uploads: products in a store that nothing keeps off TikTok, and their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from products.models import (
    InventoryLevel,
    Location,
    Product,
    ProductUpload,
    UploadTemplate,
    Variant,
    sku_key,
)
from products.services import upload_images
from products.services.product_wishes import begin_upload
from tests.factories import Pair
from tests.orders.services.conftest import Work
from tiktoksync.lib.download import Download
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.shops.models import TikTokShop

LOCATION = "gid://shopify/Location/1"
PNG = b"\x89PNG\r\n\x1a\n"
TEXT = "<p>Boiled, rolled and packed by hand.</p>"


def picture(name: str, width: int = 1200, height: int = 1200) -> dict[str, Any]:
    return {"url": f"https://cdn.example/{name}.png", "alt": "", "width": width, "height": height}


def make_product(
    pair: Pair,
    number: int = 1,
    *,
    skus: Sequence[str] = ("MUG-1",),
    stock: int | None = 5,
    price: str | None = "14.25",
    options: Sequence[tuple[str, Sequence[str]]] = (),
    variant: dict[str, Any] | None = None,
    **columns: Any,
) -> Product:
    """An active product with a picture, a weight and stock; `options` are names with a value for
    each variant.
    """
    columns = {
        "title": f"Enamel mug {number}",
        "status": "ACTIVE",
        "description_html": TEXT,
        "images": [picture(f"p{number}")],
        "product_type": "Kitchen",
        **columns,
    }
    gid = f"gid://shopify/Product/{number}"
    product = Product.objects.create(store=pair.store, shopify_product_id=gid, **columns)
    Location.objects.get_or_create(store=pair.store, shopify_location_id=LOCATION)
    for position, sku in enumerate(skus, 1):
        key = f"{number}{position:02d}"
        chosen = [{"name": name, "value": values[position - 1]} for name, values in options]
        Variant.objects.create(
            store=pair.store,
            product=product,
            shopify_variant_id=f"gid://shopify/ProductVariant/{key}",
            inventory_item_id=f"gid://shopify/InventoryItem/{key}",
            sku=sku,
            sku_key=sku_key(sku),
            position=position,
            title=" / ".join(one["value"] for one in chosen),
            option_values=chosen or [{"name": "Title", "value": "Default Title"}],
            price=None if price is None else Decimal(price),
            **{"weight": Decimal(320), "weight_unit": "GRAMS", **(variant or {})},
        )
        if stock is not None:
            InventoryLevel.objects.create(
                store=pair.store,
                inventory_item_id=f"gid://shopify/InventoryItem/{key}",
                shopify_location_id=LOCATION,
                available=stock,
            )
    return product


def make_template(pair: Pair, **columns: Any) -> UploadTemplate:
    columns = {"name": "Mugs", "is_default": True, **columns}
    return UploadTemplate.objects.create(shop=pair.shop, **columns)


@dataclass
class Cdn:
    """Shopify's pictures: each address shows its own unless it is told otherwise."""

    shown: dict[str, bytes | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def download(self, url: str, *, max_bytes: int, deadline: float = 60.0) -> Download:
        self.asked.append(url)
        found = self.shown.get(url, PNG + url.encode())
        if isinstance(found, Exception):
            raise found
        return Download(found, "image/png")


@pytest.fixture(autouse=True, name="cdn")
def plug_cdn(monkeypatch: pytest.MonkeyPatch) -> Cdn:
    """Pictures come from a stand-in for Shopify's CDN."""
    cdn = Cdn()
    monkeypatch.setattr(upload_images, "download_file", cdn.download)
    return cdn


# --- runs ----------------------------------------------------------------------------------------


def preview(pair: Pair, work: Work, *, start: bool = False, **how: Any) -> Run:
    """A run over every product, previewed to its end."""
    pair.refresh()
    run = begin_upload(pair.shop, {"filter": {}}, start=start, **how)
    for _ in range(20):
        work("product_runs")
        run.refresh_from_db()
        if not run.is_preparing:
            return run
    raise AssertionError("the preview never ends")


def upload(pair: Pair, work: Work, **how: Any) -> Run:
    """A run that begins by itself, worked until nothing of it is due."""
    run = preview(pair, work, start=True, **how)
    go_on(work, run)
    return run


def go_on(work: Work, run: Run, rounds: int = 6) -> None:
    """Work both lanes, until the run has ended or waits for something."""
    for _ in range(rounds):
        work("upload_products")
        Run.objects.exclude(next_step_at=None).update(next_step_at="2026-01-01T00:00:00Z")
        work("product_runs")
        run.refresh_from_db()
        if not run.is_active:
            return


def items(run: Run) -> list[tuple[str, str]]:
    return list(run.items.order_by("position").values_list("state", "cause"))


def item_of(run: Run, number: int = 1) -> RunItem:
    return run.items.get(remote_id=f"gid://shopify/Product/{number}")


def upload_of(product: Product) -> ProductUpload:
    return ProductUpload.objects.get(product=product)


def open_again(pair: Pair) -> None:
    """The daily limit is over."""
    TikTokShop.objects.filter(pk=pair.shop.pk).update(uploads_refused_until=None)
    ProductUpload.objects.update(next_attempt_at=None)
