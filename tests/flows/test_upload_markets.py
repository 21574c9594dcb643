"""What is fine in one market stands in the way in another: an upload to a Vietnamese shop."""

from __future__ import annotations

from django.core.management import call_command

from products.models import UploadTemplate
from products.services.product_wishes import begin_upload
from tests.flows.products import add_product, listing_of, outcomes, read_store, work_run
from tests.flows.world import VN_SHOP, VN_STORE, World
from tiktoksync.runs.services import runs
from tiktoksync.shops.models import ShopifyStore, TikTokShop

TEA = "Trà Sen Tây Hồ ướp hương, hộp thiếc 100 g"


def test_titles_prices_and_units_are_those_of_the_market(world: World) -> None:
    TikTokShop.objects.exclude(shop_id=VN_SHOP).delete()
    ShopifyStore.objects.exclude(shop_domain=VN_STORE).delete()
    sold = {"sku": "TRA-9", "values": [], "price": "325000", "inventory": 8, "grams": 160}
    good = add_product(
        world, shop=VN_SHOP, title=TEA, type="Tea", variants=[sold], images=[900, 600]
    )
    short = add_product(world, "MUG-9", shop=VN_SHOP, title="Enamel mug")
    read_store(world)
    shop = world.shops[VN_SHOP]
    UploadTemplate.objects.create(shop=shop, name="All", is_default=True, description_end="Hà Nội")

    run = begin_upload(shop, {"product_ids": [good, short]})
    call_command("product_runs")
    run.refresh_from_db()
    assert outcomes(run) == {"ready": 1, "title_too_short": 1}
    runs.start_run(run)
    work_run(world, run, "upload_products")
    assert outcomes(run) == {"uploaded": 1, "title_too_short": 1}

    (made,) = listing_of(world, good, VN_SHOP)
    assert (made["title"], made["images"]) == (TEA, 2)
    (sku,) = made["skus"]
    assert (sku["price"], sku["available"]) == ("325000", 8)
    whole = world.control("GET", f"products/{made['id']}")["product"]
    assert whole["package_weight"] == {"unit": "KILOGRAM", "value": "0.16"}
    assert whole["description"].endswith("<p>Hà Nội</p>")
    assert listing_of(world, short, VN_SHOP) == []
