"""pull_listings: the mirror of a TikTok shop's products, whole on request and by what changes."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from products.models import Listing, ListingSku
from products.services import load_listings
from products.services.links import refresh_catalogue
from products.services.pull_listings import PullListings
from tests.factories import Pair, make_pair, pass_time, set_columns
from tests.fakes import FakeTikTok
from tests.orders.services.conftest import Work
from tiktoksync.errors import Gone, NotAuthorized, RateLimited, Rejected, Unreachable
from tiktoksync.shops.models import Platform, TikTokShop
from tiktoksync.sync.flows import Budget
from tiktoksync.webhooks.inbox import Incoming, store_once
from tiktoksync.webhooks.models import Delivery
from tiktoksync.webhooks.topics import read_tiktok


def now() -> int:
    """This second, as TikTok counts: a suite takes longer than the mirror looks back."""
    return int(time.time())


def sku(number: int, seller_sku: str = "", **fields: Any) -> dict[str, Any]:
    return {
        "id": f"29{number}",
        "seller_sku": seller_sku or f"SKU-{number}",
        "price": {"sale_price": "19.90", "currency": "USD"},
        **fields,
    }


def add(tiktok: FakeTikTok, number: int, *skus: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return tiktok.shelf.add(f"17{number}", *(skus or (sku(number),)), **fields)


@pytest.fixture
def wanted(pair: Pair) -> Pair:
    refresh_catalogue(pair.merchant)
    return pair.refresh()


def due() -> list[int]:
    return list(PullListings.due_accounts(timezone.now()))


def shop() -> TikTokShop:
    return TikTokShop.objects.order_by("pk")[0]


# --- the whole catalogue --------------------------------------------------------------------------


def test_every_listing_is_read_and_then_each_by_itself(
    wanted: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.page_size = 1
    add(tiktok, 1, sku(1, " Red "), sku(2), title="Shirt 1", description="<p>x</p>")
    add(tiktok, 3)
    tiktok.shelf.warehouses = [
        {"id": "7000", "name": "Main", "type": "SALES_WAREHOUSE", "is_default": True},
        {"id": "7001", "name": "Returns", "type": "RETURN_WAREHOUSE"},
        {"id": "7002", "name": "Closed", "type": "SALES_WAREHOUSE", "effect_status": "DISABLED"},
    ]
    work("pull_listings")
    listing = Listing.objects.get(tiktok_product_id="171")
    assert (listing.title, listing.status) == ("Shirt 1", "ACTIVATE")
    assert (listing.description_html, listing.detail_wanted_at) == ("<p>x</p>", None)
    first = ListingSku.objects.get(tiktok_sku_id="291")
    assert (first.listing, first.sku_key, str(first.price)) == (listing, "red", "19.9000")
    assert sorted(one for (one,) in tiktok.arguments("get_product")) == ["171", "173"]
    found = shop()
    assert (found.listings_wanted_at, found.listings_read_at is not None) == (None, True)
    assert found.warehouses == [{"id": "7000", "name": "Main", "is_default": True}]
    assert found.listings_watermark is not None
    assert due() == []


def test_what_is_no_longer_met_is_gone_and_comes_back(
    wanted: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    add(tiktok, 1)
    add(tiktok, 2)
    work("pull_listings")
    body = tiktok.shelf.products.pop("171")
    refresh_catalogue(wanted.merchant)
    work("pull_listings")
    assert Listing.objects.get(gone_at=None).tiktok_product_id == "172"
    assert ListingSku.objects.get(gone_at=None).tiktok_sku_id == "292"
    tiktok.shelf.products["171"] = body
    refresh_catalogue(wanted.merchant)
    work("pull_listings")
    assert Listing.objects.filter(gone_at=None).count() == 2
    assert ListingSku.objects.filter(gone_at=None).count() == 2


def test_a_listing_that_changes_during_the_reading_is_not_taken_for_gone(
    wanted: Pair, tiktok: FakeTikTok, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TikTok's pages go by update time: what changes meanwhile jumps over a page."""
    tiktok.page_size = 1
    for number in (1, 2, 3):
        add(tiktok, number, update_time=now() - 1000 + number)
    work("pull_listings")
    Listing.objects.update(seen_at=timezone.now() - timedelta(days=1))
    refresh_catalogue(wanted.merchant)

    def jump() -> None:
        moved = tiktok.shelf.products.pop("173")
        tiktok.shelf.products = {"173": moved | {"update_time": now() + 5}, **tiktok.shelf.products}

    tiktok.during("search_products", jump)
    work("pull_listings")
    assert Listing.objects.filter(gone_at=None).count() == 3


def test_more_than_can_be_paged_to_is_cut_into_slices_of_time(
    wanted: Pair, tiktok: FakeTikTok, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_listings, "MOST_A_SLICE", 4)
    tiktok.page_size = 3
    for number in range(1, 31):
        add(tiktok, number, update_time=now() - 40_000_000 + number * 1_000_000)
    work("pull_listings")
    assert Listing.objects.filter(gone_at=None).count() == 30
    assert tiktok.count("search_products") < 60
    assert shop().catalogue_load["last"]["seen"] >= 30


