"""The sandbox's product endpoints, called through the gateway with signed requests."""

import base64
import json
import threading
import time
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest

from tiktoksync.sandbox.catalogue import demo_listings
from tiktoksync.sandbox.clock import Clock
from tiktoksync.sandbox.config import complete_config
from tiktoksync.sandbox.faults import Faults
from tiktoksync.sandbox.http import Request
from tiktoksync.sandbox.log import Call, RequestLog
from tiktoksync.sandbox.tiktok.gateway import serve_api
from tiktoksync.sandbox.tiktok.shops import set_up
from tiktoksync.sandbox.tiktok.signing import request_signature
from tiktoksync.sandbox.tiktok.state import TikTokState
from tiktoksync.sandbox.webhooks import Sender

US = ("TTP_sandboxUsCipher01", "TTP_sandbox-us-access")
VN = ("ROW_sandboxVnCipher02", "ROW_sandbox-vn-access")
SEARCH = "/product/202502/products/search"
DETAIL = "/product/202309/products/"
# The demo catalogue's first product is made at this second, each further one an hour later.
FIRST = 1_767_225_600


def make_world(config: dict[str, Any] | None = None) -> Any:
    complete = complete_config(config)
    faults, clock = Faults(), Clock()
    state = TikTokState(complete, clock, RequestLog(), Sender(clock, faults))
    set_up(state, complete)
    return SimpleNamespace(tiktok=state, faults=faults, lock=threading.RLock())


def us_shop(products: list[dict[str, Any]]) -> dict[str, Any]:
    """A world with the American shop alone, selling these."""
    row = complete_config()["tiktok"]["shops"][0]
    return {"tiktok": {"shops": [{**row, "products": products}]}}


@pytest.fixture
def world() -> Any:
    """Both shops with the thirteen products that every other test knows by name."""
    config = complete_config()
    for shop in config["tiktok"]["shops"]:
        shop["products"] = demo_listings(shop["currency"])[:13]
    return make_world(config)


def call(
    world: Any,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    shop: tuple[str, str] = US,
    sign: str = "",
    **query: str,
) -> tuple[int, dict[str, Any]]:
    """One call as a client makes it; gives the HTTP status and the envelope."""
    pairs = {
        "app_key": "sandbox",
        "timestamp": str(int(time.time())),
        "shop_cipher": shop[0],
        **query,
    }
    sent = b"" if body is None else json.dumps(body).encode()
    secret = "sandbox-tiktok-secret"
    pairs["sign"] = sign or request_signature(secret, path, pairs.items(), sent)
    headers = {"content-type": "application/json", "x-tts-access-token": shop[1]}
    request = Request(method, path, urlencode(pairs), headers, sent)
    answer = serve_api(world, request, Call("tiktok", method, path))
    return answer.status, json.loads(answer.body)


def search(world: Any, body: dict[str, Any] | None = None, **query: Any) -> dict[str, Any]:
    query = {"page_size": "100", **query}
    status, envelope = call(world, "POST", SEARCH, body or {}, **query)
    assert (status, envelope["code"]) == (200, 0)
    return envelope["data"]


def titles(data: dict[str, Any]) -> list[str]:
    return [product["title"] for product in data["products"]]


def one_by_sku(world: Any, sku: str, **query: Any) -> dict[str, Any]:
    (product,) = search(world, {"seller_skus": [sku]}, **query)["products"]
    return product


def refusal(world: Any, body: dict[str, Any] | None = None, **query: Any) -> int:
    envelope = call(world, "POST", SEARCH, body or {}, **{"page_size": "100", **query})[1]
    assert envelope["data"] == {}
    return envelope["code"]


def test_a_search_lists_the_whole_catalogue_last_updated_first(world):
    data = search(world, {"status": "ALL"})
    assert data["total_count"] == 13
    assert data["next_page_token"] == ""
    assert titles(data)[0] == "TikTok exclusive: Mystery Box"
    assert titles(data)[-1] == "Everyday Cotton Tee"
    assert "抹茶スターターセット" in titles(data)


def test_a_row_has_the_shape_the_live_service_shows(world):
    listing = world.tiktok.shops["7495000000000000001"].listings["MUG-12"]
    assert one_by_sku(world, "MUG-12") == {
        "audit": {"pre_approved_reasons": [], "status": "APPROVED"},
        "create_time": FIRST + 3600,
        "has_draft": False,
        "id": listing.product_id,
        "is_not_for_sale": False,
        "product_tags": [],
        "recommended_categories": [],
        "sales_regions": ["US"],
        "skus": [
            {
                "id": listing.sku_id,
                "inventory": [{"quantity": 300, "warehouse_id": "7000714532876273401"}],
                "price": {"currency": "USD", "tax_exclusive_price": "14.25"},
                "seller_sku": "MUG-12",
                "status_info": {"status": "NORMAL"},
            }
        ],
        "status": "ACTIVATE",
        "title": "Enamel Camp Mug 12 oz",
        "update_time": FIRST + 3600,
    }


