"""The map of cancel reasons on the settings page: filled in, kept by line, told in the log."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from orders.models import SellerCancellation
from tests.factories import (
    ORDER_ID,
    Pair,
    make_cancellation,
    make_shop,
    set_columns,
    stored_order,
    synced_order,
)
from tests.fake_aftersales import BUYER_ASKED, OUT_OF_STOCK
from tests.web.conftest import browser
from tests.web.reading import elements_of, rows_of, text_of
from tiktoksync.shops.models import CancelReasonMapping, SettingsChange, TikTokShop

PAGE = "/settings/aftersales/"
SAVE = "/settings/cancel-reasons/749Anna/"
WRONG_PRICE = "seller_cancel_reason_wrong_price"
DEFAULTS = {
    "whom:BUYER": "CUSTOMER",
    "whom:SELLER": "OTHER",
    "whom:SYSTEM": "OTHER",
    "shopify:CUSTOMER": "buyer_requested_cancellation",
    "shopify:INVENTORY": "out_of_stock",
    "shopify:FRAUD": "out_of_stock",
    "shopify:DECLINED": "out_of_stock",
    "shopify:STAFF": "out_of_stock",
    "shopify:OTHER": "out_of_stock",
}


def filled_in(answer: Any) -> dict[str, str]:
    """What each line of the map says, as a browser would send it."""
    found, name, first = {}, "", False
    for each in elements_of(answer):
        if ":" in each.get("name", "") and each.get("type") is None:
            name, first = each["name"], True
        elif name and set(each) <= {"value", "selected"} and "value" in each:
            if first or "selected" in each:
                found[name] = each["value"]
            first = False
        elif name:
            name = ""
    return found


def stored(shop: TikTokShop) -> set[tuple[str, str, str]]:
    rows = CancelReasonMapping.objects.filter(shop=shop)
    return set(rows.values_list("kind", "reason", "becomes"))


def cancelled(shop: TikTokShop, number: int, reason: str) -> None:
    make_cancellation(stored_order(shop, f"57646141303878000{number}"), reason=reason)


def test_the_page_is_filled_in_with_what_happens_today(pair: Pair, anna: Client) -> None:
    assert filled_in(anna.get(PAGE)) == DEFAULTS


def test_reasons_seen_in_the_shops_orders_stand_there(
    pair: Pair, strangers: Pair, anna: Client
) -> None:
    for number, reason in enumerate(("No longer needed", "no longer  needed", "Pricing error", "")):
        cancelled(pair.shop, number, reason)
    second = make_shop(pair.merchant, pair.store, "749Second")
    cancelled(second, 8, "Seen elsewhere")
    cancelled(strangers.shop, 9, "Seen by Ben")
    answer = anna.get(PAGE, {"shop": "749Anna"})
    words = {name: value for name, value in filled_in(answer).items() if name.startswith("words:")}
    assert list(words.values()) == ["", ""]
    assert {name.casefold() for name in words} == {"words:no longer needed", "words:pricing error"}
    assert "Seen" not in text_of(answer)
    lines = {row[0]: row[-1] for row in rows_of(answer) if len(row) == 3}
    assert {words.casefold(): count for words, count in lines.items() if count} == {
        "no longer needed": "2",
        "pricing error": "1",
    }


def test_saving_the_page_as_it_is_changes_nothing(pair: Pair, anna: Client) -> None:
    cancelled(pair.shop, 1, "No longer needed")
    answer = anna.post(SAVE, filled_in(anna.get(PAGE)), follow=True)
    assert "No cancel reason was changed." in text_of(answer)
    assert answer.redirect_chain == [(f"{PAGE}?shop=749Anna#cancel-reasons", 302)]
    assert (stored(pair.shop), SettingsChange.objects.count()) == (set(), 0)


def test_lines_are_kept_shown_and_told_in_the_log(pair: Pair, anna: Client) -> None:
    cancelled(pair.shop, 1, "No longer needed")
    sent = filled_in(anna.get(PAGE)) | {
        "words:No longer needed": "INVENTORY",
        "whom:SELLER": "STAFF",
        "shopify:FRAUD": "address_not_deliver",
    }
    answer = anna.post(SAVE, sent, follow=True)
    assert "Saved the cancel reasons." in text_of(answer)
    assert stored(pair.shop) == {
        ("words", "No longer needed", "INVENTORY"),
        ("whom", "SELLER", "STAFF"),
        ("shopify", "FRAUD", "address_not_deliver"),
    }
    assert filled_in(anna.get(PAGE)) == sent
    line = SettingsChange.objects.get()
    assert (line.section, line.who, line.shop) == ("aftersales", "anna", pair.shop)
    assert [(one["label"], one["from"], one["to"]) for one in line.changes] == [
        ("Cancel reason “No longer needed”", "By who cancelled", "Items are not in stock"),
        (
            "Cancel reason “Any other, cancelled by you on TikTok”",
            "Other",
            "A mistake of the staff",
        ),
        (
            "Cancel reason “The order is fraudulent”",
            "Out of stock",
            "Unable to deliver to the buyer's address",
        ),
    ]


def test_a_line_goes_back_to_its_default(pair: Pair, anna: Client) -> None:
    for kind, reason, becomes in (
        ("words", "No longer needed", "INVENTORY"),
        ("whom", "BUYER", "STAFF"),
        ("shopify", "FRAUD", "wrong_price"),
    ):
        CancelReasonMapping.objects.create(
            shop=pair.shop, kind=kind, reason=reason, becomes=becomes
        )
    anna.post(SAVE, DEFAULTS | {"words:No longer needed": ""})
    assert stored(pair.shop) == set()
    assert len(SettingsChange.objects.get().changes) == 3


def test_a_reason_is_added_by_its_words_once(pair: Pair, anna: Client) -> None:
    anna.post(SAVE, {"new_reason": "  Found it  cheaper ", "new_becomes": "CUSTOMER"})
    assert stored(pair.shop) == {("words", "Found it cheaper", "CUSTOMER")}
    anna.post(SAVE, {"new_reason": "FOUND it cheaper", "new_becomes": "FRAUD"})
    assert stored(pair.shop) == {("words", "Found it cheaper", "FRAUD")}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"whom:BUYER": "BECAUSE"}, "cannot become that"),
        ({"whom:BUYER": ""}, "cannot become that"),
        ({"whom:NOBODY": "OTHER"}, "1 to 255 characters"),
        ({"shopify:FRAUD": "CUSTOMER"}, "cannot become that"),
        ({"shopify:NONSENSE": "out_of_stock"}, "1 to 255 characters"),
        ({"nonsense:x": "OTHER"}, "1 to 255 characters"),
        ({"words:": "OTHER"}, "1 to 255 characters"),
        ({"new_reason": "x" * 256, "new_becomes": "OTHER"}, "1 to 255 characters"),
        ({"new_reason": "Fine", "new_becomes": "out_of_stock"}, "cannot become that"),
    ],
)
def test_one_wrong_line_and_nothing_is_saved(
    pair: Pair, anna: Client, wrong: dict[str, str], said: str
) -> None:
    words = text_of(anna.post(SAVE, {"whom:SELLER": "STAFF"} | wrong, follow=True))
    assert said in words
    assert "Nothing was saved." in words
    assert (stored(pair.shop), SettingsChange.objects.count()) == (set(), 0)


def test_neither_a_viewer_nor_a_stranger_maps_anything(pair: Pair, strangers: Pair) -> None:
    sent = {"whom:BUYER": "FRAUD"}
    viewer = browser("vera", pair.merchant, "viewer")
    assert viewer.post(SAVE, sent).status_code == 403
    assert filled_in(viewer.get(PAGE)) == DEFAULTS
    assert "Save the reasons" not in text_of(viewer.get(PAGE))
    assert browser("ben2", strangers.merchant).post(SAVE, sent).status_code == 404
    assert CancelReasonMapping.objects.count() == 0


def test_an_operator_maps_for_one_shop_alone(pair: Pair) -> None:
    second = make_shop(pair.merchant, pair.store, "749Second")
    browser("olaf", pair.merchant, "operator").post(SAVE, {"whom:BUYER": "FRAUD"})
    assert stored(pair.shop) == {("whom", "BUYER", "FRAUD")}
    assert stored(second) == set()


# --- on the order --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "chosen"), [("", BUYER_ASKED), ("wrong_price", WRONG_PRICE), ("odd", BUYER_ASKED)]
)
def test_the_order_offers_the_mapped_reason_first(
    pair: Pair, anna: Client, wish: str, chosen: str
) -> None:
    names = (WRONG_PRICE, OUT_OF_STOCK, BUYER_ASKED)
    row = SellerCancellation.objects.create(
        order=synced_order(pair.shop),
        shopify_reason="CUSTOMER",
        reasons=[{"name": name, "text": name} for name in names],
    )
    set_columns(row, sync_status="held", wait_reason="choose_reason")
    if wish:
        pair.shop.cancel_reasons.create(kind="shopify", reason="CUSTOMER", becomes=wish)
    options = elements_of(anna.get(f"/orders/{ORDER_ID}/"), "option")
    assert [one["value"] for one in options if "selected" in one] == [chosen]


def test_what_tiktok_has_offered_can_be_wished_for(pair: Pair, anna: Client) -> None:
    SellerCancellation.objects.create(
        order=synced_order(pair.shop),
        reasons=[{"name": "seller_cancel_reason_store_closed", "text": "Store closed"}],
    )
    anna.post(SAVE, {"shopify:STAFF": "store_closed"})
    assert stored(pair.shop) == {("shopify", "STAFF", "store_closed")}
    SellerCancellation.objects.all().delete()
    assert filled_in(anna.get(PAGE))["shopify:STAFF"] == "store_closed"
