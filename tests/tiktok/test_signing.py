"""Signatures against the published vectors; webhooks that are not signed are refused."""

import pytest

from tiktoksync.errors import SignatureError
from tiktoksync.tiktok.signing import sign, verify_webhook, webhook_signature

JSON = "application/json"
DOC_SECRET = "e59af819cc"
SECRET = "testsecret0123456789abcdef"
EVENTS = "/event/202309/webhooks"
SEARCH = "/order/202309/orders/search"
V2_QUERY = {
    "app_key": "68xu9ks5p4i8",
    "shop_cipher": "ROW_xkMbgAAAeVAQra0eZWebFQq5aIK",
    "timestamp": "1696909648",
}
T = {"app_key": "testappkey01", "shop_cipher": "ROW_testCipherAAAA", "timestamp": "1760000000"}
NO_CIPHER = {"app_key": T["app_key"], "timestamp": T["timestamp"]}
PAGE_TOKEN = "6AsPQsUMvH3RkchNUPPh22NROHkE0D8pmq/N5M1kHYcZmtRyv9aVrNv65W7Q6tFA+7D1ud64MPNz5OaT=="

VECTORS = {
    "V1": (
        DOC_SECRET,
        "/authorization/202309/shops",
        {"app_key": "29a39d", "timestamp": "1623812664"},
        "",
        JSON,
        "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8",
    ),
    "V2": (
        DOC_SECRET,
        EVENTS,
        V2_QUERY,
        "",
        JSON,
        "ed58e1b5e59865c22a7b828c1cab65007441f43cc91a6cb2f2cdc638e0995a37",
    ),
    "V3": (
        DOC_SECRET,
        EVENTS,
        V2_QUERY,
        '{"event_type":"PACKAGE_UPDATE","address":"https://partner.tiktokshop.com"}',
        JSON,
        "701dd6deb2389fe4c469b89bd37fc56f96a6da6afeb4d01c9077a65169752fa7",
    ),
    "V4": (
        DOC_SECRET,
        EVENTS,
        V2_QUERY,
        '{"address":"https://partner.tiktokshop.com","event_type":"PACKAGE_UPDATE"}',
        JSON,
        "cd0d6268252f4ba293bf7ea4c0a2873bf9beec600d22530638564ab301435f7a",
    ),
    "V5": (
        SECRET,
        SEARCH,
        T
        | {
            "page_size": "50",
            "page_token": PAGE_TOKEN,
            "sort_field": "create_time",
            "sort_order": "DESC",
        },
        '{"order_status":"AWAITING_SHIPMENT","update_time_ge":1759990000,'
        '"update_time_lt":1760000000}',
        JSON,
        "c21f0e02c132988ab6a6f5ca97e71deb11fc9a0eecccdbf5510aa921cf96a931",
    ),
    "V6": (
        SECRET,
        "/order/202507/orders",
        T | {"ids": "576461413038785752,576461413038785753"},
        "",
        JSON,
        "0ea37b9c0d5e0570e76c287410fe753af6b4cd03a6c2ae34eb53004f5b3e7831",
    ),
    "V7": (
        SECRET,
        "/product/202309/images/upload",
        NO_CIPHER,
        "any body",
        "multipart/form-data; boundary=x",
        "9a90eb45eb26cbdc9ed95abda33fef9721f08ff8e1c8603d04c3019e42df606d",
    ),
    "V8": (
        SECRET,
        "/fulfillment/202309/orders/576461413038785752/packages",
        T,
        '{"order_line_item_ids":["577086512123755123"],"tracking_number":"1Z999AA10123456784",'
        '"shipping_provider_id":"7117858858072016686"}',
        JSON,
        "64e02c1f042b94c7a711303589ba78dfc06ede86ea3fa185abb9adaf1dcfc10f",
    ),
    "V9": (
        SECRET,
        "/product/202309/categories/recommend",
        T,
        '{"product_title":"Áo thun unisex cổ tròn – größe M 👕"}',
        JSON,
        "f0f288567e0630ce07ec6cd2d5a467458c804e2b26d2f81b237e2ed06d7c7459",
    ),
    "V10": (
        SECRET,
        SEARCH,
        T | {"page_size": "20"},
        "{}",
        JSON,
        "b6eb57dca52001bb47a46f81b6b63561221366206f40965d3d155abb28b60b08",
    ),
    "V11": (
        SECRET,
        SEARCH,
        T | {"page_size": "20"},
        "",
        JSON,
        "db3dce415a514aaf12eb785fb3aa51a0add6bd148bc53efd8eece87f9f8e84b4",
    ),
}

W1_BODY = (
    b'{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507",'
    b'"timestamp":1718305585,"data":{"is_on_hold_order":true,"order_id":"576653688135258178",'
    b'"order_status":"UNPAID","update_time":1718305585}}'
)
W1 = "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05"
W2_BODY = (
    b'{"type":4,"tts_notification_id":"7380066284010030891","shop_id":"7495000000000000001",'
    b'"timestamp":1760000000,"data":{"sc_type":"SPLIT","role_type":"ROLE_SELLER","package_list":'
    b'[{"package_id":"1152321127278713123","order_id_list":["576461413038785752"]}],'
    b'"update_time":1760000000}}'
)
W2 = "8d10c71e27d71eaedce3778fae0c432b43e563a1e28443cd00a2fba9ef3c20ff"


@pytest.mark.parametrize("name", VECTORS)
def test_requests_are_signed_as_the_vectors_are(name: str):
    secret, path, query, body, content_type, expected = VECTORS[name]
    assert sign(secret, path, query, body.encode(), content_type) == expected


def test_pairs_in_any_order_sign_like_a_mapping():
    secret, path, query, body, content_type, expected = VECTORS["V5"]
    pairs = list(reversed(query.items()))
    assert sign(secret, path, pairs, body.encode(), content_type) == expected


@pytest.mark.parametrize("name", ["sign", "access_token"])
def test_the_signature_itself_and_the_token_are_not_signed(name: str):
    secret, path, query, body, content_type, expected = VECTORS["V2"]
    assert sign(secret, path, query | {name: "x"}, body.encode(), content_type) == expected


def test_an_empty_value_is_signed_by_its_name():
    secret, path, query, body, content_type, expected = VECTORS["V2"]
    assert sign(secret, path, query | {"shop_id": ""}, body.encode(), content_type) != expected


@pytest.mark.parametrize(
    ("key", "secret", "body", "expected"),
    [("abcdef", "123", W1_BODY, W1), ("testappkey01", SECRET, W2_BODY, W2)],
    ids=["W1", "W2"],
)
def test_webhooks_are_signed_as_the_vectors_are(key, secret, body, expected):
    assert webhook_signature(key, secret, body) == expected
    verify_webhook(key, secret, body, expected)


@pytest.mark.parametrize(
    "header",
    [None, "", " ", W1.upper(), W1[:-1], W1 + " ", "Bearer " + W1, W2, "é" * 64, "0" * 64],
    ids=["none", "empty", "blank", "upper", "short", "space", "bearer", "other", "é", "zeros"],
)
def test_a_webhook_without_its_exact_signature_is_refused(header: str | None):
    with pytest.raises(SignatureError):
        verify_webhook("abcdef", "123", W1_BODY, header)


@pytest.mark.parametrize(
    ("key", "secret", "body"),
    [("abcdeg", "123", W1_BODY), ("abcdef", "124", W1_BODY), ("abcdef", "123", W1_BODY + b" ")],
)
def test_another_app_secret_or_body_is_refused(key: str, secret: str, body: bytes):
    with pytest.raises(SignatureError):
        verify_webhook(key, secret, body, W1)
