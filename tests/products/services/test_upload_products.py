"""Products on their way to TikTok: looked for, their pictures sent once, listed exactly once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from products.models import (
    ImageSource,
    Link,
    Listing,
    ListingSku,
    ProductUpload,
    RemovedLink,
    UploadedImage,
    Variant,
)
from products.services import upload_images, upload_steps
from products.services.rules import product_rules
from products.services.upload_images import Want
from products.upload_facts import Picture
from tests.factories import Pair, pass_time, set_columns
from tests.fakes import FakeTikTok, Wakes
from tests.orders.services.conftest import Work
from tests.products.uploads import (  # noqa: F401  the same pictures
    PNG,
    Cdn,
    go_on,
    item_of,
    items,
    make_product,
    open_again,
    picture,
    plug_cdn,
    preview,
    upload,
    upload_of,
)
from tiktoksync.errors import Gone, OutcomeUnknown, Rejected, Unreachable
from tiktoksync.runs.models import Run
from tiktoksync.sync.models import Attempt
from tiktoksync.tiktok.image_calls import TikTokImage

WRITES = ("upload_image", "create_product")
UNCLEAR = OutcomeUnknown("TikTok Shop did not say whether the change was made.")


def writes(tiktok: FakeTikTok) -> list[str]:
    return [name for name in tiktok.called() if name in WRITES]


def later(pair: Pair, work: Work, run: Run) -> None:
    """Let every wait pass, and go on."""
    ProductUpload.objects.exclude(next_attempt_at=None).update(next_attempt_at=None)
    type(pair.shop).objects.update(paused_until=None)
    go_on(work, run)


def test_a_product_is_looked_for_its_pictures_are_sent_and_it_is_created(
    pair: Pair, tiktok: FakeTikTok, work: Work, wakes: Wakes
) -> None:
    images = [picture("front"), picture("side"), picture("tiny", 200, 900)]
    product = make_product(pair, images=images)
    run = preview(pair, work, start=True)
    tiktok.calls.clear()
    go_on(work, run)
    go_on(work, run)
    assert tiktok.called() == [
        "search_products",
        "upload_image",
        "upload_image",
        "create_product",
    ]
    row = upload_of(product)
    assert (row.sync_status, row.was_found) == ("synced", False)
    listing = Listing.objects.get()
    assert (listing.tiktok_product_id, listing.status) == (row.tiktok_product_id, "PENDING")
    assert listing.audit_status == "AUDITING"
    assert listing.external_product_id == product.shopify_product_id
    assert listing.detail_wanted_at is not None
    sku = ListingSku.objects.get()
    assert (sku.seller_sku, sku.sku_key, sku.currency) == ("MUG-1", "mug-1", "USD")
    assert (sku.price, sku.sent_price) == (Decimal("14.25"), Decimal("14.25"))
    assert (sku.quantity, sku.sent_quantity) == (5, 5)
    link = Link.objects.get()
    assert (link.tiktok_sku_id, link.variant) == (sku.tiktok_sku_id, product.variants.get())
    assert link.origin == Link.Origin.UPLOADED
    assert ("pull_listings", pair.shop.pk) in wakes.lanes


def test_the_body_is_what_tiktok_documents(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    product = make_product(pair, stock=7)
    upload(pair, work)
    ((body,),) = tiktok.arguments("create_product")
    assert body == {
        "save_mode": "LISTING",
        "idempotency_key": upload_of(product).idempotency_key,
        "title": "Enamel mug 1",
        "description": "<p>Boiled, rolled and packed by hand.</p>",
        "category_id": "600001",
        "category_version": "v2",
        "main_images": [{"uri": "tos-fake/1"}],
        "external_product_id": "gid://shopify/Product/1",
        "package_weight": {"value": "0.32", "unit": "KILOGRAM"},
        "skus": [
            {
                "external_sku_id": "gid://shopify/ProductVariant/101",
                "seller_sku": "MUG-1",
                "price": {"amount": "14.25", "currency": "USD"},
                "inventory": [{"warehouse_id": "7000", "quantity": 7}],
            }
        ],
    }


def test_a_mirror_that_is_quicker_changes_nothing(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    """TikTok's webhook is read, and the equal SKU linked, before the create is written down."""
    product = make_product(pair)

    def mirror() -> None:
        ((made_id, made),) = tiktok.shelf.products.items()
        columns = {"tiktok_product_id": made_id, "title": "As TikTok shows it"}
        listing = Listing.objects.create(shop=pair.shop, status="ACTIVATE", **columns)
        sku_id = made["skus"][0]["id"]
        ListingSku.objects.create(
            shop=pair.shop, listing=listing, tiktok_sku_id=sku_id, quantity=4, sku_key="mug-1"
        )
        Link.objects.create(
            shop=pair.shop,
            tiktok_sku_id=sku_id,
            variant=product.variants.get(),
            origin=Link.Origin.SAME_SKU,
        )

    tiktok.during("create_product", mirror)
    assert upload(pair, work).done == 1
    listing, sku = Listing.objects.get(), ListingSku.objects.get()
    assert (listing.title, listing.status) == ("As TikTok shows it", "ACTIVATE")
    assert (sku.quantity, sku.sent_quantity) == (4, 5)
    assert sku.external_sku_id == product.variants.get().shopify_variant_id
    assert Link.objects.get().origin == Link.Origin.UPLOADED


