"""Listings as they are stored, from rows of the search and read whole."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from products.models import Listing, ListingSku
from products.services import follow_catalogue
from products.services.store_listings import mark_listings_gone, store_details, store_listings
from tests.factories import Pair, set_columns

CREATED, CHANGED = 1_760_000_000, 1_770_000_000


def sku(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"29{number}",
        "seller_sku": " Tee-Blk ",
        "price": {"currency": "USD", "tax_exclusive_price": "18.00", "sale_price": "19.90"},
        "inventory": [
            {"warehouse_id": "7001", "quantity": 3},
            {"warehouse_id": "7002", "quantity": 4},
        ],
        "status_info": {"status": "NORMAL"},
        **fields,
    }


def row(*skus: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A product as the search gives it."""
    return {
        "id": "171",
        "title": "Tee",
        "status": "ACTIVATE",
        "audit": {"status": "APPROVED"},
        "create_time": CREATED,
        "update_time": CHANGED,
        "skus": list(skus) or [sku()],
        **fields,
    }


def picture(uri: str, host: str = "p16") -> dict[str, Any]:
    urls = [f"https://{host}.example/{uri}.png?x=1", f"https://p19.example/{uri}.png"]
    return {"uri": uri, "urls": urls, "thumb_urls": [], "width": 800, "height": 600}


