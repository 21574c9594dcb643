"""The stand-ins speak exactly as the real clients do."""

from __future__ import annotations

import inspect

import pytest

from tests import fakes
from tests.fake_aftersales import FakeAftersaleCalls, FakeRefundCalls
from tests.fake_fulfillments import FakeFulfillmentCalls
from tests.fake_shopify_products import FakeProductCalls
from tests.fake_tiktok_products import FakeCatalogueCalls
from tiktoksync.shopify.auth import ShopifyAuth
from tiktoksync.shopify.client import ShopifyClient
from tiktoksync.tiktok.auth import TikTokAuth
from tiktoksync.tiktok.client import TikTokClient

PAIRS = [
    (fakes.FakeTikTokClient, TikTokClient),
    (fakes.FakeShopifyClient, ShopifyClient),
    (FakeAftersaleCalls, TikTokClient),
    (FakeRefundCalls, ShopifyClient),
    (FakeFulfillmentCalls, ShopifyClient),
    (FakeCatalogueCalls, TikTokClient),
    (FakeProductCalls, ShopifyClient),
    (fakes.FakeTikTokAuth, TikTokAuth),
    (fakes.FakeShopifyAuth, ShopifyAuth),
]


def shape(method: object) -> list[tuple[str, object, object]]:
    """Names, kinds and defaults of the parameters, and no annotations."""
    parameters = inspect.signature(method).parameters.values()
    return [(one.name, one.kind, _value(one.default)) for one in parameters]


def _value(default: object) -> object:
    return str(default)


@pytest.mark.parametrize(("fake", "real"), PAIRS, ids=lambda one: one.__name__)
def test_each_method_has_the_real_ones_name_and_parameters(fake: type, real: type) -> None:
    names = [name for name in vars(fake) if callable(getattr(fake, name, None)) and name[0] != "_"]
    assert names
    for name in names:
        assert shape(getattr(fake, name)) == shape(getattr(real, name)), name