def test_variants_are_matched_by_their_ids_whatever_the_order(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    product = make_product(
        pair, skus=("TEE-S", "", "TEE-L"), options=[("Size", ("S", "M", "L"))], price="18.00"
    )
    upload(pair, work)
    found = {link.variant.title: link.tiktok_sku_id for link in Link.objects.all()}
    made = tiktok.shelf.products[upload_of(product).tiktok_product_id]["skus"]
    assert found == {sku["sales_attributes"][0]["value_name"]: sku["id"] for sku in made}
    assert len(found) == 3


# --- pictures ------------------------------------------------------------------------------------


def test_a_picture_that_two_products_show_is_sent_once(
    pair: Pair, tiktok: FakeTikTok, work: Work, cdn: Cdn
) -> None:
    """By its address it is read once; under another address it is known by its bytes."""
    same, other = picture("chart"), picture("chart-again")
    cdn.shown[same["url"]] = cdn.shown[other["url"]] = PNG + b"chart"
    make_product(pair, 1, skus=("A",), images=[same])
    make_product(pair, 2, skus=("B",), images=[same])
    make_product(pair, 3, skus=("C",), images=[other])
    run = upload(pair, work)
    assert (run.done, run.status) == (3, "finished")
    assert [use for _, use, _ in tiktok.shelf.images] == ["MAIN_IMAGE"]
    assert sorted(cdn.asked) == sorted({same["url"], other["url"]})
    bodies = [body for (body,) in tiktok.arguments("create_product")]
    assert {one["main_images"][0]["uri"] for one in bodies} == {"tos-fake/1"}


def test_the_pictures_of_variants_stand_on_the_first_option(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    options = [("Color", ("Red", "Red", "Blue")), ("Size", ("S", "L", "S"))]
    make_product(pair, skus=("R-S", "R-L", "B-S"), options=options)
    Variant.objects.filter(sku__in=("R-S", "R-L")).update(image="https://cdn.example/red.png")
    upload(pair, work)
    assert [use for _, use, _ in tiktok.shelf.images] == ["MAIN_IMAGE", "ATTRIBUTE_IMAGE"]
    ((body,),) = tiktok.arguments("create_product")
    assert [sku["sales_attributes"] for sku in body["skus"]] == [
        [
            {"name": "Color", "value_name": "Red", "sku_img": {"uri": "tos-fake/2"}},
            {"name": "Size", "value_name": "S"},
        ],
        [
            {"name": "Color", "value_name": "Red", "sku_img": {"uri": "tos-fake/2"}},
            {"name": "Size", "value_name": "L"},
        ],
        [{"name": "Color", "value_name": "Blue"}, {"name": "Size", "value_name": "S"}],
    ]


@pytest.mark.parametrize(
    "shown",
    [Gone("The file is no longer there.", code="http_404"), b"GIF89a..."],
    ids=["gone", "gif"],
)
def test_a_picture_that_cannot_be_used_is_left_out(
    pair: Pair, tiktok: FakeTikTok, work: Work, cdn: Cdn, shown: Any
) -> None:
    cdn.shown[picture("bad")["url"]] = shown
    product = make_product(pair, images=[picture("bad"), picture("good")])
    run = upload(pair, work)
    assert run.done == 1
    ((body,),) = tiktok.arguments("create_product")
    assert body["main_images"] == [{"uri": "tos-fake/1"}]
    (remark,) = upload_of(product).warnings
    assert remark.startswith("A picture was left out: ")


def test_without_a_usable_picture_the_product_stops_until_it_is_mended(
    pair: Pair, tiktok: FakeTikTok, work: Work, cdn: Cdn
) -> None:
    cdn.shown[picture("p1")["url"]] = b"<html>"
    make_product(pair)
    run = upload(pair, work)
    assert items(run) == [("failed", "image_unusable")]
    assert writes(tiktok) == []
    (issue,) = item_of(run).facts["issues"]
    assert issue["words"].endswith("The file is not a picture TikTok takes.")
    assert issue["fix"].startswith("Replace the picture")

    del cdn.shown[picture("p1")["url"]]
    assert upload(pair, work).done == 1


def test_a_picture_that_tiktok_refuses_does_not_stop_the_others(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    refusal = Rejected("TikTok Shop does not accept the uploaded file.", code="12038004")
    tiktok.fail("upload_image", refusal)
    make_product(pair, images=[picture("a"), picture("b")])
    assert upload(pair, work).done == 1
    assert [row.problem for row in ImageSource.objects.order_by("pk")] == [refusal.message, ""]


def test_a_server_of_pictures_that_is_away_rests_the_product_and_not_the_shop(
    pair: Pair, tiktok: FakeTikTok, work: Work, cdn: Cdn
) -> None:
    cdn.shown[picture("p1")["url"]] = Unreachable("The server of a file gives no answer now.")
    product = make_product(pair)
    run = upload(pair, work)
    row = upload_of(product)
    assert (row.sync_status, row.tries) == ("pending", 1)
    assert row.next_attempt_at is not None
    pair.refresh()
    assert (pair.shop.paused_until, pair.shop.failures) == (None, 0)
    cdn.shown.clear()
    later(pair, work, run)
    assert (run.status, run.done) == ("finished", 1)


def test_an_unclear_answer_to_a_picture_is_no_doubt_about_the_product(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("upload_image", UNCLEAR, after_effect=True)
    product = make_product(pair)
    run = upload(pair, work)
    assert upload_of(product).in_doubt_since is None
    later(pair, work, run)
    assert (run.done, tiktok.count("search_products")) == (1, 1)
    assert len(tiktok.shelf.products) == 1


def test_a_picture_of_a_size_that_tiktok_does_not_show_is_left_out(pair: Pair) -> None:
    want = Want(Picture("https://cdn.example/a.png"), upload_images.MAIN)
    upload_images.note_sent(pair.shop, want, "c1", TikTokImage("u1", "", 299, 900))
    assert ImageSource.objects.get().problem == upload_images.WRONG_SIZE
    assert not UploadedImage.objects.exists()
    option = Want(Picture("https://cdn.example/b.png"), upload_images.OPTION)
    upload_images.note_sent(pair.shop, option, "c1", TikTokImage("u2", "", 299, 900))
    assert UploadedImage.objects.get().uri == "u2"


def test_pictures_that_tiktok_forgot_are_sent_again(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    lost = Rejected("TikTok Shop does not accept the product's images.", code="12052722")
    tiktok.fail("create_product", lost)
    make_product(pair)
    assert upload(pair, work).done == 1
    assert writes(tiktok) == ["upload_image", "create_product"] * 2
    assert UploadedImage.objects.get().uri == "tos-fake/2"


# --- exactly one ---------------------------------------------------------------------------------


def test_a_create_without_an_answer_is_looked_for_and_not_repeated(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("create_product", UNCLEAR, after_effect=True)
    product = make_product(pair)
    run = upload(pair, work)
    assert upload_of(product).in_doubt_since is not None
    later(pair, work, run)
    assert (run.status, items(run)) == ("finished", [("done", "uploaded")])
    assert (len(tiktok.shelf.products), tiktok.count("create_product")) == (1, 1)
    assert Link.objects.get().origin == Link.Origin.UPLOADED
    assert upload_of(product).tiktok_product_id in tiktok.shelf.products


def test_a_create_that_never_arrived_is_repeated_after_three_misses_under_its_key(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("create_product", UNCLEAR)
    product = make_product(pair)
    run = upload(pair, work)
    for misses in (1, 2):
        later(pair, work, run)
        assert upload_of(product).lookup_misses == misses
        assert tiktok.count("create_product") == 1
    later(pair, work, run)
    assert (run.done, tiktok.count("create_product")) == (1, 2)
    keys = {body["idempotency_key"] for (body,) in tiktok.arguments("create_product")}
    assert keys == {upload_of(product).idempotency_key}


def test_without_skus_it_is_found_by_the_id_noted_on_it(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.shelf.add("5", {"id": "51"}, title="Enamel mug 1")
    tiktok.fail("create_product", UNCLEAR, after_effect=True)
    product = make_product(pair, skus=("",))
    run = upload(pair, work)
    set_columns(upload_of(product), in_doubt_since="2025-10-01T00:00:00Z")
    later(pair, work, run)
    assert (run.done, len(tiktok.shelf.products)) == (1, 2)
    assert upload_of(product).tiktok_product_id != "5"
    assert not Link.objects.filter(tiktok_sku_id="51").exists()


def test_a_worker_that_dies_at_a_picture_leaves_no_doubt(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    """Only a create has to be looked for; what else was cut off is simply done again."""
    product = make_product(pair)
    run = preview(pair, work, start=True)
    work("product_runs")
    row = upload_of(product)
    then = "2026-01-01T00:00:00Z"
    set_columns(row, in_doubt_since=then, looked_at=then, attempt_number=1)
    Attempt.objects.create(
        flow="upload_products",
        step="send_image",
        subject="products.productupload",
        subject_id=row.pk,
        number=1,
        started_at=then,
        outcome=Attempt.Outcome.ABANDONED,
    )
    go_on(work, run)
    assert (run.done, tiktok.count("search_products")) == (1, 0)


def test_a_product_that_is_listed_already_is_adopted(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.shelf.add("700", {"id": "701", "seller_sku": "mug-1"}, title="Mug on TikTok")
    tiktok.shelf.products["700"]["skus"][0]["seller_sku"] = "MUG-1"
    product = make_product(pair)
    run = upload(pair, work)
    assert items(run) == [("done", "adopted")]
    assert writes(tiktok) == []
    row = upload_of(product)
    assert (row.sync_status, row.was_found, row.tiktok_product_id) == ("synced", True, "700")
    link = Link.objects.get()
    assert (link.tiktok_sku_id, link.origin) == ("701", Link.Origin.SAME_SKU)
    assert Listing.objects.get().title == "Mug on TikTok"


def test_a_listing_with_the_products_id_goes_before_one_with_its_sku(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.shelf.add("700", {"id": "701", "seller_sku": "MUG-1"})
    ours = {"external_product_id": "gid://shopify/Product/1"}
    tiktok.shelf.add("800", {"id": "801", "seller_sku": "MUG-1"}, **ours)
    make_product(pair)
    assert items(upload(pair, work)) == [("done", "adopted")]
    link = Link.objects.get()
    assert (link.tiktok_sku_id, link.origin) == ("801", Link.Origin.REBUILT)


def test_a_listing_whose_sku_is_anothers_is_not_adopted(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.shelf.add("700", {"id": "701", "seller_sku": "MUG-1"})
    other = make_product(pair, 9, skus=("OTHER",), status="DRAFT")
    variant = other.variants.get()
    Link.objects.create(
        shop=pair.shop, tiktok_sku_id="701", variant=variant, origin=Link.Origin.BY_HAND
    )
    make_product(pair, 1)
    run = upload(pair, work)
    assert (item_of(run).state, item_of(run).cause) == ("failed", "sku_taken")
    assert writes(tiktok) == []
    assert Link.objects.get().variant == variant


def test_a_pair_that_was_taken_apart_is_not_put_together(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.shelf.add("700", {"id": "701", "seller_sku": "MUG-1"})
    product = make_product(pair)
    RemovedLink.objects.create(
        shop=pair.shop,
        tiktok_sku_id="701",
        variant=product.variants.get(),
        origin=Link.Origin.BY_HAND,
    )
    assert items(upload(pair, work)) == [("failed", "sku_taken")]
    assert writes(tiktok) == []
    assert not Link.objects.exists()


def test_of_two_products_with_one_sku_the_second_is_refused_in_words(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    """However close they come: neither may sell under the other's SKU."""
    make_product(pair, 1, title="First")
    make_product(pair, 2, title="Second")
    run = upload(pair, work)
    assert items(run) == [("done", "uploaded"), ("failed", "sku_taken")]
    assert item_of(run, 2).words.endswith("under this SKU: MUG-1 (First).")
    assert (len(tiktok.shelf.products), tiktok.count("create_product")) == (1, 1)


def test_a_deleted_listing_is_not_found(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    tiktok.shelf.add("700", {"id": "701", "seller_sku": "MUG-1"}, status="DELETED")
    make_product(pair)
    assert items(upload(pair, work)) == [("done", "uploaded")]


def test_an_id_in_use_is_looked_for_and_then_told(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    taken = Rejected("The external id is too long or already used.", code="12052996")
    tiktok.fail("create_product", taken, times=2)
    product = make_product(pair)
    run = upload(pair, work)
    assert upload_of(product).in_doubt_since is not None
    for _ in range(3):
        later(pair, work, run)
    assert items(run) == [("failed", "12052996")]
    assert upload_of(product).failure_reason == taken.message
    assert tiktok.shelf.products == {}


# --- limits and changes --------------------------------------------------------------------------


def test_the_daily_limit_rests_every_product_and_loses_none(
    pair: Pair, tiktok: FakeTikTok, work: Work, settings: Settings
) -> None:
    settings.LANE_CONCURRENCY = 1
    used_up = Rejected("The seller's daily quota at TikTok Shop is used up.", code="12052093")
    products = [make_product(pair, number, skus=(f"S{number}",)) for number in range(1, 7)]
    run = preview(pair, work, start=True)
    tiktok.during("create_product", lambda: tiktok.fail("create_product", used_up))
    go_on(work, run)
    assert (len(tiktok.shelf.products), tiktok.count("create_product")) == (1, 2)
    pair.refresh()
    assert pair.shop.uploads_refused_until is not None
    assert run.message.startswith("TikTok takes no more new products of this shop for now.")
    rest = [upload_of(one).sync_status for one in products]
    assert sorted(rest) == ["pending"] * 5 + ["synced"]
    assert not upload_of(products[-1]).failure_code
    spent = len(tiktok.calls)
    work("upload_products")
    assert len(tiktok.calls) == spent, "nothing is asked while it rests"

    tiktok.faults.clear()
    open_again(pair)
    go_on(work, run)
    assert (run.status, run.done, run.message) == ("finished", 6, "Every product has its outcome.")


def test_what_changed_since_the_preview_is_checked_again(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    product = make_product(pair)
    run = preview(pair, work, start=True)
    set_columns(product, status="ARCHIVED")
    go_on(work, run)
    assert items(run) == [("failed", "product_not_active")]
    assert writes(tiktok) == []


def test_nothing_in_stock_is_listed_with_one_to_be_set_to_none(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    """TikTok takes no new listing with 0; while it is under review nobody can buy."""
    make_product(pair, stock=0)
    run = upload(pair, work)
    assert run.done == 1
    ((body,),) = tiktok.arguments("create_product")
    assert body["skus"][0]["inventory"] == [{"warehouse_id": "7000", "quantity": 1}]
    assert ListingSku.objects.get().sent_quantity == 1
    assert [one["code"] for one in item_of(run).facts["notes"]] == ["no_stock_yet"]


def test_without_the_stock_push_nothing_in_stock_is_not_listed(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    set_columns(product_rules(pair.shop), push_stock=False)
    make_product(pair, stock=0)
    assert items(upload(pair, work)) == [("skipped", "stock_missing")]
    assert tiktok.count("create_product") == 0


def test_a_bug_in_one_product_holds_up_no_other(
    pair: Pair, tiktok: FakeTikTok, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = upload_steps.create_body

    def broken(facts: Any, *args: Any, **how: Any) -> Any:
        if facts.gid.endswith("/1"):
            raise ZeroDivisionError
        return real(facts, *args, **how)

    monkeypatch.setattr(upload_steps, "create_body", broken)
    one, two = make_product(pair, 1, skus=("A",)), make_product(pair, 2, skus=("B",))
    run = preview(pair, work, start=True)
    work("product_runs")
    with pytest.raises(ZeroDivisionError):
        work("upload_products")
    pass_time(60)
    go_on(work, run)
    assert (upload_of(one).sync_status, upload_of(two).sync_status) == ("failed", "synced")
    assert upload_of(one).failure_kind == "internal"
