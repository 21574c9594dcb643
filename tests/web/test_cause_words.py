"""A cause has the same words on the list, on home and on the order's page: the catalogue's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.home_numbers import list_causes
from orders.list_words import cause_title, causes_of
from orders.models import Order
from orders.policy_reasons import BlockReason, sentence
from tests.factories import Pair, set_columns, stored_order
from tests.web.reading import text_of
from tiktoksync.support.catalogue import changed
from tiktoksync.support.models import FailureEntry

LIST = "/orders/?tab=attention"


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    changed.forget()
    yield
    changed.forget()


def fail(pair: Pair, number: int, **columns: str) -> Order:
    order = stored_order(pair.shop, f"57646141303878{number:04}")
    columns = {"failure_kind": "config", "failure_code": "sku_unlinked", **columns}
    set_columns(order, sync_status="failed", **columns)
    return order


def unlinked(pair: Pair, number: int, sku: str) -> Order:
    return fail(pair, number, failure_reason=sentence(BlockReason.SKU_UNLINKED, skus=sku))


def test_list_home_and_detail_agree(pair: Pair, anna: Client) -> None:
    order = unlinked(pair, 1, "RED")
    unlinked(pair, 2, "BLUE")
    title = "Not linked to a Shopify product"
    assert [(one.title, one.count) for one in causes_of([pair.shop])] == [(title, 2)]
    assert [one.label for one in list_causes([pair.shop])] == [title]
    assert f"2 {title} Retry all 2" in text_of(anna.get(LIST))
    assert f"Cause {title}" in text_of(anna.get(f"{LIST}&cause=sku_unlinked"))
    assert f"{title}: RED." in text_of(anna.get(f"/orders/{order.tiktok_order_id}/"))


def test_staffs_words_stand_everywhere(pair: Pair, anna: Client) -> None:
    order = unlinked(pair, 1, "RED")
    FailureEntry.objects.create(
        key="orders/block/sku_unlinked",
        group="Orders",
        code="sku_unlinked",
        sentence="We do not know this article yet: {skus}. Link it.",
    )
    changed.forget()
    title = "We do not know this article yet"
    assert cause_title("sku_unlinked") == title
    assert f"1 {title}" in text_of(anna.get(LIST))
    assert title in text_of(anna.get("/"))
    assert f"{title}: RED." in text_of(anna.get(f"/orders/{order.tiktok_order_id}/"))


def test_what_only_its_kind_is_known_of_is_told_as_it_was_said(pair: Pair, anna: Client) -> None:
    fail(pair, 1, failure_kind="rejected", failure_code="ODD", failure_reason="No post code. Hm.")
    assert causes_of([pair.shop])[0].title == "No post code"
    assert list_causes([pair.shop])[0].label == "No post code"
    fail(pair, 2, failure_kind="rejected", failure_code="ODD", failure_reason="Odd street.")
    assert causes_of([pair.shop])[0].title == "Odd"
    assert cause_title("") == "No reason was given"


def test_a_code_of_two_kinds_is_one_cause(pair: Pair) -> None:
    for number, kind in enumerate(("rejected", "rejected", "exhausted")):
        fail(pair, number, failure_kind=kind, failure_code="ODD", failure_reason="No post code.")
    assert [(one.code, one.title, one.count) for one in causes_of([pair.shop])] == [
        ("ODD", "No post code", 3)
    ]


def test_more_causes_cost_no_more_queries(pair: Pair, anna: Client) -> None:
    def cost() -> int:
        changed.forget()
        with CaptureQueriesContext(connection) as asked:
            assert anna.get(LIST).status_code == 200
        return len(asked)

    unlinked(pair, 0, "RED")
    cost()
    before = cost()
    for number, reason in enumerate(BlockReason, start=1):
        fail(pair, number, failure_code=str(reason), failure_reason=sentence(reason))
    assert cost() == before
