"""Products by the control API, on the page, and in the catalogue of the demo world."""

from typing import Any
from urllib.parse import urlencode

from tests.sandbox.clients import World, send
from tests.sandbox.tiktok.catalogue import PRODUCTS, create, detail, fetch, kinds, listed, uri
from tiktoksync.sandbox.pictures import picture

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BANDANA = {
    "title": "Hand-Dyed Bandana",
    "options": ["Color"],
    "variants": [
        {"sku": "BAND-R", "values": ["Red"], "price": "14.00", "inventory": 20, "grams": 60},
        {"sku": "", "values": ["Blue"], "price": "15.00", "inventory": 0},
    ],
    "images": [{"key": "bandana", "width": 640, "height": 480}],
}


def press(box: World, path: str, **form: str) -> Any:
    return send(box.url, "POST", f"/sandbox/page/{path}", urlencode(form).encode(), FORM)


def test_a_product_is_added_as_it_is(box: World) -> None:
    made = box.control.post("products", **BANDANA)
    (product_id,) = made["ids"]
    shown = detail(box, product_id)
    assert shown["status"] == "ACTIVATE"
    first, second = shown["skus"]
    assert (first["id"], second["id"]) == tuple(made["sku_ids"])
    assert (first["seller_sku"], second["seller_sku"]) == ("BAND-R", "")
    assert second["sales_attributes"][0]["value_name"] == "Blue"
    order = box.us.order(box.control.place(lines=[{"sku_id": second["id"]}]))
    assert order["line_items"][0]["seller_sku"] == ""
    assert order["line_items"][0]["sale_price"] == "15.00"
    row = box.control.get("products?sku=BAND-R")["products"][0]
    assert (row["id"], row["images"]) == (product_id, 1)
    found = box.us.data(
        "POST", f"{PRODUCTS}/search", {"create_time_ge": shown["create_time"]}, page_size=10
    )
    assert [one["id"] for one in found["products"]] == [product_id]
    assert box.control.ask("POST", "products", {"title": "x"}).status == 400


def test_pictures_of_products_can_be_fetched(box: World) -> None:
    (product_id,) = box.control.post("products", **BANDANA)["ids"]
    (image,) = detail(box, product_id)["main_images"]
    assert (image["width"], image["height"]) == (640, 480)
    whole = [fetch(box, url) for url in image["urls"]]
    assert [reply.raw for reply in whole] == [picture("bandana", 640, 480)] * 2
    assert whole[0].headers["content-type"] == "image/png"
    assert fetch(box, image["thumb_urls"][0]).raw == picture("bandana", 300, 300)


def test_an_uploaded_picture_comes_back_byte_for_byte(box: World) -> None:
    image = uri(box, "mine", 500)
    product_id = create(box, main_images=[{"uri": image}])
    shown = detail(box, product_id)["main_images"][0]
    assert shown["uri"] == image
    assert fetch(box, shown["urls"][0]).raw == picture("mine", 500, 500)
    assert send(box.url, "GET", "/p16/tos-sandbox/unknown").status == 404


def test_some_pictures_of_the_catalogue_are_gone_or_broken(box: World) -> None:
    assert send(box.url, "GET", "/cdn/mug-1-120x90.png").raw == picture("mug-1", 120, 90)
    assert send(box.url, "GET", "/cdn/gone-mug-120x90.png").status == 404
    assert send(box.url, "GET", "/cdn/mug.png").status == 404
    broken = send(box.url, "GET", "/cdn/broken-mug-120x90.png")
    assert broken.status == 200
    assert not broken.raw.startswith(b"\x89PNG")


def test_stock_and_prices_are_changed_in_seller_center(box: World) -> None:
    product_id = listed(box)
    assert box.control.post(f"products/{product_id}/stock", quantity=0)["skus"][0]["available"] == 0
    box.control.post(f"products/{product_id}/price", sku="NEW-1", price="7.25")
    sku = detail(box, product_id)["skus"][0]
    assert sku["inventory"][0]["quantity"] == 0
    assert sku["price"]["tax_exclusive_price"] == "7.25"
    for path, body in (
        ("stock", {"quantity": 100000}),
        ("stock", {"quantity": 1, "sku": "OTHER"}),
        ("price", {"price": "free"}),
        ("status", {"status": "GONE"}),
    ):
        assert box.control.ask("POST", f"products/{product_id}/{path}", body).status in (400, 409)
    assert detail(box, product_id)["skus"][0]["price"]["tax_exclusive_price"] == "7.25"


