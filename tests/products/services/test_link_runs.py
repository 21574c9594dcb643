"""A run of linking: the preview says what would be linked and why not, the work links just that."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from orders.models import Order
from products.models import Link, ProductRules, RemovedLink
from products.services import link_runs
from products.services.link_runs import confirm_suggestions
from products.services.links import make_link
from products.services.product_wishes import begin_link
from tests.factories import Pair, set_columns, stored_order
from tests.fakes import Platforms
from tests.orders.data import build
from tests.orders.services.conftest import Work
from tests.products.services.link_stage import links, listing, product, sku, variant
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs

STEM = "product_runs"


@pytest.fixture(autouse=True)
def read(pair: Pair) -> None:
    """Both catalogues were read whole; linking is left to the runs."""
    set_columns(pair.store, variants_read_at=timezone.now())
    set_columns(pair.shop, listings_read_at=timezone.now())
    ProductRules.objects.create(shop=pair.shop, auto_link=False)


def preview(pair: Pair, work: Work, **wish: Any) -> Run:
    run = begin_link(pair.shop, **wish)
    work(STEM)
    run.refresh_from_db()
    return run


def start(run: Run, work: Work) -> Run:
    runs.start_run(run)
    work(STEM)
    run.refresh_from_db()
    return run


def items(run: Run) -> dict[str, tuple[str, str]]:
    rows = RunItem.objects.filter(run=run).values_list("remote_id", "state", "cause")
    return {key: (state, cause) for key, state, cause in rows}


def item(run: Run, key: str) -> RunItem:
    return RunItem.objects.get(run=run, remote_id=key)


def many(pair: Pair, count: int) -> None:
    tee, shirt = product(pair.store, 1), listing(pair.shop, 1)
    for number in range(count):
        variant(tee, 100 + number, f"TEE-{number}")
        sku(shirt, f"29{number}", f"tee-{number}")


# --- the preview ---------------------------------------------------------------------------------


def test_every_sku_without_a_link_has_its_cause_and_nothing_is_linked(
    pair: Pair, work: Work, platforms: Platforms
) -> None:
    tee = product(pair.store, 1, "Tee")
    small, old = variant(tee, 41, "S"), variant(tee, 42, "OLD")
    variant(tee, 43, "TWICE")
    variant(product(pair.store, 2, "Other"), 44, "twice")
    shirt, cap = listing(pair.shop, 1, "Shirt"), listing(pair.shop, 2, "Cap")
    for sku_id, name in (("1", "S"), ("2", "TWICE"), ("3", ""), ("4", "NONE"), ("5", "OLD")):
        sku(shirt, sku_id, name)
    sku(cap, "6", "SAME")
    sku(cap, "7", "same ")
    sku(cap, "8", "X")
    sku(cap, "9", "GONE", gone_at=timezone.now())
    Link.objects.create(shop=pair.shop, tiktok_sku_id="8", variant=small, origin="by_hand")
    RemovedLink.objects.create(shop=pair.shop, tiktok_sku_id="5", variant=old, origin="by_hand")
    run = preview(pair, work)
    assert items(run) == {
        "1": ("waiting", "same_sku"),
        "2": ("skipped", "sku_twice_in_shopify"),
        "3": ("skipped", "sku_blank"),
        "4": ("skipped", "nothing_equal"),
        "5": ("skipped", "taken_apart"),
        "6": ("skipped", "sku_twice_in_listing"),
        "7": ("skipped", "sku_twice_in_listing"),
    }
    assert (run.status, run.total, run.left) == ("ready", 7, 1)
    assert run.message == "1 TikTok SKU is linked already; it is not listed here."
    assert links(pair.shop) == {"8": "41"}
    assert (platforms.tiktok.calls, platforms.shopify.calls) == ([], [])


def test_a_pair_is_shown_with_both_names(pair: Pair, work: Work) -> None:
    tee = product(pair.store, 1, "Basic tee")
    chosen = variant(tee, 41, "TEE-S", title="Small")
    sku(listing(pair.shop, 1, "Tee"), "1", "tee-s", attributes=[{"name": "Size", "value": "S"}])
    one = item(preview(pair, work), "1")
    assert one.title == "Tee – S"
    assert one.facts == {
        "seller_sku": "tee-s",
        "issues": [],
        "variant": chosen.pk,
        "shopify_variant_id": "gid://shopify/ProductVariant/41",
        "shopify_title": "Basic tee / Small",
        "shopify_sku": "TEE-S",
        "confidence": 100,
        "why": "Same SKU on both sides",
    }


def test_what_stands_in_the_way_is_told_with_its_fix(pair: Pair, work: Work) -> None:
    sku(listing(pair.shop, 1), "1", "")
    one = item(preview(pair, work), "1")
    assert one.words == "No SKU on TikTok"
    assert one.facts["issues"] == [
        {
            "code": "sku_blank",
            "words": "No SKU on TikTok",
            "fix": "Give it a seller SKU in TikTok's Seller Center, or link it by hand.",
        }
    ]


@pytest.mark.parametrize("unread", ["store", "shop"])
def test_catalogues_that_were_not_read_are_not_judged(pair: Pair, work: Work, unread: str) -> None:
    if unread == "store":
        set_columns(pair.store, variants_read_at=None)
    else:
        set_columns(pair.shop, listings_read_at=None)
    many(pair, 1)
    run = preview(pair, work)
    assert (run.status, items(run)) == ("failed", {})
    assert run.message.startswith("The products of both sides have to be read first.")


def test_a_preview_of_several_pieces_is_whole(
    pair: Pair, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_runs, "AT_ONCE", 3)
    many(pair, 9)
    run = preview(pair, work)
    assert (run.status, run.total, run.left) == ("ready", 9, 9)


# --- suggestions ---------------------------------------------------------------------------------


def test_an_equal_barcode_is_suggested(pair: Pair, work: Work) -> None:
    chosen = variant(product(pair.store, 1, "Tee"), 41, "A", barcode="0012345678905")
    sku(listing(pair.shop, 1, "Shirt"), "1", "B", barcode="012345678905")
    one = item(preview(pair, work), "1")
    assert (one.state, one.cause) == ("skipped", "suggested")
    facts = {key: one.facts[key] for key in ("variant", "confidence", "why", "cause")}
    assert facts == {
        "variant": chosen.pk,
        "confidence": 95,
        "why": "Same barcode 12345678905",
        "cause": "nothing_equal",
    }


def test_an_equal_title_with_equal_options_is_suggested(pair: Pair, work: Work) -> None:
    tee = product(pair.store, 1, "Basic tee")
    variant(tee, 41, "A", option_values=[{"name": "Size", "value": "S"}])
    chosen = variant(tee, 42, "B", option_values=[{"name": "Size", "value": "M"}])
    sku(listing(pair.shop, 1, "Basic tee "), "1", "", attributes=[{"name": "size", "value": "m"}])
    one = item(preview(pair, work), "1")
    assert (one.cause, one.facts["variant"], one.facts["confidence"]) == (
        "suggested",
        chosen.pk,
        80,
    )


def test_a_product_without_options_is_suggested_by_its_title(pair: Pair, work: Work) -> None:
    default = [{"name": "Title", "value": "Default Title"}]
    chosen = variant(product(pair.store, 1, "Mug"), 41, "A", option_values=default)
    sku(listing(pair.shop, 1, "Mug"), "1", "B")
    assert item(preview(pair, work), "1").facts["variant"] == chosen.pk


def test_what_is_similar_twice_or_gone_or_was_parted_is_not_suggested(
    pair: Pair, work: Work
) -> None:
    tee, cap = product(pair.store, 1, "Tee"), product(pair.store, 2, "Cap")
    variant(tee, 41, "A", barcode="111")
    variant(tee, 42, "B", barcode="111")
    variant(cap, 43, "C", barcode="222", gone_at=timezone.now())
    hat = variant(product(pair.store, 3, "Hat"), 44, "D", barcode="333")
    for number, barcode in enumerate(("111", "222", "333", "not a code")):
        sku(listing(pair.shop, number, f"L{number}"), str(number), "", barcode=barcode)
    RemovedLink.objects.create(shop=pair.shop, tiktok_sku_id="2", variant=hat, origin="by_hand")
    assert {cause for _, cause in items(preview(pair, work)).values()} == {"sku_blank"}


def test_the_work_leaves_suggestions_to_a_person(pair: Pair, work: Work) -> None:
    many(pair, 1)
    variant(product(pair.store, 2, "Cap"), 41, "A", barcode="111")
    sku(listing(pair.shop, 2, "Hat"), "1", "B", barcode="111")
    run = start(preview(pair, work), work)
    assert links(pair.shop) == {"290": "100"}
    person = get_user_model().objects.create(username="anna")
    assert confirm_suggestions(run, ["1", "290", "unknown"], user=person) == 1
    assert links(pair.shop) == {"290": "100", "1": "41"}
    link = Link.objects.get(tiktok_sku_id="1")
    assert (link.origin, link.created_by) == ("by_hand", person)
    run.refresh_from_db()
    assert (items(run)["1"], run.done, run.skipped) == (("done", "linked"), 2, 0)


def test_a_suggestion_that_no_longer_stands_says_so(pair: Pair, work: Work) -> None:
    variant(product(pair.store, 2, "Cap"), 41, "A", barcode="111")
    other = variant(product(pair.store, 3, "Hat"), 42, "C")
    sku(listing(pair.shop, 2), "1", "B", barcode="111")
    run = preview(pair, work)
    make_link(pair.shop, "1", other, origin=Link.Origin.BY_HAND)
    assert confirm_suggestions(run, ["1"]) == 0
    assert links(pair.shop) == {"1": "42"}
    assert item(run, "1").words == "This TikTok SKU is linked to Hat / C already."


# --- the work ------------------------------------------------------------------------------------


def test_the_pairs_are_linked_in_the_name_of_who_asked(pair: Pair, work: Work) -> None:
    many(pair, 3)
    person = get_user_model().objects.create(username="anna")
    run = start(preview(pair, work, user=person), work)
    assert links(pair.shop) == {"290": "100", "291": "101", "292": "102"}
    assert set(Link.objects.values_list("origin", "created_by__username")) == {("same_sku", "anna")}
    assert (run.status, run.done, run.message) == ("finished", 3, "3 SKUs were linked.")
    assert set(items(run).values()) == {("done", "linked")}


def test_with_start_it_goes_on_by_itself(pair: Pair, work: Work) -> None:
    many(pair, 1)
    run = preview(pair, work, start=True)
    work(STEM)
    run.refresh_from_db()
    assert (run.status, links(pair.shop)) == ("finished", {"290": "100"})


def test_orders_that_waited_go_on(pair: Pair, work: Work) -> None:
    many(pair, 2)
    order = stored_order(pair.shop, lines=[build.unit("1", "tee-0", sku_id="290")])
    set_columns(order, sync_status="failed", failure_kind="config", failure_code="sku_unlinked")
    start(preview(pair, work), work)
    assert Order.objects.get().sync_status == "pending"


def test_what_changed_since_the_preview_is_left_out(pair: Pair, work: Work) -> None:
    tee, shirt = product(pair.store, 1), listing(pair.shop, 1)
    for number, name in enumerate(("KEPT", "MOVED", "TAKEN", "PARTED", "GONE")):
        variant(tee, 41 + number, name)
        sku(shirt, name, name)
    run = preview(pair, work)
    variants = {one.sku: one for one in tee.variants.all()}
    set_columns(variants["MOVED"], sku="OLD", sku_key="old")
    variant(tee, 50, "MOVED")
    make_link(pair.shop, "TAKEN", variants["KEPT"], origin=Link.Origin.BY_HAND)
    RemovedLink.objects.create(
        shop=pair.shop, tiktok_sku_id="PARTED", variant=variants["PARTED"], origin="by_hand"
    )
    set_columns(variants["GONE"], gone_at=timezone.now())
    run = start(run, work)
    assert links(pair.shop) == {"KEPT": "41", "TAKEN": "41"}
    assert items(run) == {
        "KEPT": ("done", "linked"),
        "MOVED": ("skipped", "changed_meanwhile"),
        "TAKEN": ("skipped", "linked_meanwhile"),
        "PARTED": ("skipped", "changed_meanwhile"),
        "GONE": ("skipped", "changed_meanwhile"),
    }
    assert (run.status, run.done, run.skipped) == ("finished", 1, 4)


def test_the_work_goes_in_pieces_and_a_cancelled_one_stops_between_them(
    pair: Pair, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(pair, 5)
    run = preview(pair, work)
    monkeypatch.setattr(link_runs, "AT_ONCE", 2)
    step, made = link_runs.work_step, []

    def one_step(*arguments: Any) -> None:
        step(*arguments)
        made.append(Link.objects.count())
        if len(made) == 2:
            runs.cancel_run(Run.objects.get())

    monkeypatch.setattr(link_runs, "work_step", one_step)
    run = start(run, work)
    assert (made, run.status) == ([2, 4], "cancelled")
    assert Link.objects.count() == 4


def test_the_work_queries_few_times_whatever_the_number(
    pair: Pair, work: Work, django_assert_max_num_queries: Any
) -> None:
    many(pair, 200)
    run = preview(pair, work)
    runs.start_run(run)
    with django_assert_max_num_queries(80):
        work(STEM)
    assert Link.objects.count() == 200
