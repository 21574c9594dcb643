"""Import runs: the preview sorts and changes nothing, the work hands over, links and follows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from orders.models import Order
from products.models import (
    Link,
    Listing,
    ListingSku,
    Product,
    ProductImport,
    RemovedLink,
    Variant,
)
from products.services.rules import product_rules
from tests.factories import (
    Pair,
    make_pair,
    make_variant,
    seconds_from_now,
    set_columns,
    stored_order,
)
from tests.fakes import FakeShopify, FakeTikTok, Wakes
from tests.orders.data import build
from tests.products.services.import_stage import (
    PRODUCT_ID,
    add_listing,
    finish,
    import_all,
    items,
    links,
    preview,
    sku_body,
    the_row,
    work_imports,
    work_runs,
)
from tiktoksync.errors import Gone, NotAuthorized, Rejected, Unreachable
from tiktoksync.runs.models import Run
from tiktoksync.runs.services import runs

READY = ("waiting", "ready")
WRITES = ("set_product", "define_product_id")


@pytest.fixture(autouse=True)
def read_store(pair: Pair) -> None:
    """The store's catalogue has been read: titles are known here."""
    set_columns(pair.store, variants_read_at=timezone.now())
    pair.shop.store.refresh_from_db()


def ids(count: int) -> list[str]:
    return [f"17290000000000{n:05d}" for n in range(100, 100 + count)]


def wrote(shopify: FakeShopify) -> list[str]:
    return [name for name in shopify.called() if name in WRITES]


# --- preview -------------------------------------------------------------------------------------


def test_a_preview_sorts_every_listing_and_writes_nothing(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    new, same, priceless, frozen, foreign, titled = ids(6)
    shopify.add_variant("SKU-101", 71)
    add_listing(pair, tiktok, new)
    add_listing(pair, tiktok, same)
    add_listing(pair, tiktok, priceless, sku_body("p1", "P1", "0"))
    add_listing(pair, tiktok, frozen, status="FREEZE")
    add_listing(pair, tiktok, foreign, sku_body("f1", "F1", "72000", currency="VND"))
    add_listing(pair, tiktok, titled, title="  Old  Mug ")
    Product.objects.create(store=pair.store, shopify_product_id="gid://1", title="old mug")
    run = preview(pair)
    assert (run.status, run.total, run.left) == ("ready", 6, 2)
    assert items(run) == {
        "100": READY,
        "101": ("waiting", "link_sku"),
        "102": ("skipped", "no_price"),
        "103": ("skipped", "listing_frozen"),
        "104": ("skipped", "currency_mismatch"),
        "105": ("skipped", "possible_duplicate_title"),
    }
    assert wrote(shopify) == []
    assert not ProductImport.objects.exists()
    assert not Link.objects.exists()


def test_an_item_has_a_title_words_and_what_helps(pair: Pair, tiktok: FakeTikTok) -> None:
    add_listing(pair, tiktok, PRODUCT_ID, sku_body("s1", "M-1", ""), title="Chai Xịt")
    item = preview(pair).items.get()
    assert (item.title, item.words) == ("Chai Xịt", "These SKUs have no price: M-1.")
    assert item.facts == {
        "skus": 1,
        "issues": [
            {
                "code": "no_price",
                "words": "These SKUs have no price: M-1.",
                "fix": "Give them a price on TikTok.",
            }
        ],
    }


def test_a_long_preview_goes_in_pieces_and_asks_25_skus_at_a_time(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    for number in ids(60):
        add_listing(pair, tiktok, number)
    run = preview(pair)
    assert (run.status, run.total, run.cursor["expected"]) == ("ready", 60, 60)
    asked = [len(skus) for (skus,) in shopify.arguments("find_variants")]
    assert asked == [25, 25, 10]
    assert shopify.count("find_variants_by_barcode") == 0
    assert tiktok.called() == []


def test_details_that_were_not_read_are_read(pair: Pair, tiktok: FakeTikTok) -> None:
    listing = add_listing(pair, tiktok)
    set_columns(listing, detail_read_at=None, description_html="", images=[])
    ListingSku.objects.update(price=None)
    run = preview(pair)
    assert items(run) == {"001": READY}
    assert tiktok.called() == ["get_product"]
    listing.refresh_from_db()
    assert (listing.description_html, listing.skus.get().price) == ("<p>Nice</p>", Decimal("9.90"))


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (Gone("The product is no longer on TikTok."), "listing_gone"),
        (Rejected("TikTok refused it."), "unreadable"),
    ],
)
def test_details_that_cannot_be_read_hold_up_nothing(
    pair: Pair, tiktok: FakeTikTok, error: Exception, cause: str
) -> None:
    first, second = ids(2)
    set_columns(add_listing(pair, tiktok, first), detail_wanted_at=timezone.now())
    add_listing(pair, tiktok, second)
    tiktok.fail("get_product", error)
    assert items(preview(pair)) == {"100": ("skipped", cause), "101": READY}