def detail(*skus: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A product as it is read whole."""
    whole = {
        "description": "<p>Soft</p>",
        "audit": {"status": "FAILED"},
        "audit_failed_reasons": [
            {
                "listing_platform": "TIKTOK_SHOP",
                "position": "main_images",
                "reasons": ["The picture shows another brand."],
                "suggestions": ["Replace the picture."],
            }
        ],
        "category_chains": [
            {"id": "30", "parent_id": "20", "local_name": "T-shirts", "is_leaf": True},
            {"id": "10", "parent_id": "0", "local_name": "Clothing", "is_leaf": False},
            {"id": "20", "parent_id": "10", "local_name": "Tops", "is_leaf": False},
        ],
        "brand": {"id": "88", "name": "Acme"},
        "main_images": [picture("tos/1"), picture("tos/2")],
        "package_weight": {"value": "0.3", "unit": "KILOGRAM"},
        "package_dimensions": {"length": "10", "width": "8", "height": "2", "unit": "CENTIMETER"},
        "external_product_id": "gid://shopify/Product/4",
    }
    return row(*(skus or (whole_sku(),))) | whole | fields


def whole_sku(number: int = 1, **fields: Any) -> dict[str, Any]:
    told = {
        "external_sku_id": "gid://shopify/ProductVariant/41",
        "identifier_code": {"code": "0123456789012", "type": "UPC"},
        "sales_attributes": [
            {"id": "100", "name": "Color", "value_name": "Black", "sku_img": picture("tos/b")},
            {"id": "200", "name": "Size", "value_name": "S"},
        ],
    }
    return sku(number) | told | fields


@pytest.fixture(autouse=True)
def news(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    told: list[Any] = []

    def tell(shop: Any, rows: Iterable[int]) -> None:
        told.append(set(rows))

    monkeypatch.setattr(follow_catalogue, "listings_stored", tell)
    return told


def test_a_row_of_the_search_fills_what_it_tells_and_wants_the_rest(
    pair: Pair, news: list[Any]
) -> None:
    stored = store_listings(pair.shop, [row()])
    listing, one = Listing.objects.get(), ListingSku.objects.get()
    assert (stored.changed, stored.skus, news) == ({listing.pk}, 1, [{listing.pk}])
    assert (listing.tiktok_product_id, listing.title) == ("171", "Tee")
    assert (listing.status, listing.audit_status) == ("ACTIVATE", "APPROVED")
    assert listing.created_on_tiktok_at == datetime.fromtimestamp(CREATED, UTC)
    assert listing.changed_at == datetime.fromtimestamp(CHANGED, UTC)
    assert (listing.detail_wanted_at is not None, listing.detail_read_at) == (True, None)
    assert (one.listing, one.seller_sku, one.sku_key) == (listing, " Tee-Blk ", "tee-blk")
    assert (one.price, one.currency) == (Decimal("19.9"), "USD")
    assert one.inventory == [
        {"warehouse_id": "7001", "quantity": 3},
        {"warehouse_id": "7002", "quantity": 4},
    ]
    assert (one.quantity, one.is_deactivated) == (7, False)


def test_a_product_read_whole_fills_the_rest(pair: Pair) -> None:
    store_listings(pair.shop, [row()])
    store_details(pair.shop, [detail()])
    listing, one = Listing.objects.get(), ListingSku.objects.get()
    assert listing.audit_status == "FAILED"
    assert listing.review_reasons == [
        {
            "position": "main_images",
            "reasons": ["The picture shows another brand."],
            "suggestions": ["Replace the picture."],
        }
    ]
    assert listing.description_html == "<p>Soft</p>"
    assert (listing.category_id, listing.category_name) == ("30", "Clothing › Tops › T-shirts")
    assert (listing.brand_id, listing.brand_name) == ("88", "Acme")
    assert listing.images == [
        {"uri": "tos/1", "url": "https://p16.example/tos/1.png?x=1", "width": 800, "height": 600},
        {"uri": "tos/2", "url": "https://p16.example/tos/2.png?x=1", "width": 800, "height": 600},
    ]
    assert listing.package == {
        "weight": "0.3",
        "weight_unit": "KILOGRAM",
        "length": "10",
        "width": "8",
        "height": "2",
        "unit": "CENTIMETER",
    }
    assert listing.external_product_id == "gid://shopify/Product/4"
    assert (listing.detail_wanted_at, listing.detail_read_at is not None) == (None, True)
    assert (one.name, one.image) == ("Black / S", "https://p16.example/tos/b.png?x=1")
    assert one.attributes == [
        {"name": "Color", "value": "Black"},
        {"name": "Size", "value": "S"},
    ]
    assert (one.barcode, one.external_sku_id) == (
        "0123456789012",
        "gid://shopify/ProductVariant/41",
    )


def test_a_row_leaves_what_it_does_not_tell(pair: Pair) -> None:
    store_details(pair.shop, [detail()])
    store_listings(pair.shop, [row(title="New", update_time=CHANGED + 5)])
    listing, one = Listing.objects.get(), ListingSku.objects.get()
    assert (listing.title, listing.brand_name, len(listing.images)) == ("New", "Acme", 2)
    assert (one.name, one.barcode) == ("Black / S", "0123456789012")
    assert listing.detail_wanted_at is not None


def test_what_is_as_it_was_is_no_news_and_costs_few_queries(pair: Pair, news: list[Any]) -> None:
    bodies = [
        detail(*(whole_sku(10 * n + m) for m in range(5)), id=f"17{n}") for n in range(100, 140)
    ]
    store_details(pair.shop, bodies)
    listed = [row(*body["skus"], id=body["id"], audit=body["audit"]) for body in bodies]
    store_listings(pair.shop, listed)
    news.clear()
    with CaptureQueriesContext(connection) as queries:
        assert store_listings(pair.shop, listed).changed == set()
    assert (news, len(queries) <= 5) == ([], True)
    assert not Listing.objects.exclude(detail_wanted_at=None).exists()


def test_the_same_pictures_at_other_addresses_are_no_news(pair: Pair, news: list[Any]) -> None:
    store_details(pair.shop, [detail()])
    news.clear()
    elsewhere = whole_sku()
    elsewhere["sales_attributes"][0]["sku_img"] = picture("tos/b", host="p77")
    pictures = [picture("tos/1", host="p77"), picture("tos/2", host="p77")]
    store_details(pair.shop, [detail(elsewhere, main_images=pictures)])
    assert news == []
    assert Listing.objects.get().cover.startswith("https://p77.example/")


def test_what_is_older_changes_nothing(pair: Pair, news: list[Any]) -> None:
    store_listings(pair.shop, [row(title="New", update_time=CHANGED + 9)])
    news.clear()
    store_listings(pair.shop, [row(title="Old")])
    assert (Listing.objects.get().title, news) == ("New", [])


def test_a_whole_product_counts_though_its_time_lags_behind_the_search(pair: Pair) -> None:
    store_listings(pair.shop, [row(update_time=CHANGED + 9)])
    store_details(pair.shop, [detail()])
    listing = Listing.objects.get()
    assert (listing.detail_wanted_at, listing.brand_name) == (None, "Acme")
    store_listings(pair.shop, [row(update_time=CHANGED + 9)])
    assert Listing.objects.get().detail_wanted_at is None


def test_details_wanted_anew_while_they_were_read_stay_wanted(pair: Pair) -> None:
    store_listings(pair.shop, [row()])
    asked_at = timezone.now()
    later = asked_at + timedelta(seconds=1)
    set_columns(Listing.objects.get(), detail_wanted_at=later)
    store_details(pair.shop, [detail()], asked_at)
    assert Listing.objects.get().detail_wanted_at == later


@pytest.mark.parametrize("store", [store_listings, store_details], ids=["row", "whole"])
def test_a_deleted_listing_is_gone_with_its_skus_and_may_come_back(pair: Pair, store: Any) -> None:
    store(pair.shop, [detail()])
    store(pair.shop, [detail(status="DELETED", update_time=CHANGED + 1)])
    assert Listing.objects.filter(gone_at=None).count() == 0
    assert ListingSku.objects.filter(gone_at=None).count() == 0
    store(pair.shop, [detail(status="SELLER_DEACTIVATED", update_time=CHANGED + 2)])
    assert Listing.objects.filter(gone_at=None).count() == 1
    assert ListingSku.objects.filter(gone_at=None).count() == 1


def test_a_sku_that_vanished_is_gone_and_what_was_sent_of_others_stays(
    pair: Pair, news: list[Any]
) -> None:
    store_listings(pair.shop, [row(sku(1), sku(2))])
    kept = ListingSku.objects.get(tiktok_sku_id="292")
    set_columns(kept, sent_quantity=5, stock_locked=True)
    news.clear()
    store_listings(pair.shop, [row(sku(2, seller_sku="OTHER"), update_time=CHANGED + 1)])
    gone = ListingSku.objects.get(tiktok_sku_id="291")
    kept.refresh_from_db()
    assert (gone.gone_at is not None, kept.gone_at) == (True, None)
    assert (kept.seller_sku, kept.sent_quantity, kept.stock_locked) == ("OTHER", 5, True)
    assert news == [{gone.listing_id}]


def test_a_row_without_skus_forgets_none(pair: Pair) -> None:
    store_listings(pair.shop, [row()])
    store_listings(pair.shop, [row(update_time=CHANGED + 1) | {"skus": []}])
    assert ListingSku.objects.get().gone_at is None


def test_a_listing_that_is_not_there_is_gone_once(pair: Pair, news: list[Any]) -> None:
    store_listings(pair.shop, [row()])
    listing = Listing.objects.get()
    news.clear()
    for _ in range(2):
        mark_listings_gone(pair.shop, [listing.pk])
    listing.refresh_from_db()
    assert (listing.gone_at is not None, listing.detail_wanted_at) == (True, None)
    assert (ListingSku.objects.get().gone_at is not None, news) == (True, [{listing.pk}])


@pytest.mark.parametrize(
    "body",
    [
        row(price=None, title=None, audit=None, update_time="soon", create_time=-1),
        row(sku(price=None, inventory=None, status_info=None)),
        row(sku(price={"sale_price": "1e30"})),
        row(sku(seller_sku="x" * 300), sku()),
        row(sku(inventory=[{"warehouse_id": None, "quantity": "many"}, "junk"])),
        row(sku(inventory=[{"quantity": 2**31 - 1}, {"quantity": 2**31 - 1}])),
        row() | {"skus": ["junk", {"seller_sku": "no id"}]},
        detail(title="y" * 600, category_chains=[{"id": "1", "parent_id": "9"}], brand=None),
        detail(main_images=[{"uri": None, "urls": None}], audit_failed_reasons=[{}]),
        detail(package_weight=None, package_dimensions="big", description=None),
        detail(whole_sku(sales_attributes=None, identifier_code="?", external_sku_id=None)),
    ],
    ids=lambda body: str(len(str(body))),
)
@pytest.mark.parametrize("store", [store_listings, store_details], ids=["row", "whole"])
def test_odd_bodies_keep_no_other_from_being_stored(
    pair: Pair, body: dict[str, Any], store: Any
) -> None:
    store(pair.shop, [body, row(sku(9), id="179"), {"title": "no id"}])
    assert set(Listing.objects.values_list("tiktok_product_id", flat=True)) == {"171", "179"}
    assert ListingSku.objects.filter(tiktok_sku_id="299").exists()
