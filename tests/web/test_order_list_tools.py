"""What a person does with the list itself: narrow, sort, lay out, save, look closer, export."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from orders.models import ListLayout, Order, SavedView
from orders.paging import SORTS, Key, read_page
from tests.factories import Pair, make_fulfillment, make_shop, set_columns, stored_order
from tests.web.conftest import browser
from tests.web.reading import elements_of, order_ids, rows_of, text_of
from tests.web.test_order_list import NOON, bare_orders, keys_beside, order_id

HOUR = timedelta(hours=1)


@pytest.fixture
def three(pair: Pair) -> list[Order]:
    """Three orders that differ in all that can be filtered by."""
    orders = [stored_order(pair.shop, order_id(index)) for index in range(3)]
    now = timezone.now()
    set_columns(orders[0], total="10.00", ship_by=now + HOUR, shipping_type="SELLER")
    set_columns(orders[1], total="25.50", ship_by=now - HOUR, shipping_type="TIKTOK")
    set_columns(orders[2], total="99.99", ship_by=None, kind="fulfilled_by_tiktok")
    set_columns(orders[0], placed_at=datetime(2026, 5, 1, 23, 30, tzinfo=UTC))
    set_columns(orders[1], placed_at=datetime(2026, 5, 2, 12, 0, tzinfo=UTC))
    set_columns(orders[2], placed_at=now - 3 * 24 * HOUR, kind="sample", shipping_type="")
    orders[1].own_tags.create(name="VIP")
    orders[2].line_items.update(sku_key="blue-xl", seller_sku="Blue-XL")
    return orders


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("due=soon", [0]),
        ("due=overdue", [1]),
        ("shipping=seller", [0]),
        ("shipping=tiktok", [1]),
        ("shipping=nonsense", []),
        ("kind=sample", [2]),
        ("tag=VIP", [1]),
        ("tag=vip", []),
        ("sku=BLUE-xl", [2]),
        ("sku=blue", []),
        ("total_min=25.5", [2, 1]),
        ("total_max=25.5", [1, 0]),
        ("total_min=11&total_max=26", [1]),
        ("total_min=x", []),
        ("placed=7d", [2]),
        ("placed_to=2026-05-01", [0]),
        ("placed_from=2026-05-02&placed_to=2026-05-02", [1]),
        ("placed_from=nonsense", []),
        ("placed_to=9999-12-31", [2, 1, 0]),
    ],
)
def test_more_filters(query: str, found: list[int], three: list[Order], anna: Client) -> None:
    assert order_ids(anna.get(f"/orders/?{query}")) == [order_id(number) for number in found]


def test_days_of_a_filter_are_the_merchants(pair: Pair, three: list[Order], anna: Client) -> None:
    set_columns(pair.merchant, timezone="Asia/Tokyo")
    found = order_ids(anna.get("/orders/?placed_from=2026-05-02&placed_to=2026-05-02"))
    assert found == [order_id(1), order_id(0)]


def test_a_tag_of_others_finds_nothing_of_theirs(
    strangers: Pair, three: list[Order], ben: Client
) -> None:
    page = ben.get("/orders/?tag=VIP")
    assert order_ids(page) == []
    assert "VIP" not in [each.get("value") for each in elements_of(page, "option")]


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("", [2, 1, 0]),
        ("placed", [0, 1, 2]),
        ("due", [1, 0, 2]),
        ("-due", [0, 1, 2]),
        ("total", [0, 1, 2]),
        ("-total", [2, 1, 0]),
        ("nonsense", [2, 1, 0]),
    ],
)
def test_the_list_is_sorted_as_asked(
    sort: str, found: list[int], three: list[Order], anna: Client
) -> None:
    assert order_ids(anna.get(f"/orders/?sort={sort}")) == [order_id(number) for number in found]


def test_a_head_says_how_the_list_is_sorted_and_turns_it(three: list[Order], anna: Client) -> None:
    page = anna.get("/orders/?sort=due&tag=VIP&after=1.1")
    assert [each["aria-sort"] for each in elements_of(page, "th") if "aria-sort" in each] == [
        "ascending"
    ]
    links = [each["href"] for each in elements_of(page, "a") if "Sort:" in each.get("title", "")]
    assert links == [
        "/orders/?tag=VIP",
        "/orders/?tag=VIP&sort=-due",
        "/orders/?tag=VIP&sort=-total",
    ]


@pytest.mark.parametrize("sort", [key for key in SORTS if key not in ("", "nonsense")])
def test_each_sorting_has_pages_by_key_both_ways(
    sort: str, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = bare_orders(pair, 11)
    for index, order in enumerate(orders):
        # Ties on every value, and three orders without a deadline.
        ship_by = None if index % 4 == 0 else NOON + HOUR * (index % 3)
        set_columns(order, total=Decimal(index % 3) + Decimal("0.10"), ship_by=ship_by)
    by, rows = SORTS[sort], Order.objects.all()
    expected = read_page(rows, sort=by, size=11).rows
    assert len({order.pk for order in expected}) == 11
    down, after = [], ""
    while True:
        page = read_page(rows, sort=by, size=4, after=after)
        down.append(page.rows)
        if page.older is None:
            break
        after = str(page.older)
    assert [row for part in down for row in part] == expected
    assert [len(part) for part in down] == [4, 4, 3]
    up = read_page(rows, sort=by, size=4, before=str(page.newer))
    assert up.rows == down[1]
    assert read_page(rows, sort=by, size=4, before=str(up.newer)).rows == down[0]


def test_two_shops_make_one_list(pair: Pair, anna: Client) -> None:
    second = make_shop(pair.merchant, pair.store, "749second")
    bare_orders(pair, 30)
    Order.objects.bulk_create(
        Order(
            shop=second,
            tiktok_order_id=f"second-{index}",
            tiktok_update_time=1,
            placed_at=NOON + timedelta(minutes=index, seconds=30),
        )
        for index in range(30)
    )
    newest = Order.objects.order_by("-placed_at", "-id")
    expected = list(newest.values_list("tiktok_order_id", flat=True))
    page = anna.get("/orders/")
    found = order_ids(page) + order_ids(anna.get(keys_beside(page)["next"]))
    assert found == expected


def test_a_key_of_a_total_survives_its_address() -> None:
    by = SORTS["total"]
    for key in (Key(Decimal("12.3400"), 7), Key(Decimal(0), 1)):
        assert Key.read(str(key), by) == key


# --- layout --------------------------------------------------------------------------------------


def test_columns_density_and_length_are_remembered(pair: Pair, anna: Client) -> None:
    bare_orders(pair, 30)
    wanted = {"column": ["sync", "total"], "density": "dense", "page_size": "25"}
    answer = anna.post("/orders/layout/", {**wanted, "query": "tab=to-ship&after=9.9&evil=1"})
    assert answer["Location"] == "/orders/?tab=to-ship"
    page = anna.get("/orders/")
    assert len(order_ids(page)) == 25
    assert len(rows_of(page)[0]) == 4, "the box, the order, and the two columns"
    assert "orders dense" in [each.get("class") for each in elements_of(page, "table")]
    row = ListLayout.objects.get()
    assert (row.is_dense, row.page_size) == (True, 25)
    assert set(row.hidden) == {
        *("shopify", "placed", "tiktok", "ship_by", "items", "buyer", "tracking")
    }


def test_a_layout_is_each_persons_own(pair: Pair, anna: Client, viewer: Client) -> None:
    bare_orders(pair, 1)
    viewer.post("/orders/layout/", {"column": ["sync"]})
    assert len(rows_of(viewer.get("/orders/"))[0]) == 2, "viewers have no boxes"
    assert len(rows_of(anna.get("/orders/"))[0]) == 11


@pytest.mark.parametrize("size", ["", "x", "1000", "-1"])
def test_a_page_of_any_other_length_is_not_made(size: str, pair: Pair, anna: Client) -> None:
    anna.post("/orders/layout/", {"column": "sync", "page_size": size})
    assert ListLayout.objects.get().page_size == 50


# --- saved views ---------------------------------------------------------------------------------


def save(
    client: Client, name: str = "Urgent", query: str = "tab=to-ship&due=soon", **more: str
) -> Any:
    return client.post("/orders/views/save/", {"name": name, "query": query, **more})


def tabs_of(page: Any) -> str:
    words = text_of(page)
    return words[words.index("Needs attention") : words.index("TikTok order")]


def test_a_view_is_saved_and_stands_among_the_tabs(three: list[Order], anna: Client) -> None:
    answer = save(anna, query="due=overdue&tab=to-ship&after=1.1&version=x&evil=1")
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Urgent", "tab=to-ship&due=overdue")
    assert answer["Location"] == f"/orders/?tab=to-ship&due=overdue&view={view.pk}"
    page = anna.get(answer["Location"])
    assert order_ids(page) == [order_id(1)]
    current = [each["href"] for each in elements_of(page, "a") if "aria-current" in each]
    assert f"/orders/?tab=to-ship&due=overdue&view={view.pk}" in current


def test_saving_under_the_same_name_replaces_the_filters(pair: Pair, anna: Client) -> None:
    save(anna)
    save(anna, query="tag=VIP")
    assert SavedView.objects.get().query == "tag=VIP"


def test_ones_own_view_is_not_the_teams(pair: Pair, anna: Client, viewer: Client) -> None:
    save(anna, "Mine")
    save(anna, "Ours", for_team="1")
    assert ["Mine" in text_of(client.get("/orders/")) for client in (anna, viewer)] == [True, False]
    assert "Ours" in text_of(viewer.get("/orders/"))


def test_a_viewer_saves_only_for_themselves(pair: Pair, anna: Client, viewer: Client) -> None:
    save(viewer, "Hers", for_team="1")
    assert SavedView.objects.get().user == User.objects.get(username="vera")
    assert "Hers" not in text_of(anna.get("/orders/"))


def test_a_viewer_leaves_the_teams_views_alone(pair: Pair, anna: Client, viewer: Client) -> None:
    save(anna, "Ours", for_team="1")
    view = SavedView.objects.get()
    assert viewer.post(f"/orders/views/{view.pk}/delete/").status_code == 404
    assert viewer.post(f"/orders/views/{view.pk}/rename/", {"name": "Mine"}).status_code == 404
    view.refresh_from_db()
    assert view.name == "Ours"


def test_a_view_is_renamed_and_deleted(pair: Pair, anna: Client) -> None:
    save(anna)
    save(anna, "Other")
    view = SavedView.objects.get(name="Urgent")
    anna.post(f"/orders/views/{view.pk}/rename/", {"name": " Very   urgent "})
    view.refresh_from_db()
    assert view.name == "Very urgent"
    anna.post(f"/orders/views/{view.pk}/rename/", {"name": "Other"})
    view.refresh_from_db()
    assert view.name == "Very urgent"
    anna.post(f"/orders/views/{view.pk}/delete/")
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Other"]


def test_a_colleagues_own_view_is_nobody_elses(pair: Pair, anna: Client) -> None:
    save(browser("olga", pair.merchant, "owner"), "Olga's")
    view = SavedView.objects.get()
    assert anna.post(f"/orders/views/{view.pk}/delete/").status_code == 404
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   "])
def test_a_view_without_a_name_is_not_saved(name: str, pair: Pair, anna: Client) -> None:
    save(anna, name)
    assert not SavedView.objects.exists()


def test_views_do_not_grow_without_end(pair: Pair, anna: Client) -> None:
    for index in range(30):
        save(anna, f"View {index}")
    save(anna, "One too many")
    assert SavedView.objects.count() == 30


# --- looking closer ------------------------------------------------------------------------------


def test_a_reason_comes_with_its_fix_and_its_button(
    pair: Pair, anna: Client, viewer: Client
) -> None:
    order = stored_order(pair.shop)
    set_columns(
        order,
        sync_status="failed",
        failure_kind="config",
        failure_code="sku_unlinked",
        failure_reason="Not linked to a Shopify product: RED.",
    )
    (row,) = [
        each["data-peek"]
        for each in elements_of(anna.get("/orders/"), "a")
        if "what=reason" in each.get("data-peek", "")
    ]
    assert parse_qs(urlsplit(row).query) == {"what": ["reason"], "shop": ["749Anna"]}
    said = text_of(anna.get(row))
    assert "Not linked to a Shopify product: RED." in said
    assert "Link product" in said
    assert "Link product" not in text_of(viewer.get(row))


def test_the_items_of_a_row_come_with_their_links(pair: Pair, anna: Client) -> None:
    stored_order(pair.shop)
    said = text_of(anna.get("/orders/576461413038785752/peek/?what=items"))
    assert "Shirt" in said
    assert "1 × RED" in said
    assert "Not linked" in said


# --- export --------------------------------------------------------------------------------------


def lines_of(answer: Any) -> list[str]:
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return text.removeprefix("\ufeff").splitlines()


def test_an_export_holds_what_is_filtered(three: list[Order], anna: Client) -> None:
    make_fulfillment(three[1])
    answer = anna.get("/orders/export/?tag=VIP")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert (
        f'filename="orders-{timezone.localdate().isoformat()}.csv"' in answer["Content-Disposition"]
    )
    head, row = lines_of(answer)
    assert head.startswith("TikTok order,Shop,Shopify order,Placed,TikTok status,Sync")
    cells = row.split(",")
    assert cells[0] == order_id(1)
    assert cells[3:6] == ["2026-05-02 12:00", "Awaiting shipment", "Queued"]
    assert cells[-4:] == ["25.5", "USD", "9400111899223100001234", "VIP"]


def test_an_export_of_ticked_rows_holds_those_alone(three: list[Order], anna: Client) -> None:
    picked = [three[0].pk, three[2].pk]
    _, *rows = lines_of(anna.get("/orders/export/", {"pick": picked, "tab": "to-ship"}))
    assert [row.split(",")[0] for row in rows] == [order_id(2), order_id(0)]


def test_an_export_leaves_strangers_orders_out(
    three: list[Order], strangers: Pair, ben: Client
) -> None:
    for query in ({}, {"pick": [order.pk for order in three]}, {"tag": "VIP"}):
        assert len(lines_of(ben.get("/orders/export/", query))) == 1


def test_no_cell_is_taken_for_a_formula(three: list[Order], anna: Client) -> None:
    three[0].own_tags.create(name="=HYPERLINK(1)")
    set_columns(three[0], ship_to="+49 Berlin")
    _, row = lines_of(anna.get("/orders/export/", {"pick": three[0].pk}))
    assert "'=HYPERLINK(1)" in row
    assert "'+49 Berlin" in row