def test_each_shop_sees_its_own_ids_and_currency(world):
    here, there = one_by_sku(world, "MUG-12"), one_by_sku(world, "MUG-12", shop=VN)
    assert there["skus"][0]["price"] == {"currency": "VND", "tax_exclusive_price": "189000"}
    assert there["sales_regions"] == ["VN"]
    assert here["id"] != there["id"]


def test_a_free_gift_costs_a_plain_zero(world):
    assert one_by_sku(world, "GIFT-STICKER")["skus"][0]["price"]["tax_exclusive_price"] == "0"


def test_a_cross_border_seller_sees_the_sale_price_too(world):
    world.tiktok.shops["7495000000000000001"].seller_type = "CROSS_BORDER"
    price = {"currency": "USD", "tax_exclusive_price": "14.25", "sale_price": "14.25"}
    assert one_by_sku(world, "MUG-12")["skus"][0]["price"] == price


def test_stock_is_read_at_the_moment_of_the_call(world):
    shop = world.tiktok.shops["7495000000000000001"]
    shop.listings["MUG-12"].inventory[shop.warehouse_id] = 7
    assert one_by_sku(world, "MUG-12")["skus"][0]["inventory"][0]["quantity"] == 7


@pytest.mark.parametrize("version", ["202309", "202312", "202502"])
def test_three_versions_of_the_search_answer(world, version):
    path = f"/product/{version}/products/search"
    assert call(world, "POST", path, {}, page_size="1")[1]["data"]["total_count"] == 13


def test_another_version_of_the_search_is_refused(world):
    status, envelope = call(world, "POST", "/product/202401/products/search", {}, page_size="1")
    assert (status, envelope["code"]) == (404, 36009014)


def test_pages_put_together_are_the_whole_without_repeats(world):
    whole = titles(search(world))
    seen, token, sizes = [], "", []
    while token or not seen:
        data = search(world, page_size="5", page_token=token)
        seen += titles(data)
        sizes.append(len(data["products"]))
        assert data["total_count"] == 13
        token = data["next_page_token"]
    assert sizes == [5, 5, 3]
    assert seen == whole


def test_products_of_the_same_second_are_paged_without_loss():
    rows = [{**row, "create_time": FIRST} for row in demo_listings("USD")[:13]]
    world = make_world(us_shop(rows))
    first = search(world, page_size="7")
    second = search(world, page_size="7", page_token=first["next_page_token"])
    assert len({*titles(first), *titles(second)}) == 13


def test_a_page_token_is_opaque_and_must_be_escaped(world):
    token = search(world, page_size="5")["next_page_token"]
    assert {"+", "/", "="} <= set(token)


@pytest.mark.parametrize("payload", [b"[3,1]", b"[[1,2,3],1]", b'[["a",2],1]', b"not json"])
def test_a_token_of_another_kind_is_refused(world, payload):
    token = base64.b64encode(b"\xfb\xff\xbf" + payload).decode()
    assert refusal(world, page_token=token) == 36009004


def test_strict_mode_refuses_a_token_with_other_filters():
    world = make_world({"strict": True})
    token = search(world, {"status": "ALL"}, page_size="5")["next_page_token"]
    assert refusal(world, {"status": "DRAFT"}, page_size="5", page_token=token) == 36009004


def test_nothing_past_ten_thousand_matches_is_paged(world, monkeypatch):
    monkeypatch.setattr("tiktoksync.sandbox.tiktok.products.MOST_PAGED", 10)
    token = search(world, page_size="10")["next_page_token"]
    assert refusal(world, page_size="10", page_token=token) == 12052180


@pytest.mark.parametrize("size", ["", "0", "101", "-1", "ten", "9" * 5000])
def test_a_page_size_out_of_bounds_is_refused(world, size):
    assert refusal(world, page_size=size) == 12019109


def test_the_ends_of_a_time_filter_belong_to_it(world):
    body = {"update_time_ge": FIRST + 3600, "update_time_le": FIRST + 7200}
    found = ["Trà Sen Tây Hồ – hộp thiếc 100 g", "Enamel Camp Mug 12 oz"]
    assert titles(search(world, body)) == found
    body = {"create_time_ge": FIRST + 3600, "create_time_le": FIRST + 7200}
    assert titles(search(world, body)) == found


def test_the_order_search_spelling_of_a_time_filter_has_no_effect(world):
    assert search(world, {"update_time_lt": FIRST})["total_count"] == 13


def test_a_sku_finds_its_product_with_all_its_skus(world):
    by_sku = one_by_sku(world, "TEE-BLK-M")
    skus = [sku["seller_sku"] for sku in by_sku["skus"]]
    assert skus == ["TEE-BLK-S", "TEE-BLK-M", "TEE-SND-L"]
    assert search(world, {"sku_ids": [by_sku["skus"][2]["id"]]})["products"] == [by_sku]


