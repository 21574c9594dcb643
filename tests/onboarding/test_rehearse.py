"""The rehearsal: what each step says, and that nobody hears of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from orders.models import Order, StatusChange
from products.models import SkuLookup
from tests.factories import Pair, link_sku, make_listing, set_columns
from tests.fakes import Platforms
from tiktoksync.onboarding.models import Rehearsal
from tiktoksync.onboarding.services.rehearse import rehearse
from tiktoksync.shops.models import CarrierMapping, OrderRules, ShippingProvider
from tiktoksync.sync.models import Attempt

PATH = ["paid", "released", "linked", "created", "proved", "tracked", "mirrored"]


@pytest.fixture
def ready(pair: Pair) -> Pair:
    """A linked product, and the carriers that TikTok has named."""
    make_listing(pair.shop, "RED")
    link_sku(pair, "RED", 41)
    for number, name in enumerate(("USPS", "UPS", "FedEx")):
        ShippingProvider.objects.create(
            shop=pair.shop, delivery_option_id="1", provider_id=str(number), name=name
        )
    return pair.refresh()


def told(rehearsal: Rehearsal) -> dict[str, str]:
    return {step["key"]: step["words"] for step in rehearsal.steps}


def test_an_order_walks_the_whole_path(ready: Pair) -> None:
    rehearsal = rehearse(ready.shop)
    assert [step["key"] for step in rehearsal.steps] == PATH
    assert rehearsal.is_good
    words = told(rehearsal)
    assert words["released"] == "It is due for Shopify at once."
    assert words["linked"] == "RED is your variant RED."
    assert words["created"] == (
        "As your store's next number, with 1 line ready to fulfil, tagged TikTok Shop. "
        "No e-mail goes to the buyer."
    )
    assert words["proved"] == (
        "Shopify's total is 15.00 USD: 14.00 paid by the buyer and 1.00 paid by TikTok. "
        "Difference 0.00."
    )
    assert words["tracked"] == "FedEx goes as FedEx; UPS goes as UPS; USPS goes as USPS."


def test_no_platform_hears_of_it_and_nothing_else_is_written(
    ready: Pair, platforms: Platforms, woken: list[tuple[str, int]]
) -> None:
    woken.clear()
    rehearse(ready.shop)
    assert (platforms.tiktok.calls, platforms.shopify.calls, woken) == ([], [], [])
    for model in (Order, StatusChange, Attempt, SkuLookup):
        assert not model._base_manager.exists()
    assert Rehearsal.objects.count() == 1


def test_it_takes_the_merchants_own_settings(ready: Pair) -> None:
    OrderRules.objects.filter(shop=ready.shop).update(
        safety_hold_minutes=45,
        tag="Shop on TikTok",
        order_name_prefix="TT-",
        platform_discount_mode="discount",
    )
    words = told(rehearse(ready.refresh().shop))
    assert words["released"].startswith("Your safety hold keeps it back for 45 minutes")
    assert words["created"].startswith("As TT-000000000000000001, with 1 line")
    assert "tagged Shop on TikTok" in words["created"]
    assert words["proved"].startswith("Shopify's total is 14.00 USD: 14.00 paid by the buyer.")


def test_a_click_is_told_where_sync_is_not_automatic(ready: Pair) -> None:
    OrderRules.objects.filter(shop=ready.shop).update(auto_sync=False)
    rehearsal = rehearse(ready.refresh().shop)
    assert rehearsal.is_good
    assert "waits for your click" in told(rehearsal)["released"]


def test_a_rule_that_skips_every_order_stops_it(ready: Pair) -> None:
    OrderRules.objects.filter(shop=ready.shop).update(order_types={"normal": "skip"})
    rehearsal = rehearse(ready.refresh().shop)
    assert not rehearsal.is_good
    (step,) = rehearsal.steps
    assert (step["key"], step["is_good"]) == ("paid", False)
    assert (step["words"], step["route"]) == (
        "Skipped by your rule for normal orders.",
        "welcome-rules",
    )


def test_nothing_linked_stops_it_with_the_way_to_the_links(pair: Pair) -> None:
    make_listing(pair.shop, "RED")
    set_columns(pair.store, variants_read_at=timezone.now())
    rehearsal = rehearse(pair.refresh().shop)
    assert [step["key"] for step in rehearsal.steps] == ["paid", "released", "linked"]
    last = rehearsal.steps[-1]
    assert (last["is_good"], last["route"]) == (False, "welcome-products")
    assert last["words"].startswith("Not linked to a Shopify product: RED.")


def test_an_unlinked_item_goes_as_text_where_the_rules_say_so(pair: Pair) -> None:
    make_listing(pair.shop, "RED")
    set_columns(pair.store, variants_read_at=timezone.now())
    OrderRules.objects.filter(shop=pair.shop).update(unlinked_policy="text_line")
    rehearsal = rehearse(pair.refresh().shop)
    assert rehearsal.is_good
    assert told(rehearsal)["linked"] == "RED is a line of text."


def test_without_any_listing_there_is_nothing_to_sell(pair: Pair) -> None:
    rehearsal = rehearse(pair.shop)
    assert [(step["key"], step["is_good"]) for step in rehearsal.steps] == [("goods", False)]


def test_a_store_in_another_currency_stops_it(ready: Pair) -> None:
    set_columns(ready.store, currency="EUR")
    rehearsal = rehearse(ready.refresh().shop)
    assert not rehearsal.is_good
    assert rehearsal.steps[-1]["words"] == (
        "The order is in USD, which the Shopify store does not accept. It accepts EUR."
    )


def test_amounts_without_cents_add_up_too(ready: Pair) -> None:
    set_columns(ready.shop, region="VN")
    set_columns(ready.store, currency="VND")
    rehearsal = rehearse(ready.refresh().shop)
    assert told(rehearsal)["proved"].startswith("Shopify's total is 15 VND: 14 paid by the buyer")


@pytest.mark.parametrize(
    ("offered", "mapped", "is_good", "words"),
    [
        (["Fast Post"], {}, False, "None of the carriers that Shopify knows"),
        (["Fast Post"], {"UPS": "Fast Post"}, True, "UPS goes as Fast Post."),
        (["GLS", "GLS US"], {}, True, "GLS goes as GLS."),
        (["GLS US"], {}, False, "None of the carriers that Shopify knows"),
        ([], {}, True, "TikTok names the carriers it takes with the first order"),
    ],
)
def test_carriers_are_matched_as_they_will_be(
    ready: Pair, offered: list[str], mapped: dict[str, str], is_good: bool, words: str
) -> None:
    ShippingProvider.objects.all().delete()
    for name in offered:
        ShippingProvider.objects.create(
            shop=ready.shop, delivery_option_id="1", provider_id=name, name=name
        )
    for carrier, provider in mapped.items():
        CarrierMapping.objects.create(shop=ready.shop, carrier=carrier, provider_name=provider)
    rehearsal = rehearse(ready.shop)
    step: dict[str, Any] = next(one for one in rehearsal.steps if one["key"] == "tracked")
    assert step["is_good"] is is_good
    assert step["words"].startswith(words)
