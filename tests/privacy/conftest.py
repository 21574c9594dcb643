"""A connected pair with a buyer's order, and people who ask about it."""

from __future__ import annotations

from typing import Any

import pytest

from orders.models import Order
from tests.factories import Pair, synced_order
from tests.fakes import Wakes, note_wakes
from tests.web.conftest import anna, ben, pair, strangers, viewer  # noqa: F401  fixtures

RECIPIENT = {
    "name": "Josephine Quimby",
    "phone_number": "(+1)5550147788",
    "full_address": "United States, Vermont, Tunbridge, 77 Larkspur Lane",
    "address_line1": "77 Larkspur Lane",
    "postal_code": "05077",
    "region_code": "US",
}
#: Whatever of these stands anywhere tells who the buyer is.
TELLING = ("Josephine", "Quimby", "5550147788", "Larkspur", "Tunbridge", "j.quimby@", "ring twice")
BUYER: dict[str, Any] = {
    "recipient_address": RECIPIENT,
    "buyer_email": "j.quimby@example.com",
    "buyer_message": "Please ring twice",
}


@pytest.fixture(autouse=True)
def wakes(monkeypatch: pytest.MonkeyPatch) -> Wakes:
    return note_wakes(monkeypatch)


@pytest.fixture
def order(pair: Pair) -> Order:  # noqa: F811
    """In Shopify as order 1, bought by somebody who can be told apart."""
    return synced_order(pair.shop, **BUYER)
