"""The activity page: the last runs, and what each try was made for."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from products.models import ListingTask, ProductImport, ProductUpload, SkuLookup
from tests.factories import Pair, make_listing, make_variant
from tests.web.catalogue import make_product_run
from tests.web.reading import elements_of, rows_of, text_of
from tiktoksync.activity import _FLOWS
from tiktoksync.cron import FLOWS
from tiktoksync.runs.models import Run
from tiktoksync.runs.services import runs
from tiktoksync.sync.models import Attempt

PAGE = "/activity/"
POLLS = 2


def try_for(row: Any, flow: str) -> None:
    Attempt.objects.create(
        subject=row._meta.label_lower,
        subject_id=row.pk,
        flow=flow,
        number=1,
        started_at=timezone.now(),
        outcome="ok",
    )


def product_rows(pair: Pair) -> list[tuple[Any, str]]:
    """A row of each kind of product work, with the flow that works it."""
    listing = make_listing(pair.shop, "GREEN", title="Shirt on TikTok")
    product = make_variant(pair.store).product
    task = ListingTask.objects.create(listing=listing, kind=ListingTask.Kind.STOCK)
    lookup = SkuLookup.objects.create(store=pair.store, sku="BLUE", sku_key="blue")
    return [
        (ProductUpload.objects.create(shop=pair.shop, product=product), "upload_products"),
        (ProductImport.objects.create(listing=listing), "import_products"),
        (task, "push_stock"),
        (lookup, "link_skus"),
    ]


def links_of(answer: Any) -> set[str]:
    return {each.get("href", "") for each in elements_of(answer, "a")}


def test_product_work_is_named_and_leads_to_its_page(pair: Pair, anna: Client) -> None:
    for row, flow in product_rows(pair):
        try_for(row, flow)
    answer = anna.get(PAGE)
    assert [row[:3] for row in rows_of(answer)[POLLS:]] == [
        ["Look up SKU in Shopify", "BLUE", "Done"],
        ["Tell TikTok the stock", "Shirt on TikTok", "Done"],
        ["Create product in Shopify", "Shirt on TikTok", "Done"],
        ["List product on TikTok", "Shirt", "Done"],
    ]
    pages = {"/products/shopify/4/", "/products/tiktok/749Anna/171/"}
    assert pages <= links_of(answer)
    for page in pages:
        assert anna.get(page).status_code == 200


def test_the_product_work_of_others_is_not_shown(pair: Pair, strangers: Pair, anna: Client) -> None:
    for row, flow in product_rows(strangers):
        try_for(row, flow)
    answer = anna.get(PAGE)
    assert rows_of(answer)[POLLS:] == []
    assert "Shirt on TikTok" not in text_of(answer)


def test_more_tries_ask_the_database_no_more(
    pair: Pair, anna: Client, django_assert_max_num_queries: Any
) -> None:
    listing = make_listing(pair.shop, "RED")
    first = ListingTask.objects.create(listing=listing, kind=ListingTask.Kind.STOCK)
    try_for(first, "push_stock")
    with django_assert_max_num_queries(40) as few:
        anna.get(PAGE)
    for number in range(2, 8):
        other = make_listing(pair.shop, number=number)
        for kind, flow in (("prices", "push_prices"), ("ids", "push_external_ids")):
            try_for(ListingTask.objects.create(listing=other, kind=kind), flow)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(rows_of(anna.get(PAGE))[POLLS:]) == 13


def test_every_flow_that_writes_has_words() -> None:
    silent = {"backfill_orders", "bulk_orders", "product_runs"}
    silent |= {"keep_store_webhooks", "keep_shop_webhooks"}
    asking = {"pull_aftersales", "pull_packages", "pull_variants", "pull_listings"}
    assert set(FLOWS) - set(_FLOWS) == silent | asking


# --- runs -----------------------------------------------------------------------------------------


def end(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(status=Run.Status.FINISHED)


def test_the_last_five_runs_are_shown_newest_first(
    pair: Pair, strangers: Pair, anna: Client
) -> None:
    made = []
    for kind in ("link", "upload", "import", "stock", "prices", "state"):
        made.append(make_product_run(pair, Run.Kind(kind)))
        end(made[-1])
    theirs = make_product_run(strangers)
    answer = anna.get(PAGE)
    rows = rows_of(answer)[POLLS:]
    assert [row[0] for row in rows] == [
        "Putting on or off sale",
        "Push of prices",
        "Push of stock",
        "Import to Shopify",
        "Upload to TikTok",
    ]
    assert rows[0][1:4] == ["Anna's shop", "Finished", "1 looked at"]
    led = {address for address in links_of(answer) if address.startswith("/activity/runs/")}
    assert led == {"/activity/runs/", *(f"/activity/runs/{run.pk}/" for run in made[1:])}
    assert f"/activity/runs/{theirs.pk}/" not in led


def test_a_run_under_way_shows_how_far_it_is(pair: Pair, anna: Client) -> None:
    run = make_product_run(pair)
    runs.start_run(run)
    (row,) = rows_of(anna.get(PAGE))[POLLS:]
    assert row[2:4] == ["Running", "0 of 1"]
    Run.objects.filter(pk=run.pk).update(total=3, done=1, failed=1)
    answer = anna.get(PAGE)
    (row,) = rows_of(answer)[POLLS:]
    assert row[3] == "2 of 3 1 failed"
    (bar,) = elements_of(answer, "progress")
    assert (bar["value"], bar["max"]) == ("2", "3")


@pytest.mark.parametrize("page", [PAGE, "/activity/runs/"])
def test_without_runs_the_way_to_one_is_told(page: str, pair: Pair, anna: Client) -> None:
    answer = anna.get(page)
    assert "/products/" in links_of(answer)
    assert "begins one" in text_of(answer)
