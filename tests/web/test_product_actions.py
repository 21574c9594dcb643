"""What is done with products from their pages: runs, links, locks, templates, rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from products.models import (
    InventoryLevel,
    Link,
    ListingSku,
    ListingTask,
    Location,
    ProductRules,
    RemovedLink,
    UploadTemplate,
)
from tests.factories import (
    Pair,
    link_sku,
    make_listing,
    make_shop,
    make_variant,
    set_columns,
    stored_order,
)
from tests.web.reading import elements_of, text_of
from tiktoksync.runs.models import Run

ACT = "/products/act/"


def linked_listing(pair: Pair, sku: str = "RED", number: int = 1, **columns: Any) -> Any:
    """A live listing with one linked SKU."""
    listing = make_listing(pair.shop, sku, number=number, **columns)
    link_sku(pair, sku, 40 + number)
    return listing


# --- bulk -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "kind", "wish"),
    [
        ("stock", "stock", {"state": "", "start": True}),
        ("prices", "prices", {"state": "", "start": True}),
        ("on", "state", {"state": "activate", "start": True}),
        ("off", "state", {"state": "deactivate", "start": True}),
    ],
)
def test_ticked_listings_are_pushed_at_once(
    act: str, kind: str, wish: dict[str, Any], pair: Pair, anna: Client
) -> None:
    listing = linked_listing(pair)
    linked_listing(pair, "BLUE", 2)
    answer = anna.post(ACT, {"tab": "linked", "act": act, "pick": [listing.pk, listing.pk, "x"]})
    run = Run.objects.get()
    assert answer["Location"] == f"/activity/runs/{run.pk}/"
    assert (run.kind, run.status) == (kind, "preparing")
    assert run.wish == {"listing_ids": ["171"], **wish}
    assert str(run.started_by) == "anna"


def test_uploads_show_first_what_would_happen(pair: Pair, anna: Client) -> None:
    product = make_variant(pair.store).product
    template = UploadTemplate.objects.create(shop=pair.shop, name="Mugs")
    anna.post(ACT, {"tab": "upload", "act": "upload", "pick": product.pk, "template": template.pk})
    run = Run.objects.get()
    assert run.kind == "upload"
    assert run.wish == {
        "product_ids": ["gid://shopify/Product/4"],
        "start": False,
        "template": template.pk,
    }


def test_all_that_match_are_uploaded_by_the_filter(pair: Pair, anna: Client) -> None:
    product = make_variant(pair.store).product
    set_columns(product, vendor="Hill", tags=["summer"])
    sent = {"tab": "upload", "act": "upload", "all": "1", "q": "shirt", "vendor": "hill"}
    anna.post(ACT, sent | {"tag": "summer"})
    wish = Run.objects.get().wish
    assert wish["filter"] == {"q": "shirt", "vendor": "hill", "tag": "summer", "link": "unlinked"}


def test_unlinked_listings_are_imported_after_a_preview(pair: Pair, anna: Client) -> None:
    make_listing(pair.shop, "RED", number=1)
    linked_listing(pair, "BLUE", 2)
    anna.post(ACT, {"tab": "tiktok", "act": "import", "all": "1"})
    run = Run.objects.get()
    assert (run.kind, run.wish["listing_ids"], run.wish["start"]) == ("import", ["171"], False)


def test_all_that_match_stay_inside_their_tab_and_search(pair: Pair, anna: Client) -> None:
    linked_listing(pair, "RED", 1, title="Mug")
    linked_listing(pair, "BLUE", 2, title="Mug too", status="SELLER_DEACTIVATED")
    linked_listing(pair, "GREEN", 3, title="Cap")
    anna.post(ACT, {"tab": "live", "act": "stock", "all": "1", "q": "mug"})
    assert Run.objects.get().wish["listing_ids"] == ["171"]


def test_listings_of_two_shops_are_two_runs(pair: Pair, anna: Client) -> None:
    first = make_listing(pair.shop, "RED", number=1)
    second = make_listing(make_shop(pair.merchant, pair.store, "749second"), "BLUE", number=2)
    sent = {"tab": "live", "act": "stock", "pick": [first.pk, second.pk]}
    assert anna.post(ACT, sent)["Location"] == "/activity/runs/"
    wishes = {run.shop_id: run.wish["listing_ids"] for run in Run.objects.all()}
    assert wishes == {first.shop_id: ["171"], second.shop_id: ["172"]}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"tab": "live", "act": "stock"}, "Nothing is selected."),
        ({"tab": "live", "act": "stock", "pick": "999"}, "Nothing is selected."),
        ({"tab": "live", "act": "upload", "pick": "1"}, "This cannot be done from here."),
        ({"tab": "nowhere", "act": "stock", "pick": "1"}, "This cannot be done from here."),
        ({"tab": "live", "act": "burn", "pick": "1"}, "Nothing was chosen to be done."),
        ({"tab": "live"}, "Nothing was chosen to be done."),
    ],
)
def test_what_cannot_be_done_is_told(
    sent: dict[str, str], said: str, pair: Pair, anna: Client
) -> None:
    make_listing(pair.shop, "RED")
    assert said in text_of(anna.post(ACT, sent, follow=True))
    assert not Run.objects.exists()


def test_a_strangers_listing_is_not_pushed(pair: Pair, strangers: Pair, anna: Client) -> None:
    theirs = make_listing(strangers.shop, "RED")
    anna.post(ACT, {"tab": "live", "act": "stock", "pick": theirs.pk})
    assert not Run.objects.exists()


def test_another_run_in_the_way_is_told_with_the_way_to_it(pair: Pair, anna: Client) -> None:
    listing = linked_listing(pair)
    sent = {"tab": "live", "act": "stock", "pick": listing.pk}
    anna.post(ACT, sent)
    run = Run.objects.get()
    answer = anna.post(ACT, sent, follow=True)
    assert "Another run of this kind is under way for this shop." in text_of(answer)
    assert f"/activity/runs/{run.pk}/" in [link["href"] for link in elements_of(answer, "a")]
    assert Run.objects.count() == 1


def test_with_two_shops_an_upload_needs_one_named(pair: Pair, anna: Client) -> None:
    second = make_shop(pair.merchant, pair.store, "749second")
    product = make_variant(pair.store).product
    sent = {"tab": "upload", "act": "upload", "pick": product.pk}
    assert "Choose the TikTok shop to upload to." in text_of(anna.post(ACT, sent, follow=True))
    anna.post(ACT, sent | {"target": "749second"})
    assert Run.objects.get().shop == second


def test_auto_link_previews_before_it_links(pair: Pair, anna: Client) -> None:
    anna.post("/products/link-equal/")
    run = Run.objects.get()
    assert (run.kind, run.wish) == ("link", {"start": False})


# --- the picker -----------------------------------------------------------------------------------


def test_from_an_order_the_link_leads_back_to_it(pair: Pair, anna: Client) -> None:
    order = stored_order(pair.shop)
    variant = make_variant(pair.store)
    page = anna.get(f"/products/link/749Anna/29RED/?order={order.tiktok_order_id}")
    assert f"Order {order.tiktok_order_id}" in text_of(page)
    sent = {"variant": variant.pk, "order": order.tiktok_order_id}
    answer = anna.post("/products/link/749Anna/29RED/make/", sent)
    assert answer["Location"] == f"/orders/{order.tiktok_order_id}/?shop=749Anna"
    assert Link.objects.get().origin == "order"


def test_a_link_is_changed_in_one_step(pair: Pair, anna: Client) -> None:
    make_listing(pair.shop, "RED")
    link = link_sku(pair, "RED", 41)
    other = make_variant(pair.store, "BLUE", 42)
    sent = {"variant": other.pk, "change": link.pk}
    answer = anna.post("/products/link/749Anna/29RED/make/", sent)
    assert answer["Location"] == "/products/tiktok/749Anna/171/"
    link.refresh_from_db()
    assert link.variant == other
    assert RemovedLink.objects.get().variant.sku == "RED"


def test_the_picker_tells_stock_and_what_is_linked_already(pair: Pair, anna: Client) -> None:
    stored_order(pair.shop)
    variant = make_variant(pair.store, "BLUE", 42)
    set_columns(variant, inventory_item_id="gid://shopify/InventoryItem/1")
    for place, units in (("1", 1200), ("2", 34)):
        InventoryLevel.objects.create(
            store=pair.store,
            inventory_item_id=variant.inventory_item_id,
            shopify_location_id=place,
            available=units,
        )
    Link.objects.create(shop=pair.shop, tiktok_sku_id="29X", variant=variant, origin="by_hand")
    words = text_of(anna.get("/products/link/749Anna/29RED/"))
    assert "BLUE · $10.00 · 1,234 in stock" in words
    assert "Sold as another TikTok SKU already (29X)." in words


def test_unlinking_tells_its_effect_first(pair: Pair, anna: Client) -> None:
    stored_order(pair.shop)
    link = link_sku(pair, "RED", 41)
    words = text_of(anna.get(f"/products/links/{link.pk}/"))
    assert "Both products stay as they are, on TikTok and in Shopify." in words
    assert (
        "1 order with this SKU is not in Shopify yet; they wait until it is linked again" in words
    )
    assert Link.objects.filter(pk=link.pk).exists()


# --- one listing, one product ---------------------------------------------------------------------


def test_one_listing_is_pushed_from_its_page(pair: Pair, anna: Client) -> None:
    linked_listing(pair)
    anna.post("/products/tiktok/749Anna/171/act/", {"act": "off"})
    run = Run.objects.get()
    assert (run.kind, run.wish["state"], run.wish["listing_ids"]) == (
        "state",
        "deactivate",
        ["171"],
    )


def test_ids_that_failed_are_written_again(pair: Pair, anna: Client) -> None:
    listing = linked_listing(pair)
    task = ListingTask.objects.create(listing=listing, kind="ids")
    set_columns(task, sync_status="failed", failure_reason="Not now")
    answer = anna.post("/products/tiktok/749Anna/171/act/", {"act": "ids"}, follow=True)
    assert "Asked for again." in text_of(answer)
    assert ListingTask.objects.get().sync_status == "pending"


def test_one_product_is_uploaded_from_its_page(pair: Pair, strangers: Pair, anna: Client) -> None:
    make_variant(pair.store)
    address = "/products/shopify/4/act/"
    assert anna.post(address, {"shop": "749Ben"}).status_code == 404
    assert not Run.objects.exists()
    anna.post(address, {"shop": "749Anna"})
    assert Run.objects.get().wish["product_ids"] == ["gid://shopify/Product/4"]


def test_stock_and_price_of_a_sku_are_locked_and_unlocked(pair: Pair, anna: Client) -> None:
    listing = linked_listing(pair)
    sku = listing.skus.get()
    address = "/products/tiktok/749Anna/171/lock/"
    anna.post(address, {"sku": sku.pk, "what": "stock", "on": "1"})
    sku.refresh_from_db()
    assert (sku.stock_locked, sku.price_locked) == (True, False)
    assert "Unlock stock" in text_of(anna.get("/products/tiktok/749Anna/171/"))
    anna.post(address, {"sku": sku.pk, "what": "price", "on": "1"})
    anna.post(address, {"sku": sku.pk, "what": "stock", "on": "0"})
    sku.refresh_from_db()
    assert (sku.stock_locked, sku.price_locked) == (False, True)


def test_a_sku_of_another_listing_is_not_locked_here(pair: Pair, anna: Client) -> None:
    linked_listing(pair)
    other = linked_listing(pair, "BLUE", 2).skus.get()
    sent = {"sku": other.pk, "what": "stock", "on": "1"}
    assert anna.post("/products/tiktok/749Anna/171/lock/", sent).status_code == 404
    assert not ListingSku.objects.filter(stock_locked=True).exists()


# --- upload templates -----------------------------------------------------------------------------


def template_body(**fields: str) -> dict[str, str]:
    return {"name": "Mugs", "category_id": "600001", "attribute_rows": "", **fields}


def test_a_template_is_added_changed_and_deleted(pair: Pair, anna: Client) -> None:
    rows = "100 = Ceramic\n101 = #555\n100 = Glass"
    body = template_body(attribute_rows=rows, delivery_options="1, 2,", package_weight="0.5")
    answer = anna.post("/products/templates/for/749Anna/save/", body, follow=True)
    template = UploadTemplate.objects.get()
    assert "Saved the template “Mugs”." in text_of(answer)
    assert template.attributes == [
        {"id": "100", "values": [{"name": "Ceramic"}, {"name": "Glass"}]},
        {"id": "101", "values": [{"id": "555"}]},
    ]
    assert template.delivery_option_ids == ["1", "2"]
    page = anna.get(f"/products/templates/{template.pk}/")
    assert "100 = Ceramic 100 = Glass 101 = #555" in text_of(page)
    again = template_body(name="Bowls", template=str(template.pk))
    anna.post("/products/templates/for/749Anna/save/", again)
    assert UploadTemplate.objects.get().name == "Bowls"
    anna.post(f"/products/templates/{template.pk}/delete/")
    assert not UploadTemplate.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "Old"}, "The shop has a template of this name."),
        ({"is_default": "on"}, "“Old” is the default already."),
        ({"attribute_rows": "Material: wool"}, "“Material: wool” is not: an attribute's id"),
    ],
)
def test_a_template_with_a_mistake_is_not_kept(
    fields: dict[str, str], said: str, pair: Pair, anna: Client
) -> None:
    UploadTemplate.objects.create(shop=pair.shop, name="Old", is_default=True)
    body = template_body(**fields)
    answer = anna.post("/products/templates/for/749Anna/save/", body)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert UploadTemplate.objects.count() == 1


# --- rules ----------------------------------------------------------------------------------------


def rules_body(**fields: Any) -> dict[str, Any]:
    plain = {
        "external_ids": "needed",
        "stock_percent": "80",
        "stock_threshold": "2",
        "price_percent": "10",
        "price_add": "0",
        "price_rounding": "99",
        "import_status": "DRAFT",
        "import_on_duplicate": "link",
        **fields,
    }
    return {f"p749Anna-{name}": value for name, value in plain.items()}


def test_product_rules_are_kept_and_followed(
    pair: Pair, anna: Client, woken: list[tuple[str, int]]
) -> None:
    Location.objects.create(store=pair.store, shopify_location_id="gid://L/1", name="Ohio")
    body = rules_body(
        push_stock="on", stock_locations=["gid://L/1"], import_tags="a, b , a,", price_floor="5"
    )
    answer = anna.post("/products/rules/749Anna/", body, follow=True)
    assert (
        "Saved the product rules of Anna's shop. TikTok is told what differs by them."
        in text_of(answer)
    )
    rules = ProductRules.objects.get()
    assert (rules.stock_percent, rules.stock_threshold, rules.push_stock) == (80, 2, True)
    assert (rules.price_percent, rules.price_floor) == (Decimal(10), Decimal(5))
    assert (rules.stock_locations, rules.import_tags) == (["gid://L/1"], ["a", "b"])
    assert (rules.auto_link, rules.push_prices) == (False, False)
    assert ("push_stock", pair.shop.pk) in woken
    assert pair.refresh().shop.next_stock_sweep_at is not None


def test_product_rules_with_a_mistake_are_not_kept(
    pair: Pair, anna: Client, woken: list[tuple[str, int]]
) -> None:
    body = rules_body(stock_percent="120", stock_locations=["gid://elsewhere"])
    answer = anna.post("/products/rules/749Anna/", body)
    assert answer.status_code == 422
    words = text_of(answer)
    assert "Ensure this value is less than or equal to 100." in words
    assert "Select a valid choice." in words
    assert not ProductRules.objects.filter(stock_percent=120).exists()
    assert woken == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            {"example_units": "12", "example_price": "20"},
            "12 in Shopify, 80 % of 12: 9 on TikTok 20.00 in Shopify, + 10 %, up to …99: 22.99",
        ),
        ({"example_units": "2"}, "2 in Shopify, 80 % of 2, with 2 or fewer none is offered: 0"),
        ({"example_units": "x"}, "12 in Shopify, 80 % of 12: 9 on TikTok"),
    ],
)
def test_the_example_follows_the_typing_and_keeps_nothing(
    typed: dict[str, str], said: str, pair: Pair, anna: Client
) -> None:
    answer = anna.get("/products/rules/749Anna/example/", rules_body() | typed)
    assert said in text_of(answer)
    assert not ProductRules.objects.exists()


def test_an_import_may_overrule_equal_titles(pair: Pair, anna: Client) -> None:
    listing = make_listing(pair.shop, "RED")
    anna.post(ACT, {"tab": "tiktok", "act": "import", "pick": listing.pk, "force": "1"})
    assert Run.objects.get().wish["force"] is True


def test_the_picker_puts_a_suggestion_first(pair: Pair, anna: Client) -> None:
    listing = make_listing(pair.shop, "RED")
    listing.skus.update(barcode="012345678905")
    make_variant(pair.store, "AAA", 42)
    hinted = make_variant(pair.store, "ZZZ", 43)
    set_columns(hinted, barcode="12345678905")
    answer = anna.get("/products/link/749Anna/29RED/")
    assert [variant.sku for variant, _, _ in answer.context["picks"]] == ["ZZZ", "AAA"]
    assert "suggested, 95 %: Same barcode 12345678905" in text_of(answer)
