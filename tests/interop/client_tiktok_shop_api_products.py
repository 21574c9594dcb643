"""PyPI `tiktok-shop-api` listing products: pictures, creation, edits, prices, stock.

Every answer is held against the client's models; what was written is read back.
"""

import io
import struct
import zlib
from typing import Any

from checks import Check, control, equal, refused
from client_tiktok_shop_api import CLIENT, TikTokShop, TikTokShopError, shop
from client_tiktok_shop_api_models import faults
from client_tiktok_shop_api_writes import body
from tiktok_shop_api.generated import models
from tiktok_shop_api.generated.types import File

TITLE = "Stoneware Mug with Speckled Glaze"


def data_of(answer: Any) -> Any:
    """The data of an answer that says nothing its model does not know."""
    equal(sorted(faults(answer)), [])
    return answer.to_dict()["data"]


def png(width: int, height: int) -> bytes:
    """A picture of one colour that every reader understands."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\x00" + b"\x90" * width) * height)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def upload(us: TikTokShop, width: int = 600) -> str:
    file = File(payload=io.BytesIO(png(width, width)), file_name="a.png", mime_type="image/png")
    use_case = models.UploadProductImageRequestUseCase.MAIN_IMAGE
    given = models.UploadProductImageRequest(data=file, use_case=use_case)
    return str(data_of(us.products.upload_product_image(body=given))["uri"])


def leaf_of(us: TikTokShop, title: str) -> str:
    given = body("RecommendCategoryRequest", {"product_title": title, "category_version": "v2"})
    return str(data_of(us.products.recommend_category(body=given))["leaf_category_id"])


def product(us: TikTokShop, **changes: Any) -> dict[str, Any]:
    warehouse = us.logistics.get_warehouse_list().data.warehouses[0].id
    return {
        "title": TITLE,
        "description": "<p>Holds 350 ml.</p>",
        "category_id": leaf_of(us, TITLE),
        "category_version": "v2",
        "main_images": [{"uri": upload(us)}],
        "package_weight": {"value": "0.4", "unit": "KILOGRAM"},
        "external_product_id": "gid://shopify/Product/1",
        "skus": [
            {
                "seller_sku": f"INTEROP-{colour}",
                "external_sku_id": f"variant-{colour}",
                "price": {"amount": "18.50", "currency": "USD"},
                "inventory": [{"warehouse_id": warehouse, "quantity": 7}],
                "sales_attributes": [{"name": "Color", "value_name": colour}],
            }
            for colour in ("Red", "Blue")
        ],
        **changes,
    }


def detail(us: TikTokShop, product_id: str) -> Any:
    return data_of(us.products.get_product(product_id=product_id))


def check_knowledge(us: TikTokShop) -> None:
    calls = us.products
    with Check(CLIENT, "Get Categories, Recommend Category") as check:
        rows = data_of(calls.get_categories(category_version="v2"))["categories"]
        names = {row["id"]: row["local_name"] for row in rows}
        check.result = f"{len(rows)} categories; a mug belongs to {names[leaf_of(us, TITLE)]}"
        equal(names[leaf_of(us, TITLE)], "Mugs & Cups")
        error = refused(lambda: leaf_of(us, "Qqq"), TikTokShopError)
        equal(error.code, 12052912)
    with Check(CLIENT, "Get Category Attributes, Get Category Rules") as check:
        leaf = leaf_of(us, "Summer dress")
        found = data_of(calls.get_category_attributes(category_id=leaf, category_version="v2"))[
            "attributes"
        ]
        needed = [row["name"] for row in found if row["is_requried"]]
        rules = data_of(calls.get_category_rules(category_id=leaf, category_version="v2"))
        equal((needed, rules["size_chart"]["is_required"]), (["Material"], True))
        check.result = f"a dress needs {needed[0]} and a size chart"
    with Check(CLIENT, "Get Brands, Create Custom Brands") as check:
        page = data_of(calls.get_brands(page_size=5))
        more = data_of(calls.get_brands(page_size=5, page_token=page["next_page_token"]))
        equal(len({row["id"] for row in page["brands"] + more["brands"]}), 10)
        given = body("CreateCustomBrandsRequest", {"name": "Interop Pottery"})
        made = data_of(calls.create_custom_brands(body=given))["id"]
        found = data_of(calls.get_brands(page_size=5, brand_name="Interop"))["brands"]
        equal([row["id"] for row in found], [made])
        check.result = f"{page['total_count']} brands by page; one of its own found again"
    with Check(CLIENT, "Check Listing Prerequisites") as check:
        rows = data_of(calls.check_listing_prerequisites())["check_results"]
        check.result = f"{len(rows)} items, none failed"
        equal([row for row in rows if row["is_failed"]], [])


def check_creation(us: TikTokShop) -> str:
    calls = us.products
    with Check(CLIENT, "Check Product Listing") as check:
        given = body("CheckProductListingRequest", product(us))
        good = data_of(calls.check_product_listing(body=given))
        given = body("CheckProductListingRequest", product(us, title=""))
        bad = data_of(calls.check_product_listing(body=given))
        equal((good["check_result"], bad["check_result"]), ("PASS", "FAILED"))
        equal(bad["fail_reasons"][0]["code"], 12052261)
        check.result = "PASS; without a title FAILED with 12052261"
    with Check(CLIENT, "Create Product, twice under one key") as check:
        given = body("CreateProductRequest", product(us, idempotency_key="interop-1"))
        made = data_of(calls.create_product(body=given))
        again = data_of(calls.create_product(body=given))
        equal(again["product_id"], made["product_id"])
        control("POST", f"products/{made['product_id']}/approve")
        shown = detail(us, made["product_id"])
        equal((shown["status"], shown["title"]), ("ACTIVATE", TITLE))
        equal({row["external_sku_id"] for row in shown["skus"]}, {"variant-Red", "variant-Blue"})
        check.result = "one product, on sale after its review"
    with Check(CLIENT, "Create Product, refused") as check:
        refusals = {
            12052996: {},
            12052722: {"main_images": [{"uri": "https://example.com/a.png"}]},
            12052217: {"category_version": "v1"},
            12052181: {"package_weight": {"value": "0", "unit": "KILOGRAM"}},
        }
        for code, changes in refusals.items():
            given = body("CreateProductRequest", product(us, **changes))
            equal(refused(lambda: calls.create_product(body=given), TikTokShopError).code, code)  # noqa: B023
        check.result = f"codes {', '.join(map(str, refusals))}"
    return str(made["product_id"])


def check_changes(us: TikTokShop, product_id: str) -> None:
    calls = us.products
    with Check(CLIENT, "Partial Edit Product, under review and refused") as check:
        given = body("PartialEditProductRequest", {"title": "Worse Title for a Good Mug"})
        answer = data_of(calls.partial_edit_product(product_id=product_id, body=given))
        control("POST", f"products/{product_id}/reject")
        shown = detail(us, product_id)
        equal((shown["title"], shown["audit"]["status"]), (TITLE, "FAILED"))
        check.result = f"{answer['audit']['status']}, then the old version stays"
    with Check(CLIENT, "Edit Product, one SKU fewer") as check:
        first = detail(us, product_id)["skus"][0]
        options = [{key: one[key] for key in ("id", "name", "value_id", "value_name")}
                   for one in first["sales_attributes"]]  # fmt: skip
        row = {"id": first["id"], "seller_sku": first["seller_sku"], "sales_attributes": options}
        given = body("EditProductRequest", product(us, skus=[row]))
        data_of(calls.edit_product(product_id=product_id, body=given))
        control("POST", f"products/{product_id}/approve")
        equal([one["id"] for one in detail(us, product_id)["skus"]], [first["id"]])
        check.result = "the SKU that was left out is gone"
    sku_id = detail(us, product_id)["skus"][0]["id"]
    with Check(CLIENT, "Update Price") as check:
        price = {"id": sku_id, "price": {"amount": "16.00", "currency": "USD"}}
        given = body("UpdatePriceRequest", {"skus": [price]})
        data_of(calls.update_price(product_id=product_id, body=given))
        shown = detail(us, product_id)["skus"][0]["price"]
        equal(shown["tax_exclusive_price"], "16.00")
        control("POST", f"products/{product_id}/lock")
        error = refused(
            lambda: calls.update_price(product_id=product_id, body=given), TikTokShopError
        )
        check.result = f"16.00 at once; in a promotion refused with {error.code}"
    with Check(CLIENT, "Update Inventory, Inventory Search") as check:
        row = {"id": sku_id, "inventory": [{"quantity": 3}]}
        strange = {"id": "12", "inventory": [{"quantity": 3}]}
        given = body("UpdateInventoryRequest", {"skus": [row, strange]})
        errors = data_of(calls.update_inventory(product_id=product_id, body=given))["errors"]
        control("POST", "orders", lines=[{"sku_id": sku_id}], hold=False)
        asked = body("InventorySearchRequest", {"sku_ids": [sku_id]})
        row = data_of(calls.inventory_search(body=asked))["inventory"][0]["skus"][0]
        counted = (row["total_available_quantity"], row["total_committed_quantity"])
        equal((counted, len(errors)), ((2, 1), 1))
        check.result = "2 available, 1 committed; an unknown SKU fails by itself"
    with Check(CLIENT, "Deactivate, Activate, Delete and Recover Products") as check:
        words = []
        for verb in ("Deactivate", "Activate", "Delete", "Recover"):
            given = body(f"{verb}ProductsRequest", {"product_ids": [product_id]})
            data_of(getattr(calls, f"{verb.lower()}_products")(body=given))
            words.append(detail(us, product_id)["status"])
        check.result = ", ".join(words)
        equal(words, ["SELLER_DEACTIVATED", "ACTIVATE", "DELETED", "SELLER_DEACTIVATED"])


def check_search(us: TikTokShop, product_id: str) -> None:
    with Check(CLIENT, "Search Products, by status, SKU and time, page by page") as check:
        calls = us.products
        given = body("SearchProductsRequest", {"status": "SELLER_DEACTIVATED"})
        rows = data_of(calls.search_products(page_size=10, body=given))["products"]
        equal(product_id in [row["id"] for row in rows], True)
        seen, token = set(), ""
        while token or not seen:
            more = {"page_token": token} if token else {}
            page = data_of(calls.search_products(page_size=10, **more))
            seen |= {row["id"] for row in page["products"]}
            token = page["next_page_token"]
        equal(len(seen), page["total_count"])
        updated = detail(us, product_id)["update_time"]
        window = {"update_time_ge": updated, "update_time_le": updated}
        given = body("SearchProductsRequest", window)
        rows = data_of(calls.search_products(page_size=10, body=given))["products"]
        equal([row["id"] for row in rows], [product_id])
        check.result = f"{len(seen)} products by page; one by its second"


def main() -> None:
    control("POST", "reset")
    control("POST", "config", review_seconds=None)
    us = shop()
    check_knowledge(us)
    product_id = check_creation(us)
    check_changes(us, product_id)
    check_search(us, product_id)


if __name__ == "__main__":
    main()
