"""Categories, attributes, brands and readiness: what is asked, what comes back."""

import json

import pytest

from tests.tiktok.test_client import client, mocked, reply, sent
from tiktoksync import errors
from tiktoksync.tiktok.category_calls import Category

__all__ = ["mocked"]

CHAIN = [
    {"id": "1", "name": "Home", "level": 1, "is_leaf": False},
    {"id": "2", "name": "Mugs", "is_leaf": True, "permission_statuses": ["AVAILABLE"]},
]


def test_reads_the_tree(mocked):
    rows = [{"id": "1", "parent_id": "0", "local_name": "Home", "is_leaf": False}]
    reply(mocked, {"categories": rows})
    assert client().categories(category_version="v2", locale="en-US").data == rows
    method, path, query, _ = sent(mocked)
    assert (method, path) == ("GET", "/product/202309/categories")
    assert (query["category_version"], query["locale"]) == ("v2", "en-US")


def test_empty_wishes_are_not_sent(mocked):
    reply(mocked, {"categories": []})
    client().categories()
    assert not {"category_version", "locale"} & sent(mocked)[2].keys()


def test_recommends_a_category_from_what_the_store_knows(mocked):
    reply(mocked, {"leaf_category_id": "2", "categories": CHAIN})
    found = (
        client()
        .recommend_category(
            title="Mug",
            description="d" * 3000,
            image_uris=["tos/1"],
            product_type="Drinkware",
            vendor="Acme",
            tags=["blue"],
            category_version="v2",
        )
        .data
    )
    method, path, _, body = sent(mocked)
    assert (method, path) == ("POST", "/product/202309/categories/recommend")
    assert json.loads(body) == {
        "product_title": "Mug",
        "description": "d" * 2000,
        "images": [{"uri": "tos/1"}],
        "origin_platform_product_type": "Drinkware",
        "origin_platform_vendor": "Acme",
        "origin_platform_tags": ["blue"],
        "category_version": "v2",
    }
    assert found == Category("2", ("Home", "Mugs"), True)
    assert found.name == "Mugs"


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["AVAILABLE"], True),
        ([], True),
        (None, True),
        (["INVITE_ONLY"], False),
        (["NON_MAIN_CATEGORY"], False),
        (["PROHIBITED", "AVAILABLE"], False),
    ],
    ids=str,
)
def test_a_closed_category_is_told(mocked, statuses: object, expected: bool):
    leaf = {"id": "2", "name": "Mugs", "permission_statuses": statuses}
    reply(mocked, {"leaf_category_id": "2", "categories": [CHAIN[0], leaf]})
    found = client().recommend_category(title="Mug").data
    assert found is not None
    assert found.is_available is expected


@pytest.mark.parametrize("code", [12052912, 12019064])
def test_no_recommendation_is_none(mocked, code: int):
    reply(mocked, None, code=code)
    answered = client().recommend_category(title="?")
    assert answered.data is None
    assert answered.request_id


def test_an_empty_recommendation_is_none(mocked):
    reply(mocked, {"leaf_category_id": "", "categories": []})
    assert client().recommend_category(title="?").data is None


def test_another_refusal_is_one(mocked):
    reply(mocked, None, code=12052262)
    with pytest.raises(errors.Rejected):
        client().recommend_category(title="杯")


def test_reads_attributes_and_rules_of_a_category(mocked):
    reply(mocked, {"attributes": [{"id": "100", "is_requried": True}]})
    assert client().category_attributes("2", category_version="v1").data[0]["is_requried"] is True
    method, path, query, _ = sent(mocked)
    assert (method, path) == ("GET", "/product/202309/categories/2/attributes")
    assert query["category_version"] == "v1"


def test_reads_the_rules_of_a_category(mocked):
    reply(mocked, {"size_chart": {"is_required": True}})
    assert client().category_rules("2").data == {"size_chart": {"is_required": True}}
    assert sent(mocked)[:2] == ("GET", "/product/202309/categories/2/rules")


def test_finds_brands_by_name(mocked):
    row = {"id": "9", "name": "Acme", "authorized_status": "UNAUTHORIEZD"}
    reply(mocked, {"brands": [row], "next_page_token": "n", "total_count": 300})
    page = client().brands(name="ac", category_id="2", page_token="a", page_size=50).data
    method, path, query, _ = sent(mocked)
    assert (method, path) == ("GET", "/product/202309/brands")
    assert {name: query[name] for name in ("brand_name", "category_id", "page_token")} == {
        "brand_name": "ac",
        "category_id": "2",
        "page_token": "a",
    }
    assert query["page_size"] == "50"
    assert (page.brands, page.next_page_token, page.total_count) == ((row,), "n", 300)


def test_reads_what_the_shop_still_lacks(mocked):
    rows = [{"check_item": "BANk_ACCOUNT", "is_failed": True, "fail_reasons": ["none"]}]
    reply(mocked, {"check_results": rows})
    assert client().prerequisites().data == rows
    assert sent(mocked)[:2] == ("GET", "/product/202312/prerequisites")
