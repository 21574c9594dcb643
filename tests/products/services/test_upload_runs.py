"""Runs that list products on TikTok: the preview sorts and sends nothing, the work hands over."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from products.models import Link, Listing, ListingSku, Product, ProductUpload
from tests.factories import Pair
from tests.fakes import FakeTikTok, Wakes
from tests.orders.services.conftest import Work
from tests.products.uploads import (  # noqa: F401  the same pictures
    Cdn,
    go_on,
    item_of,
    items,
    make_product,
    make_template,
    plug_cdn,
    preview,
    upload,
    upload_of,
)
from tiktoksync.errors import Rejected, Unreachable
from tiktoksync.runs.models import Run
from tiktoksync.runs.services import runs
from tiktoksync.shops.models import TikTokShop
from tiktoksync.tiktok.category_calls import Category

READS = {"prerequisites", "warehouses", "recommend_category", "categories"}
READS |= {"category_attributes", "category_rules"}


def test_a_preview_sorts_the_products_and_changes_nothing(
    pair: Pair, tiktok: FakeTikTok, work: Work, cdn: Cdn
) -> None:
    make_product(pair, 1)
    make_product(pair, 2, status="DRAFT", images=[])
    run = preview(pair, work)
    assert (run.status, run.total, run.left, run.skipped) == ("ready", 2, 1, 1)
    assert items(run) == [("waiting", "ready"), ("skipped", "product_not_active")]
    assert set(tiktok.called()) <= READS
    assert (cdn.asked, tiktok.shelf.products) == ([], {})
    assert not Listing.objects.exists()
    codes = [one["code"] for one in item_of(run, 2).facts["issues"]]
    assert codes == ["product_not_active", "no_image"]
    words = item_of(run, 2).words
    assert words == "The product is draft in Shopify. The product has no picture."


def test_the_item_says_what_is_known(pair: Pair, work: Work) -> None:
    make_product(pair, 1, title="Mug 🔥")
    item = item_of(preview(pair, work))
    assert item.title == "Mug 🔥"
    assert item.facts == {
        "issues": [],
        "notes": [
            {
                "code": "title_cleaned",
                "words": "The title is sent as “Mug”: TikTok takes no emoji, tags or long rows.",
                "fix": "",
            }
        ],
        "category_id": "600001",
        "category": "Home › Mugs",
        "template_id": None,
        "template": "",
        "variants": 1,
        "images": 1,
    }


def test_nothing_is_sent_before_the_run_is_started(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    product = make_product(pair)
    preview(pair, work)
    assert upload_of(product).sync_status == "held"
    work("upload_products")
    assert tiktok.count("create_product") == tiktok.count("search_products") == 0


def test_a_category_is_asked_for_once_a_product(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    for number in range(1, 26):
        make_product(pair, number, skus=(f"MUG-{number}",))
    run = preview(pair, work)
    assert (run.total, tiktok.count("recommend_category")) == (25, 25)
    assert tiktok.count("category_attributes") == tiktok.count("category_rules") == 1
    assert tiktok.count("prerequisites") == tiktok.count("warehouses") == 1
    again = preview(pair, work)
    assert (again.left, tiktok.count("recommend_category")) == (25, 25)


def test_a_preview_takes_few_queries_a_product(pair: Pair, work: Work) -> None:
    def spent(count: int) -> int:
        ProductUpload.objects.all().delete()
        with CaptureQueriesContext(
            connection,
        ) as told:
            run = preview(pair, work)
        assert run.total == count
        return len(told)

    make_product(pair, 1)
    alone = spent(1)
    for number in range(2, 16):
        make_product(pair, number, skus=(f"A{number}", f"B{number}"), options=[("Size", "SM")])
    assert spent(15) - alone <= 14 * 2  # a lease renewed for each question


def test_a_template_beats_what_tiktok_recommends(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.shelf.categories = [
        {"id": "77", "is_leaf": True, "permission_statuses": ["AVAILABLE"]},
        {"id": "88", "is_leaf": True, "permission_statuses": ["INVITE_ONLY"]},
        {"id": "99", "is_leaf": False, "permission_statuses": ["AVAILABLE"]},
    ]
    make_product(pair, 1)
    for number, (kind, category) in enumerate((("Tea", "88"), ("Lamps", "99"), ("Rugs", "55")), 2):
        make_product(pair, number, product_type=kind, skus=(f"S{number}",))
        make_template(
            pair,
            name=kind,
            is_default=False,
            product_type=kind.lower(),
            category_id=category,
            category_name=kind,
        )
    make_template(pair, category_id="77", category_name="Cups")
    run = preview(pair, work)
    assert items(run) == [("waiting", "ready")] + [("skipped", "category_unavailable")] * 3
    assert item_of(run).facts["category_id"] == "77"
    assert tiktok.count("recommend_category") == 0
    assert tiktok.count("categories") == 1


def test_the_template_asked_for_goes_first(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    make_product(pair)
    make_template(pair, product_type="Kitchen")
    wanted = make_template(pair, name="Gifts", is_default=False, description_end="<p>Wrapped</p>")
    run = preview(pair, work, template_id=wanted.pk)
    assert item_of(run).facts["template"] == "Gifts"


def test_what_a_category_asks_for_is_checked(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    tiktok.shelf.attributes["600001"] = [
        {"id": "1", "name": "Material", "type": "PRODUCT_PROPERTY", "is_requried": True},
        {"id": "2", "name": "Color", "type": "SALES_PROPERTY", "is_requried": True},
        {"id": "3", "name": "Style", "type": "PRODUCT_PROPERTY", "is_requried": False},
    ]
    tiktok.shelf.rules["600001"] = {"package_dimension": {"is_required": True}}
    make_product(pair)
    issues = item_of(preview(pair, work)).facts["issues"]
    assert [one["code"] for one in issues] == ["attribute_required", "size_missing"]
    assert issues[0]["words"] == "The category Home › Mugs asks for: Material."


@pytest.mark.parametrize(
    "answer",
    [None, Rejected("TikTok Shop refused a value of the request.", code="36009004")],
    ids=["none", "refused"],
)
def test_without_a_category_the_product_is_left_out(
    pair: Pair, tiktok: FakeTikTok, work: Work, answer: Any
) -> None:
    make_product(pair)
    tiktok.shelf.recommended = None
    if answer is not None:
        tiktok.fail("recommend_category", answer)
    run = preview(pair, work)
    assert items(run) == [("skipped", "category_missing")]


def test_a_closed_category_is_named(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    make_product(pair)
    tiktok.shelf.recommended = Category("5", ("Health", "Pills"), is_available=False)
    (issue,) = item_of(preview(pair, work)).facts["issues"]
    assert issue["words"] == "TikTok does not let this shop list in Health › Pills."
    assert tiktok.count("category_attributes") == 0
    assert items(preview(pair, work)) == [("skipped", "category_unavailable")]
    assert tiktok.count("recommend_category") == 2


def test_a_shop_that_may_not_list_says_so_for_every_product(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.shelf.prerequisites = [
        {"check_item": "RETURN_WAREHOUSE", "is_failed": True, "fail_reasons": ["none"]},
        {"check_item": "BANk_ACCOUNT", "is_failed": True, "fail_reasons": ["none"]},
        {"check_item": "SHOP_STATUS", "is_failed": False},
    ]
    make_product(pair)
    run = preview(pair, work)
    assert items(run) == [("skipped", "shop_not_ready")]
    (issue,) = item_of(run).facts["issues"]
    assert issue["words"].endswith("cannot list yet: a return warehouse is missing.")


def test_a_shop_that_is_not_told_what_it_lacks_goes_on(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("prerequisites", Rejected("TikTok Shop refused the request.", code="1"))
    make_product(pair)
    assert items(preview(pair, work)) == [("waiting", "ready")]


def test_a_preview_waits_for_an_account_that_does_not_answer(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    make_product(pair)
    tiktok.fail("recommend_category", Unreachable("TikTok Shop could not be reached."))
    pair.refresh()
    run = runs.begin_run(Run.Kind.UPLOAD, pair.shop, {"filter": {}, "start": False})
    work("product_runs")
    run.refresh_from_db()
    assert (run.status, run.items.count()) == ("preparing", 0)
    TikTokShop.objects.update(paused_until=None)
    Run.objects.update(next_step_at="2026-01-01T00:00:00Z")
    work("product_runs")
    run.refresh_from_db()
    assert (run.status, run.left) == ("ready", 1)


def test_what_is_on_tiktok_already_is_left_out(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    linked, named, uploaded, deleted = (
        make_product(pair, number, skus=(f"S{number}",)) for number in range(1, 5)
    )
    listing = Listing.objects.create(shop=pair.shop, tiktok_product_id="900", title="The mug")
    ListingSku.objects.create(shop=pair.shop, listing=listing, tiktok_sku_id="901")
    link(pair, linked, "901")
    Listing.objects.create(
        shop=pair.shop, tiktok_product_id="910", external_product_id=named.shopify_product_id
    )
    for product, number in ((uploaded, "920"), (deleted, "930")):
        ProductUpload.objects.create(
            shop=pair.shop, product=product, sync_status="synced", tiktok_product_id=number
        )
    Listing.objects.create(shop=pair.shop, tiktok_product_id="930", status="DELETED")
    run = preview(pair, work)
    assert items(run) == [("skipped", "already_listed")] * 3 + [("waiting", "ready")]
    words = item_of(run).facts["issues"][0]["words"]
    assert words == "It is on TikTok already: listing 900, “The mug”."
    assert tiktok.count("recommend_category") == 1


def link(pair: Pair, product: Product, sku_id: str) -> Link:
    variant = product.variants.get()
    return Link.objects.create(
        shop=pair.shop, tiktok_sku_id=sku_id, variant=variant, origin=Link.Origin.BY_HAND
    )


def test_a_sku_that_another_product_sells_is_named(pair: Pair, work: Work) -> None:
    one, _ = make_product(pair, 1, title="First"), make_product(pair, 2)
    listing = Listing.objects.create(shop=pair.shop, tiktok_product_id="900")
    ListingSku.objects.create(
        shop=pair.shop, listing=listing, tiktok_sku_id="901", seller_sku="mug-1", sku_key="mug-1"
    )
    link(pair, one, "901")
    run = preview(pair, work)
    assert items(run) == [("skipped", "already_listed"), ("skipped", "sku_taken")]
    assert item_of(run, 2).words.endswith("under this SKU: MUG-1 (First).")


def test_a_listing_that_will_be_linked_instead_is_named(pair: Pair, work: Work) -> None:
    make_product(pair)
    for number, status in (("900", "ACTIVATE"), ("910", "DELETED")):
        listing = Listing.objects.create(
            shop=pair.shop, tiktok_product_id=number, title=f"Mug {number}", status=status
        )
        ListingSku.objects.create(
            shop=pair.shop, listing=listing, tiktok_sku_id=f"{number}1", sku_key="mug-1"
        )
    run = preview(pair, work)
    assert items(run) == [("waiting", "ready")]
    (note,) = item_of(run).facts["notes"]
    assert note["words"].endswith("no second one is made: listing 900, “Mug 900”.")


# --- the work ------------------------------------------------------------------------------------


def test_what_is_ready_is_uploaded_and_the_run_ends(
    pair: Pair, tiktok: FakeTikTok, work: Work, wakes: Wakes
) -> None:
    for number in (1, 2, 3):
        make_product(pair, number, skus=(f"S{number}",), status="ACTIVE" if number < 3 else "DRAFT")
    anna = get_user_model().objects.create(username="anna")
    run = upload(pair, work, user=anna)
    assert (run.status, run.done, run.skipped) == ("finished", 2, 1)
    assert items(run)[:2] == [("done", "uploaded")] * 2
    assert len(tiktok.shelf.products) == 2
    item = item_of(run)
    assert item.facts["tiktok_product_id"] in tiktok.shelf.products
    assert item.words.endswith("taken by TikTok, under review.")
    assert set(Link.objects.values_list("origin", "created_by")) == {("uploaded", anna.pk)}
    assert ("upload_products", pair.shop.pk) in wakes.lanes


def test_a_refusal_is_told_in_words_and_tried_again_by_a_retry(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    product = make_product(pair)
    tiktok.fail("create_product", Rejected("TikTok Shop does not accept the title.",
                                           code="12052261", field="title"))  # fmt: skip
    run = upload(pair, work)
    assert (run.status, items(run)) == ("finished", [("failed", "12052261")])
    assert item_of(run).words.startswith("TikTok Shop does not accept the title.")
    assert upload_of(product).failure_code == "12052261"
    assert tiktok.shelf.products == {}

    runs.retry_run(run)
    work("product_runs")
    go_on(work, run)
    assert (run.status, items(run)) == ("finished", [("done", "uploaded")])
    assert len(tiktok.shelf.products) == 1
    assert tiktok.count("upload_image") == 1


def test_products_of_a_cancelled_run_are_not_sent(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    products = [make_product(pair, number, skus=(f"S{number}",)) for number in (1, 2)]
    run = preview(pair, work, start=True)
    work("product_runs")
    assert [upload_of(one).sync_status for one in products] == ["pending"] * 2
    run.refresh_from_db()
    runs.cancel_run(run)
    work("upload_products")
    assert [upload_of(one).sync_status for one in products] == ["skipped"] * 2
    assert tiktok.count("search_products") == tiktok.count("create_product") == 0
    assert items(run) == [("waiting", "ready")] * 2

    runs.retry_run(run)
    work("product_runs")
    go_on(work, run)
    assert (run.status, run.done, len(tiktok.shelf.products)) == ("finished", 2, 2)


def test_a_product_deleted_on_tiktok_is_listed_anew_with_a_new_key(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    product = make_product(pair)
    upload(pair, work)
    first = upload_of(product)
    Listing.objects.update(status="DELETED")
    tiktok.shelf.products[first.tiktok_product_id]["status"] = "DELETED"
    run = upload(pair, work)
    second = upload_of(product)
    assert (run.done, len(tiktok.shelf.products)) == (1, 2)
    assert second.idempotency_key != first.idempotency_key
    assert second.tiktok_product_id != first.tiktok_product_id


def test_a_product_that_went_away_is_left_out(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    make_product(pair)
    run = preview(pair, work)
    Product.objects.update(gone_at="2026-01-01T00:00:00Z")
    runs.start_run(run)
    work("product_runs")
    run.refresh_from_db()
    assert (run.status, items(run)) == ("finished", [("skipped", "gone")])
    assert tiktok.count("search_products") == 0
