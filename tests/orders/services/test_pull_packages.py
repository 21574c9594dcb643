"""pull_packages: parcels are read when somebody waits for them, and what follows is set going."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from orders.models import Order, Package, PackageFulfillment
from orders.services.store_orders import store_page
from orders.services.store_packages import want_label
from tests.factories import ORDER_ID, Pair, order_body, set_columns, synced_order
from tests.fakes import FakeTikTok, Wakes
from tests.orders.data import build
from tests.orders.services.conftest import Work
from tiktoksync.errors import RateLimited, Rejected, Unreachable

STEM = "pull_packages"
NUMBER = "9400111899223100001234"
LABEL = "https://labels.example/p1.pdf"


def fields(number: str = "", **more: Any) -> dict[str, Any]:
    unit = build.unit("11", package_id="p1", tracking_number=number)
    return {"lines": [unit], "packages": [{"id": "p1"}], "shipping_type": "TIKTOK", **more}


@pytest.fixture
def order(pair: Pair, tiktok: FakeTikTok) -> Order:
    """An order in Shopify that TikTok ships, with its one parcel."""
    order = synced_order(pair.shop, **fields())
    tiktok.packages["p1"] = {
        "package_id": "p1",
        "package_status": "PROCESSING",
        "orders": [{"id": ORDER_ID}],
        "tracking_number": NUMBER,
        "shipping_provider_name": "USPS",
    }
    tiktok.labels["p1"] = LABEL
    return order


@pytest.fixture
def package(order: Order) -> Package:
    package = order.packages.get()
    set_columns(package, wanted_at=timezone.now() - timedelta(seconds=1))
    return package


def test_news_of_an_order_have_its_parcel_read(pair: Pair, order: Order, wakes: Wakes) -> None:
    assert order.packages.get().wanted_at is None
    wakes.lanes.clear()
    store_page(pair.shop, [order_body(age=5, status="AWAITING_COLLECTION", **fields(NUMBER))])
    assert order.packages.get().wanted_at is not None
    assert ("pull_packages", pair.shop.pk) in wakes.lanes
    Package.objects.update(wanted_at=None)
    store_page(pair.shop, [order_body(age=6, status="AWAITING_COLLECTION", **fields(NUMBER))])
    assert order.packages.get().wanted_at is None, "news about something else"


@pytest.mark.parametrize("changes", [{"shipping_type": "SELLER"}])
def test_parcels_that_the_seller_ships_are_not_read(
    pair: Pair, order: Order, changes: dict[str, Any]
) -> None:
    store_page(pair.shop, [order_body(age=5, status="AWAITING_COLLECTION", **fields(**changes))])
    assert order.packages.get().wanted_at is None


def test_a_parcel_is_read_with_its_label_and_told_to_shopify(
    pair: Pair, package: Package, tiktok: FakeTikTok, work: Work, wakes: Wakes
) -> None:
    work(STEM)
    assert tiktok.called() == ["get_package", "shipping_document"]
    package.refresh_from_db()
    assert (package.status, package.tracking_number, package.carrier) == (
        "PROCESSING",
        NUMBER,
        "USPS",
    )
    assert (package.label_url, package.order_ids) == (LABEL, [ORDER_ID])
    assert package.wanted_at is None
    assert package.read_at is not None
    row = PackageFulfillment.objects.get()
    assert (row.tracking_number, row.units, row.sync_status) == (NUMBER, ["11"], "pending")
    assert ("push_packages", pair.store.pk) in wakes.lanes
    tiktok.calls.clear()
    work(STEM)
    assert tiktok.calls == []


def test_reading_again_tells_nothing_twice(
    package: Package, tiktok: FakeTikTok, work: Work
) -> None:
    for _ in range(2):
        set_columns(package, wanted_at=timezone.now() - timedelta(seconds=1))
        work(STEM)
    assert PackageFulfillment.objects.count() == 1
    assert tiktok.count("shipping_document") == 1


def test_an_untold_number_is_changed_in_place_and_a_told_one_is_a_new_row(
    package: Package, tiktok: FakeTikTok, work: Work
) -> None:
    work(STEM)
    tiktok.packages["p1"]["tracking_number"] = "SECOND01"
    set_columns(package, wanted_at=timezone.now() - timedelta(seconds=1))
    work(STEM)
    row = PackageFulfillment.objects.get()
    assert (row.revision, row.tracking_number) == (0, "SECOND01")
    set_columns(row, sync_status="synced")
    tiktok.packages["p1"]["tracking_number"] = "THIRD001"
    set_columns(package, wanted_at=timezone.now() - timedelta(seconds=1))
    work(STEM)
    told = PackageFulfillment.objects.order_by("revision")
    assert list(told.values_list("tracking_number", "sync_status")) == [
        ("SECOND01", "synced"),
        ("THIRD001", "pending"),
    ]


def test_a_parcel_cancelled_before_shopify_was_told_is_left_out(
    package: Package, tiktok: FakeTikTok, work: Work
) -> None:
    work(STEM)
    tiktok.packages["p1"]["package_status"] = "CANCELLED"
    set_columns(package, wanted_at=timezone.now() - timedelta(seconds=1))
    work(STEM)
    row = PackageFulfillment.objects.get()
    assert (row.sync_status, row.skip_reason) == ("skipped", "package_gone")


@pytest.mark.parametrize(("status", "rows"), [("IN_TRANSIT", 2), ("DELIVERED", 1)])
def test_a_parcel_that_arrived_stays_in_shopify(
    order: Order, package: Package, tiktok: FakeTikTok, work: Work, status: str, rows: int
) -> None:
    work(STEM)
    set_columns(PackageFulfillment.objects.get(), sync_status="synced")
    set_columns(order, tiktok_status=status)
    tiktok.packages["p1"]["package_status"] = "CANCELLED"
    set_columns(package, wanted_at=timezone.now() - timedelta(seconds=1))
    work(STEM)
    assert PackageFulfillment.objects.count() == rows
    noted = order.history.filter(axis="note", after="package_gone").exists()
    assert noted is (rows == 1)


def test_a_wish_that_comes_while_the_parcel_is_read_stands(
    package: Package, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.during("get_package", lambda: want_label(package))
    work(STEM)
    package.refresh_from_db()
    assert tiktok.count("get_package") == 2
    assert (package.wanted_at, package.label_url) == (None, LABEL)


def test_a_label_that_is_refused_is_told_once_and_keeps_nothing_back(
    order: Order, package: Package, tiktok: FakeTikTok, work: Work
) -> None:
    for _ in range(2):
        tiktok.fail("shipping_document", Rejected("TikTok Shop has no label.", code="1"))
        set_columns(package, wanted_at=timezone.now() - timedelta(seconds=1))
        work(STEM)
    assert order.history.filter(axis="note", after="label_refused").count() == 1
    assert PackageFulfillment.objects.count() == 1
    package.refresh_from_db()
    assert package.wanted_at is None


def test_a_package_tiktok_does_not_know_is_told_and_not_asked_for_again(
    order: Order, package: Package, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.packages.clear()
    work(STEM)
    package.refresh_from_db()
    assert package.wanted_at is None
    assert order.history.filter(axis="note", after="package_not_read").count() == 1
    assert tiktok.count("get_package") == 1


@pytest.mark.parametrize("error", [Unreachable("Away."), RateLimited("Slow.", retry_after=5)])
def test_trouble_of_the_account_leaves_the_wish_standing(
    package: Package, tiktok: FakeTikTok, work: Work, error: Exception
) -> None:
    tiktok.fail("get_package", error)
    work(STEM)
    package.refresh_from_db()
    assert package.wanted_at is not None
    assert PackageFulfillment.objects.count() == 0


def test_packages_an_order_no_longer_names_are_gone_and_new_ones_are_found(
    pair: Pair, order: Order
) -> None:
    changed = fields()
    changed["lines"] = [build.unit("11", package_id="p9")]
    changed["packages"] = [{"id": "p9"}]
    store_page(pair.shop, [order_body(age=5, **changed)])
    found = dict(Package.objects.values_list("tiktok_package_id", "is_gone"))
    assert found == {"p1": True, "p9": False}
    store_page(pair.shop, [order_body(age=6, **fields())])
    found = dict(Package.objects.values_list("tiktok_package_id", "is_gone"))
    assert found == {"p1": False, "p9": True}
