"""Authorizing a store, renewing its tokens, and the signatures Shopify sends."""

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.lib.raw_server import answer, hang_up, serving
from tiktoksync import errors
from tiktoksync.lib import http
from tiktoksync.shopify.auth import (
    ShopifyAuth,
    ShopifyTokens,
    authorize_link,
    shop_domain,
    verify_query_hmac,
    verify_webhook,
    webhook_signature,
)

QUERY = {
    "code": "0907a61c0c8d55e99db179b68161bc00",
    "shop": "some-shop.myshopify.com",
    "state": "0.6784241404160823",
    "timestamp": "1337178173",
}
QUERY_HMAC = "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf"
EXPIRING = {
    "access_token": "shpat_new",
    "scope": "write_orders,read_products",
    "expires_in": 3600,
    "refresh_token": "shprt_new",
    "refresh_token_expires_in": 7776000,
}
RAW = b'{"id":820982911946154508,"name":"#1001"}'


@pytest.fixture(autouse=True)
def _fresh():
    http._local.__dict__.clear()


def auth(url: str) -> ShopifyAuth:
    return ShopifyAuth(base_url=url + "/", api_key="key01", api_secret="hush")


def good(data: object):
    return answer(json.dumps(data).encode(), X_Request_Id="R1")


def posted(request: bytes) -> dict:
    assert request.startswith(b"POST /admin/oauth/access_token HTTP/1.1\r\n")
    assert b"Accept: application/json\r\n" in request
    return json.loads(request.partition(b"\r\n\r\n")[2])


def test_exchanges_a_code_for_expiring_tokens():
    with serving(good(EXPIRING)) as server:
        result = auth(server.url).exchange_code("code1")
        body = posted(server.requests[0])
    assert body == {
        "client_id": "key01",
        "client_secret": "hush",
        "code": "code1",
        "expiring": "1",
    }
    assert result.request_id == "R1"
    assert result.data == ShopifyTokens(
        "shpat_new", 3600, "shprt_new", 7776000, "write_orders,read_products"
    )


def test_a_token_that_does_not_expire_has_nothing_to_refresh():
    with serving(good({"access_token": "shpat_x", "scope": "read_orders"})) as server:
        tokens = auth(server.url).exchange_code("code1", expiring=False).data
        assert "expiring" not in posted(server.requests[0])
    assert tokens == ShopifyTokens("shpat_x", None, "", None, "read_orders")


def test_renews_both_tokens():
    with serving(good(EXPIRING)) as server:
        tokens = auth(server.url).refresh("shprt_old").data
        body = posted(server.requests[0])
    assert body == {
        "client_id": "key01",
        "client_secret": "hush",
        "grant_type": "refresh_token",
        "refresh_token": "shprt_old",
    }
    assert (tokens.access_token, tokens.refresh_token) == ("shpat_new", "shprt_new")


def test_a_renewed_token_without_a_life_lives_an_hour():
    data = {name: value for name, value in EXPIRING.items() if name != "expires_in"}
    with serving(good(data)) as server:
        assert auth(server.url).refresh("shprt_old").data.expires_in == 3600


def test_gets_a_token_by_the_apps_own_credentials():
    data = {"access_token": "shpat_own", "scope": "read_orders", "expires_in": 86399}
    with serving(good(data)) as server:
        tokens = auth(server.url).client_credentials().data
        assert posted(server.requests[0])["grant_type"] == "client_credentials"
    assert tokens == ShopifyTokens("shpat_own", 86399, "", None, "read_orders")


