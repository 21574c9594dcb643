"""Any id leads straight to its row; a cause leads to everybody it holds up."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from orders.models import Package
from tests.api.cast import (
    RAW,
    Cast,
    make_change,
    make_fulfillment,
    make_line,
    make_order,
    make_variant,
)
from tiktoksync.shops.models import Membership
from tiktoksync.support.models import StaffAction
from tiktoksync.support.search import find_anything

Woken = list[tuple[str, int]]
WHY = "Incident 12: TikTok was down."
FIND = "/admin/shops/merchant/find/"
INCIDENTS = "/admin/shops/merchant/incidents/"


@pytest.fixture
def stocked(cast: Cast, admin_user: User) -> Cast:
    order = make_order(
        cast.anna.shop,
        "5764",
        shopify_order_id="gid://shopify/Order/820",
        shopify_legacy_id="820",
        shopify_order_name="#1001",
    )
    make_line(order, "TEE-M")
    make_fulfillment(order, "1Z999")
    Package.objects.create(order=order, tiktok_package_id="1153", tracking_number="9400")
    make_change(order, "sync", "pending", "failed", request_id="req-1")
    user = User.objects.create_user("anna", "anna@example.com", "x")
    Membership.objects.create(merchant=cast.anna.merchant, user=user, role="owner")
    return cast


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("5764", "Order"),
        ("gid://shopify/Order/820", "Order"),
        ("820", "Order"),
        ("#1001", "Order"),
        ("1001", "Order"),
        ("tee-m", "Order"),
        ("57641", "Order"),
        ("1Z999", "Shipment"),
        ("1153", "TikTok parcel"),
        ("9400", "TikTok parcel"),
        ("Anna", "Merchant"),
        ("anna.myshopify.com", "Shopify store"),
        ("https://anna.myshopify.com/admin", "Shopify store"),
        ("ANNA@example.com", "Person"),
        ("req-1", "History line"),
    ],
)
def test_any_id_leads_straight_to_its_row(
    root: Client, stocked: Cast, words: str, kind: str
) -> None:
    found = find_anything(words)
    assert [one.kind for one in found] == [kind]

    answer = root.get(FIND, {"q": words})
    assert answer.status_code == 302
    assert answer["Location"] == found[0].address
    assert root.get(found[0].address).status_code == 200


def test_a_shops_id_is_found(root: Client, stocked: Cast) -> None:
    assert [one.kind for one in find_anything(stocked.anna.shop.shop_id)] == ["TikTok shop"]


def test_several_rows_are_listed_with_their_merchants(root: Client, stocked: Cast) -> None:
    make_variant(stocked.anna.store)
    content = root.get(FIND, {"q": "TEE-M"}).content.decode()
    assert content.count("<td>Anna</td>") == 2
    assert "Shopify variant" in content


@pytest.mark.parametrize("words", ["", "  ", "\0", "nothing like it", "x" * 500])
def test_what_is_not_there_is_not_found(root: Client, stocked: Cast, words: str) -> None:
    assert find_anything(words) == []
    assert root.get(FIND, {"q": words}).status_code == 200


def test_a_search_costs_as_much_with_many_rows(
    stocked: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(40):
        make_line(make_order(stocked.anna.shop, f"99{number}"), "TEE-M")
    with django_assert_max_num_queries(20):
        assert len(find_anything("TEE-M")) == 10


@pytest.mark.parametrize("address", [FIND, INCIDENTS])
def test_only_staff_search_and_see_incidents(client: Client, stocked: Cast, address: str) -> None:
    client.force_login(User.objects.get(username="anna"))
    assert client.get(address, {"q": "5764"})["Location"].startswith("/admin/login/")


def test_the_first_page_has_the_search_and_the_queues(root: Client, cast: Cast) -> None:
    content = root.get("/admin/").content.decode()
    assert f'action="{FIND}"' in content
    assert f'href="{INCIDENTS}"' in content
    assert "/admin/support/failureentry/" in content
    assert 'href="/admin/django_rq/dashboard/"' in content


def test_a_cause_is_told_with_everybody_it_holds_up(root: Client, cast: Cast) -> None:
    for side, count in ((cast.anna, 3), (cast.ben, 1)):
        for number in range(count):
            make_order(
                side.shop, f"{side.shop.pk}{number}", sync_status="failed", failure_code="36009003"
            )
    content = root.get(INCIDENTS, {"cause": "36009003"}).content.decode()
    assert "TikTok Shop did not give a clear answer." in content
    for side in (cast.anna, cast.ben):
        assert reverse("admin:shops_merchant_desk", args=[side.merchant.pk]) in content


def test_all_of_a_cause_is_tried_again_with_one_reason(
    root: Client, cast: Cast, woken: Woken
) -> None:
    orders = [
        make_order(
            side.shop, str(number), sync_status="failed", failure_code="x", raw={**RAW, "id": "1"}
        )
        for number, side in enumerate((cast.anna, cast.anna, cast.ben))
    ]
    other = make_order(cast.ben.shop, "other", sync_status="failed", failure_code="y", raw=RAW)

    refused = root.post(INCIDENTS, {"cause": "x", "reason": " "})
    assert b"Say why in a few words" in refused.content
    assert (woken, StaffAction.objects.count()) == ([], 0)

    root.post(INCIDENTS, {"cause": "x", "reason": WHY})

    for order in orders:
        order.refresh_from_db()
        assert (order.sync_status, order.history.get().actor) == ("pending", "staff")
    other.refresh_from_db()
    assert other.sync_status == "failed"
    lines = {line.merchant: line.facts["orders"] for line in StaffAction.objects.all()}
    assert lines == {cast.anna.merchant: 2, cast.ben.merchant: 1}


def test_a_clerk_sees_incidents_but_needs_the_right(clerk: Client, cast: Cast) -> None:
    User.objects.get(username="clerk").user_permissions.remove(
        *User.objects.get(username="clerk").user_permissions.filter(codename="change_order")
    )
    make_order(cast.anna.shop, "1", sync_status="failed", failure_code="x")
    assert clerk.get(INCIDENTS).status_code == 200
    assert clerk.post(INCIDENTS, {"cause": "x", "reason": WHY}).status_code == 403
    assert StaffAction.objects.count() == 0
