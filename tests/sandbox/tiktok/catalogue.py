"""What tests of products say again and again: a picture, a body that passes, a review."""

import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.sandbox.clients import KEY, Reply, TikTok, World, send, signature
from tiktoksync.sandbox.pictures import picture

PRODUCTS = "/product/202309/products"
UPLOAD = "/product/202309/images/upload"
MUG_CATEGORY = "Mugs & Cups"
BOUNDARY = "a-boundary"


def upload(box: World, raw: bytes, use_case: str = "MAIN_IMAGE", shop: TikTok | None = None) -> Any:
    """Upload a picture; gives the envelope."""
    shop = shop or box.us
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; filename="x"; name='.encode()
    body = head + b'"use_case"\r\n\r\n' + use_case.encode() + b"\r\n"
    body += head + b'"data"\r\n\r\n' + raw + f"\r\n--{BOUNDARY}--\r\n".encode()
    pairs = [("app_key", KEY), ("timestamp", str(int(time.time())))]
    pairs.append(("sign", signature(UPLOAD, pairs, b"")))
    headers = {
        "x-tts-access-token": shop.shop[1],
        "content-type": f"multipart/form-data; boundary={BOUNDARY}",
    }
    return send(box.url, "POST", f"{UPLOAD}?{urlencode(pairs)}", body, headers).json


def uri(box: World, key: str = "mug", width: int = 800, use_case: str = "MAIN_IMAGE") -> str:
    """The uri of an uploaded square picture."""
    answer = upload(box, picture(key, width, width), use_case)
    assert answer["code"] == 0, answer
    return str(answer["data"]["uri"])


def fetch(box: World, url: str) -> Reply:
    """The bytes behind an address of the sandbox."""
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}" == box.url
    return send(box.url, "GET", f"{parts.path}?{parts.query}")


def leaf(shop: TikTok, name: str = MUG_CATEGORY, version: str = "v2") -> str:
    """The id of a leaf category by its name."""
    rows = shop.data("GET", "/product/202309/categories", category_version=version)["categories"]
    return next(row["id"] for row in rows if row["local_name"] == name and row["is_leaf"])


def sku(seller_sku: str = "NEW-1", *options: tuple[str, str], **more: Any) -> dict[str, Any]:
    """A SKU as Create Product takes it; the only warehouse needs no name."""
    return {
        "seller_sku": seller_sku,
        "price": {"amount": "12.00", "currency": "USD"},
        "inventory": [{"quantity": 5}],
        "sales_attributes": [{"name": name, "value_name": value} for name, value in options],
        **more,
    }


def body(box: World, **changes: Any) -> dict[str, Any]:
    """A body that passes every check of the American shop."""
    given = {
        "title": "Speckled Stoneware Mug",
        "description": "<p>Holds 350 ml.</p>",
        "category_id": leaf(box.us),
        "category_version": "v2",
        "main_images": [{"uri": uri(box)}],
        "package_weight": {"value": "0.4", "unit": "KILOGRAM"},
        "skus": [sku()],
    }
    return {**given, **changes}


def create(box: World, **changes: Any) -> str:
    """Create a product; gives its id."""
    return str(box.us.data("POST", PRODUCTS, body(box, **changes))["product_id"])


def listed(box: World, **changes: Any) -> str:
    """A product that has passed its review."""
    product_id = create(box, **changes)
    box.control.post(f"products/{product_id}/approve")
    return product_id


def detail(box: World, product_id: str, **query: Any) -> Any:
    return box.us.data("GET", f"{PRODUCTS}/{product_id}", **query)


def code(shop: TikTok, method: str, path: str, given: Any) -> int:
    """The code of an answer."""
    return int(shop.call(method, path, given).json["code"])


def kinds(box: World) -> list[str]:
    """The kinds of effects on the ledger, pictures aside."""
    return [one["kind"] for one in box.log()["writes"] if one["kind"] != "image_uploaded"]
