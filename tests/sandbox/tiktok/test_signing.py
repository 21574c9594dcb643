"""The published test vectors of request and webhook signatures."""

import pytest

from tiktoksync.sandbox.tiktok.signing import (
    request_is_signed,
    request_signature,
    webhook_signature,
)

DOC = "e59af819cc"
OWN = "testsecret0123456789abcdef"
HOOKS = [
    ("app_key", "68xu9ks5p4i8"),
    ("shop_cipher", "ROW_xkMbgAAAeVAQra0eZWebFQq5aIK"),
    ("timestamp", "1696909648"),
]
T = [
    ("app_key", "testappkey01"),
    ("shop_cipher", "ROW_testCipherAAAA"),
    ("timestamp", "1760000000"),
]
TOKEN = "6AsPQsUMvH3RkchNUPPh22NROHkE0D8pmq/N5M1kHYcZmtRyv9aVrNv65W7Q6tFA+7D1ud64MPNz5OaT=="
SEARCH = "/order/202309/orders/search"
PAGED = [
    ("page_size", "50"),
    ("page_token", TOKEN),
    ("sort_field", "create_time"),
    ("sort_order", "DESC"),
]
JSON = "application/json"

VECTORS = [
    (
        "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8",
        DOC, "/authorization/202309/shops",
        [("app_key", "29a39d"), ("timestamp", "1623812664")], b"", JSON,
    ),
    (
        "ed58e1b5e59865c22a7b828c1cab65007441f43cc91a6cb2f2cdc638e0995a37",
        DOC, "/event/202309/webhooks", HOOKS, b"", JSON,
    ),
    (
        "701dd6deb2389fe4c469b89bd37fc56f96a6da6afeb4d01c9077a65169752fa7",
        DOC, "/event/202309/webhooks", HOOKS,
        b'{"event_type":"PACKAGE_UPDATE","address":"https://partner.tiktokshop.com"}', JSON,
    ),
    (
        "cd0d6268252f4ba293bf7ea4c0a2873bf9beec600d22530638564ab301435f7a",
        DOC, "/event/202309/webhooks", HOOKS,
        b'{"address":"https://partner.tiktokshop.com","event_type":"PACKAGE_UPDATE"}', JSON,
    ),
    (
        "c21f0e02c132988ab6a6f5ca97e71deb11fc9a0eecccdbf5510aa921cf96a931",
        OWN, SEARCH, [*T, *PAGED],
        b'{"order_status":"AWAITING_SHIPMENT","update_time_ge":1759990000,'
        b'"update_time_lt":1760000000}', JSON,
    ),
    (
        "0ea37b9c0d5e0570e76c287410fe753af6b4cd03a6c2ae34eb53004f5b3e7831",
        OWN, "/order/202507/orders",
        [*T, ("ids", "576461413038785752,576461413038785753")], b"", JSON,
    ),
    (
        "9a90eb45eb26cbdc9ed95abda33fef9721f08ff8e1c8603d04c3019e42df606d",
        OWN, "/product/202309/images/upload",
        [("app_key", "testappkey01"), ("timestamp", "1760000000")], b"any bytes",
        "multipart/form-data; boundary=x",
    ),
    (
        "64e02c1f042b94c7a711303589ba78dfc06ede86ea3fa185abb9adaf1dcfc10f",
        OWN, "/fulfillment/202309/orders/576461413038785752/packages", T,
        b'{"order_line_item_ids":["577086512123755123"],"tracking_number":"1Z999AA10123456784",'
        b'"shipping_provider_id":"7117858858072016686"}', JSON,
    ),
    (
        "f0f288567e0630ce07ec6cd2d5a467458c804e2b26d2f81b237e2ed06d7c7459",
        OWN, "/product/202309/categories/recommend", T,
        '{"product_title":"Áo thun unisex cổ tròn – größe M 👕"}'.encode(), JSON,
    ),
    (
        "b6eb57dca52001bb47a46f81b6b63561221366206f40965d3d155abb28b60b08",
        OWN, SEARCH, [*T, ("page_size", "20")], b"{}", JSON,
    ),
    (
        "db3dce415a514aaf12eb785fb3aa51a0add6bd148bc53efd8eece87f9f8e84b4",
        OWN, SEARCH, [*T, ("page_size", "20")], b"", JSON,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "secret", "path", "query", "body", "kind"),
    VECTORS,
    ids=[f"V{number}" for number in range(1, 12)],
)
def test_a_request_is_signed_as_published(
    wanted: str, secret: str, path: str, query: list[tuple[str, str]], body: bytes, kind: str
) -> None:
    assert request_signature(secret, path, query, body, kind) == wanted
    assert request_signature(secret, path, list(reversed(query)), body, kind) == wanted


def test_sign_and_access_token_are_left_out_of_the_signature() -> None:
    wanted, secret, path, query, body, kind = VECTORS[1]
    more = [*query, ("sign", "x"), ("access_token", "y")]
    assert request_signature(secret, path, more, body, kind) == wanted


def test_an_empty_object_may_be_signed_with_or_without_its_characters() -> None:
    query = [*T, ("page_size", "20")]
    for vector in (VECTORS[9], VECTORS[10]):
        assert request_is_signed(OWN, SEARCH, query, b"{}", JSON, vector[0])
    assert not request_is_signed(OWN, SEARCH, query, b"", JSON, VECTORS[9][0])


def test_an_upper_case_signature_does_not_fit() -> None:
    wanted, secret, path, query, body, kind = VECTORS[0]
    assert request_is_signed(secret, path, query, body, kind, wanted)
    assert not request_is_signed(secret, path, query, body, kind, wanted.upper())


def test_repeated_keys_keep_the_order_in_which_they_were_sent() -> None:
    joined = request_signature(OWN, "/x", [("ids1ids2", "")])
    assert request_signature(OWN, "/x", [("ids", "1"), ("ids", "2")]) == joined


WEBHOOKS = [
    (
        "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05",
        "abcdef", "123",
        b'{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507",'
        b'"timestamp":1718305585,"data":{"is_on_hold_order":true,"order_id":"576653688135258178",'
        b'"order_status":"UNPAID","update_time":1718305585}}',
    ),
    (
        "8d10c71e27d71eaedce3778fae0c432b43e563a1e28443cd00a2fba9ef3c20ff",
        "testappkey01", OWN,
        b'{"type":4,"tts_notification_id":"7380066284010030891","shop_id":"7495000000000000001",'
        b'"timestamp":1760000000,"data":{"sc_type":"SPLIT","role_type":"ROLE_SELLER",'
        b'"package_list":[{"package_id":"1152321127278713123","order_id_list":'
        b'["576461413038785752"]}],"update_time":1760000000}}',
    ),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "key", "secret", "body"), WEBHOOKS, ids=["W1", "W2"])
def test_a_webhook_is_signed_as_published(wanted: str, key: str, secret: str, body: bytes) -> None:
    assert webhook_signature(key, secret, body) == wanted