def test_the_status_of_a_product_comes_from_the_configuration():
    rows = demo_listings("USD")[:13]
    rows[0]["status"], rows[1]["status"] = "PENDING", "FAILED"
    world = make_world(us_shop(rows))
    (pending,) = search(world, {"status": "PENDING"})["products"]
    assert pending["title"] == "Everyday Cotton Tee"
    assert pending["audit"]["status"] == "AUDITING"
    assert titles(search(world, {"audit_status": ["FAILED"]})) == ["Enamel Camp Mug 12 oz"]
    assert search(world, {"status": "ACTIVATE"})["total_count"] == 11


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"status": "ACTIVE"}, 36009004),
        ({"seller_skus": "MUG-12"}, 36009004),
        ({"seller_skus": ["x"] * 11}, 12019027),
        ({"sku_ids": ["1"] * 11}, 12019087),
        ({"create_time_ge": "yesterday"}, 12019118),
        ({"update_time_le": -1}, 12019119),
    ],
)
def test_a_wrong_filter_is_refused_with_its_own_code(world, body, code):
    assert refusal(world, body) == code


def test_a_product_is_shown_whole(world):
    row = one_by_sku(world, "TEE-SND-L")
    status, envelope = call(world, "GET", DETAIL + row["id"])
    product = envelope["data"]
    assert (status, envelope["code"]) == (200, 0)
    same = ("id", "title", "status", "audit", "create_time", "update_time")
    assert [product[name] for name in same] == [row[name] for name in same]
    assert product["product_status"] == "ACTIVATE"
    assert product["brand"]["name"] == "Harbor & Pine"
    chain = product["category_chains"]
    names = [link["local_name"] for link in chain]
    assert names == ["Womenswear", "Women's Tops", "T-shirts"]
    assert [link["is_leaf"] for link in chain] == [False, False, True]
    assert chain[1]["parent_id"] == chain[0]["id"]
    assert product["category_chains"][0]["parent_id"] == "0"
    assert product["package_weight"] == {"unit": "KILOGRAM", "value": "0.18"}


def test_a_whole_product_names_the_options_of_each_sku(world):
    product_id = one_by_sku(world, "TEE-SND-L")["id"]
    small, medium, large = call(world, "GET", DETAIL + product_id)[1]["data"]["skus"]
    named = [(one["name"], one["value_name"]) for one in large["sales_attributes"]]
    assert named == [("Color", "Sand"), ("Size", "L")]
    color, other = (sku["sales_attributes"][0] for sku in (small, medium))
    assert (color["id"], color["value_id"]) == (other["id"], other["value_id"])
    assert color["value_id"] != large["sales_attributes"][0]["value_id"]
    price = {"currency": "USD", "sale_price": "19.50", "tax_exclusive_price": "19.50"}
    assert large["price"] == price


def test_a_product_without_options_has_no_sales_attributes(world):
    product_id = one_by_sku(world, "MUG-12")["id"]
    (sku,) = call(world, "GET", DETAIL + product_id)[1]["data"]["skus"]
    assert sku["sales_attributes"] == []


def test_an_unknown_product_and_a_foreign_one_are_told_apart(world):
    foreign = one_by_sku(world, "MUG-12", shop=VN)["id"]
    assert call(world, "GET", DETAIL + "1729000000000000000")[1]["code"] == 12052032
    assert call(world, "GET", DETAIL + foreign)[1]["code"] == 12052034


def test_the_gateway_guards_both_endpoints(world):
    product_id = one_by_sku(world, "MUG-12")["id"]
    for method, path in (("POST", SEARCH), ("GET", DETAIL + product_id)):
        body = {} if method == "POST" else None
        signed = call(world, method, path, body, sign="0" * 64, page_size="1")
        assert (signed[0], signed[1]["code"]) == (401, 106001)
        stranger = call(world, method, path, body, shop=(VN[0], US[1]), page_size="1")
        assert (stranger[0], stranger[1]["code"]) == (401, 101000)


def test_products_need_their_own_scope(world):
    world.tiktok.tokens[US[1]].grant.scopes.remove("seller.product.basic")
    status, envelope = call(world, "POST", SEARCH, {}, page_size="1")
    assert (status, envelope["code"]) == (403, 105005)


def test_the_endpoints_are_named_for_the_log_and_the_faults(world):
    world.faults.add({"action": "throttle", "operation": "product.search", "times": 1})
    assert call(world, "POST", SEARCH, {}, page_size="1")[0] == 429
    assert call(world, "POST", SEARCH, {}, page_size="1")[0] == 200


def test_a_wrong_method_is_refused(world):
    assert call(world, "GET", SEARCH, page_size="1")[1]["code"] == 36009010
    assert call(world, "PATCH", DETAIL + "1", {"title": "x"})[1]["code"] == 36009010
