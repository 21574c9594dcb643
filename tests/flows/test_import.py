"""TikTok listings imported into Shopify over the sandbox: once, linked, and never touched again."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from products.models import InventoryLevel, Link, Listing, ListingSku, Product, ProductImport
from products.services.product_wishes import begin_import
from tests.flows.products import outcomes, work_run
from tests.flows.world import STORE_OF, US_SHOP, VN_SHOP, World
from tiktoksync.runs.models import Run
from tiktoksync.runs.services import runs
from tiktoksync.shops.models import ShopifyStore

pytestmark = pytest.mark.usefixtures("catalogues")

STEM = "import_products"
LOOKS = 200
SIZES = ("S", "M")
DRESS: dict[str, Any] = {
    "title": "Linen dress, washed",
    "vendor": "Harbor & Pine",
    "options": ["Color", "Size"],
    "images": [{"key": "dress-1", "width": 900, "height": 900}],
    "description": '<p style="color:red" onclick="x()">Cool</p><script>alert(1)</script>'
    "<table><tr><td>Linen</td></tr></table>",
    "variants": [
        {
            "sku": "" if size == "M" else f"DRESS-{color}-{size}",
            "values": [color, size],
            "price": "39.50",
            "inventory": 7,
            "grams": 250,
            "image": {"key": f"dress-{color}", "width": 800, "height": 800},
        }
        for color in ("Sand", "Navy")
        for size in SIZES
    ],
}
SINGLE: dict[str, Any] = {
    "options": [],
    "variants": [{"sku": "ONE-1", "values": [], "price": "12.00"}],
}


@pytest.fixture(autouse=True)
def plenty(world: World) -> None:
    """These tests count calls, not points."""
    world.control("POST", "config", {"bucket": {"maximum": 100000, "restore_rate": 50000}})


def list_on_tiktok(world: World, shop: str = US_SHOP, **fields: Any) -> str:
    """A seller lists a product on TikTok; here it is known by its id alone."""
    made = world.control("POST", "products", {"shop": shop, **fields})
    product_id = str(made["ids"][0])
    Listing.objects.create(shop=world.shops[shop], tiktok_product_id=product_id)
    return product_id


def prepare(world: World, *product_ids: str, shop: str = US_SHOP, **how: Any) -> Run:
    """The preview of an import."""
    run = begin_import(world.shops[shop], {"listing_ids": product_ids}, **how)
    return work_run(world, run)


def import_listings(world: World, *product_ids: str, shop: str = US_SHOP) -> Run:
    """An import that starts by itself, worked to its end."""
    run = begin_import(world.shops[shop], {"listing_ids": product_ids}, start=True)
    return work_run(world, run, STEM)


def in_shopify(world: World, product_id: str, shop: str = US_SHOP) -> list[dict[str, Any]]:
    """Every product of the store that carries this listing's id."""
    shown = world.control("GET", f"shopify/products?shop={STORE_OF[shop]}")["products"]
    return [
        one
        for one in shown
        if any(
            field["key"] == "tiktok_product_id" and field["value"] == product_id
            for field in one["metafields"]
        )
    ]


def with_pictures(world: World, product_id: str) -> dict[str, Any]:
    """The listing's only product, once Shopify has fetched its pictures: that is after its answer.

    Each look settles what has come, and gives the fetching a moment.
    """
    for _ in range(LOOKS):
        world.control("POST", "clock/advance", {"seconds": 1})
        (product,) = in_shopify(world, product_id)
        if all(one["status"] in ("READY", "FAILED") for one in product["media"]):
            return product
    raise AssertionError("the pictures are never fetched")


def variants_of(world: World, product: dict[str, Any], shop: str = US_SHOP) -> list[Any]:
    shown = world.control("GET", f"shopify/products?shop={STORE_OF[shop]}")["variants"]
    return [one for one in shown if one["product_id"] == product["id"]]


