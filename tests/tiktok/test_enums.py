"""TikTok Shop's words."""

import pytest

from tiktoksync.tiktok.enums import MARK_SHIPPED_REGIONS, OrderStatus, shipping_call


@pytest.mark.parametrize("region", ["US", "GB", "UK", "ES", "IE", "IT", "DE", "FR", "JP", " us "])
def test_these_regions_mark_order_lines_as_shipped(region: str):
    assert shipping_call(region) == "mark_shipped"


@pytest.mark.parametrize("region", ["VN", "ID", "TH", "MY", "PH", "SG", "MX", "BR", "", "ZZ"])
def test_all_others_ship_the_package(region: str):
    assert shipping_call(region) == "ship_package"


def test_the_table_of_regions_holds_nothing_else():
    assert len(MARK_SHIPPED_REGIONS) == 9


def test_statuses_are_the_words_tiktok_uses():
    assert [status.value for status in OrderStatus] == [
        "UNPAID",
        "ON_HOLD",
        "AWAITING_SHIPMENT",
        "PARTIALLY_SHIPPING",
        "AWAITING_COLLECTION",
        "IN_TRANSIT",
        "DELIVERED",
        "COMPLETED",
        "CANCELLED",
    ]