def test_the_platform_takes_a_product_down(box: World) -> None:
    product_id = listed(box)
    box.control.post(f"products/{product_id}/status", status="PLATFORM_DEACTIVATED", reason="Fake")
    assert detail(box, product_id)["status"] == "PLATFORM_DEACTIVATED"
    ids = {"product_ids": [product_id]}
    errors = box.us.data("POST", f"{PRODUCTS}/activate", ids)["errors"]
    assert errors[0]["detail"]["extra_errors"][0]["code"] == 12052901


def test_lists_are_filtered(box: World) -> None:
    waiting = box.control.get("products?shop=US&status=PENDING")["products"]
    assert [row["title"] for row in waiting] == ["Cordless Desk Lamp, Touch Dimmer"]
    assert [row["waits"] for row in waiting] == [True]
    assert len(box.control.get("products?shop=VN")["products"]) == 29
    assert len(box.control.get("products")["products"]) == 58


def test_the_page_approves_refuses_and_changes(box: World) -> None:
    box.control.post("config", review_seconds=None)
    first, second = create(box), create(box, title="Other Mug")
    text = send(box.url, "GET", "/sandbox/page/products").raw.decode()
    assert f"/sandbox/page/products/{first}/approve" in text
    done = press(box, f"products/{first}/approve")
    assert (done.status, done.headers["location"]) == (303, "/sandbox/page/products")
    press(box, f"products/{second}/reject")
    assert detail(box, first)["status"] == "ACTIVATE"
    assert detail(box, second)["status"] == "FAILED"
    sku_id = detail(box, first)["skus"][0]["id"]
    press(box, f"products/{first}/stock", sku_id=sku_id, quantity="3")
    press(box, f"products/{first}/lock", locked="1")
    row = box.control.get(f"products/{first}")
    assert (row["skus"][0]["available"], row["price_lock"]) == (3, 12052038)
    press(box, f"products/{first}/lock", locked="0")
    assert box.control.get(f"products/{first}")["price_lock"] == 0


def test_a_product_is_added_on_the_page(box: World) -> None:
    row = '{"title": "<b>Bold</b> mug", "variants": [{"sku": "BOLD", "price": "3.00"}]}'
    press(box, "products", shop="7495000000000000001", json=row)
    text = send(box.url, "GET", "/sandbox/page/products").raw.decode()
    assert "&lt;b&gt;Bold&lt;/b&gt; mug" in text
    assert "http://" not in text
    wrong = press(box, "products", shop="7495000000000000001", json="{")
    assert wrong.headers["location"].endswith("note=the%20product%20is%20not%20JSON")


def test_the_log_page_counts_calls(box: World) -> None:
    box.us.data("POST", f"{PRODUCTS}/search", {}, page_size=1)
    text = send(box.url, "GET", "/sandbox/page/log").raw.decode()
    assert "tiktok:product.search <b>1</b>" in text


def test_buyers_choose_what_is_on_both_sides(box: World) -> None:
    ids = box.control.post("orders", count=60, hold=False)["ids"]
    skus = {line["seller_sku"] for one in ids for line in box.us.order(one)["line_items"]}
    there = {one["sku"] for one in box.control.get("shopify/products")["variants"]}
    assert skus <= there
    assert len(skus) > 8


def test_an_unlisted_sku_is_listed_by_its_first_order(box: World) -> None:
    order_id = box.control.place(lines=[{"sku": "NEVER-SEEN", "price": "4.00"}])
    line = box.us.order(order_id)["line_items"][0]
    assert detail(box, line["product_id"])["skus"][0]["id"] == line["sku_id"]
    assert kinds(box) == []


def test_a_shop_is_filled_and_read_page_by_page(box: World) -> None:
    done = box.control.post("products/fill", products=250, variants=3, prefix="BULK")
    assert (done["products"], done["skus"]) == (250, 750)
    seen: list[str] = []
    token = ""
    while token or not seen:
        page = box.us.data("POST", f"{PRODUCTS}/search", {}, page_size=100, page_token=token)
        seen += [row["id"] for row in page["products"]]
        token = page["next_page_token"]
    assert len(set(seen)) == len(seen) == page["total_count"] == 279
    row = box.control.get("products?sku=BULK-00250-3")["products"][0]
    assert [one["name"] for one in row["skus"]] == ["V1", "V2", "V3"]
