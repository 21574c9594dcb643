"""The shop's products, to be read: search by page, and one product whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.config import Config
from tiktoksync.sandbox.tiktok import money
from tiktoksync.sandbox.tiktok.errors import ApiError, bad_param
from tiktoksync.sandbox.tiktok.paging import Key, fingerprint, read_token, write_token
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.state import Listing, Shop, TikTokState

MOST_FILTERED = 10
MOST_PAGED = 10_000
AUDITS = {
    "ACTIVATE": "APPROVED",
    "SELLER_DEACTIVATED": "APPROVED",
    "PLATFORM_DEACTIVATED": "APPROVED",
    "FREEZE": "APPROVED",
    "DELETED": "APPROVED",
    "DRAFT": "NONE",
    "PENDING": "AUDITING",
    "FAILED": "FAILED",
}
# A product whose configuration names no time was made at this second or in the hours after it.
_FIRST_MADE = 1_767_225_600
_HOUR = 3600
_IMAGE = "https://p16-oec-va.ibyteimg.com/tos-sandbox/{}.jpeg"


@dataclass(frozen=True, slots=True)
class Product:
    """The listings of one product id, with what the configuration says about them by SKU."""

    id: str
    listings: list[Listing]
    facts: Config
    variants: dict[str, Config]
    created: int
    updated: int

    @property
    def status(self) -> str:
        return str(self.facts.get("status", "ACTIVATE"))

    @property
    def audit(self) -> str:
        return AUDITS.get(self.status, "NONE")

    @property
    def key(self) -> Key:
        return self.updated, int(self.id)


def search_products(ctx: Context) -> dict[str, Any]:
    """Search Products: the last updated first; one row shape for all versions."""
    size = _page_size(ctx.request.param("page_size"))
    filters = _read_filters(ctx.body)
    mark = fingerprint([filters, size])
    wanted = _make_test(filters)
    found = [one for one in products_of(ctx.state, ctx.the_shop) if wanted(one)]
    found.sort(key=lambda one: one.key, reverse=True)
    start = _start(ctx, found, mark)
    if start >= MOST_PAGED:
        raise ApiError(12052180, "The total number of search results can not exceed 10000.")
    page = found[start : start + size]
    more = start + size < len(found)
    return {
        "next_page_token": write_token(page[-1].key, mark) if more else "",
        "products": [_show_row(ctx.the_shop, one) for one in page],
        "total_count": len(found),
    }


def get_product(ctx: Context) -> dict[str, Any]:
    """Get Product: raises 12052034 for another shop's product and 12052032 for none at all."""
    wanted = ctx.params["product_id"]
    for product in products_of(ctx.state, ctx.the_shop):
        if product.id == wanted:
            return _show_whole(ctx.the_shop, product)
    for shop in ctx.state.shops.values():
        if any(listing.product_id == wanted for listing in shop.listings.values()):
            raise ApiError(12052034, "This product doesn't belong to this shop")
    raise ApiError(12052032, "The product does not exist")


def products_of(state: TikTokState, shop: Shop) -> list[Product]:
    """What the shop sells now, in the order in which it was listed."""
    facts = _facts_by_sku(state.config, shop)
    groups: dict[str, list[Listing]] = {}
    for listing in shop.listings.values():
        groups.setdefault(listing.product_id, []).append(listing)
    products = []
    for place, (product_id, listings) in enumerate(groups.items()):
        known = [facts[one.seller_sku] for one in listings if one.seller_sku in facts]
        product = known[0][0] if known else {}
        variants = {str(variant["sku"]): variant for _, variant in known}
        created = int(product.get("create_time", _FIRST_MADE + place * _HOUR))
        updated = int(product.get("update_time", created))
        products.append(Product(product_id, listings, product, variants, created, updated))
    return products


def _facts_by_sku(config: Config, shop: Shop) -> dict[str, tuple[Config, Config]]:
    """The configured product and variant behind each SKU."""
    shops: list[Config] = config["tiktok"]["shops"]
    row: Config = next((one for one in shops if str(one["id"]) == shop.id), {})
    return {
        str(variant["sku"]): (product, variant)
        for product in row.get("products", ())
        for variant in product["variants"]
    }


def _page_size(text: str) -> int:
    if len(text) > 3 or not text.isdecimal() or not 1 <= int(text) <= 100:
        raise ApiError(12019109, "page size is invalid")
    return int(text)


def _read_filters(body: dict[str, Any]) -> dict[str, Any]:
    """The filters given, unknown names among them; raises ApiError for a wrong value."""
    filters = {name: value for name, value in body.items() if value not in (None, "", [])}
    if filters.get("status", "ALL") not in ("ALL", *AUDITS):
        raise bad_param("param body.status is invalid")
    for name in ("seller_skus", "sku_ids", "audit_status"):
        values = filters.get(name, [])
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise bad_param(f"param body.{name} must be a list of strings")
    if len(filters.get("seller_skus", [])) > MOST_FILTERED:
        raise ApiError(12019027, "The maximum count of “seller_skus” in the search filter is 10.")
    if len(filters.get("sku_ids", [])) > MOST_FILTERED:
        raise ApiError(12019087, "The number of SKU IDs exceeds the limit of 10")
    for code, what in ((12019118, "create"), (12019119, "update")):
        ends = [filters.get(f"{what}_time_{end}", 0) for end in ("ge", "le")]
        if not all(type(end) is int and end >= 0 for end in ends):
            raise ApiError(code, f"search {what} time invalid")
    return filters


