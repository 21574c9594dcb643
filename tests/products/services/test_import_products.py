"""import_products: exactly one product for each listing, set once and never touched again."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from products.models import Link, Location, Product, ProductImport, Variant
from products.services.import_products import ImportProducts
from products.services.links import make_link, remove_link
from products.services.rules import product_rules
from products.services.store_products import store_products
from tests.factories import Pair, make_variant, seconds_from_now, set_columns
from tests.fakes import FakeShopify, FakeTikTok, Wakes
from tests.products.services.import_stage import (
    PRODUCT_ID,
    add_listing,
    finish,
    items,
    links,
    preview,
    sku_body,
    the_row,
    work_imports,
    work_runs,
)
from tiktoksync.errors import (
    ConfigError,
    NotAuthorized,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unreachable,
)
from tiktoksync.runs.models import Run
from tiktoksync.runs.services import runs
from tiktoksync.shopify.payloads import MetafieldDefinition
from tiktoksync.sync import leases
from tiktoksync.sync.attempts import claim, perform, record
from tiktoksync.sync.models import Attempt
from tiktoksync.sync.recovery import recover

UNCLEAR = OutcomeUnknown("Shopify did not give a clear answer.", code="http_502")
TAKEN = Rejected(
    "Shopify refused it: Value has already been taken.", field="input.metafields.0.value"
)
SHOP = "gid://shopify/Location/1"
CALLS = ["product_by_custom_id", "set_product"]


@pytest.fixture(autouse=True)
def read_store(pair: Pair) -> None:
    """Everything a store needs for imports was seen to before."""
    now = timezone.now()
    set_columns(pair.store, variants_read_at=now, product_id_definition_at=now)
    pair.shop.store.refresh_from_db()
    Location.objects.create(store=pair.store, shopify_location_id=SHOP, name="Shop")


def handed_over(pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify, *skus: Any) -> Run:
    """A listing on its way to Shopify; the calls of the checks are forgotten."""
    add_listing(pair, tiktok, PRODUCT_ID, *skus)
    run = preview(pair)
    runs.start_run(run)
    work_runs(pair)
    assert the_row().sync_status == "pending"
    shopify.calls.clear()
    return run


def later(pair: Pair, seconds: float = 61) -> None:
    """Let waiting rows come nearer, and work."""
    for row in ProductImport.objects.exclude(next_attempt_at=None):
        assert row.next_attempt_at is not None
        set_columns(row, next_attempt_at=row.next_attempt_at - timedelta(seconds=seconds))
    ProductImport.objects.exclude(claimed_until=None).update(claimed_until=timezone.now())
    type(pair.store).objects.update(paused_until=None)
    work_imports(pair)


def the_product(shopify: FakeShopify) -> dict[str, Any]:
    (product,) = shopify.catalogue.products.values()
    found: dict[str, Any] = product
    return found


# --- success -------------------------------------------------------------------------------------


def test_a_listing_becomes_a_product_with_two_calls(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify, wakes: Wakes
) -> None:
    red = sku_body("s1", "M-R", options={"Color": "Red"})
    blue = sku_body("s2", options={"Color": "Blue"}, inventory=[])
    handed_over(pair, tiktok, shopify, red, blue)
    wakes.lanes.clear()
    work_imports(pair)
    assert shopify.called() == CALLS
    assert shopify.arguments("product_by_custom_id") == [(PRODUCT_ID,)]
    (told, custom_id) = shopify.arguments("set_product")[0]
    assert custom_id == PRODUCT_ID
    assert [one["price"] for one in told["variants"]] == ["9.90", "9.90"]
    assert told["variants"][0]["inventoryQuantities"] == [
        {"locationId": SHOP, "name": "available", "quantity": 5}
    ]
    assert "inventoryQuantities" not in told["variants"][1], "TikTok says nothing of its stock"
    product, row = the_product(shopify), the_row()
    assert (row.sync_status, row.shopify_product_id) == ("synced", product["id"])
    assert row.was_found is False
    assert row.sent_at is not None
    assert links(pair) == {
        "s1": (product["variants"][0]["id"], "imported"),
        "s2": (product["variants"][1]["id"], "imported"),
    }
    stored = Product.objects.get(store=pair.store)
    assert (stored.title, stored.status) == ("Mug 001", "DRAFT")
    assert stored.wanted_at is not None, "its pictures are read once Shopify has fetched them"
    assert ("pull_variants", pair.store.pk) in wakes.lanes
    assert set(Variant.objects.values_list("sku", flat=True)) == {"M-R", "SKU-1002"}


def test_the_second_pass_has_nothing_to_do(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    handed_over(pair, tiktok, shopify)
    work_imports(pair)
    later(pair)
    assert shopify.called() == CALLS


def test_the_shops_rules_are_followed(pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify) -> None:
    Location.objects.create(store=pair.store, shopify_location_id="gid://2", name="Cellar")
    set_columns(
        product_rules(pair.shop),
        import_status="ACTIVE",
        import_vendor="Ours",
        import_type="Cup",
        import_tags=["TikTok", "new"],
        import_location_id="gid://2",
    )
    handed_over(pair, tiktok, shopify)
    work_imports(pair)
    told, _ = shopify.arguments("set_product")[0]
    assert (told["status"], told["vendor"], told["productType"]) == ("ACTIVE", "Ours", "Cup")
    assert told["tags"] == ["TikTok", "new"]
    assert told["variants"][0]["inventoryQuantities"][0]["locationId"] == "gid://2"


def test_without_stock_by_rule(pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify) -> None:
    set_columns(product_rules(pair.shop), import_stock=False, import_location_id="gid://gone")
    handed_over(pair, tiktok, shopify)
    work_imports(pair)
    told, _ = shopify.arguments("set_product")[0]
    assert "inventoryQuantities" not in told["variants"][0]


def test_a_product_with_more_variants_than_an_answer_holds_is_linked_whole(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    skus = [sku_body(f"s{n}", f"V-{n}", options={"Size": str(n)}) for n in range(120)]
    handed_over(pair, tiktok, shopify, *skus)

    real = shopify.catalogue.add

    def add(*args: Any, **fields: Any) -> dict[str, Any]:
        made = real(*args, **fields)
        return {**made, "variants": made["variants"][:100], "more_variants_after": "c"}

    shopify.catalogue.add = add  # type: ignore[method-assign]
    work_imports(pair)
    assert shopify.called() == [*CALLS, "product_by_custom_id"]
    row = the_row()
    assert (row.sync_status, row.was_found) == ("synced", False)
    assert Link.objects.filter(origin="imported").count() == 120


# --- nothing that is there is touched ------------------------------------------------------------


def test_a_product_of_an_import_that_was_forgotten_here_is_linked_and_not_set(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    made = shopify.catalogue.add(
        7, {"sku": "", "selectedOptions": [{"name": "Title", "value": "Default Title"}]}
    )
    made |= {"title": "My own words", "status": "ACTIVE", "descriptionHtml": "<p>Mine</p>"}
    shopify.catalogue.custom_ids[PRODUCT_ID] = made["id"]
    before = deepcopy(made)
    run = handed_over(pair, tiktok, shopify)
    work_imports(pair)
    assert shopify.called() == ["product_by_custom_id"]
    assert the_product(shopify) == before
    row = the_row()
    assert (row.sync_status, row.was_found, row.sent_at) == ("synced", True, None)
    assert links(pair) == {f"{PRODUCT_ID}1": (before["variants"][0]["id"], "imported")}
    assert items(finish(pair, run)) == {"001": ("done", "found")}


def test_what_cannot_be_matched_for_sure_is_left_to_the_merchant(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    small = {"sku": "A", "selectedOptions": [{"name": "Size", "value": "Small"}]}
    made = shopify.catalogue.add(7, small, {**small, "sku": "X"})
    shopify.catalogue.custom_ids[PRODUCT_ID] = made["id"]
    skus = (sku_body("s1", options={"Size": "S"}), sku_body("s2", options={"Size": "M"}))
    run = handed_over(pair, tiktok, shopify, *skus)
    work_imports(pair)
    assert links(pair) == {}
    item = finish(pair, run).items.get()
    assert (item.state, item.words) == ("done", "Product 7: 0 of 2 SKUs linked.")
    assert [issue["code"] for issue in item.facts["issues"]] == ["not_all_linked"]


def test_what_was_taken_apart_stays_apart(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    made = shopify.catalogue.add(7, {"sku": "SKU-001"})
    shopify.catalogue.custom_ids[PRODUCT_ID] = made["id"]
    handed_over(pair, tiktok, shopify)
    store_products(pair.store, [made])
    link = Link.objects.get()
    remove_link(link)
    work_imports(pair)
    assert (the_row().sync_status, links(pair)) == ("synced", {})


def test_a_link_that_the_mirror_made_first_comes_from_the_import(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    """The webhook of the new product may be quicker than the answer."""
    handed_over(pair, tiktok, shopify)

    def mirrored() -> None:
        store_products(pair.store, [the_product(shopify)])
        assert [origin for _, origin in links(pair).values()] == ["same_sku"]

    shopify.during("set_product", mirrored)
    work_imports(pair)
    assert [origin for _, origin in links(pair).values()] == ["imported"]


def test_a_link_made_by_hand_meanwhile_stays(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    handed_over(pair, tiktok, shopify)
    other, sku_id = make_variant(pair.store), f"{PRODUCT_ID}1"

    def link() -> None:
        make_link(pair.shop, sku_id, other, origin=Link.Origin.BY_HAND)

    shopify.during("product_by_custom_id", link)
    work_imports(pair)
    row = the_row()
    assert (row.sync_status, row.skip_reason) == ("skipped", "already_linked")
    assert shopify.called() == ["product_by_custom_id"]
    assert links(pair) == {f"{PRODUCT_ID}1": (other.shopify_variant_id, "by_hand")}


# --- unclear answers -----------------------------------------------------------------------------


def test_an_answer_that_is_lost_leaves_one_product(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    handed_over(pair, tiktok, shopify)
    shopify.fail("set_product", UNCLEAR, after_effect=True)
    work_imports(pair)
    row = the_row()
    assert (row.sync_status, row.in_doubt_since is not None) == ("pending", True)
    later(pair)
    row = the_row()
    assert (row.sync_status, row.was_found) == ("synced", False)
    assert shopify.called() == [*CALLS, "product_by_custom_id"]
    assert the_product(shopify)["id"] == row.shopify_product_id
    assert len(links(pair)) == 1


def test_only_after_three_misses_over_a_minute_it_is_set_again(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    handed_over(pair, tiktok, shopify)
    shopify.fail("set_product", UNCLEAR)
    work_imports(pair)
    waited = 0.0
    for miss in (1, 2):
        waited += max(seconds_from_now(the_row().next_attempt_at), 0)
        later(pair)
        assert (the_row().sync_status, the_row().lookup_misses) == ("pending", miss)
    waited += max(seconds_from_now(the_row().next_attempt_at), 0)
    assert waited >= 60
    later(pair)
    assert shopify.called() == [*CALLS, *["product_by_custom_id"] * 3, "set_product"]
    assert the_row().sync_status == "synced"
    assert len(shopify.catalogue.products) == 1


@pytest.mark.parametrize("call", ["product_by_custom_id", "set_product"])
def test_after_a_worker_went_away_it_looks_first(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify, call: str
) -> None:
    handed_over(pair, tiktok, shopify)
    flow, claimed = _claim(pair)
    perform(claimed)
    if call == "set_product":
        record(flow, claimed, perform(claimed))
        flow, claimed = _claim(pair)
        perform(claimed)
    assert shopify.called()[-1] == call
    ProductImport.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert recover(ProductImport) == 1
    shopify.calls.clear()
    for _ in range(4):
        later(pair)
    if call == "set_product":
        assert shopify.called() == ["product_by_custom_id"]
    else:
        assert shopify.called() == [*["product_by_custom_id"] * 3, "set_product"]
    assert the_row().sync_status == "synced"
    assert len(shopify.catalogue.products) == 1


def test_an_answer_that_comes_too_late_keeps_a_second_product_away(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    handed_over(pair, tiktok, shopify)
    flow, claimed = _claim(pair)
    record(flow, claimed, perform(claimed))
    flow, claimed = _claim(pair)
    ProductImport.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    recover(ProductImport)
    ProductImport.objects.update(in_doubt_since=None, lookup_misses=1)
    record(flow, claimed, perform(claimed))
    row = the_row()
    assert (row.sync_status, row.in_doubt_since is not None) == ("pending", True)
    later(pair)
    assert shopify.count("set_product") == 1
    assert the_row().sync_status == "synced"
    assert Attempt.objects.get(step="create").remote_id == the_row().shopify_product_id


def test_a_late_answer_brings_back_what_was_given_up(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    handed_over(pair, tiktok, shopify)
    flow, claimed = _claim(pair)
    record(flow, claimed, perform(claimed))
    flow, claimed = _claim(pair)
    set_columns(the_row(), sync_status="failed", failure_kind="exhausted")
    record(flow, claimed, perform(claimed))
    later(pair)
    assert the_row().sync_status == "synced"
    assert shopify.count("set_product") == 1


def _claim(pair: Pair) -> tuple[ImportProducts, Any]:
    """A worker that has claimed the only due row."""
    flow = ImportProducts.load(pair.store.pk)
    lease = leases.acquire(f"import_products:{pair.store.pk}")
    assert flow is not None
    assert lease is not None
    assert flow.prepare()
    claimed, _ = claim(flow, lease, 1)
    lease.release()
    return flow, claimed[0]


# --- refusals ------------------------------------------------------------------------------------


def test_an_id_that_is_taken_is_looked_for(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    handed_over(pair, tiktok, shopify)
    shopify.fail("set_product", TAKEN, after_effect=True)
    work_imports(pair)
    assert shopify.called() == [*CALLS, "product_by_custom_id"]
    assert the_row().sync_status == "synced"


def test_an_id_that_stays_taken_is_given_up(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    handed_over(pair, tiktok, shopify)
    shopify.fail("set_product", TAKEN, times=9)
    for _ in range(20):
        later(pair)
    assert (the_row().sync_status, the_row().failure_kind) == ("failed", "rejected")
    assert shopify.count("set_product") == 4


def test_a_refusal_is_set_aside_and_looked_for_before_the_next_try(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    run = handed_over(pair, tiktok, shopify)
    shopify.fail("set_product", Rejected("No.", code="GENERIC_ERROR"))
    work_imports(pair)
    row = the_row()
    assert (row.sync_status, row.failure_kind, row.failure_code) == (
        "failed",
        "rejected",
        "GENERIC_ERROR",
    )
    assert links(pair) == {}
    runs.retry_run(finish(pair, run))
    shopify.calls.clear()
    work_runs(pair)
    work_imports(pair)
    assert [name for name in shopify.called() if name in CALLS] == CALLS


@pytest.mark.parametrize(
    "error",
    [RateLimited("Slow down.", retry_after=1), Unreachable("No connection.")],
)
def test_what_surely_was_not_done_is_done_later(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify, error: Exception
) -> None:
    handed_over(pair, tiktok, shopify)
    shopify.fail("set_product", error)
    work_imports(pair)
    assert (the_row().sync_status, the_row().in_doubt_since) == ("pending", None)
    later(pair)
    later(pair)
    assert the_row().sync_status == "synced"
    assert len(shopify.catalogue.products) == 1


def test_a_listing_that_lost_its_price_meanwhile_is_not_sent(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    handed_over(pair, tiktok, shopify)
    the_row().listing.skus.update(price=None)
    work_imports(pair)
    row = the_row()
    assert (row.sync_status, row.failure_kind, row.failure_code) == ("failed", "config", "no_price")
    assert row.failure_reason == ("These SKUs have no price: SKU-001. Give them a price on TikTok.")
    assert shopify.called() == []


def test_a_listing_that_may_be_there_already_is_looked_for_whatever_became_of_it(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    handed_over(pair, tiktok, shopify)
    shopify.fail("set_product", UNCLEAR, after_effect=True)
    work_imports(pair)
    the_row().listing.skus.update(price=None)
    later(pair)
    assert the_row().sync_status == "synced"
    assert len(links(pair)) == 1, "matched by its SKU"


def test_a_location_that_is_closed_is_told(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    set_columns(product_rules(pair.shop), import_location_id="gid://closed")
    handed_over(pair, tiktok, shopify)
    work_imports(pair)
    row = the_row()
    assert (row.sync_status, row.failure_code) == ("failed", "location_gone")
    assert shopify.called() == []


# --- before the first one ------------------------------------------------------------------------


def test_the_field_for_the_id_is_defined_once(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    set_columns(pair.store, product_id_definition_at=None)
    shopify.catalogue.definition = None
    handed_over(pair, tiktok, shopify)
    work_imports(pair)
    assert shopify.called() == ["define_product_id", *CALLS]
    assert pair.refresh().store.product_id_definition_at is not None


def test_a_field_of_another_type_stops_imports_and_nothing_else(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_columns(pair.store, product_id_definition_at=None)
    handed_over(pair, tiktok, shopify)
    other = MetafieldDefinition("gid://1", "app--1", "tiktok_product_id", "single_line_text_field")
    monkeypatch.setattr("tests.fake_shopify_products._definition", lambda key: other)
    work_imports(pair)
    row = the_row()
    assert (row.sync_status, row.failure_kind) == ("failed", "config")
    assert "another type" in row.failure_reason
    assert shopify.called() == ["define_product_id"]
    store = pair.refresh().store
    assert (store.paused_until, store.product_id_definition_at) == (None, None)


@pytest.mark.parametrize(
    "error",
    [
        NotAuthorized("Not any more.", account_reason="consent_lost"),
        Unreachable("No connection."),
    ],
)
def test_a_store_that_does_not_answer_keeps_its_imports(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify, error: Exception
) -> None:
    set_columns(pair.store, product_id_definition_at=None)
    handed_over(pair, tiktok, shopify)
    shopify.fail("define_product_id", error)
    work_imports(pair)
    assert the_row().sync_status == "pending"
    assert shopify.called() == ["define_product_id"]


def test_a_missing_definition_is_not_taken_for_a_missing_product(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    handed_over(pair, tiktok, shopify)
    shopify.fail("product_by_custom_id", ConfigError("Something is not set up.", code="NOT_FOUND"))
    work_imports(pair)
    assert (the_row().sync_status, the_row().failure_kind) == ("failed", "config")
    assert shopify.count("set_product") == 0


def test_locations_are_read_where_none_was(
    pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify
) -> None:
    Location.objects.all().delete()
    handed_over(pair, tiktok, shopify)
    work_imports(pair)
    assert shopify.called() == ["locations", *CALLS]
    place = Location.objects.get()
    assert (place.shopify_location_id, place.name, place.is_active) == (SHOP, "Shop", True)


def test_an_idle_store_is_asked_nothing(pair: Pair, shopify: FakeShopify) -> None:
    set_columns(pair.store, product_id_definition_at=None)
    work_imports(pair)
    assert shopify.called() == []