def test_a_page_too_far_is_cut_too(
    wanted: Pair, tiktok: FakeTikTok, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TikTok may not tell how many there are, or too late."""
    tiktok.page_size = 2
    for number in range(1, 7):
        add(tiktok, number, update_time=now() - 10_000_000 + number * 1_000_000)

    def refuse_third() -> None:
        tiktok.fail("search_products", Rejected("Too far.", code="12052180"))

    tiktok.during("search_products", refuse_third)
    work("pull_listings")
    assert Listing.objects.filter(gone_at=None).count() == 6
    assert shop().refusal == ""


def test_a_reading_goes_on_at_its_page(wanted: Pair, tiktok: FakeTikTok, work: Work) -> None:
    tiktok.page_size = 1
    for number in range(1, 4):
        add(tiktok, number)
    budget = Budget()
    tiktok.during("search_products", lambda: setattr(budget, "seconds", 0.0))
    work("pull_listings", budget)
    assert shop().catalogue_load["load"]["cursor"] == "1"
    assert Listing.objects.count() == 1
    assert due() == [wanted.shop.pk]
    tiktok.calls.clear()
    work("pull_listings")
    assert [token for (token,) in tiktok.arguments("search_products")][:2] == ["1", "2"]
    assert Listing.objects.filter(gone_at=None).count() == 3


def test_warehouses_that_may_not_be_read_hinder_nothing(
    wanted: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    add(tiktok, 1)
    set_columns(wanted.shop, warehouses=[{"id": "7", "name": "Main", "is_default": True}])
    tiktok.fail("warehouses", NotAuthorized("No.", account_reason="scope_missing"))
    work("pull_listings")
    assert (Listing.objects.count(), shop().warehouses[0]["id"]) == (1, "7")


def test_a_product_without_an_id_is_passed_over(
    wanted: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.products = [{"id": None, "title": "x"}]
    add(tiktok, 9, {"seller_sku": "no id"})
    work("pull_listings")
    assert list(Listing.objects.values_list("tiktok_product_id", flat=True)) == ["179"]
    assert not ListingSku.objects.exists()


def test_a_shop_that_is_away_is_read_later(wanted: Pair, tiktok: FakeTikTok, work: Work) -> None:
    add(tiktok, 1)
    tiktok.fail("search_products", Unreachable("Away."))
    work("pull_listings")
    assert shop().listings_wanted_at is not None
    pass_time(5)
    work("pull_listings")
    assert Listing.objects.count() == 1


def test_a_refused_reading_is_told_and_does_not_stop_the_shop(
    wanted: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("search_products", NotAuthorized("No products.", account_reason="scope_missing"))
    work("pull_listings")
    found = shop()
    assert (found.refusal, found.paused_until, found.listings_wanted_at) == (
        "No products.",
        None,
        None,
    )
    assert found.health == "ok"


def test_lost_consent_ends_the_reading(wanted: Pair, tiktok: FakeTikTok, work: Work) -> None:
    tiktok.fail("search_products", NotAuthorized("Gone.", account_reason="consent_lost"))
    work("pull_listings")
    assert shop().health == "reconnect"


def test_each_merchant_reads_its_own(wanted: Pair, tiktok: FakeTikTok, work: Work) -> None:
    ben = make_pair("Ben")
    add(tiktok, 1)
    work("pull_listings")
    assert Listing.objects.get().shop_id == wanted.shop.pk
    assert ben.refresh().shop.listings_read_at is None


# --- one by one -----------------------------------------------------------------------------------


@pytest.fixture
def calm(wanted: Pair, tiktok: FakeTikTok, work: Work) -> Pair:
    """Twenty listings that are mirrored, and nothing due."""
    for number in range(10, 30):
        add(tiktok, number)
    work("pull_listings")
    tiktok.calls.clear()
    return wanted.refresh()


def tell(pair: Pair, type_: int, **data: Any) -> Delivery:
    told = {"type": type_, "shop_id": pair.shop.shop_id, "timestamp": now(), "data": data}
    raw = json.dumps({**told, "tts_notification_id": str(Delivery.objects.count())}).encode()
    store_once(Incoming(Platform.TIKTOK, read_tiktok(raw), raw, pair.shop))
    return Delivery.objects.latest("pk")


def test_a_webhook_of_a_product_has_it_read_in_one_drain(
    calm: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    add(tiktok, 99, title="New", status="FAILED", audit={"status": "FAILED"})
    tell(calm, 16, product_id=1799)
    tell(calm, 37, product_id="1799", audit={"status": "FAILED"})
    assert due() == [calm.shop.pk]
    work("pull_listings")
    assert tiktok.arguments("get_product") == [("1799",)]
    listing = Listing.objects.get(tiktok_product_id="1799")
    assert (listing.title, listing.audit_status) == ("New", "FAILED")
    assert set(Delivery.objects.values_list("outcome", flat=True)) == {"used"}
    assert due() == []


def test_orders_flows_leave_product_news_alone(calm: Pair, tiktok: FakeTikTok, work: Work) -> None:
    delivery = tell(calm, 5, product_id=1710)
    set_columns(calm.shop, next_poll_at=timezone.now() + timedelta(hours=1))
    work("pull_orders")
    delivery.refresh_from_db()
    assert delivery.outcome == "new"


def test_a_product_that_is_not_there_is_gone(calm: Pair, tiktok: FakeTikTok, work: Work) -> None:
    del tiktok.shelf.products["1710"]
    tell(calm, 5, product_id=1710)
    tell(calm, 5, product_id=404)
    work("pull_listings")
    assert Listing.objects.get(tiktok_product_id="1710").gone_at is not None
    assert Listing.objects.count() == 20
    assert set(Delivery.objects.values_list("outcome", flat=True)) == {"used"}


def test_details_that_are_refused_are_put_off_and_told(
    calm: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    Listing.objects.filter(tiktok_product_id="1710").update(detail_wanted_at=timezone.now())
    tiktok.fail("get_product", Rejected("No."))
    work("pull_listings")
    assert tiktok.count("get_product") == 1
    put_off = Listing.objects.filter(detail_wanted_at__gt=timezone.now())
    assert put_off.get().tiktok_product_id == "1710"
    assert (shop().refusal, due()) == ("No.", [])


def test_a_rate_limit_keeps_what_was_read_before_it(
    calm: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    Listing.objects.update(detail_wanted_at=timezone.now(), title="")
    tiktok.faults["get_product"] = []
    tiktok.during("get_product", lambda: None)
    tiktok.fail("get_product", RateLimited("Slow down.", retry_after=4))
    work("pull_listings")
    read = Listing.objects.filter(detail_wanted_at=None).count()
    assert 1 <= read < 20
    assert tiktok.count("get_product") <= 8
    assert shop().is_paused(timezone.now())
    pass_time(5)
    work("pull_listings")
    assert not Listing.objects.exclude(detail_wanted_at=None).exists()


def test_news_are_marked_used_only_when_they_were_read(
    calm: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    delivery = tell(calm, 5, product_id=1710)
    tiktok.fail("get_product", Unreachable("Away."))
    work("pull_listings")
    delivery.refresh_from_db()
    assert delivery.outcome == "new"
    tiktok.fail("get_product", Gone("Not there."))
    pass_time(5)
    work("pull_listings")
    delivery.refresh_from_db()
    assert delivery.outcome == "used"


# --- changes --------------------------------------------------------------------------------------


def test_a_poll_reads_what_changed_and_moves_the_mark_last(
    calm: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    mark = calm.shop.listings_watermark
    assert mark is not None
    tiktok.shelf.products["1715"].update(update_time=mark + 10, title="Changed")
    tiktok.shelf.products["1716"].update(update_time=mark + 10)
    tiktok.page_size = 1
    pass_time(301)
    tiktok.during("search_products", lambda: tiktok.fail("search_products", Unreachable("Away.")))
    work("pull_listings")
    assert shop().listings_watermark == mark
    pass_time(5)
    work("pull_listings")
    assert [token for (token,) in tiktok.arguments("search_products")] == ["", "1", "1"]
    assert Listing.objects.get(tiktok_product_id="1715").title == "Changed"
    assert sorted(one for (one,) in tiktok.arguments("get_product")) == ["1715", "1716"]
    assert (shop().listings_watermark or 0) >= mark
    assert due() == []


def test_an_idle_poll_is_one_call(calm: Pair, tiktok: FakeTikTok, work: Work) -> None:
    pass_time(301)
    work("pull_listings")
    assert tiktok.called() == ["search_products"]
    assert due() == []


def test_too_many_changes_are_read_as_a_whole(
    calm: Pair, tiktok: FakeTikTok, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    from products.services import pull_listings

    monkeypatch.setattr(pull_listings, "MOST_CHANGES", 3)
    read_at = calm.shop.listings_read_at
    for body in tiktok.shelf.products.values():
        body["update_time"] = now() + 100
    pass_time(301)
    work("pull_listings")
    assert TikTokShop.objects.filter(listings_read_at__gt=read_at).exists()
    assert Listing.objects.filter(gone_at=None).count() == 20


def test_a_refused_poll_is_tried_after_the_interval(
    calm: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    mark = calm.shop.listings_watermark
    pass_time(301)
    tiktok.fail("search_products", Rejected("No."))
    work("pull_listings")
    assert (shop().refusal, shop().listings_watermark, due()) == ("No.", mark, [])
    pass_time(301)
    work("pull_listings")
    assert shop().refusal == ""
