"""Reading the parts of Shopify's answers: exact, and tolerant of what may be missing."""

from decimal import Decimal

import pytest

from tiktoksync import errors
from tiktoksync.shopify import payloads
from tiktoksync.shopify.payloads import CreatedLine, CreatedOrder, Page


def test_reads_a_created_order_with_all_an_answer_may_hold():
    row = {
        "id": "gid://shopify/Order/1",
        "legacyResourceId": "1",
        "name": "#1",
        "totalPriceSet": {"shopMoney": {"amount": "20.0", "currencyCode": "USD"}},
        "lineItems": {
            "nodes": [
                {
                    "id": "l1",
                    "sku": None,
                    "quantity": 2,
                    "customAttributes": [{"key": "_tiktok_line_item_ids", "value": "77,78"}],
                }
            ]
        },
    }
    assert payloads.created_order(row) == CreatedOrder(
        "gid://shopify/Order/1",
        "1",
        "#1",
        Decimal("20.0"),
        "USD",
        (CreatedLine("l1", "", 2, {"_tiktok_line_item_ids": "77,78"}),),
    )


@pytest.mark.parametrize(
    "raw", [None, {}, [], "5", {"shopMoney": None}, {"shopMoney": {"amount": "a lot"}}]
)
def test_an_unknown_amount_is_none_and_not_zero(raw: object):
    assert payloads.money(raw) == (None, "")


@pytest.mark.parametrize(
    ("raw", "after", "expected"),
    [
        (None, "", Page()),
        ([], "", Page()),
        ({"nodes": None}, "", Page()),
        ({"nodes": [{"id": 1}, None, "x"]}, "", Page([{"id": 1}])),
        (
            {"nodes": [{"id": 1}], "pageInfo": {"hasNextPage": True, "endCursor": "c"}},
            "",
            Page([{"id": 1}], "c"),
        ),
        (
            {"nodes": [{"id": 1}], "pageInfo": {"hasNextPage": False, "endCursor": "c"}},
            "",
            Page([{"id": 1}]),
        ),
        (
            {"nodes": [{"id": 1}], "pageInfo": {"hasNextPage": True, "endCursor": "c"}},
            "c",
            Page([{"id": 1}]),
        ),
        ({"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": "c"}}, "", Page()),
    ],
)
def test_a_page_goes_on_only_when_it_leads_somewhere(raw: object, after: str, expected: Page):
    assert payloads.page(raw, after) == expected


@pytest.mark.parametrize("raw", [None, {}, "x", []])
def test_missing_attributes_are_none(raw: object):
    assert payloads.attributes(raw) == {}


def test_an_incomplete_answer_is_named_by_what_it_means():
    assert type(payloads.incomplete("x", "R1", safe=True)) is errors.Unreachable
    unknown = payloads.incomplete("orderCreate", "R1", safe=False)
    assert type(unknown) is errors.OutcomeUnknown
    assert (unknown.detail, unknown.request_id) == ("orderCreate", "R1")