@pytest.mark.parametrize(
    ("status", "body", "name", "reason"),
    [
        ("400 Bad", {"error": "invalid_grant"}, "NotAuthorized", "consent_lost"),
        ("400 Bad", {"error": "invalid_request"}, "NotAuthorized", "consent_lost"),
        ("400 Bad", {"error": "invalid_client"}, "ConfigError", ""),
        ("401 No", {"error": "invalid_client"}, "ConfigError", ""),
        ("400 Bad", {"error": "application_cannot_be_found"}, "ConfigError", ""),
        ("400 Bad", {"error": "shop_not_permitted"}, "ConfigError", ""),
        ("400 Bad", {"error": "new_one"}, "ConfigError", ""),
        ("404 No", {"errors": "Not Found"}, "NotAuthorized", "closed"),
        ("423 No", {"errors": "This shop is unavailable"}, "NotAuthorized", "unavailable"),
        ("429 Slow", {"error": "invalid_request"}, "RateLimited", ""),
        ("302 Found", {}, "OutcomeUnknown", ""),
    ],
)
def test_a_refusal_says_what_to_do(status: str, body: dict, name: str, reason: str):
    with serving(answer(json.dumps(body).encode(), status)) as server:
        with pytest.raises(errors.SyncError) as caught:
            auth(server.url).refresh("shprt_old")
        assert len(server.requests) == 1
    assert type(caught.value).__name__ == name
    assert getattr(caught.value, "account_reason", "") == reason


@pytest.mark.parametrize(
    "behaviour",
    [
        hang_up,
        answer(b"<html>", "502 Bad"),
        answer(b'{"error":"invalid_grant"}', "500 Oops"),
        answer(b""),
        answer(b"<html>"),
        answer(b"[]"),
        good({"access_token": ""}),
        good({}),
    ],
)
def test_a_refresh_without_a_clear_answer_is_unknown_and_sent_once(behaviour):
    with serving(behaviour) as server:
        with pytest.raises(errors.OutcomeUnknown):
            auth(server.url).refresh("shprt_old")
        assert len(server.requests) == 1


def test_asking_by_credentials_may_be_repeated():
    data = {"access_token": "shpat_own", "expires_in": 86399}
    with serving(hang_up, good(data)) as server:
        assert auth(server.url).client_credentials().data.access_token == "shpat_own"
    with serving(good({})) as server, pytest.raises(errors.Unreachable):
        auth(server.url).client_credentials()


@pytest.mark.parametrize(
    "behaviour",
    [hang_up, answer(b'{"error":"invalid_grant","error_description":"shprt_old"}', "400 Bad")],
)
def test_neither_secret_nor_token_stands_in_an_error(behaviour):
    with serving(behaviour) as server, pytest.raises(errors.SyncError) as caught:
        auth(server.url).refresh("shprt_old")
    told = f"{caught.value!r} {caught.value.__dict__}"
    assert caught.value.__context__ is None
    for secret in ("hush", "shprt_old"):
        assert secret not in told


def test_printing_tokens_shows_none():
    tokens = ShopifyTokens("shpat_x", 3600, "shprt_x", 1, "read_orders")
    assert repr(tokens) == "ShopifyTokens(scope='read_orders', expires_in=3600)"


def test_a_write_scope_stands_for_reading_too():
    tokens = ShopifyTokens("t", None, "", None, "write_orders, read_products,")
    assert tokens.scopes == {"write_orders", "read_orders", "read_products"}


def test_the_link_asks_for_the_scopes_and_the_way_back():
    link = urlsplit(
        authorize_link(
            "http://127.0.0.1:9000/shops/a/",
            "key01",
            scopes="read_orders,write_orders",
            redirect_uri="https://app.example/back?x=1",
            state="s&1",
        )
    )
    assert (link.netloc, link.path) == ("127.0.0.1:9000", "/shops/a/admin/oauth/authorize")
    assert parse_qs(link.query) == {
        "client_id": ["key01"],
        "scope": ["read_orders,write_orders"],
        "redirect_uri": ["https://app.example/back?x=1"],
        "state": ["s&1"],
    }


def test_scopes_kept_by_the_app_itself_are_not_asked_for():
    link = authorize_link("https://a", "k", scopes="", redirect_uri="https://b", state="s")
    assert "scope" not in link