def test_a_listing_becomes_a_draft_with_everything_it_has(world: World) -> None:
    product_id = list_on_tiktok(world, **DRESS)
    run = import_listings(world, product_id)
    assert (run.status, outcomes(run)) == ("finished", {"created": 1})
    product = with_pictures(world, product_id)
    assert (product["title"], product["status"]) == ("Linen dress, washed", "DRAFT")
    assert (product["vendor"], product["tags"]) == ("Harbor & Pine", [])
    assert product["descriptionHtml"] == "<p>Cool</p><table><tr><td>Linen</td></tr></table>"
    assert product["options"] == {"Color": ["Sand", "Navy"], "Size": ["S", "M"]}
    assert {one["status"] for one in product["media"]} == {"READY"}
    assert len(product["media"]) == 3, "the cover and a picture of each color"
    variants = variants_of(world, product)
    told = [(one["variant_title"], one["sku"], one["price"], one["inventory"]) for one in variants]
    assert told == [
        ("Sand / S", "DRESS-Sand-S", "39.50", 7),
        ("Sand / M", None, "39.50", 7),
        ("Navy / S", "DRESS-Navy-S", "39.50", 7),
        ("Navy / M", None, "39.50", 7),
    ]
    links = Link.objects.filter(shop=world.shops[US_SHOP], origin=Link.Origin.IMPORTED)
    skus = ListingSku.objects.filter(listing__tiktok_product_id=product_id)
    names = dict(skus.values_list("tiktok_sku_id", "name"))
    linked = {names[one.tiktok_sku_id]: one.variant.title for one in links}
    assert linked == {one: one for one in ("Sand / S", "Sand / M", "Navy / S", "Navy / M")}


def test_an_import_takes_two_calls_a_listing_and_a_few_for_all(world: World) -> None:
    first = list_on_tiktok(world, **DRESS)
    second = list_on_tiktok(world, title="Wool scarf", **SINGLE)
    ShopifyStore.objects.update(variants_read_at=timezone.now())
    world.forget_calls()
    run = prepare(world, first, second)
    # Each listing's details once, and one look for all SKUs.
    assert world.calls() == {"tiktok:product.detail": 2, "shopify:productVariants": 1}
    world.forget_calls()
    runs.start_run(run)
    run = work_run(world, run, STEM)
    assert (run.status, outcomes(run)) == ("finished", {"created": 2})
    assert world.calls() == {
        "shopify:productVariants": 1,
        "shopify:metafieldDefinitionCreate": 1,
        "shopify:locations": 1,
        "shopify:productByIdentifier": 2,
        "shopify:productSet": 2,
    }


def test_the_mirror_knows_the_product_and_its_stock_soon(world: World) -> None:
    product_id = list_on_tiktok(world, **DRESS)
    ShopifyStore.objects.update(variants_wanted_at=None, variants_read_at=timezone.now())
    import_listings(world, product_id)
    row = ProductImport.objects.get()
    product = Product.objects.get(shopify_product_id=row.shopify_product_id)
    assert (product.status, product.images) == ("DRAFT", [])
    with_pictures(world, product_id)
    call_command("pull_variants")
    product.refresh_from_db()
    assert (len(product.images), product.wanted_at) == (3, None)
    items = product.variants.values_list("inventory_item_id", flat=True)
    levels = InventoryLevel.objects.filter(inventory_item_id__in=items)
    assert [level.available for level in levels] == [7, 7, 7, 7]


def test_a_draft_takes_nothing_off_sale_on_tiktok(world: World) -> None:
    """Nobody sells it in Shopify yet: that says nothing of what TikTok sells."""
    variant = {"sku": "ONE-1", "values": [], "price": "12.00", "inventory": 9}
    product_id = list_on_tiktok(world, title="Wool scarf", options=[], variants=[variant])
    before = world.control("GET", f"products/{product_id}")["skus"]
    assert before[0]["available"] == 9
    import_listings(world, product_id)
    ShopifyStore.objects.update(variants_wanted_at=None)
    for stem in ("pull_variants", "push_stock", "push_prices", "push_listing_states"):
        call_command(stem)
    shown = world.control("GET", f"products/{product_id}")
    assert (shown["status"], shown["skus"]) == ("ACTIVATE", before)
    (product,) = in_shopify(world, product_id)
    number = product["id"].rpartition("/")[2]
    world.control(
        "POST", f"shopify/products/{number}", {"shop": STORE_OF[US_SHOP], "status": "ACTIVE"}
    )
    (made,) = variants_of(world, product)
    world.control("POST", "shopify/variants/ONE-1", {"shop": STORE_OF[US_SHOP], "inventory": 4})
    Product.objects.update(wanted_at=timezone.now())
    for stem in ("pull_variants", "push_stock"):
        call_command(stem)
    (sku,) = world.control("GET", f"products/{product_id}")["skus"]
    assert (made["sku"], sku["available"]) == ("ONE-1", 4)


