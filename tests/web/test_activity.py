"""The activity page: the last runs, and what each try was made for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from products.models import ListingTask, ProductImport, ProductUpload, SkuLookup
from tests.factories import Pair, make_listing, make_variant, set_columns, synced_order
from tests.web.catalogue import make_product_run
from tests.web.reading import elements_of, rows_of, text_of
from tiktoksync.activity_words import FLOWS as WORDS
from tiktoksync.activity_work import retry_failed
from tiktoksync.cron import FLOWS
from tiktoksync.runs.models import Run
from tiktoksync.runs.services import runs
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.models import Attempt

PAGE = "/activity/"
FINISHED, ATTENTION = f"{PAGE}?tab=finished", f"{PAGE}?tab=attention"
POLLS = 5


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
    answer = anna.get(FINISHED)
    assert [row[:3] for row in rows_of(answer)[:-POLLS]] == [
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
    answer = anna.get(FINISHED)
    assert rows_of(answer)[:-POLLS] == []
    assert "Shirt on TikTok" not in text_of(answer)


def test_more_tries_ask_the_database_no_more(
    pair: Pair, anna: Client, django_assert_max_num_queries: Any
) -> None:
    listing = make_listing(pair.shop, "RED")
    first = ListingTask.objects.create(listing=listing, kind=ListingTask.Kind.STOCK)
    try_for(first, "push_stock")
    with django_assert_max_num_queries(40) as few:
        anna.get(FINISHED)
    for number in range(2, 8):
        other = make_listing(pair.shop, number=number)
        for kind, flow in (("prices", "push_prices"), ("ids", "push_external_ids")):
            try_for(ListingTask.objects.create(listing=other, kind=kind), flow)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(rows_of(anna.get(FINISHED))[:-POLLS]) == 13


def test_every_flow_that_writes_has_words() -> None:
    silent = {"backfill_orders", "bulk_orders", "product_runs"}
    silent |= {"keep_store_webhooks", "keep_shop_webhooks"}
    asking = {"pull_aftersales", "pull_packages", "pull_variants", "pull_listings"}
    assert set(FLOWS) - set(WORDS) == silent | asking


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
    answer = anna.get(FINISHED)
    rows = rows_of(answer)[:-POLLS]
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
    row = rows_of(anna.get(PAGE))[0]
    assert row[2:4] == ["Running", "0 of 1"]
    begun = timezone.now() - timedelta(minutes=2)
    Run.objects.filter(pk=run.pk).update(total=3, done=1, failed=1, started_at=begun)
    answer = anna.get(PAGE)
    row = rows_of(answer)[0]
    assert row[3] == "2 of 3 1 failed about 1 min left"
    (bar,) = elements_of(answer, "progress")
    assert (bar["value"], bar["max"]) == ("2", "3")


@pytest.mark.parametrize("page", [PAGE, FINISHED, "/activity/runs/"])
def test_without_runs_the_way_to_one_is_told(page: str, pair: Pair, anna: Client) -> None:
    answer = anna.get(page)
    assert "/products/" in links_of(answer)
    assert "begins one" in text_of(answer)


def test_the_last_page_of_tries_is_reached_key_by_key(pair: Pair, anna: Client) -> None:
    tasks = [
        ListingTask.objects.create(listing=make_listing(pair.shop, number=number), kind="stock")
        for number in range(2, 60)
    ]
    for number, task in enumerate(tasks):
        try_for(task, "push_stock" if number % 2 else "push_prices")
    answer = anna.get(FINISHED)
    assert len(rows_of(answer)[:-POLLS]) == 50
    (older,) = [one for one in links_of(answer) if "after=" in one]
    assert len(rows_of(anna.get(older))[:-POLLS]) == 8


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("flow=push_stock", ["Tell TikTok the stock"]),
        ("outcome=failed", []),
        ("day=2020-01-01", []),
        ("flow=push_stock&outcome=ok", ["Tell TikTok the stock"]),
        ("day=2020-13-77&flow=import_products", ["Create product in Shopify"]),
    ],
)
def test_tries_are_narrowed(query: str, expected: list[str], pair: Pair, anna: Client) -> None:
    for row, flow in product_rows(pair):
        try_for(row, flow)
    answer = anna.get(f"{FINISHED}&{query}")
    assert [row[0] for row in rows_of(answer)[:-POLLS]] == expected


def test_a_request_id_is_one_click_away(pair: Pair, anna: Client) -> None:
    (row, flow), *_ = product_rows(pair)
    try_for(row, flow)
    Attempt.objects.update(request_id="20261124ABC", code="12052217", message="Brand is missing")
    said = text_of(anna.get(FINISHED))
    assert "20261124ABC" in said
    assert "12052217" in said


# --- what needs a person --------------------------------------------------------------------------


def failing_tasks(pair: Pair, code: str, *numbers: int) -> list[ListingTask]:
    rows = [
        ListingTask.objects.create(
            listing=make_listing(pair.shop, number=number, title=f"Shirt {number}"), kind="stock"
        )
        for number in numbers
    ]
    for row in rows:
        set_columns(
            row,
            sync_status="failed",
            failure_kind="rejected",
            failure_code=code,
            failure_reason="TikTok says no.",
        )
    return rows


def statuses_of(rows: list[ListingTask]) -> list[str]:
    found = dict(ListingTask.objects.values_list("pk", "sync_status"))
    return [found[row.pk] for row in rows]


def test_failed_work_stands_by_cause_with_its_number(pair: Pair, anna: Client) -> None:
    failing_tasks(pair, "77001", 2, 3)
    failing_tasks(pair, "77002", 4)
    answer = anna.get(PAGE)
    said = text_of(answer)
    assert said.count("Change a listing on TikTok") == 6
    assert "Retry these 2" in said
    assert "Retry it" in said
    assert "Shirt 3 and 1 more" in said
    assert "TikTok says no." in said
    (tab,) = [one for one in elements_of(answer, "a") if one.get("aria-current") == "page"][-1:]
    assert tab["href"] == ATTENTION


def test_only_one_cause_is_tried_again(pair: Pair, strangers: Pair, anna: Client) -> None:
    mine, other = failing_tasks(pair, "77001", 2, 3), failing_tasks(pair, "77002", 4)
    theirs = failing_tasks(strangers, "77001", 2)
    form = {"work": "products.listingtask", "code": "77001", "kind": "rejected"}
    answer = anna.post("/activity/retry/", form, follow=True)
    assert "Queued 2 again." in text_of(answer)
    assert statuses_of(mine) == ["pending", "pending"]
    assert statuses_of([*other, *theirs]) == ["failed", "failed"]
    assert "There is nothing to try again here." in text_of(
        anna.post("/activity/retry/", form, follow=True)
    )


@pytest.mark.parametrize("work", ["", "shops.merchant", "products.skulookup", "shops.credential"])
def test_what_cannot_be_tried_again_by_hand_is_left(work: str, pair: Pair) -> None:
    lookup = SkuLookup.objects.create(store=pair.store, sku="BLUE", sku_key="blue")
    set_columns(lookup, sync_status="failed", failure_kind="rejected", failure_code="77001")
    assert retry_failed(pair.store.merchant, work, "77001", "rejected", user=None) == 0
    lookup.refresh_from_db()
    assert lookup.sync_status == "failed"


def test_a_viewer_sees_causes_without_buttons(pair: Pair, viewer: Client) -> None:
    rows = failing_tasks(pair, "77001", 2)
    assert "Retry it" not in text_of(viewer.get(ATTENTION))
    form = {"work": "products.listingtask", "code": "77001", "kind": "rejected"}
    assert viewer.post("/activity/retry/", form).status_code == 403
    assert statuses_of(rows) == ["failed"]


def test_the_failures_of_others_are_not_shown(pair: Pair, strangers: Pair, anna: Client) -> None:
    failing_tasks(strangers, "77001", 2)
    assert "Nothing needs you" in text_of(anna.get(ATTENTION))


def test_more_failures_ask_the_database_no_more(
    pair: Pair, anna: Client, django_assert_max_num_queries: Any
) -> None:
    failing_tasks(pair, "77001", 2)
    with django_assert_max_num_queries(70) as few:
        anna.get(ATTENTION)
    failing_tasks(pair, "77002", *range(3, 12))
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert "Retry these 9" in text_of(anna.get(ATTENTION))


# --- what is in hand, what is to come, and the system ---------------------------------------------


def test_work_in_hand_is_counted_by_kind(pair: Pair, anna: Client) -> None:
    rows = failing_tasks(pair, "77001", 2, 3, 4)
    set_columns(rows[0], sync_status="sending")
    for row in rows[1:]:
        set_columns(row, sync_status="pending", next_attempt_at=None)
    assert rows_of(anna.get(f"{PAGE}?tab=running"))[:-POLLS] == [
        ["Change a listing on TikTok", "1", "2"],
        ["Renew access", "0", "2"],
    ]


def test_what_is_tried_later_stands_by_its_time(pair: Pair, anna: Client) -> None:
    rows = failing_tasks(pair, "77001", 2, 3, 4)
    for row, minutes in zip(rows, (20, 10, -5), strict=True):
        at = timezone.now() + timedelta(minutes=minutes)
        set_columns(row, sync_status="pending", next_attempt_at=at, tries=2)
    shown = rows_of(anna.get(f"{PAGE}?tab=scheduled"))[:-POLLS]
    assert [(row[1], row[2]) for row in shown] == [("Shirt 3", "3"), ("Shirt 2", "3")]


def test_the_system_tells_of_every_poll(pair: Pair, anna: Client) -> None:
    rows = rows_of(anna.get(PAGE))[-POLLS:]
    assert [row[0] for row in rows] == [
        "Orders from TikTok",
        "Returns from TikTok",
        "Listings from TikTok",
        "Shipments from Shopify",
        "Products from Shopify",
    ]


def test_the_page_keeps_itself_fresh_by_a_fragment(pair: Pair, anna: Client) -> None:
    answer = anna.get(f"{PAGE}?tab=attention", headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    (live,) = [one for one in elements_of(answer, "section") if "hx-get" in one]
    assert live["hx-get"] == ATTENTION


def test_a_poll_left_undone_is_called_late(pair: Pair, anna: Client) -> None:
    soon = timezone.now() + timedelta(minutes=1)
    TikTokShop.objects.update(next_poll_at=soon)
    assert rows_of(anna.get(PAGE))[-POLLS][:3] == ["Orders from TikTok", "Anna's shop", "Connected"]
    TikTokShop.objects.update(next_poll_at=soon - timedelta(minutes=4))
    assert rows_of(anna.get(PAGE))[-POLLS][2] == "Late"


def test_tries_alike_in_a_row_are_one_line_unless_they_failed(pair: Pair, anna: Client) -> None:
    for number in range(5):
        order = synced_order(pair.shop, f"57646141303878000{number}", number + 1)
        Attempt.objects.create(
            subject="orders.order",
            subject_id=order.pk,
            flow="push_orders",
            number=1,
            started_at=timezone.now(),
            outcome="ok" if number < 3 else "failed",
            message="" if number < 3 else "No.",
        )
    rows = [row[:3] for row in rows_of(anna.get(FINISHED))[:-POLLS]]
    assert rows == [
        ["Create order in Shopify", "#1005", "Failed"],
        ["Create order in Shopify", "#1004", "Failed"],
        ["Create order in Shopify", "#1003 and 2 more", "Done"],
    ]
