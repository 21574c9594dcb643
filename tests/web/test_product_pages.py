"""The tabs of products and listings, and the pages of one product and one listing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from products import catalogue_products
from products.models import (
    InventoryLevel,
    Link,
    Listing,
    ListingTask,
    Product,
    ProductRules,
    ProductUpload,
    UploadTemplate,
)
from tests.factories import Pair, link_sku, make_listing, make_variant, set_columns
from tests.web.reading import elements_of, rows_of, text_of
from tiktoksync.pictures.addresses import picture_address


def make_product(pair: Pair, number: int, title: str, **columns: Any) -> Product:
    """A Shopify product with one variant."""
    columns = {"status": "ACTIVE", **columns}
    product = Product.objects.create(
        store=pair.store,
        shopify_product_id=f"gid://shopify/Product/{number}",
        title=title,
        **columns,
    )
    variant = make_variant(pair.store, f"SKU-{number}", number)
    stand_in, variant.product = variant.product, product
    set_columns(variant, product=product, title="Default Title")
    if not stand_in.variants.exists():
        stand_in.delete()
    return product


def titles(answer: Any) -> list[str]:
    return [str(row.thing) for row in answer.context["rows"]]


def counts(answer: Any) -> dict[str, int]:
    return {key: number for key, _, number in answer.context["tabs"]}


def test_every_tab_counts_what_it_shows(pair: Pair, anna: Client) -> None:
    states = ("ACTIVATE", "PENDING", "SELLER_DEACTIVATED", "FAILED", "DRAFT")
    for number, status in enumerate(states, 1):
        make_listing(pair.shop, f"S{number}", number=number, status=status, title=status)
    make_product(pair, 7, "Vase")
    gone = make_listing(pair.shop, "S9", number=9)
    set_columns(gone, gone_at=timezone.now())
    shown = {
        tab: titles(anna.get("/products/", {"tab": tab}))
        for tab in ("upload", "review", "live", "inactive", "fixing")
    }
    assert shown == {
        "upload": ["Vase"],
        "review": ["PENDING"],
        "live": ["ACTIVATE"],
        "inactive": ["DRAFT", "SELLER_DEACTIVATED"],
        "fixing": ["FAILED"],
    }
    told = counts(anna.get("/products/"))
    assert {tab: told[tab] for tab in shown} == {tab: len(rows) for tab, rows in shown.items()}


def test_what_needs_fixing_and_why(pair: Pair, anna: Client) -> None:
    make_listing(pair.shop, "", number=1, title="Blank")
    twice = make_listing(pair.shop, "AA", "BB", number=2, title="Twice")
    twice.skus.update(sku_key="aa", seller_sku="AA")
    failed = make_listing(pair.shop, "CC", number=3, title="Failed")
    task = ListingTask.objects.create(listing=failed, kind="stock")
    set_columns(task, sync_status="failed", failure_reason="TikTok is shut.")
    make_listing(pair.shop, "DD", number=4, title="Broken")
    set_columns(link_sku(pair, "DD", 44).variant, gone_at=timezone.now())
    make_listing(pair.shop, "EE", number=5, title="Sound")
    product = make_product(pair, 8, "Upload")
    upload = ProductUpload.objects.create(
        shop=pair.shop, product=product, issues=[{"words": "No picture.", "fix": "Add one."}]
    )
    set_columns(upload, sync_status="failed")
    rows = anna.get("/products/?tab=fixing").context["rows"]
    assert [(str(row.thing), row.issues[0]["words"]) for row in rows] == [
        ("Upload", "No picture."),
        ("Broken", "It is linked to a variant that was deleted in Shopify."),
        ("Failed", "Stock: TikTok is shut."),
        ("Twice", "Several of its SKUs have the same seller SKU."),
        ("Blank", "A SKU of it has no seller SKU."),
    ]


def test_blank_and_doubled_skus_are_fine_once_they_are_linked(pair: Pair, anna: Client) -> None:
    make_listing(pair.shop, "", number=1)
    variant = make_variant(pair.store)
    Link.objects.create(shop=pair.shop, tiktok_sku_id="29", variant=variant, origin="by_hand")
    assert titles(anna.get("/products/?tab=fixing")) == []


def test_pages_of_what_needs_fixing_go_from_uploads_to_listings(
    pair: Pair, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_products, "PAGE_SIZE", 2)
    for number in range(1, 5):
        make_listing(pair.shop, f"L{number}", number=number, status="FAILED", title=f"L{number}")
    for number in range(1, 5):
        product = make_product(pair, 10 + number, f"P{number}")
        upload = ProductUpload.objects.create(shop=pair.shop, product=product)
        set_columns(upload, sync_status="failed")
    address, seen = "/products/?tab=fixing", []
    while address:
        answer = anna.get(address)
        seen += titles(answer)
        more = [link["href"] for link in elements_of(answer, "a") if link.get("rel") == "next"]
        address = more[0] if more else ""
    assert seen == ["P4", "P3", "P2", "P1", "L4", "L3", "L2", "L1"]


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({"q": "vas"}, ["Vase"]),
        ({"q": "sku-8"}, ["Bowl"]),
        ({"product_type": "kitchen"}, ["Vase"]),
        ({"vendor": "HILL"}, ["Bowl"]),
        ({"tag": "summer"}, ["Vase"]),
        ({"tag": "summ"}, []),
        ({"status": "DRAFT"}, ["Bowl"]),
        ({"shop": "749Anna"}, ["Bowl", "Vase"]),
        ({"shop": "749Ben"}, []),
    ],
)
def test_products_to_upload_are_narrowed(
    narrowed: dict[str, str], found: list[str], pair: Pair, anna: Client
) -> None:
    make_product(pair, 7, "Vase", product_type="Kitchen", tags=["summer"])
    make_product(pair, 8, "Bowl", vendor="Hill", status="DRAFT")
    make_product(pair, 9, "Linked")
    Link.objects.create(
        shop=pair.shop,
        tiktok_sku_id="29L",
        variant=Product.objects.get(title="Linked").variants.get(),
        origin="by_hand",
    )
    assert titles(anna.get("/products/", {"tab": "upload", **narrowed})) == found


@pytest.mark.parametrize("tab", ["linked", "upload", "tiktok", "fixing", "live", "shopify"])
def test_more_rows_take_no_more_queries(tab: str, pair: Pair, anna: Client) -> None:
    def fill(numbers: range) -> None:
        for number in numbers:
            make_product(pair, 100 + number, f"P{number}")
            make_listing(pair.shop, f"U{number}", number=number)
            make_listing(pair.shop, f"F{number}", number=300 + number, status="FAILED")
            make_listing(pair.shop, f"L{number}", number=600 + number)
            link_sku(pair, f"L{number}", 900 + number)

    def ask() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert anna.get("/products/", {"tab": tab}).status_code == 200
        return len(asked)

    fill(range(1, 3))
    ask()
    few = ask()
    fill(range(3, 12))
    assert ask() == few
    assert few <= 30


def test_linked_rows_show_stock_and_price_of_both_sides(pair: Pair, anna: Client) -> None:
    ProductRules.objects.create(
        shop=pair.shop, stock_percent=50, price_percent=Decimal(10), push_prices=True
    )
    make_listing(pair.shop, "RED")
    variant = link_sku(pair, "RED", 41).variant
    set_columns(variant, inventory_item_id="gid://shopify/InventoryItem/1")
    set_columns(variant.product, status="ACTIVE")
    InventoryLevel.objects.create(
        store=pair.store,
        inventory_item_id=variant.inventory_item_id,
        shopify_location_id="1",
        available=12,
    )
    (row,) = rows_of(anna.get("/products/?tab=linked"))
    assert row[4:7] == ["Live", "12 → 6 → 5", "$10.00 → $10.00 should be $11.00"]
    words = text_of(anna.get("/products/tiktok/749Anna/171/"))
    assert "12 in Shopify, 50 % of 12: 6 on TikTok" in words
    assert "10.00 in Shopify, + 10 %: 11.00 on TikTok" in words


def test_a_product_shows_both_sides_and_what_differs(pair: Pair, anna: Client) -> None:
    make_listing(pair.shop, "RED", title="Shirt, red", brand_name="Hill")
    link_sku(pair, "RED", 41)
    make_variant(pair.store, "BLUE", 42)
    answer = anna.get("/products/shopify/4/")
    rows = {row[0]: row[1:] for row in rows_of(answer)}
    assert rows["Title"] == ["Shirt", "Shirt, red", "differs"]
    assert rows["Description"] == ["–", "–", "same"]
    assert rows["Variants"] == ["2", "1", "differs"]
    words = text_of(answer)
    assert "Variants that are not on TikTok" in words
    assert "Upload to TikTok" not in words


def test_a_product_that_could_not_be_listed_says_why(pair: Pair, anna: Client) -> None:
    product = make_product(pair, 7, "Vase")
    UploadTemplate.objects.create(shop=pair.shop, name="Vases")
    upload = ProductUpload.objects.create(
        shop=pair.shop, product=product, issues=[{"words": "No picture.", "fix": "Add one."}]
    )
    set_columns(upload, sync_status="failed", failure_kind="config")
    words = text_of(anna.get("/products/shopify/7/"))
    assert "What stands in the way of the upload No picture. Add one." in words
    assert "By product type Vases Preview the upload again…" in words


def test_a_rejected_listing_tells_the_reviewers_reasons(pair: Pair, anna: Client) -> None:
    reasons = [{"position": "main_image", "reasons": ["It has a watermark"], "suggestions": []}]
    make_listing(pair.shop, "RED", status="FAILED", review_reasons=reasons)
    words = text_of(anna.get("/products/tiktok/749Anna/171/"))
    assert "Rejected" in words
    assert "Pictures: It has a watermark. Show the product alone, without text" in words
    assert "Not linked to a Shopify product" in words
    assert "Import to Shopify…" in words


def test_the_first_reading_and_a_used_up_day_are_told(pair: Pair, anna: Client) -> None:
    load = {"began_at": timezone.now().isoformat(), "seen": 1200, "total": 5000}
    set_columns(pair.shop, catalogue_load={"load": load})
    set_columns(pair.shop, uploads_refused_until=timezone.now() + timedelta(hours=3, minutes=1))
    answer = anna.get("/products/?tab=live")
    words = text_of(answer)
    assert "Reading the catalogue of TikTok (Anna's shop): 1,200 of about 5,000 so far" in words
    assert "The catalogues are being read for the first time" in words
    assert "TikTok takes no more uploads to Anna's shop today." in words
    assert "HX-Trigger" not in anna.get("/products/state/")
    set_columns(pair.shop, catalogue_load={})
    assert anna.get("/products/state/")["HX-Trigger"] == "catalogue-read"


def test_without_links_two_ways_are_offered_alike(pair: Pair, anna: Client) -> None:
    words = text_of(anna.get("/products/?tab=linked"))
    assert "Upload from Shopify" in words
    assert "Import from TikTok" in words


def test_pictures_come_from_safe_addresses_alone(pair: Pair, anna: Client) -> None:
    make_listing(pair.shop, "A", number=1, images=[{"url": "https://p16.example/a.jpg"}])
    make_listing(pair.shop, "B", number=2, images=[{"url": "http://p16.example/b.jpg"}])
    make_listing(pair.shop, "C", number=3, images=[{"url": "javascript:alert(1)"}])
    pictures = elements_of(anna.get("/products/?tab=live"), "img")
    shown = picture_address(pair.merchant, "https://p16.example/a.jpg")
    assert [(one["src"], one["loading"]) for one in pictures] == [(shown, "lazy")]


def test_a_deleted_listing_is_offered_nothing(pair: Pair, anna: Client) -> None:
    listing = make_listing(pair.shop, "RED")
    set_columns(listing, gone_at=timezone.now())
    answer = anna.get("/products/tiktok/749Anna/171/")
    assert "Deleted" in text_of(answer)
    posts = {form["action"] for form in elements_of(answer, "form") if form.get("method") == "post"}
    assert posts == {"/sign-out/"}
    assert Listing.objects.count() == 1