def test_dong_have_no_cents_and_other_letters_stay(world: World) -> None:
    variant = {"sku": "XTM-C", "values": [], "price": "72000", "inventory": 43}
    title = "[Quà Tặng] Chai Xịt Thơm Miệng 14mL"
    product_id = list_on_tiktok(world, VN_SHOP, title=title, options=[], variants=[variant])
    run = import_listings(world, product_id, shop=VN_SHOP)
    assert outcomes(run) == {"created": 1}
    (product,) = in_shopify(world, product_id, VN_SHOP)
    assert product["title"] == title
    (made,) = variants_of(world, product, VN_SHOP)
    assert (made["price"], made["inventory"]) == ("72000", 43)


def test_a_listing_with_25_variants(world: World) -> None:
    variants = [
        {"sku": f"RING-{n}", "values": [f"{n} mm"], "price": "30.00", "inventory": n}
        for n in range(1, 26)
    ]
    product_id = list_on_tiktok(world, title="Ring", options=["Size"], variants=variants)
    assert outcomes(import_listings(world, product_id)) == {"created": 1}
    (product,) = in_shopify(world, product_id)
    assert [one["inventory"] for one in variants_of(world, product)] == [*range(1, 26)]
    assert Link.objects.filter(origin=Link.Origin.IMPORTED).count() == 25


# --- nothing the merchant owns is touched --------------------------------------------------------


def edited(world: World, product_id: str) -> dict[str, Any]:
    """The merchant makes the product their own; returns it as it stands then."""
    (product,) = in_shopify(world, product_id)
    number = product["id"].rpartition("/")[2]
    mine = {"title": "My scarf", "description": "<p>Mine</p>", "status": "ACTIVE", "tags": ["own"]}
    world.control("POST", f"shopify/products/{number}", {"shop": STORE_OF[US_SHOP], **mine})
    (product,) = in_shopify(world, product_id)
    assert (product["title"], product["status"]) == ("My scarf", "ACTIVE")
    return product


def test_an_edited_product_stays_as_it_is_when_the_import_is_asked_again(world: World) -> None:
    product_id = list_on_tiktok(world, title="Wool scarf", **SINGLE)
    import_listings(world, product_id)
    mine = edited(world, product_id)
    world.forget_calls()
    run = import_listings(world, product_id)
    assert outcomes(run) == {"already_linked": 1}
    assert in_shopify(world, product_id) == [mine]
    assert world.calls() == {}


@pytest.mark.parametrize("sku", ["ONE-1", ""], ids=["found by its SKU", "found by its id"])
def test_it_stays_as_it_is_even_if_all_was_forgotten_here(world: World, sku: str) -> None:
    variant = {"sku": sku, "values": [], "price": "12.00"}
    product_id = list_on_tiktok(world, title="Wool scarf", options=[], variants=[variant])
    import_listings(world, product_id)
    mine = edited(world, product_id)
    ProductImport.objects.all().delete()
    Product.objects.all().delete()
    assert not Link.objects.exists()
    world.forget_calls()
    run = import_listings(world, product_id)
    assert outcomes(run) == ({"linked": 1} if sku else {"found": 1})
    assert in_shopify(world, product_id) == [mine]
    assert "shopify:productSet" not in world.calls()
    assert Link.objects.get().origin == Link.Origin.IMPORTED


