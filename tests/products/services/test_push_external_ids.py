"""push_external_ids: the ids are added, and nothing else of a listing is lost."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from products.models import Link, Listing, ListingTask, ProductRules
from products.services.listing_tasks import ask
from tests.factories import Pair, set_columns
from tests.fakes import FakeTikTok
from tests.orders.services.conftest import Work
from tests.products.services import link_stage as stage
from tiktoksync.errors import OutcomeUnknown, Unreachable

STEM = "push_external_ids"
PRODUCT, VARIANT = "gid://shopify/Product/1", "gid://shopify/ProductVariant/41"
COLOUR = {
    "id": "100000",
    "name": "Colour",
    "value_id": "200001",
    "value_name": "Red",
    "sku_img": {"uri": "img/1", "urls": ["https://cdn.example.com/1"]},
    "supplementary_sku_images": [{"uri": "img/2", "urls": []}],
}
RED = {
    "id": "R",
    "seller_sku": "RED-OLD",
    "price": {"currency": "USD", "sale_price": "10.00"},
    "inventory": [{"warehouse_id": "7000", "quantity": 5}],
    "sales_attributes": [COLOUR],
    "identifier_code": {"code": "012345678905", "type": "UPC"},
    "list_price": {"amount": "12.00", "currency": "USD"},
    "status_info": {"status": "NORMAL"},
}
BLUE = {"id": "B", "seller_sku": "BLUE", "sales_attributes": [{"id": "100000", "value_id": "2"}]}


@pytest.fixture
def listing(pair: Pair, tiktok: FakeTikTok) -> Listing:
    """A listing of two SKUs; the red one is linked to a variant with another SKU."""
    tiktok.shelf.add("171", deepcopy(RED), deepcopy(BLUE))
    listing = stage.listing(pair.shop, 1)
    stage.sku(listing, "R", "RED-OLD")
    stage.sku(listing, "B", "BLUE")
    red = stage.variant(stage.product(pair.store, 1), 41, "RED")
    Link.objects.create(shop=pair.shop, tiktok_sku_id="R", variant=red, origin="by_hand")
    ask(pair.shop, [listing.pk], ListingTask.Kind.EXTERNAL_IDS, reason="test")
    return listing


def task() -> ListingTask:
    return ListingTask.objects.get()


def edits(tiktok: FakeTikTok) -> list[Any]:
    return tiktok.arguments("partial_edit_product")


def test_every_sku_goes_back_as_it_was_read_with_the_id_of_the_linked_one(
    listing: Listing, tiktok: FakeTikTok, work: Work
) -> None:
    work(STEM)
    ((product_id, body),) = edits(tiktok)
    assert product_id == "171"
    assert body == {
        "external_product_id": PRODUCT,
        "skus": [
            {
                "id": "R",
                "seller_sku": "RED-OLD",
                "external_sku_id": VARIANT,
                "sales_attributes": [
                    {
                        "id": "100000",
                        "name": "Colour",
                        "value_id": "200001",
                        "value_name": "Red",
                        "sku_img": {"uri": "img/1"},
                        "supplementary_sku_images": [{"uri": "img/2"}],
                    }
                ],
                "identifier_code": {"code": "012345678905", "type": "UPC"},
                "list_price": {"amount": "12.00", "currency": "USD"},
            },
            BLUE,
        ],
    }
    assert task().sync_status == "synced"
    listing.refresh_from_db()
    assert listing.external_product_id == "", "the mirror says what TikTok shows, after its review"


def test_what_tiktok_shows_already_is_not_sent(
    listing: Listing, tiktok: FakeTikTok, work: Work
) -> None:
    body = tiktok.shelf.products["171"]
    body["external_product_id"] = PRODUCT
    body["skus"][0]["external_sku_id"] = VARIANT
    work(STEM)
    assert (edits(tiktok), task().sync_status) == ([], "synced")


def test_two_products_in_one_listing_leave_its_own_id_alone(
    pair: Pair, listing: Listing, tiktok: FakeTikTok, work: Work
) -> None:
    blue = stage.variant(stage.product(pair.store, 2), 42, "BLUE")
    Link.objects.create(shop=pair.shop, tiktok_sku_id="B", variant=blue, origin="by_hand")
    work(STEM)
    ((_, body),) = edits(tiktok)
    assert "external_product_id" not in body
    assert [sku["external_sku_id"] for sku in body["skus"]] == [
        VARIANT,
        "gid://shopify/ProductVariant/42",
    ]


@pytest.mark.parametrize("status", ["FREEZE", "DELETED", "FAILED", "DRAFT", "PLATFORM_DEACTIVATED"])
def test_a_listing_that_takes_no_changes_is_left_alone(
    listing: Listing, tiktok: FakeTikTok, work: Work, status: str
) -> None:
    tiktok.shelf.products["171"]["status"] = status
    work(STEM)
    assert edits(tiktok) == []
    assert (task().sync_status, task().skip_reason) == ("skipped", "listing_closed")


@pytest.mark.parametrize(
    "news", [{"status": "PENDING"}, {"audit": {"status": "AUDITING"}}, {"has_draft": True}]
)
def test_a_listing_under_review_is_waited_for(
    listing: Listing, tiktok: FakeTikTok, work: Work, news: dict[str, Any]
) -> None:
    tiktok.shelf.products["171"] |= news
    work(STEM)
    assert edits(tiktok) == []
    assert (task().sync_status, task().wait_reason) == ("pending", "under_review")


def test_a_link_that_is_gone_leaves_nothing_to_note(
    listing: Listing, tiktok: FakeTikTok, work: Work
) -> None:
    Link.objects.all().delete()
    work(STEM)
    assert (tiktok.calls, task().skip_reason) == ([], "not_linked")


def test_switched_off_is_switched_off(
    pair: Pair, listing: Listing, tiktok: FakeTikTok, work: Work
) -> None:
    ProductRules.objects.update_or_create(shop=pair.shop, defaults={"external_ids": "never"})
    work(STEM)
    assert (tiktok.calls, task().skip_reason) == ([], "switched_off")


@pytest.mark.parametrize("step", ["get_product", "partial_edit_product"])
def test_a_call_that_fails_is_made_again(
    listing: Listing, tiktok: FakeTikTok, work: Work, step: str
) -> None:
    error = Unreachable("Away.") if step == "get_product" else OutcomeUnknown("Who knows.")
    tiktok.fail(step, error)
    work(STEM)
    assert task().sync_status == "pending"
    set_columns(task(), next_attempt_at=None)
    set_columns(listing.shop, paused_until=None)
    work(STEM)
    assert task().sync_status == "synced"
    assert tiktok.shelf.products["171"]["skus"][0]["external_sku_id"] == VARIANT
