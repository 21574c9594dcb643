"""The products page: what is linked, what is not, links made and removed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.models import Order
from products import catalogue
from products.models import Link, Listing, ListingSku, ProductRules, ProductUpload, sku_key
from products.services import links
from tests.factories import (
    Pair,
    link_sku,
    make_shop,
    make_variant,
    set_columns,
    stored_order,
    synced_order,
)
from tests.orders.data import build
from tests.web.reading import elements_of, rows_of, text_of

HTMX = {"HX-Request": "true"}


def list_sku(pair: Pair, sku: str, title: str = "Cap", name: str = "One size") -> ListingSku:
    listing, _ = Listing.objects.get_or_create(
        shop=pair.shop, tiktok_product_id=f"17{sku}", defaults={"title": title}
    )
    return ListingSku.objects.create(
        shop=pair.shop,
        listing=listing,
        tiktok_sku_id=f"29{sku}",
        seller_sku=sku,
        sku_key=sku_key(sku),
        name=name,
    )


def test_skus_that_orders_wait_for_stand_first_with_their_number(pair: Pair, anna: Client) -> None:
    list_sku(pair, "GREEN")
    list_sku(pair, "BLUE", "Listed shirt")
    for index in range(3):
        lines = [build.unit("1", "RED"), build.unit("2", "RED")]
        if index == 0:
            lines.append(build.unit("3", "BLUE"))
        stored_order(pair.shop, f"57646141303878000{index}", lines=lines)
    rows = rows_of(anna.get("/products/"))
    assert [row[1:5] for row in rows] == [
        ["Shirt RED Default 29RED · seen in orders only", "RED", "Anna's shop", "3 orders"],
        ["Shirt BLUE Default 29BLUE", "BLUE", "Anna's shop", "1 order"],
        ["Cap One size 29GREEN", "GREEN", "Anna's shop", "none"],
    ]


def test_orders_that_are_done_wait_for_nothing(pair: Pair, anna: Client) -> None:
    synced_order(pair.shop)
    skipped = stored_order(pair.shop, "576461413038780001", lines=[build.unit("1", "BLUE")])
    set_columns(skipped, sync_status="skipped")
    assert "Every TikTok SKU is linked" in text_of(anna.get("/products/?tab=tiktok"))


def test_tabs_are_counted_and_the_first_with_work_is_open(pair: Pair, anna: Client) -> None:
    assert "Nothing is linked yet" in text_of(anna.get("/products/"))
    link_sku(pair, "RED", 41)
    make_variant(pair.store, "BLUE", 42)
    make_variant(pair.store, "GREEN", 43)
    stored_order(pair.shop, lines=[build.unit("1", "RED"), build.unit("2", "BLUE")])
    answer = anna.get("/products/")
    words = text_of(answer)
    assert (
        "Linked 1 To upload 0 Unlinked on TikTok 1 Unlinked in Shopify 2 "
        "Needs fixing 0 Under review 0 Live 0 Inactive 0"
    ) in words
    (current,) = [
        link["href"]
        for link in elements_of(answer, "a")
        if "aria-current" in link and "tab=" in link["href"]
    ]
    assert current == "/products/?tab=tiktok"


def test_links_show_both_sides_and_how_they_came(pair: Pair, anna: Client) -> None:
    link_sku(pair, "RED", 41)
    list_sku(pair, "RED", "Summer shirt", "Red")
    link_sku(pair, "BLUE", 42)
    stored_order(pair.shop, lines=[build.unit("1", "BLUE")])
    plain = link_sku(pair, "GREEN", 43).variant
    set_columns(plain, title="Default Title", sku="")
    rows = rows_of(anna.get("/products/?tab=linked"))
    assert [row[1:4] for row in rows] == [
        ["29GREEN 29GREEN", "Shirt no SKU", "By hand"],
        ["Shirt BLUE BLUE", "Shirt / BLUE BLUE", "By hand"],
        ["Summer shirt Red RED", "Shirt / RED RED", "By hand"],
    ]


def test_variants_without_a_link_are_listed(pair: Pair, strangers: Pair, anna: Client) -> None:
    link_sku(pair, "RED", 41)
    make_variant(pair.store, "BLUE", 42)
    make_variant(strangers.store, "GREY", 43)
    rows = rows_of(anna.get("/products/?tab=shopify"))
    assert [row[1:4] for row in rows] == [["Shirt / BLUE", "BLUE", "anna.myshopify.com"]]


@pytest.mark.parametrize(
    ("tab", "words", "found"),
    [
        ("tiktok", "gre", ["29GREEN"]),
        ("tiktok", "29RED", ["29RED"]),
        ("tiktok", "shirt", ["29RED"]),
        ("tiktok", "cap", ["29GREEN"]),
        ("tiktok", "zzz", []),
        ("linked", "summer", ["29BLUE"]),
        ("linked", "29BLUE", ["29BLUE"]),
        ("linked", "zzz", []),
        ("shopify", "whi", ["WHITE"]),
        ("shopify", "SHIRT", ["WHITE"]),
        ("shopify", "\x00", ["WHITE"]),
        ("nonsense", "", ["29BLUE"]),
    ],
)
def test_search_stays_inside_its_tab(
    tab: str, words: str, found: list[str], pair: Pair, anna: Client
) -> None:
    list_sku(pair, "GREEN")
    link_sku(pair, "BLUE", 42)
    list_sku(pair, "BLUE", "Summer shirt")
    make_variant(pair.store, "WHITE", 43)
    stored_order(pair.shop)
    answer = anna.get("/products/rows/", {"tab": tab, "q": words})
    page = answer.context["page"].rows
    if tab in ("linked", "nonsense"):
        page = [link for link, _ in page]
    keys = [row.sku if tab == "shopify" else row.tiktok_sku_id for row in page]
    assert keys == found
    assert answer.templates[0].name == "products/_rows.html"


def test_long_tabs_go_on_behind_the_last_row(
    pair: Pair, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "PAGE_SIZE", 2)
    for number in range(5):
        make_variant(pair.store, f"SKU-{number}", number)
    address, seen = "/products/?tab=shopify", []
    while address:
        answer = anna.get(address)
        seen += [row[2] for row in rows_of(answer)]
        more = [link["href"] for link in elements_of(answer, "a") if link.get("rel") == "next"]
        address = more[0] if more else ""
    assert seen == ["SKU-4", "SKU-3", "SKU-2", "SKU-1", "SKU-0"]
    for key in ("x", "-1", "9" * 30):
        assert len(rows_of(anna.get(f"/products/?tab=shopify&after={key}"))) == 2


def test_a_bundle_wants_links_of_its_components_alone(pair: Pair, anna: Client) -> None:
    parts = [
        {"sku_id": "29MUG", "seller_sku": "MUG-12", "sku_count": 2},
        {"sku_id": "29BOX", "seller_sku": "BOX", "sku_count": 1},
    ]
    link_sku(pair, "MUG", 42)
    lines = [build.unit("1", "SET", "30.00", combined_listing_skus=parts)]
    lines.append(build.unit("2", "BOX", "3.00"))
    order = stored_order(pair.shop, lines=lines)
    shops = [pair.shop]

    (sku,) = catalogue.read_tab("tiktok", shops, "", 0).rows
    assert (sku.tiktok_sku_id, sku.seller_sku, sku.waiting) == ("29BOX", "BOX", 1)
    assert catalogue.count_tabs(shops)["tiktok"] == 1
    order.line_items.get(tiktok_line_item_id="2").delete()
    (sku,) = catalogue.read_tab("tiktok", shops, "", 0).rows
    assert (sku.tiktok_sku_id, sku.title, sku.waiting) == ("29BOX", "Part of Shirt SET", 1)
    assert "1 order waiting" in text_of(anna.get("/products/link/749Anna/29BOX/"))

    link_sku(pair, "SET", 43)
    assert catalogue.read_tab("tiktok", shops, "", 0).rows == []
    assert catalogue.count_tabs(shops)["tiktok"] == 0


# --- the picker -----------------------------------------------------------------------------------


def test_the_picker_offers_the_same_sku_first(pair: Pair, anna: Client) -> None:
    stored_order(pair.shop)
    make_variant(pair.store, "BLUE", 42)
    red = make_variant(pair.store, " red", 41)
    set_columns(red, sku_key="red")
    answer = anna.get("/products/link/749Anna/29RED/")
    words = text_of(answer)
    assert "Shirt RED Default RED · Anna's shop · 29RED 1 order waiting" in words
    assert [variant.pk for variant in answer.context["variants"]] == [red.pk]
    assert "same SKU" in words


def test_the_picker_finds_by_sku_and_title_as_a_fragment(pair: Pair, anna: Client) -> None:
    stored_order(pair.shop)
    make_variant(pair.store, "BLUE-XL", 42)
    make_variant(pair.store, "GREEN", 43)
    answer = anna.get("/products/link/749Anna/29RED/", {"q": "blue"}, headers=HTMX)
    assert answer.templates[0].name == "products/_variants.html"
    assert [variant.sku for variant in answer.context["variants"]] == ["BLUE-XL"]
    both = anna.get("/products/link/749Anna/29RED/", {"q": "SHIRT"}, headers=HTMX)
    assert len(both.context["variants"]) == 2
    assert "No Shopify variant found" in text_of(
        anna.get("/products/link/749Anna/29RED/", {"q": "zzz"}, headers=HTMX)
    )


def test_the_picker_shows_variants_of_the_fed_store_only(
    pair: Pair, strangers: Pair, anna: Client
) -> None:
    stored_order(pair.shop)
    make_variant(strangers.store, "RED", 41)
    assert list(anna.get("/products/link/749Anna/29RED/").context["variants"]) == []


def test_a_sku_that_nobody_names_has_no_picker(pair: Pair, anna: Client) -> None:
    assert anna.get("/products/link/749Anna/29NONE/").status_code == 404
    assert anna.get("/products/link/749Nobody/29RED/").status_code == 404


def test_making_a_link_calls_its_service_once(
    pair: Pair, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_order(pair.shop)
    variant = make_variant(pair.store)
    calls: list[Any] = []
    monkeypatch.setattr(links, "make_link", lambda *args, **how: calls.append((args, how)))
    answer = anna.post("/products/link/749Anna/29RED/make/", {"variant": variant.pk}, follow=True)
    ((args, how),) = calls
    assert args == (pair.shop, "29RED", variant)
    assert (how["origin"], how["user"].username) == (Link.Origin.BY_HAND, "anna")
    assert "Linked. Orders that waited for this SKU go on by themselves." in text_of(answer)


def test_a_link_lets_its_orders_go_on(pair: Pair, anna: Client) -> None:
    order = stored_order(pair.shop)
    set_columns(order, sync_status="failed", failure_kind="config", failure_code="sku_unlinked")
    variant = make_variant(pair.store)
    anna.post("/products/link/749Anna/29RED/make/", {"variant": variant.pk})
    assert Link.objects.get().variant == variant
    assert Order.objects.get().sync_status == "pending"


@pytest.mark.parametrize("chosen", ["", "x", "0", "999", "9" * 30])
def test_an_unknown_variant_is_not_linked(chosen: str, pair: Pair, anna: Client) -> None:
    stored_order(pair.shop)
    answer = anna.post("/products/link/749Anna/29RED/make/", {"variant": chosen})
    assert answer.status_code == 404
    assert not Link.objects.exists()


def test_a_strangers_variant_is_not_linked(pair: Pair, strangers: Pair, anna: Client) -> None:
    stored_order(pair.shop)
    theirs = make_variant(strangers.store)
    answer = anna.post("/products/link/749Anna/29RED/make/", {"variant": theirs.pk})
    assert answer.status_code == 404
    assert not Link.objects.exists()


def test_a_link_in_the_way_is_told(pair: Pair, anna: Client) -> None:
    stored_order(pair.shop)
    link_sku(pair, "RED", 41)
    other = make_variant(pair.store, "BLUE", 42)
    answer = anna.post("/products/link/749Anna/29RED/make/", {"variant": other.pk}, follow=True)
    words = text_of(answer)
    assert "This TikTok SKU is linked to Shirt / RED already." in words
    assert "Linked to Shirt / RED" in words
    assert Link.objects.get().variant.sku == "RED"


def test_removing_a_link_calls_its_service_once(
    pair: Pair, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = link_sku(pair)
    calls: list[Any] = []
    monkeypatch.setattr(links, "remove_link", lambda *args, **how: calls.append((args, how)))
    answer = anna.post(f"/products/links/{link.pk}/remove/", follow=True)
    ((args, how),) = calls
    assert (args, how["user"].username) == ((link,), "anna")
    assert "Unlinked." in text_of(answer)


def test_the_catalogues_are_asked_for_on_request(
    pair: Pair, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(links, "refresh_catalogue", calls.append)
    answer = anna.post("/products/refresh/", follow=True)
    assert calls == [pair.merchant]
    assert "Asking both platforms for their products." in text_of(answer)


def test_one_sku_in_two_shops_is_two_rows(pair: Pair, anna: Client) -> None:
    second = make_shop(pair.merchant, pair.store, "749second")
    stored_order(pair.shop)
    stored_order(second)
    links_offered = {
        link["href"] for link in elements_of(anna.get("/products/"), "a") if "data-open" in link
    }
    assert links_offered == {"/products/link/749Anna/29RED/", "/products/link/749second/29RED/"}


def test_the_allowance_of_uploads_is_told(pair: Pair, anna: Client) -> None:
    product = make_variant(pair.store, "GREEN", 77).product
    row = ProductUpload.objects.create(shop=pair.shop, product=product, sent_at=timezone.now())
    address = "/products/?tab=upload"
    assert "1 uploaded in 24 hours" in text_of(anna.get(address))
    ProductRules.objects.update_or_create(shop=pair.shop, defaults={"daily_uploads": 100})
    assert "99 of 100 uploads left in 24 hours" in text_of(anna.get(address))
    set_columns(row, sent_at=timezone.now() - timedelta(hours=25))
    assert "100 of 100 uploads left in 24 hours" in text_of(anna.get(address))
