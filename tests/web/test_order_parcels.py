"""The parcels on an order's page: both origins, corrections, what they wait for, labels."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.detail import read_version
from orders.models import Fulfillment, Order, Package, PackageFulfillment
from orders.views import UNCHANGED
from tests.factories import ORDER_ID, Pair, make_fulfillment, set_columns, synced_order
from tests.orders.data import build
from tests.web.reading import elements_of, text_of

PAGE = f"/orders/{ORDER_ID}/"
LABEL = f"{PAGE}label/"
A, B = "9400111899223100001201", "9400111899223100001202"
URL = "https://labels.example/115.pdf"


@pytest.fixture
def order(pair: Pair) -> Order:
    return synced_order(pair.shop, lines=[build.unit("11"), build.unit("12", "BLUE")])


def by_tiktok(order: Order, **columns: Any) -> Package:
    """A parcel whose label TikTok has made."""
    set_columns(order, shipping_type="TIKTOK")
    columns = {"carrier": "USPS", "tracking_number": A, "status": "PROCESSING", **columns}
    return Package.objects.create(order=order, tiktok_package_id="115", **columns)


def struck(answer: Any) -> list[str]:
    return re.findall(r"<s [^>]*>([^<]*)</s>", answer.content.decode())


def labels(answer: Any) -> list[str]:
    return [link.get("href") for link in elements_of(answer, "a") if link.get("href") == URL]


def test_a_corrected_number_is_struck_and_shown_once(order: Order, anna: Client) -> None:
    old = make_fulfillment(order, tracking_number=A, sync_status="synced")
    make_fulfillment(order, tracking_number=B, revision=1, replaces=old, sync_status="synced")
    answer = anna.get(PAGE)
    assert struck(answer) == [A]
    words = text_of(answer)
    assert words.count(B) == 1
    assert "· 2 units" in words


def test_a_correction_that_was_not_needed_is_not_shown(order: Order, anna: Client) -> None:
    old = make_fulfillment(order, tracking_number=A, sync_status="synced")
    columns = {"revision": 1, "replaces": old, "sync_status": "skipped", "skip_reason": "as_told"}
    make_fulfillment(order, tracking_number=A, **columns)
    answer = anna.get(PAGE)
    assert struck(answer) == []
    assert text_of(answer).count(A) == 1


def test_what_a_parcel_waits_for_is_said(order: Order, anna: Client) -> None:
    row = make_fulfillment(order, wait_reason="package_unknown")
    assert "Waits until TikTok has made its package." in text_of(anna.get(PAGE))
    set_columns(row, wait_reason="combined")
    order.history.create(
        axis="note", after="waits_for_package", actor="system", reason="It waits for order 77."
    )
    assert "It waits for order 77." in text_of(anna.get(PAGE))


def test_a_refused_number_is_told_with_a_button_to_resend(order: Order, anna: Client) -> None:
    row = make_fulfillment(order, sync_status="failed", failure_kind="rejected")
    set_columns(row, failure_reason="TikTok refused it.", failure_code="x")
    answer = anna.get(PAGE)
    assert "TikTok refused it." in text_of(answer)
    actions = [form.get("action") for form in elements_of(answer, "form")]
    assert f"{PAGE}retry/" in " ".join(filter(None, actions))
    anna.post(f"{PAGE}retry/")
    row.refresh_from_db()
    assert row.sync_status == "pending"


def test_a_shipment_taken_back_is_attention_with_its_fix(order: Order, anna: Client) -> None:
    old = make_fulfillment(order, tracking_number=A, sync_status="synced", status="CANCELLED")
    columns = {"failure_kind": "config", "failure_code": "cancelled_after_sent"}
    make_fulfillment(order, revision=1, replaces=old, sync_status="failed", **columns)
    words = text_of(anna.get(PAGE))
    assert "Cancelled in Shopify after TikTok was told" in words
    assert "What helps: Ship the items again in Shopify" in words
    assert ORDER_ID in text_of(anna.get("/orders/?tab=attention"))


def test_tiktoks_parcel_shows_what_shopify_was_told(order: Order, anna: Client) -> None:
    package = by_tiktok(order, tracking_number=B)
    for revision, number in enumerate((A, B)):
        PackageFulfillment.objects.create(
            order=order,
            package=package,
            revision=revision,
            carrier="USPS",
            tracking_number=number,
            units=["11", "12"],
            sync_status="synced",
            sent_at=timezone.now(),
        )
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert struck(answer) == [A]
    assert "USPS Awaiting collection" in words
    assert "· sent to Shopify just now · TikTok package 115" in words


def test_a_fresh_label_is_opened_and_an_old_one_asked_for(
    order: Order, anna: Client, woken: list[tuple[str, int]]
) -> None:
    package = by_tiktok(order, label_url=URL, label_read_at=timezone.now())
    assert labels(anna.get(PAGE)) == [URL]
    set_columns(package, label_read_at=timezone.now() - timedelta(hours=24))
    answer = anna.get(PAGE)
    assert labels(answer) == []
    assert "Get label" in text_of(answer)

    anna.post(LABEL, {"package": "115"})
    package.refresh_from_db()
    assert (package.label_url, package.wanted_at is not None) == ("", True)
    assert ("pull_packages", order.shop_id) in woken
    answer = anna.get(PAGE)
    assert "The label is on its way from TikTok." in text_of(answer)
    assert "Get label" not in text_of(answer)


def test_the_page_notices_that_the_label_has_come(order: Order, anna: Client) -> None:
    package = by_tiktok(order)
    address = f"{PAGE}refresh/?version={read_version(order)}"
    assert anna.get(address).status_code == UNCHANGED
    set_columns(package, label_url=URL, label_read_at=timezone.now())
    answer = anna.get(address)
    assert answer.status_code == 200
    assert labels(answer) == [URL]


@pytest.mark.parametrize(
    "columns",
    [{"is_gone": True}, {"status": "COMPLETED"}, {"status": "CANCELLED"}, {"tracking_number": ""}],
)
def test_no_label_is_offered_where_there_is_none(
    order: Order, anna: Client, columns: dict[str, Any]
) -> None:
    by_tiktok(order, **columns)
    assert "Get label" not in text_of(anna.get(PAGE))


def test_a_label_of_somebody_else_does_not_exist(
    order: Order, anna: Client, strangers: Pair, woken: list[tuple[str, int]]
) -> None:
    theirs = by_tiktok(synced_order(strangers.shop, "99"))
    by_tiktok(order, is_gone=True)
    woken.clear()
    assert anna.post(LABEL, {"package": "115"}).status_code == 404
    assert anna.post("/orders/99/label/", {"package": "115"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.wanted_at is None
    assert woken == []


def test_many_parcels_cost_the_same_queries_as_one(order: Order, anna: Client) -> None:
    def add(place: int) -> None:
        old = make_fulfillment(order, shopify_fulfillment_id=str(place), sync_status="synced")
        columns = {"shopify_fulfillment_id": str(place), "revision": 1, "replaces": old}
        make_fulfillment(order, sync_status="synced", **columns)
        package = Package.objects.create(order=order, tiktok_package_id=str(place))
        PackageFulfillment.objects.create(order=order, package=package, tracking_number=A)

    add(0)
    anna.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        anna.get(PAGE)
    for place in range(1, 12):
        add(place)
    with CaptureQueriesContext(connection) as many:
        anna.get(PAGE)
    assert len(many) == len(few)
    assert Fulfillment.objects.count() == 24