@pytest.mark.parametrize(
    ("given", "domain"),
    [
        ("example.myshopify.com", "example.myshopify.com"),
        ("Example-2.MyShopify.com", "example-2.myshopify.com"),
        ("0a.myshopify.com", "0a.myshopify.com"),
    ],
)
def test_a_store_is_known_by_its_lower_case_name(given: str, domain: str):
    assert shop_domain(given) == domain


@pytest.mark.parametrize(
    "given",
    [
        "",
        "example",
        "example.com",
        "example.myshopify.com\n",
        " example.myshopify.com",
        "example.myshopify.com.evil.example",
        "evil.example/example.myshopify.com",
        "https://example.myshopify.com",
        "example.myshopify.com/admin",
        "example.myshopify.com:443",
        "a.b.myshopify.com",
        "-a.myshopify.com",
        "a_b.myshopify.com",
        ".myshopify.com",
        "exämple.myshopify.com",
        "\u212a.myshopify.com",
        "user@example.myshopify.com",
        "a" * 64 + ".myshopify.com",
    ],
)
def test_anything_else_is_no_store(given: str):
    with pytest.raises(errors.Rejected) as caught:
        shop_domain(given)
    assert caught.value.field == "shop"


def test_query_parameters_are_signed_as_the_vector_is():
    verify_query_hmac({**QUERY, "hmac": QUERY_HMAC}, "hush")
    verify_query_hmac({**QUERY, "hmac": QUERY_HMAC, "signature": "old"}, ["new", "hush"])


@pytest.mark.parametrize(
    "params",
    [
        QUERY,
        {**QUERY, "hmac": ""},
        {**QUERY, "hmac": QUERY_HMAC.upper()},
        {**QUERY, "hmac": "é" * 64},
        {**QUERY, "hmac": [QUERY_HMAC]},
        {**QUERY, "hmac": None},
        {**QUERY, "hmac": QUERY_HMAC, "shop": "other.myshopify.com"},
        {**QUERY, "hmac": QUERY_HMAC, "extra": "1"},
        {"hmac": QUERY_HMAC},
    ],
)
def test_parameters_without_their_exact_signature_are_refused(params: dict):
    with pytest.raises(errors.SignatureError):
        verify_query_hmac(params, "hush")


def test_list_parameters_are_signed_in_shopifys_spelling():
    message = b'ids=["1", "2"]&shop=a'
    signature = hmac.new(b"hush", message, hashlib.sha256).hexdigest()
    verify_query_hmac({"shop": "a", "ids[]": ["1", "2"], "hmac": signature}, "hush")


@pytest.mark.parametrize("secrets", ["", [], [""], ["", ""]])
def test_without_a_secret_nothing_is_believed(secrets: object):
    empty = base64.b64encode(hmac.new(b"", RAW, hashlib.sha256).digest()).decode()
    with pytest.raises(errors.SignatureError):
        verify_webhook(secrets, RAW, empty)
    message = "&".join(f"{name}={value}" for name, value in QUERY.items())
    signature = hmac.new(b"", message.encode(), hashlib.sha256).hexdigest()
    with pytest.raises(errors.SignatureError):
        verify_query_hmac({**QUERY, "hmac": signature}, secrets)


def test_webhooks_are_signed_over_the_raw_body():
    expected = base64.b64encode(hmac.new(b"hush", RAW, hashlib.sha256).digest()).decode()
    assert webhook_signature("hush", RAW) == expected
    verify_webhook("hush", RAW, expected)
    verify_webhook(["new", "hush"], RAW, expected)


@pytest.mark.parametrize(
    "header", [None, "", "x", "é", webhook_signature("hush", RAW + b" "), " " * 44]
)
def test_a_webhook_without_its_exact_signature_is_refused(header: str | None):
    with pytest.raises(errors.SignatureError):
        verify_webhook("hush", RAW, header)
    with pytest.raises(errors.SignatureError):
        verify_webhook("other", RAW, webhook_signature("hush", RAW))