@pytest.mark.parametrize("side", ["shop", "store"])
def test_an_account_that_does_not_answer_is_waited_for(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify, side: str
) -> None:
    listing = add_listing(pair, tiktok)
    set_columns(listing, detail_wanted_at=timezone.now())
    platform, call = (tiktok, "get_product") if side == "shop" else (shopify, "find_variants")
    platform.fail(call, Unreachable("No answer."))
    run = preview(pair)
    assert (run.status, run.total) == ("preparing", 0)
    assert seconds_from_now(run.next_step_at) > 0
    account: Any = getattr(pair.refresh(), side)
    assert account.failures == 1
    type(account).objects.update(paused_until=None)
    Run.objects.update(next_step_at=timezone.now())
    work_runs(pair)
    assert items(run) == {"001": READY}
    account.refresh_from_db()
    assert account.failures == 0


def test_a_store_without_consent_is_waited_for(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    add_listing(pair, tiktok)
    shopify.fail("find_variants", NotAuthorized("Away.", account_reason="consent_lost"))
    assert preview(pair).status == "preparing"
    assert pair.refresh().store.auth_lost_at is not None


def test_titles_of_a_store_that_was_never_read_are_asked_for(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    set_columns(pair.store, variants_read_at=None)
    pair.shop.store.refresh_from_db()
    shopify.catalogue.add(5, title="MUG 100")
    for number in ids(2):
        add_listing(pair, tiktok, number)
    run = preview(pair)
    assert items(run) == {"100": ("skipped", "possible_duplicate_title"), "101": READY}
    assert shopify.arguments("find_titles") == [("Mug 100",), ("Mug 101",)]


def test_equal_titles_do_not_matter_when_a_person_says_so(pair: Pair, tiktok: FakeTikTok) -> None:
    add_listing(pair, tiktok)
    Product.objects.create(store=pair.store, shopify_product_id="gid://1", title="Mug 001")
    assert items(preview(pair)) == {"001": ("skipped", "possible_duplicate_title")}
    assert items(preview(pair, force=True)) == {"001": READY}


def test_of_two_listings_with_one_sku_the_first_is_imported(pair: Pair, tiktok: FakeTikTok) -> None:
    first, second = ids(2)
    add_listing(pair, tiktok, first, sku_body("a", "SAME"))
    add_listing(pair, tiktok, second, sku_body("b", "same "))
    assert items(preview(pair)) == {"100": READY, "101": ("skipped", "shared_sku")}
    assert items(preview(pair, second)) == {"101": READY}, "chosen by itself"


def test_linked_listings_are_not_asked_about(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    whole, part = ids(2)
    add_listing(pair, tiktok, whole, sku_body("a", "A"))
    add_listing(pair, tiktok, part, sku_body("b", "B"), sku_body("c", "C"))
    variant = make_variant(pair.store)
    for sku_id in ("a", "b"):
        Link.objects.create(shop=pair.shop, tiktok_sku_id=sku_id, variant=variant, origin="by_hand")
    run = preview(pair)
    assert items(run) == {"100": ("skipped", "already_linked"), "101": ("skipped", "partly_linked")}
    assert shopify.called() == []


def test_another_shops_listings_stay_out(pair: Pair, tiktok: FakeTikTok) -> None:
    ben = make_pair("Ben")
    add_listing(ben, tiktok, ids(1)[0])
    add_listing(pair, tiktok)
    assert items(preview(pair)) == {"001": READY}


# --- the work ------------------------------------------------------------------------------------


def test_an_import_creates_links_and_ends(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    anna = get_user_model().objects.create(username="anna")
    add_listing(pair, tiktok, PRODUCT_ID, sku_body("s1", "M-1"))
    run = import_all(pair, user=anna)
    assert (run.status, run.done, run.failed, run.skipped) == ("finished", 1, 0, 0)
    item = run.items.get()
    assert (item.state, item.cause, item.words) == (
        "done",
        "created",
        "Mug 001: 1 of 1 SKUs linked.",
    )
    (product,) = shopify.catalogue.products.values()
    assert item.facts == {"skus": 1, "issues": [], "shopify_product_id": product["id"]}
    assert links(pair) == {"s1": (product["variants"][0]["id"], "imported")}
    assert Link.objects.get().created_by == anna


def test_what_shopify_has_is_linked_and_nothing_is_written_there(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    product_rules(pair.shop)
    shopify.add_variant("M-1", 71)
    shopify.add_variant("M-2", 72)
    skus = (sku_body("s1", "m-1 "), sku_body("s2", "M-2"))
    add_listing(pair, tiktok, PRODUCT_ID, *skus)
    order = stored_order(pair.shop, "1", lines=[build.unit("11", "M", sku_id="s1")])
    set_columns(order, sync_status="failed", failure_kind="config", failure_code="sku_unlinked")
    run = import_all(pair)
    assert items(run) == {"001": ("done", "linked")}
    assert links(pair) == {
        "s1": ("gid://shopify/ProductVariant/71", "imported"),
        "s2": ("gid://shopify/ProductVariant/72", "imported"),
    }
    assert (wrote(shopify), ProductImport.objects.count()) == ([], 0)
    assert Variant.objects.get(shopify_variant_id__endswith="/71").inventory_item_id
    assert Order.objects.get(pk=order.pk).sync_status == "pending", "it waited for that SKU"


def test_by_rule_what_shopify_has_is_left_out(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    set_columns(product_rules(pair.shop), import_on_duplicate="skip")
    pair.refresh()
    shopify.add_variant("SKU-001", 71)
    add_listing(pair, tiktok)
    run = preview(pair)
    assert items(run) == {"001": ("skipped", "duplicate_sku")}
    assert links(pair) == {}


def test_skus_that_only_look_alike_are_not_the_same(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    shopify.add_variant("SKU-001-XL", 71)
    add_listing(pair, tiktok)
    assert items(preview(pair)) == {"001": READY}


@pytest.mark.parametrize(("minutes", "cause"), [(0, "link_sku"), (60, "ready")])
def test_what_was_read_a_moment_ago_stands_beside_the_search(
    pair: Pair, tiktok: FakeTikTok, minutes: int, cause: str
) -> None:
    """The index of a search lags behind; an older reading may be of what is gone by now."""
    set_columns(product_rules(pair.shop), auto_link=False)
    variant = make_variant(pair.store, "SKU-001", 71)
    set_columns(variant, seen_at=timezone.now() - timedelta(minutes=minutes))
    add_listing(pair.refresh(), tiktok)
    assert items(preview(pair)) == {"001": ("waiting", cause)}


def test_what_was_taken_apart_is_not_linked_again(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    variant = make_variant(pair.store, "SKU-001", 71)
    shopify.add_variant("SKU-001", 71)
    set_columns(product_rules(pair.shop), auto_link=False)
    add_listing(pair.refresh(), tiktok)
    sku_id = f"{PRODUCT_ID}1"
    RemovedLink.objects.create(
        shop=pair.shop, tiktok_sku_id=sku_id, variant=variant, origin="same_sku"
    )
    assert items(preview(pair)) == {"001": ("skipped", "duplicate_sku")}


def test_a_barcode_finds_what_has_no_sku(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    made = shopify.catalogue.add(5, {"sku": "OTHER", "barcode": "4006381333931"})
    add_listing(pair, tiktok, PRODUCT_ID, sku_body("s1", "", barcode="4006381333931"))
    run = import_all(pair)
    assert items(run) == {"001": ("done", "linked")}
    assert links(pair) == {"s1": (made["variants"][0]["id"], "imported")}


def test_what_changed_since_the_preview_is_seen(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    first, second, third = ids(3)
    add_listing(pair, tiktok, first)
    add_listing(pair, tiktok, second)
    add_listing(pair, tiktok, third)
    run = preview(pair)
    assert run.left == 3
    Listing.objects.filter(tiktok_product_id=first).update(status="FREEZE")
    Listing.objects.filter(tiktok_product_id=second).update(gone_at=timezone.now())
    shopify.add_variant("SKU-102", 71)
    runs.start_run(run)
    run = finish(pair, run)
    assert items(run) == {
        "100": ("skipped", "listing_frozen"),
        "101": ("skipped", "listing_gone"),
        "102": ("done", "linked"),
    }
    assert (run.status, wrote(shopify)) == ("finished", [])


def test_a_refusal_is_told_in_words_and_can_be_tried_again(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    add_listing(pair, tiktok)
    shopify.fail("set_product", Rejected("Shopify does not take it.", code="VARIANTS_OVER_LIMIT"))
    run = import_all(pair)
    item = run.items.get()
    assert (run.status, run.failed) == ("finished", 1)
    assert (item.state, item.cause) == ("failed", "VARIANTS_OVER_LIMIT")
    assert item.words == "Shopify does not take it."
    assert item.facts["issues"][0]["words"] == "Shopify does not take it."
    runs.retry_run(run)
    run = finish(pair, run)
    assert (run.status, items(run)) == ("finished", {"001": ("done", "created")})
    assert run.items.get().facts["issues"] == []
    assert len(shopify.catalogue.products) == 1


def test_a_cancelled_run_creates_nothing_more_and_can_go_on(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    add_listing(pair, tiktok)
    run = preview(pair)
    runs.start_run(run)
    work_runs(pair)
    runs.cancel_run(run)
    work_imports(pair)
    row = the_row()
    assert (row.sync_status, row.skip_reason) == ("skipped", "cancelled")
    assert shopify.count("set_product") == 0
    runs.retry_run(run)
    for _ in range(2):
        run = finish(pair, run)
    assert items(run) == {"001": ("done", "created")}
    assert len(shopify.catalogue.products) == 1


def test_a_run_that_is_cancelled_during_a_step_hands_nothing_over(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    add_listing(pair, tiktok)
    run = preview(pair)
    runs.start_run(run)

    def cancel() -> None:
        runs.cancel_run(Run.objects.get(pk=run.pk))

    shopify.during("find_variants", cancel)
    work_runs(pair)
    assert not ProductImport.objects.exists()
    assert items(run) == {"001": READY}


def test_many_are_handed_over_in_batches(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    for number in ids(45):
        add_listing(pair, tiktok, number)
    run = import_all(pair)
    assert (run.status, run.done) == ("finished", 45)
    assert len(shopify.catalogue.products) == 45
    assert Link.objects.filter(origin="imported").count() == 45


def test_the_lane_of_the_store_is_woken(pair: Pair, tiktok: FakeTikTok, wakes: Wakes) -> None:
    add_listing(pair, tiktok)
    run = preview(pair)
    runs.start_run(run)
    wakes.lanes.clear()
    work_runs(pair)
    assert ("import_products", pair.store.pk) in wakes.lanes


# --- again ---------------------------------------------------------------------------------------


def test_an_import_asked_again_finds_it_linked(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    add_listing(pair, tiktok)
    import_all(pair)
    assert items(preview(pair)) == {"001": ("skipped", "already_linked")}
    assert shopify.count("set_product") == 1


def test_an_import_that_was_unlinked_is_not_made_again(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    add_listing(pair, tiktok)
    import_all(pair)
    Link.objects.all().delete()
    assert items(preview(pair)) == {"001": ("skipped", "already_imported")}
    assert shopify.count("set_product") == 1


def test_a_product_deleted_in_shopify_may_be_imported_again(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    add_listing(pair, tiktok)
    import_all(pair)
    Link.objects.all().delete()
    ago = timezone.now() - timedelta(hours=1)
    Product.objects.update(gone_at=ago)
    Variant.objects.update(gone_at=ago)
    shopify.catalogue.products.clear()
    run = import_all(pair)
    assert items(run) == {"001": ("done", "created")}
    assert len(shopify.catalogue.products) == 1
    assert the_row().shopify_product_id in shopify.catalogue.products