def _make_test(filters: dict[str, Any]) -> Callable[[Product], bool]:
    status = filters.get("status", "ALL")
    audits = filters.get("audit_status", ())
    skus, ids = filters.get("seller_skus", ()), filters.get("sku_ids", ())

    def between(value: int, name: str) -> bool:
        since, until = filters.get(f"{name}_ge"), filters.get(f"{name}_le")
        return (since is None or value >= since) and (until is None or value <= until)

    def test(product: Product) -> bool:
        return (
            status in ("ALL", product.status)
            and (not audits or product.audit in audits)
            and (not skus or any(one.seller_sku in skus for one in product.listings))
            and (not ids or any(one.sku_id in ids for one in product.listings))
            and between(product.created, "create_time")
            and between(product.updated, "update_time")
        )

    return test


def _start(ctx: Context, found: list[Product], mark: str) -> int:
    """How many of the products found came on earlier pages."""
    token = ctx.request.param("page_token")
    if not token:
        return 0
    last = read_token(token, mark, ctx.state.config["strict"])
    if not isinstance(last, tuple) or [type(part) for part in last] != [int, int]:
        raise bad_param("param page_token is invalid")
    return sum(one.key >= last for one in found)


def _show_row(shop: Shop, product: Product) -> dict[str, Any]:
    return {
        **_show_common(product),
        "sales_regions": [shop.region],
        "skus": [_show_sku(shop, one) for one in product.listings],
    }


def _show_common(product: Product) -> dict[str, Any]:
    return {
        "audit": {"pre_approved_reasons": [], "status": product.audit},
        "create_time": product.created,
        "has_draft": False,
        "id": product.id,
        "is_not_for_sale": False,
        "product_tags": [],
        "recommended_categories": [],
        "status": product.status,
        "title": product.listings[0].title,
        "update_time": product.updated,
    }


def _show_sku(shop: Shop, listing: Listing) -> dict[str, Any]:
    price = money.text(money.amount(listing.price, shop.currency))
    shown = {"currency": shop.currency, "tax_exclusive_price": price}
    if shop.seller_type != "LOCAL":
        shown["sale_price"] = price
    return {
        "id": listing.sku_id,
        "inventory": [{"quantity": listing.stock, "warehouse_id": shop.warehouse_id}],
        "price": shown,
        "seller_sku": listing.seller_sku,
        "status_info": {"status": "NORMAL"},
    }


def _show_whole(shop: Shop, product: Product) -> dict[str, Any]:
    vendor = str(product.facts.get("vendor", ""))
    kind = str(product.facts.get("type") or "Other")
    leaf = {"id": _number(kind), "is_leaf": True, "local_name": kind, "parent_id": "0"}
    first = product.listings[0]
    shown = {
        **_show_common(product),
        "category_chains": [leaf],
        "description": str(product.facts.get("description", "<p>A product of the sandbox.</p>")),
        "is_cod_allowed": shop.region != "US",
        "is_pre_owned": False,
        "is_replicated": False,
        "main_images": [_show_image(product.id)],
        "manufacturer_ids": [],
        "package_dimensions": dict.fromkeys(("height", "length", "width"), "10")
        | {"unit": "CENTIMETER"},
        "package_weight": _show_weight(product.variants.get(first.seller_sku, {})),
        "product_attributes": [],
        "product_status": "INITIAL" if product.status in ("PENDING", "FAILED") else product.status,
        "responsible_person_ids": [],
        "shipping_insurance_requirement": "NOT_SUPPORTED",
        "skus": [_show_whole_sku(shop, product, one) for one in product.listings],
    }
    if vendor:
        shown["brand"] = {"id": _number(vendor), "name": vendor}
    return shown


def _show_whole_sku(shop: Shop, product: Product, listing: Listing) -> dict[str, Any]:
    variant = product.variants.get(listing.seller_sku, {})
    pairs = zip(product.facts.get("options") or (), variant.get("values") or (), strict=False)
    attributes: list[dict[str, Any]] = [
        {"id": _number(name), "name": name, "value_id": _number(f"{name}={value}"),
         "value_name": value}
        for name, value in pairs
    ]  # fmt: skip
    if attributes:
        attributes[0]["sku_img"] = _show_image(listing.sku_id)
    shown = _show_sku(shop, listing)
    shown["price"]["sale_price"] = shown["price"]["tax_exclusive_price"]
    return {
        **shown,
        "global_listing_policy": {"inventory_type": "EXCLUSIVE", "price_sync": False},
        "sales_attributes": attributes,
        "sku_weight": _show_weight(variant),
    }


def _show_weight(variant: Config) -> dict[str, str]:
    kilograms = Decimal(str(variant.get("grams", 100))) / 1000
    return {"unit": "KILOGRAM", "value": format(kilograms, "f")}


def _show_image(name: str) -> dict[str, Any]:
    url = _IMAGE.format(name)
    return {
        "height": 1200, "thumb_urls": [url], "uri": f"tos-sandbox/{name}", "urls": [url],
        "width": 1200,
    }  # fmt: skip


def _number(text: str) -> str:
    """A numeric id that is always the same for the same text."""
    return str(7 * 10**18 + int(hashlib.sha256(text.encode()).hexdigest()[:14], 16))
