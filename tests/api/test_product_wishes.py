"""Uploads, imports, pushes and links that programs ask for: begun as runs, inside the merchant."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from products.models import (
    Link,
    Listing,
    ListingSku,
    Product,
    ProductRules,
    UploadTemplate,
)
from tests.api.cast import Cast, make_variant
from tests.api.schema import checked
from tests.factories import make_shop
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs

API = "/api/v1/"
GID = "gid://shopify/Product/"


def post(client: Client, address: str, **body: Any) -> Any:
    return client.post(f"{API}{address}", body, content_type="application/json")


def patch(client: Client, address: str, **body: Any) -> Any:
    return client.patch(f"{API}{address}", body, content_type="application/json")


@pytest.fixture
def product(cast: Cast) -> Product:
    return Product.objects.create(
        store=cast.anna.store, shopify_product_id=f"{GID}77", title="Enamel mug", vendor="Harbor"
    )


@pytest.fixture
def listing(cast: Cast) -> Listing:
    return Listing.objects.create(
        shop=cast.anna.shop, tiktok_product_id="1729", title="Mystery box", status="ACTIVATE"
    )


def test_products_are_uploaded_by_their_numbers(
    anna: Client, cast: Cast, product: Product, woken: list[tuple[str, int]]
) -> None:
    body = checked(post(anna, "products/upload/", product_ids=["77"]), "products_upload", 202)
    assert (body["kind"], body["status"]) == ("upload", "preparing")
    assert body["wish"] == {"product_ids": [f"{GID}77"], "start": True, "template": None}
    assert woken == [("product_runs", cast.anna.shop.pk)]


def test_a_dry_run_waits_for_a_word(anna: Client, product: Product) -> None:
    body = checked(
        post(anna, "products/upload/", filter={"vendor": "harbor"}, dry_run=True),
        "products_upload",
        202,
    )
    assert body["wish"] == {"filter": {"vendor": "harbor"}, "start": False, "template": None}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"product_ids": []}, "product_ids"),
        ({"product_ids": ["red"]}, "product_ids"),
        ({"product_ids": [{"id": 1}]}, "product_ids.0"),
        ({"filter": {"colour": "red"}}, "filter"),
        ({"filter": {"link": "maybe"}}, "filter"),
        ({"template_id": 5}, "template_id"),
        ({"tiktok_shop_id": "5"}, "tiktok_shop_id"),
        ({"dry_run": "perhaps"}, "dry_run"),
    ],
)
def test_what_makes_no_sense_begins_nothing(
    anna: Client,
    product: Product,
    woken: list[tuple[str, int]],
    body: dict[str, Any],
    field: str,
) -> None:
    refused = checked(post(anna, "products/upload/", **body), "products_upload", 400)
    assert list(refused["error"]["fields"]) == [field]
    assert not Run.objects.exists()
    assert woken == []


def test_a_strangers_product_is_not_uploaded(
    ben: Client, product: Product, woken: list[tuple[str, int]]
) -> None:
    refused = checked(post(ben, "products/upload/", product_ids=["77"]), "products_upload", 409)
    assert refused["error"]["message"].startswith("No Shopify product known here")
    assert not Run.objects.exists()
    assert woken == []


def test_the_shop_is_told_by_what_it_can_be_about(
    anna: Client, cast: Cast, listing: Listing
) -> None:
    other = make_shop(cast.anna.merchant, cast.anna.store, "7495999999999999999")
    body = checked(
        post(anna, "products/import/", tiktok_product_ids=["1729"]), "products_import", 202
    )
    assert body["tiktok_shop_id"] == cast.anna.shop.shop_id
    refused = checked(post(anna, "products/import/"), "products_import", 400)
    assert list(refused["error"]["fields"]) == ["tiktok_shop_id"]
    assert not Run.objects.filter(shop=other).exists()


def test_a_second_import_waits_for_the_first(anna: Client, listing: Listing) -> None:
    checked(post(anna, "products/import/"), "products_import", 202)
    refused = checked(post(anna, "products/import/"), "products_import", 409)
    assert refused["error"]["message"] == runs.UNDER_WAY
    assert Run.objects.count() == 1


def test_stock_is_pushed_and_states_are_named(anna: Client, listing: Listing) -> None:
    body = checked(post(anna, "products/push/", what="stock"), "products_push", 202)
    assert body["kind"] == "stock"
    assert body["wish"] == {"filter": {}, "state": "", "start": True}
    refused = checked(post(anna, "products/push/", what="state"), "products_push", 400)
    assert list(refused["error"]["fields"]) == ["state"]
    body = checked(
        post(anna, "products/push/", what="state", state="deactivate"), "products_push", 202
    )
    assert body["wish"]["state"] == "deactivate"


def test_equal_titles_can_be_overruled(anna: Client, listing: Listing) -> None:
    body = checked(post(anna, "products/import/", force=True), "products_import", 202)
    assert body["wish"]["force"] is True


def test_a_sku_is_locked_and_unlocked(anna: Client, ben: Client, listing: Listing) -> None:
    sku = ListingSku.objects.create(
        shop=listing.shop, listing=listing, tiktok_sku_id="17291", seller_sku="BOX"
    )
    address = "products/skus/17291/lock/"
    body = checked(post(anna, address, stock=True), "skus_lock", 200)
    assert body == {"tiktok_sku_id": "17291", "seller_sku": "BOX", "stock": True, "price": False}
    checked(post(ben, address, price=True), "skus_lock", 404)
    checked(post(anna, address, stock="perhaps"), "skus_lock", 400)
    sku.refresh_from_db()
    assert (sku.stock_locked, sku.price_locked) == (True, False)
    body = checked(post(anna, address, stock=False, price=True), "skus_lock", 200)
    assert (body["stock"], body["price"]) == (False, True)


def test_suggestions_are_taken_one_by_one(
    anna: Client, ben: Client, cast: Cast, listing: Listing
) -> None:
    variant = make_variant(cast.anna.store)
    run = runs.begin_run(Run.Kind.LINK, cast.anna.shop, {"start": False})
    for sku_id in ("17291", "17292"):
        ListingSku.objects.create(shop=listing.shop, listing=listing, tiktok_sku_id=sku_id)
    runs.add_items(
        run,
        [
            RunItem(
                run=run,
                remote_id=sku_id,
                state="skipped",
                cause="suggested",
                facts={"variant": variant.pk},
            )
            for sku_id in ("17291", "17292")
        ],
    )
    address = f"runs/{run.pk}/confirm/"
    checked(post(ben, address, tiktok_sku_ids=["17291"]), "runs_confirm", 404)
    assert not Link.objects.exists()
    checked(post(anna, address, tiktok_sku_ids=["17291", "99"]), "runs_confirm", 200)
    link = Link.objects.get()
    assert (link.tiktok_sku_id, link.variant) == ("17291", variant)
    assert RunItem.objects.get(remote_id="17292").cause == "suggested"


def test_equal_skus_are_linked_on_request(anna: Client, cast: Cast) -> None:
    body = checked(post(anna, "products/link/", dry_run=True), "products_link", 202)
    assert (body["kind"], body["wish"]) == ("link", {"start": False})


def test_both_catalogues_are_read_on_request(
    anna: Client, cast: Cast, woken: list[tuple[str, int]]
) -> None:
    checked(post(anna, "products/refresh/"), "products_refresh", 202)
    assert sorted(woken) == [
        ("pull_listings", cast.anna.shop.pk),
        ("pull_variants", cast.anna.store.pk),
    ]


# --- what came of each thing --------------------------------------------------------------------


@pytest.fixture
def run(cast: Cast, product: Product) -> Run:
    """An upload with one that failed and one that is done."""
    run = runs.begin_run(Run.Kind.UPLOAD, cast.anna.shop, {"filter": {}})
    issue = {"code": "no_image", "words": "It has no picture.", "fix": "Add one in Shopify."}
    runs.add_items(
        run,
        [
            RunItem(run=run, remote_id=f"{GID}77", title="Enamel mug", state="done"),
            RunItem(
                run=run,
                remote_id=f"{GID}78",
                title='=HYPERLINK("x")',
                state="failed",
                cause="no_image",
                words="It has no picture.",
                facts={"issues": [issue]},
            ),
        ],
    )
    return run


def test_items_tell_all_that_stands_in_their_way(anna: Client, run: Run) -> None:
    address = f"{API}runs/{run.pk}/items/?state=failed&cause=no_image"
    body = checked(anna.get(address), "runs_items_list", 200)
    (item,) = body["results"]
    assert (item["remote_id"], item["state"]) == (f"{GID}78", "failed")
    assert item["issues"] == [
        {"code": "no_image", "words": "It has no picture.", "fix": "Add one in Shopify."}
    ]
    assert checked(anna.get(f"{API}runs/{run.pk}/items/"), "runs_items_list", 200)["next"] is None


def test_failed_items_come_as_a_table_without_formulas(anna: Client, run: Run) -> None:
    answer = anna.get(f"{API}runs/{run.pk}/items.csv?state=failed", headers={"accept": "text/csv"})
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="upload-{run.pk}-failed.csv"'
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[arg-type]
    assert lines[0] == "id,title,state,cause,what,how to fix it"
    assert len(lines) == 2
    assert lines[1].startswith(f"""{GID}78,"'=HYPERLINK(""x"")",Failed,""")
    assert lines[1].endswith(",It has no picture.,Add one in Shopify.")


@pytest.mark.parametrize("address", ["items/", "items.csv"])
def test_items_of_others_are_not_there(ben: Client, run: Run, address: str) -> None:
    assert ben.get(f"{API}runs/{run.pk}/{address}").status_code == 404
    assert ben.get(f"{API}runs/{'9' * 30}/{address}").status_code == 404


@pytest.mark.parametrize("address", ["items/", "items.csv"])
def test_a_state_that_does_not_exist_is_refused(anna: Client, run: Run, address: str) -> None:
    assert anna.get(f"{API}runs/{run.pk}/{address}?state=lost").status_code == 400


# --- rules and templates ------------------------------------------------------------------------


def test_rules_are_read_and_changed(anna: Client, cast: Cast) -> None:
    address = f"shops/{cast.anna.shop.shop_id}/product-rules/"
    body = checked(anna.get(f"{API}{address}"), "product_rules_retrieve", 200)
    assert (body["push_stock"], body["stock_percent"], body["price_percent"]) == (True, 100, "0.00")
    body = checked(
        patch(anna, address, stock_percent=80, price_percent="12.5", price_rounding="99"),
        "product_rules_update",
        200,
    )
    assert (body["stock_percent"], body["price_percent"], body["price_rounding"]) == (
        80,
        "12.50",
        "99",
    )
    assert ProductRules.objects.get(shop=cast.anna.shop).stock_percent == 80


@pytest.mark.parametrize(
    "wish",
    [
        {"stock_percent": 101},
        {"stock_percent": -1},
        {"price_rounding": "7"},
        {"stock_locations": 3},
    ],
)
def test_rules_that_make_no_sense_change_nothing(
    anna: Client, cast: Cast, wish: dict[str, Any]
) -> None:
    address = f"shops/{cast.anna.shop.shop_id}/product-rules/"
    checked(patch(anna, address, **wish), "product_rules_update", 400)
    rules = ProductRules.objects.get(shop=cast.anna.shop)
    assert (rules.stock_percent, rules.price_rounding, rules.stock_locations) == (100, "none", [])


def test_a_strangers_rules_are_not_there(ben: Client, cast: Cast) -> None:
    assert patch(ben, f"shops/{cast.anna.shop.shop_id}/product-rules/").status_code == 404


def test_templates_are_kept_inside_the_merchant(anna: Client, ben: Client, cast: Cast) -> None:
    wish = {
        "tiktok_shop_id": cast.anna.shop.shop_id,
        "name": "Mugs",
        "category_id": "600001",
        "attributes": [{"id": "100", "values": [{"id": "1"}]}],
        "package_weight": "0.5",
        "is_default": True,
    }
    body = checked(post(anna, "upload-templates/", **wish), "upload_templates_create", 201)
    assert (body["name"], body["package_weight"]) == ("Mugs", "0.500")
    doubled = checked(post(anna, "upload-templates/", **wish), "upload_templates_create", 400)
    assert list(doubled["error"]["fields"]) == ["name"]
    other = {**wish, "name": "Cups"}
    refused = checked(post(anna, "upload-templates/", **other), "upload_templates_create", 400)
    assert list(refused["error"]["fields"]) == ["is_default"]
    stolen = checked(post(ben, "upload-templates/", **other), "upload_templates_create", 400)
    assert list(stolen["error"]["fields"]) == ["tiktok_shop_id"]
    assert ben.get(f"{API}upload-templates/{body['id']}/").status_code == 404
    assert UploadTemplate.objects.count() == 1
