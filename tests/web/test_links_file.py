"""Links as a file: fetched, looked over before anything is done, taken in once."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from products.links_file import Unreadable, read_links
from products.models import Link
from tests.factories import Pair, link_sku, make_listing, make_pair, make_variant
from tests.web.reading import text_of

PAGE, CHECK, TAKE = (
    "/products/links/file/",
    "/products/links/file/check/",
    "/products/links/file/take/",
)


def upload(client: Client, text: str) -> Any:
    """Somebody chooses a file and has it looked over."""
    file = SimpleUploadedFile("links.csv", text.encode(), content_type="text/csv")
    return client.post(CHECK, {"file": file})


def table(*rows: str) -> str:
    """A file by SKUs alone."""
    return "\r\n".join(["seller_sku,shopify_sku", *rows])


def test_a_file_is_looked_over_and_changes_nothing(pair: Pair, anna: Client) -> None:
    make_listing(pair.shop, "GREEN", number=1)
    make_variant(pair.store, "OLIVE", 77)
    answer = upload(anna, table("GREEN,OLIVE", "GREEN,OLIVE", "NONE,OLIVE", "GREEN,NONE", ","))
    assert answer.status_code == 200
    shown = text_of(answer)
    assert "1 new · 0 linked so already · 3 cannot be linked" in shown
    for why in (
        "The file names this TikTok SKU twice.",
        "No listing has this TikTok SKU.",
        "No Shopify variant has this id or SKU.",
    ):
        assert why in shown
    assert Link.objects.count() == 0


def test_what_was_looked_over_is_linked_once(pair: Pair, anna: Client) -> None:
    listing = make_listing(pair.shop, "GREEN", number=1)
    variant = make_variant(pair.store, "OLIVE", 77)
    for _ in range(2):
        answer = anna.post(TAKE, {"text": table("GREEN,OLIVE")})
        assert answer["Location"] == "/products/?tab=linked"
    link = Link.objects.get()
    assert (link.tiktok_sku_id, link.variant) == (listing.skus.get().tiktok_sku_id, variant)
    assert link.origin == "by_hand"
    assert link.created_by is not None
    assert link.created_by.username == "anna"


def test_a_link_that_stands_is_not_led_elsewhere(pair: Pair, anna: Client) -> None:
    make_listing(pair.shop, "RED", number=1)
    link = link_sku(pair, "RED", 41)
    make_variant(pair.store, "OLIVE", 77)
    shown = text_of(upload(anna, table("RED,OLIVE", f"RED,{link.variant.sku}")))
    assert "0 new · 1 linked so already · 1 cannot be linked" in shown
    anna.post(TAKE, {"text": table("RED,OLIVE")})
    assert Link.objects.get().variant_id == link.variant_id


def test_what_is_fetched_can_be_taken_in_again(pair: Pair, anna: Client) -> None:
    make_listing(pair.shop, "RED", number=1, title="=SUM(A1)")
    link = link_sku(pair, "RED", 41)
    answer = anna.get("/products/links.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="links.csv"'
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert row["tiktok_sku_id"] == link.tiktok_sku_id
    assert row["shopify_variant_id"] == link.variant.shopify_variant_id
    assert row["tiktok_title"] == "'=SUM(A1)"
    Link.objects.all().delete()
    anna.post(TAKE, {"text": text})
    assert Link.objects.get().variant_id == link.variant_id


def test_a_strangers_shop_is_not_reached(pair: Pair, anna: Client) -> None:
    other = make_pair("Bob")
    make_listing(other.shop, "GREEN", number=1)
    make_variant(other.store, "OLIVE", 77)
    text = f"tiktok_shop_id,seller_sku,shopify_sku\n{other.shop.shop_id},GREEN,OLIVE"
    assert "No shop of yours has this tiktok_shop_id." in text_of(upload(anna, text))
    anna.post(TAKE, {"text": text})
    assert Link.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Choose a file first."),
        ("title,price\nx,1", "A column is missing: tiktok_sku_id or seller_sku."),
        ("seller_sku\nx", "A column is missing: shopify_variant_id or shopify_sku."),
        (table(*["A,B"] * 5001), "A file may have 5,000 lines; this one has 5,001."),
    ],
    ids=["empty", "no-sku", "no-variant", "too-long"],
)
def test_a_file_that_is_no_such_table_is_refused(
    text: str, why: str, pair: Pair, anna: Client
) -> None:
    answer = anna.post(CHECK, {"text": text})
    assert answer.status_code == 422
    assert why in text_of(answer)


def test_semicolons_and_any_order_of_columns_are_read() -> None:
    (wish,) = read_links("\ufeffShopify_SKU;Seller_SKU\n'=A;B\n")
    assert (wish.line, wish.seller_sku, wish.shopify_sku) == (2, "B", "=A")
    with pytest.raises(Unreadable):
        read_links("x\ny")


def test_few_queries_for_many_lines(
    pair: Pair, anna: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 31):
        make_listing(pair.shop, f"SKU-{number}", number=number)
        make_variant(pair.store, f"OTHER-{number}", 100 + number)
    lines = [f"SKU-{number},OTHER-{number}" for number in range(1, 31)]
    with django_assert_max_num_queries(16):
        assert "30 new" in text_of(anna.post(CHECK, {"text": table(*lines)}))
