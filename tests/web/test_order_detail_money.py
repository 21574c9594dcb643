"""One order's items, parcels, money and address."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from django.test import Client

from orders.address_shown import address_parts
from orders.models import Order, Package
from orders.money_shown import show_money
from tests.factories import (
    ORDER_ID,
    Pair,
    link_sku,
    make_fulfillment,
    set_columns,
    stored_order,
    synced_order,
)
from tests.orders.data import build
from tests.web.reading import elements_of, rows_of, text_of, value_of
from tests.web.test_order_detail import fail

PAGE = f"/orders/{ORDER_ID}/"
AT = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


def test_items_are_counted_with_their_links(pair: Pair, anna: Client) -> None:
    link_sku(pair, "RED")
    lines = [
        build.unit("1", "RED"),
        build.unit("2", "RED"),
        build.unit("3", "BLUE", "4.50"),
        build.unit("4", "FREE", "0.00", is_gift=True),
        build.unit("5", "RED", display_status="CANCELLED"),
    ]
    stored_order(pair.shop, lines=lines)
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "Shirt RED Default RED Shirt / RED RED Change the link of RED 2 × $10.00 $20.00" in words
    assert "Shirt BLUE Default BLUE Not linked Link product 1 × $4.50 $4.50" in words
    assert "Shirt FREE Default Gift" in words
    assert "Shirt RED Default Cancelled" in words
    hrefs = [link.get("href") for link in elements_of(answer, "a")]
    assert "/products/link/749Anna/29BLUE/?order=576461413038785752" in hrefs
    assert "/products/link/749Anna/29RED/?order=576461413038785752" not in hrefs
    assert "/products/link/749Anna/29RED/?order=576461413038785752&change=1" in hrefs


def test_parcels_of_both_sides_are_shown(pair: Pair, anna: Client) -> None:
    order = synced_order(pair.shop)
    make_fulfillment(order, carrier="Post", provider_name="USPS", sync_status="synced", sent_at=AT)
    Package.objects.create(
        order=order, tiktok_package_id="115", carrier="USPS", tracking_number="JD01"
    )
    words = text_of(anna.get(PAGE))
    assert "Post → USPS on TikTok 9400111899223100001234 · 1 unit from Shopify" in words
    assert "USPS JD01 from TikTok · TikTok package 115" in words


def money_order(pair: Pair) -> Order:
    """Ten dollars, of which TikTok pays two, with shipping that TikTok pays half of, and tax."""
    lines = [build.unit("1", platform_discount="2.00", seller_discount="1.00")]
    sums = build.payment(
        lines,
        original_shipping_fee="6.00",
        shipping_fee_platform_discount="3.00",
        product_tax="0.70",
        tax="0.70",
    )
    return stored_order(pair.shop, lines=lines, payment=sums)


def test_money_adds_up_on_both_sides(pair: Pair, anna: Client) -> None:
    order = money_order(pair)
    set_columns(order, shopify_total=Decimal("15.70"))
    table = [row for row in rows_of(anna.get(PAGE)) if len(row) == 3]
    assert table == [
        ["Items", "$10.00", ""],
        ["Your discount", "-$1.00", ""],
        ["TikTok's discount", "-$2.00", ""],
        ["Shipping", "$6.00", ""],
        ["TikTok's shipping discount", "-$3.00", ""],
        ["Tax", "$0.70", ""],
        ["Paid by the buyer", "$10.70", ""],
        ["Paid by TikTok, for its discounts", "$5.00", ""],
        ["Total for Shopify", "$15.70", "$15.70"],
        ["Difference", "", "$0.00"],
    ]


def test_a_difference_between_the_sides_is_shown(pair: Pair) -> None:
    order = money_order(pair)
    set_columns(order, shopify_total=Decimal("15.69"))
    money = show_money(order, None)
    assert (money.difference, money.is_even) == (Decimal("-0.01"), False)
    set_columns(order, shopify_total=None)
    assert show_money(order, None).difference is None


def test_the_platforms_discount_is_no_payment_when_the_rules_say_so(pair: Pair) -> None:
    order = money_order(pair)
    set_columns(pair.shop.rules, platform_discount_mode="discount")
    order = Order.objects.get(pk=order.pk)
    assert show_money(order, None).rows[-1].tiktok == Decimal("10.70")


def test_the_address_is_shown_as_tiktok_gives_it(pair: Pair, anna: Client) -> None:
    stored_order(pair.shop)
    answer = anna.get(PAGE)
    assert value_of(answer, "Name") == "Robin Example"
    assert value_of(answer, "Street") == "1 Example Street Unit 4"
    assert value_of(answer, "Place") == "Los Angeles, Los Angeles, California, United States"
    assert value_of(answer, "Postal code") == "90001"
    assert "hidden by TikTok" not in text_of(answer)


def test_parts_that_tiktok_masks_are_marked(pair: Pair, anna: Client) -> None:
    masked = {
        **build.ADDRESS,
        "name": "R***n E***e",
        "address_line1": "1 E***",
        "phone_number": "(+1)555***0100",
    }
    stored_order(pair.shop, recipient_address=masked)
    answer = anna.get(PAGE)
    assert value_of(answer, "Name") == "R***n E***e hidden by TikTok"
    assert value_of(answer, "Street") == "1 E*** Unit 4 hidden by TikTok"
    assert value_of(answer, "Phone") == "(+1)555***0100 hidden by TikTok"
    assert value_of(answer, "Postal code") == "90001"


def test_literal_quotes_are_no_address() -> None:
    facts = build.facts(
        recipient_address={"address_line1": "1 Street", "address_line3": '""', "name": " "}
    )
    assert [(part.label, part.value) for part in address_parts(facts.recipient)] == [
        ("Street", "1 Street")
    ]


def test_what_buyers_write_stays_text(pair: Pair, anna: Client) -> None:
    lines = [build.unit("1", product_name="<script>alert(1)</script>")]
    stored_order(pair.shop, lines=lines, buyer_message="<img src=x onerror=alert(2)>")
    page = anna.get(PAGE).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(2)&gt;" in page


def test_a_bundle_shows_its_parts_and_which_of_them_needs_a_link(pair: Pair, anna: Client) -> None:
    link_sku(pair, "MUG", 42)
    parts = [
        {"sku_id": "29MUG", "seller_sku": "MUG-12", "sku_count": 2},
        {"sku_id": "29BOX", "seller_sku": "BOX", "sku_count": 1},
    ]
    units = [
        build.unit(number, "SET", "30.00", combined_listing_skus=parts) for number in ("1", "2")
    ]
    fail(stored_order(pair.shop, lines=units))
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "Bundle: goes to Shopify as its parts" in words
    assert "4 × MUG-12 Shirt / MUG 2 × BOX Not linked Link product" in words
    order_id = PAGE.strip("/").split("/")[-1]
    wanted = f"/products/link/{pair.shop.shop_id}/29BOX/?order={order_id}"
    assert [link["href"] for link in elements_of(answer, "a")].count(wanted) == 1
    assert anna.get(f"{PAGE}link/")["Location"] == wanted
    assert "Part of Shirt SET" in text_of(anna.get(wanted))

    link_sku(pair, "SET", 43)
    assert "MUG-12" not in text_of(anna.get(PAGE)).split("Items")[1].split("Parcels")[0]