def test_what_shopify_has_is_linked_without_a_word_to_shopify(world: World) -> None:
    wish = {"shop": STORE_OF[US_SHOP], "title": "Scarf", "options": []}
    variant = {"sku": "one-1", "values": [], "price": "12.00"}
    made = world.control("POST", "shopify/products", {**wish, "variants": [variant]})
    product_id = list_on_tiktok(world, title="Wool scarf", **SINGLE)
    world.forget_calls()
    run = import_listings(world, product_id)
    assert outcomes(run) == {"linked": 1}
    assert in_shopify(world, product_id) == []
    assert set(world.calls()) == {"tiktok:product.detail", "shopify:productVariants"}
    assert Link.objects.get().variant.shopify_variant_id == made["variant_ids"]["one-1"]


# --- what goes wrong -----------------------------------------------------------------------------


SET = {"platform": "shopify", "operation": "productSet"}
UNCLEAR: list[dict[str, Any]] = [
    {"action": "drop_before"},
    {"action": "drop_after"},
    {"action": "status", "status": 502, "after": True},
    {"action": "truncated"},
]


@pytest.mark.parametrize("fault", UNCLEAR, ids=lambda fault: fault["action"])
def test_an_unclear_answer_leaves_one_product(world: World, fault: dict[str, Any]) -> None:
    product_id = list_on_tiktok(world, **DRESS)
    run = prepare(world, product_id)
    runs.start_run(run)
    call_command("product_runs")
    world.fault(match=SET, times=1, **fault)
    call_command(STEM)
    row = ProductImport.objects.get()
    assert (row.sync_status, row.in_doubt_since is not None) == ("pending", True)
    assert outcomes(work_run(world, run, STEM)) == {"created": 1}
    assert len(in_shopify(world, product_id)) == 1
    assert world.calls()["shopify:productSet"] == (2 if fault["action"] == "drop_before" else 1)
    assert Link.objects.filter(origin=Link.Origin.IMPORTED).count() == 4


def test_a_refusal_is_told_and_writes_nothing(world: World) -> None:
    variant = {"sku": "ONE-1", "values": [], "price": "12.00"}
    product_id = list_on_tiktok(world, title="Wool scarf", options=[], variants=[variant])
    run = prepare(world, product_id)
    ShopifyStore.objects.update(currency="EUR")
    runs.start_run(run)
    run = work_run(world, run, STEM)
    assert outcomes(run) == {"currency_mismatch": 1}
    item = run.items.get()
    assert "EUR" in item.words
    assert item.facts["issues"][0]["fix"].startswith("Import it into a store")
    assert in_shopify(world, product_id) == []


def test_a_store_that_asks_for_rest_gets_it(world: World) -> None:
    product_id = list_on_tiktok(world, title="Wool scarf", **SINGLE)
    run = prepare(world, product_id)
    runs.start_run(run)
    world.fault(match=SET, times=2, action="throttle")
    run = work_run(world, run, STEM)
    assert outcomes(run) == {"created": 1}
    assert len(in_shopify(world, product_id)) == 1


@pytest.mark.parametrize(
    ("code", "cause"),
    [("VARIANTS_OVER_LIMIT", "VARIANTS_OVER_LIMIT"), ("HANDLE_NOT_UNIQUE", "HANDLE_NOT_UNIQUE")],
)
def test_what_shopify_refuses_is_told_in_its_own_words(world: World, code: str, cause: str) -> None:
    product_id = list_on_tiktok(world, title="Wool scarf", **SINGLE)
    run = prepare(world, product_id)
    runs.start_run(run)
    world.fault(match=SET, times=1, action="user_errors", message="Not this one.", code=code)
    run = work_run(world, run, STEM)
    item = run.items.get()
    assert (item.state, item.cause) == ("failed", cause)
    assert item.words
    assert in_shopify(world, product_id) == []
    runs.retry_run(run)
    assert outcomes(work_run(world, run, STEM)) == {"created": 1}
    assert len(in_shopify(world, product_id)) == 1
