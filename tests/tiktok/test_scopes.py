"""A refusal for want of a permission names it."""

import pytest

from tiktoksync.errors import NotAuthorized
from tiktoksync.tiktok.scopes import name_permission, needed_scope


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/order/202309/orders/search", "seller.order.info"),
        ("/fulfillment/202309/packages/search", "seller.fulfillment.basic"),
        ("/fulfillment/202309/orders/5/split", "seller.fulfillment.package.write"),
        ("/return_refund/202602/cancellations/search", "seller.return_refund.basic"),
        ("/logistics/202309/warehouses", "seller.logistics"),
        ("/product/202502/products/search", "seller.product.basic"),
        ("/product/202309/products/7", "seller.product.basic"),
        ("/product/202309/inventory/search", "seller.product.basic"),
        ("/product/202309/products/listing_check", "seller.product.basic"),
        ("/product/202309/products", "seller.product.write"),
        ("/product/202509/products/7/partial_edit", "seller.product.write"),
        ("/product/202309/products/activate", "seller.product.write"),
        ("/product/202309/products/deactivate", "seller.product.write"),
        ("/product/202309/products/7/prices/update", "seller.product.write"),
        ("/product/202309/products/7/inventory/update", "seller.product.write"),
        ("/product/202309/images/upload", "seller.product.write"),
        ("/event/202309/webhooks", "seller.authorization.info"),
        ("/elsewhere/202309/things", ""),
    ],
)
def test_each_area_has_its_permission(path: str, scope: str) -> None:
    assert needed_scope(path) == scope


def test_other_refusals_keep_their_words() -> None:
    expired = NotAuthorized("The token has expired.", account_reason="token_expired")
    name_permission(expired, "/order/202309/orders/search")
    assert expired.message == "The token has expired."
    lacking = NotAuthorized("Not granted.", account_reason="scope_missing")
    name_permission(lacking, "/elsewhere/202309/things")
    assert lacking.message == "Not granted."
    name_permission(lacking, "/order/202309/orders")
    assert lacking.message == (
        "TikTok Shop has not granted the permission seller.order.info. Turn it on for the app in "
        "TikTok Shop Partner Center, then authorize the app again."
    )
