"""Carriers on the settings page: mapping a name releases the shipments that wait for it."""

from __future__ import annotations

import pytest
from django.test import Client

from orders.models import Fulfillment
from tests.factories import Pair, make_fulfillment, synced_order
from tests.web.conftest import browser
from tests.web.reading import rows_of, text_of
from tiktoksync.shops.models import CarrierMapping, ShippingProvider

PAGE = "/settings/fulfillment/"


@pytest.fixture
def address(pair: Pair) -> str:
    for name in ("USPS", "UPS"):
        ShippingProvider.objects.create(
            shop=pair.shop, delivery_option_id="1", provider_id=name, name=name
        )
    return f"/settings/carriers/{pair.shop.shop_id}/"


@pytest.fixture
def waiting(pair: Pair) -> Fulfillment:
    return make_fulfillment(
        synced_order(pair.shop),
        carrier="Uncle Bob",
        sync_status="failed",
        failure_kind="config",
        failure_code="carrier_unknown",
    )


def test_mapping_a_name_releases_what_waits_for_it(
    pair: Pair,
    anna: Client,
    address: str,
    waiting: Fulfillment,
    woken: list[tuple[str, int]],
) -> None:
    assert "Shipments wait for: Uncle Bob" in text_of(anna.get(PAGE))
    wish = {"carrier": "Uncle Bob", "provider_name": "USPS"}
    answer = anna.post(address, wish, follow=True)
    assert "“Uncle Bob” goes to TikTok as USPS. Shipments sent again: 1." in text_of(answer)
    assert "Shipments wait for" not in text_of(answer)
    waiting.refresh_from_db()
    assert waiting.sync_status == "pending"
    assert ("push_fulfillments", pair.shop.pk) in woken
    assert list(CarrierMapping.objects.values_list("carrier", "provider_name")) == [
        ("Uncle Bob", "USPS")
    ]


def test_guesses_are_shown_and_confirmed_with_one_click(
    pair: Pair, anna: Client, address: str
) -> None:
    assert "Guessed from names" not in text_of(anna.get(PAGE))
    ShippingProvider.objects.create(
        shop=pair.shop, delivery_option_id="1", provider_id="GLS", name="GLS US"
    )
    answer = anna.get(PAGE)
    ((name, carrier, why, _),) = rows_of(answer)
    assert (name, carrier) == ("GLS", "GLS US")
    assert why == "Guessed: this carrier in your country. It counts once it is saved"
    answer = anna.post(address, {"carrier": name, "provider_name": carrier}, follow=True)
    assert "Guessed from names" not in text_of(answer)
    assert CarrierMapping.objects.get().provider_name == "GLS US"


def test_a_mapping_is_forgotten(anna: Client, pair: Pair, address: str) -> None:
    CarrierMapping.objects.create(shop=pair.shop, carrier="Bob", provider_name="UPS")
    answer = anna.post(address, {"carrier": "Bob"}, follow=True)
    assert "“Bob” stands for itself again." in text_of(answer)
    assert CarrierMapping.objects.count() == 0


@pytest.mark.parametrize(
    "wish",
    [
        {"carrier": "", "provider_name": "USPS"},
        {"carrier": "x" * 101, "provider_name": "USPS"},
        {"carrier": "Bob", "provider_name": "Somebody"},
    ],
)
def test_what_cannot_be_is_refused(
    anna: Client, address: str, waiting: Fulfillment, wish: dict[str, str]
) -> None:
    anna.post(address, wish)
    waiting.refresh_from_db()
    assert (CarrierMapping.objects.count(), waiting.sync_status) == (0, "failed")


def test_neither_a_viewer_nor_a_stranger_maps_anything(
    pair: Pair, strangers: Pair, address: str, waiting: Fulfillment
) -> None:
    wish = {"carrier": "Uncle Bob", "provider_name": "USPS"}
    viewer = browser("vera", pair.merchant, "viewer")
    assert viewer.post(address, wish).status_code == 403
    assert "Map it" not in text_of(viewer.get(PAGE))
    assert browser("ben2", strangers.merchant).post(address, wish).status_code == 404
    assert CarrierMapping.objects.count() == 0
