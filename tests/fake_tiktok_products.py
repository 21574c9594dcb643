"""The catalogue half of the stand-in for TikTok Shop: products, stock, categories, pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.fake_platform import within
from tiktoksync.errors import Gone, Rejected, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.tiktok.category_calls import BrandPage, Category
from tiktoksync.tiktok.image_calls import TikTokImage
from tiktoksync.tiktok.product_calls import ProductPage
from tiktoksync.tiktok.product_writing import CreatedProduct, CreatedSku

LIVE, ASLEEP = "ACTIVATE", "SELLER_DEACTIVATED"


@dataclass
class Shelf:
    """What the shop sells, and what TikTok says about selling it.

    `products` holds bodies as `get_product` gives them, by id. `refused_ids` are product or SKU ids
    that a batch call refuses. `checks` are errors of `check_listing` by title.
    """

    products: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused_ids: dict[str, SyncError] = field(default_factory=dict)
    checks: dict[str, SyncError] = field(default_factory=dict)
    images: list[tuple[str, str, bytes]] = field(default_factory=list)
    categories: list[dict[str, Any]] = field(default_factory=list)
    recommended: Category | None = field(
        default_factory=lambda: Category("600001", ("Home", "Mugs"), True)
    )
    attributes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    brands: list[dict[str, Any]] = field(default_factory=list)
    prerequisites: list[dict[str, Any]] = field(default_factory=list)
    warehouses: list[dict[str, Any]] = field(
        default_factory=lambda: [{"id": "7000", "type": "SALES_WAREHOUSE", "is_default": True}]
    )
    keys: dict[str, CreatedProduct] = field(default_factory=dict)
    reviewed_status: str = "PENDING"
    warnings: tuple[str, ...] = ()
    numbers: Any = field(default_factory=lambda: count(1))

    def add(self, product_id: str, *skus: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
        """A product that stands there, by whatever way."""
        body = {
            "id": product_id,
            "title": f"Product {product_id}",
            "status": LIVE,
            "create_time": 1_760_000_000,
            "update_time": 1_760_000_000,
            "skus": [dict(sku) for sku in skus],
            **fields,
        }
        self.products[product_id] = body
        return body

    def stock_of(self, sku_id: str) -> dict[str, int]:
        """The quantity of a SKU at each warehouse."""
        rows = [sku for one in self.products.values() for sku in one["skus"] if sku["id"] == sku_id]
        return {row["warehouse_id"]: row["quantity"] for row in rows[0].get("inventory", ())}


class FakeCatalogueCalls:
    """The methods of TikTokClient about products; `platform.shelf` is their state."""

    platform: Any
    _do: Callable[..., Any]

    def search_products(
        self,
        *,
        page_token: str = "",
        page_size: int = 100,
        status: str = "ALL",
        update_time_ge: int | None = None,
        update_time_le: int | None = None,
        seller_skus: Sequence[str] = (),
        sku_ids: Sequence[str] = (),
    ) -> Answer[ProductPage]:
        def effect() -> ProductPage:
            within(10, seller_skus)
            within(10, sku_ids)
            listed = [*self.platform.products, *self.platform.shelf.products.values()]
            found = [one for one in listed if status in ("ALL", one.get("status", LIVE))]
            span = (update_time_ge or 0, update_time_le if update_time_le is not None else 2**40)
            found = [one for one in found if span[0] <= one.get("update_time", 0) <= span[1]]
            for wanted, name in ((seller_skus, "seller_sku"), (sku_ids, "id")):
                if wanted:
                    found = [one for one in found if _names(one, name) & set(wanted)]
            start, size = int(page_token or 0), min(self.platform.page_size, page_size)
            more = start + size < len(found)
            page = tuple(deepcopy(found[start : start + size]))
            return ProductPage(page, str(start + size) if more else "", len(found))

        return self._do("search_products", effect, page_token)

    def get_product(self, product_id: str) -> Answer[dict[str, Any]]:
        return self._do("get_product", lambda: deepcopy(self._product(product_id)), product_id)

    def search_inventory(self, product_ids: Sequence[str]) -> Answer[list[dict[str, Any]]]:
        def effect() -> list[dict[str, Any]]:
            within(100, product_ids)
            shelf = self.platform.shelf.products
            return [_stock(shelf[one]) for one in product_ids if one in shelf]

        return self._do("search_inventory", effect, tuple(product_ids))

    def create_product(self, body: Mapping[str, Any]) -> Answer[CreatedProduct]:
        def effect() -> CreatedProduct:
            shelf = self.platform.shelf
            key = str(body.get("idempotency_key") or "")
            if key and key in shelf.keys:
                return shelf.keys[key]
            product_id = f"17290000000{next(shelf.numbers):05d}"
            status = "DRAFT" if body.get("save_mode") == "AS_DRAFT" else shelf.reviewed_status
            made = deepcopy(dict(body)) | {"id": product_id, "status": status}
            made |= {"create_time": 1_760_000_000, "update_time": 1_760_000_000}
            made["skus"] = [self._sku(sku) for sku in made.get("skus", ())]
            shelf.products[product_id] = made
            shelf.keys[key] = created = _created(made, shelf.warnings)
            return created

        return self._do("create_product", effect, deepcopy(dict(body)))

    def check_listing(self, body: Mapping[str, Any]) -> Answer[None]:
        def effect() -> None:
            error = self.platform.shelf.checks.get(str(body.get("title")))
            if error is not None:
                raise error

        return self._do("check_listing", effect, deepcopy(dict(body)))

    def partial_edit_product(
        self, product_id: str, body: Mapping[str, Any]
    ) -> Answer[CreatedProduct]:
        def effect() -> CreatedProduct:
            product = self._product(product_id)
            changes = deepcopy(dict(body))
            if "skus" in changes:
                known = {sku["id"]: sku for sku in product["skus"]}
                changes["skus"] = [
                    known.get(sku.get("id"), {}) | self._sku(sku) for sku in changes["skus"]
                ]
            product |= changes
            product["update_time"] += 1
            return _created(product, self.platform.shelf.warnings)

        return self._do("partial_edit_product", effect, product_id, deepcopy(dict(body)))

    def activate_products(self, ids: Sequence[str]) -> Answer[dict[str, SyncError]]:
        return self._do("activate_products", lambda: self._switch(ids, LIVE), tuple(ids))

    def deactivate_products(self, ids: Sequence[str]) -> Answer[dict[str, SyncError]]:
        return self._do("deactivate_products", lambda: self._switch(ids, ASLEEP), tuple(ids))

    def update_prices(self, product_id: str, skus: Sequence[Mapping[str, Any]]) -> Answer[None]:
        def effect() -> None:
            product = self._product(product_id)
            if product["status"] != LIVE:
                raise Rejected("The product's status does not allow this.", code="12052901")
            known = {sku["id"]: sku for sku in product["skus"]}
            for sku in skus:
                amount, currency = sku["price"]["amount"], sku["price"]["currency"]
                known[sku["id"]]["price"] = {"currency": currency, "sale_price": amount}

        return self._do("update_prices", effect, product_id, deepcopy(list(skus)))

    def update_inventory(
        self, product_id: str, skus: Sequence[Mapping[str, Any]]
    ) -> Answer[dict[str, SyncError]]:
        def effect() -> dict[str, SyncError]:
            known = {sku["id"]: sku for sku in self._product(product_id)["skus"]}
            refused = self._refused([str(sku["id"]) for sku in skus])
            for sku in skus:
                if sku["id"] in known and sku["id"] not in refused:
                    known[sku["id"]]["inventory"] = deepcopy(list(sku["inventory"]))
            return refused

        return self._do("update_inventory", effect, product_id, deepcopy(list(skus)))

    def upload_image(
        self, content: bytes, *, filename: str, use_case: str = "MAIN_IMAGE"
    ) -> Answer[TikTokImage]:
        def effect() -> TikTokImage:
            images = self.platform.shelf.images
            images.append((filename, use_case, content))
            uri = f"tos-fake/{len(images)}"
            return TikTokImage(uri, f"https://images.fake.example/{uri}", 600, 600)

        return self._do("upload_image", effect, filename, use_case)

    def categories(
        self, *, category_version: str = "", locale: str = ""
    ) -> Answer[list[dict[str, Any]]]:
        return self._do("categories", lambda: deepcopy(self.platform.shelf.categories))

    def recommend_category(
        self,
        *,
        title: str,
        description: str = "",
        image_uris: Sequence[str] = (),
        product_type: str = "",
        vendor: str = "",
        tags: Sequence[str] = (),
        category_version: str = "",
        locale: str = "",
    ) -> Answer[Category | None]:
        return self._do("recommend_category", lambda: self.platform.shelf.recommended, title)

    def category_attributes(
        self, category_id: str, *, category_version: str = "", locale: str = ""
    ) -> Answer[list[dict[str, Any]]]:
        def effect() -> list[dict[str, Any]]:
            return deepcopy(self.platform.shelf.attributes.get(category_id, []))

        return self._do("category_attributes", effect, category_id)

    def category_rules(
        self, category_id: str, *, category_version: str = "", locale: str = ""
    ) -> Answer[dict[str, Any]]:
        def effect() -> dict[str, Any]:
            return deepcopy(self.platform.shelf.rules.get(category_id, {}))

        return self._do("category_rules", effect, category_id)

    def brands(
        self,
        *,
        name: str = "",
        category_id: str = "",
        page_token: str = "",
        page_size: int = 100,
        category_version: str = "",
    ) -> Answer[BrandPage]:
        def effect() -> BrandPage:
            wanted = name.casefold()
            rows = [one for one in self.platform.shelf.brands if wanted in one["name"].casefold()]
            start, size = int(page_token or 0), min(self.platform.page_size, page_size)
            more = str(start + size) if start + size < len(rows) else ""
            return BrandPage(tuple(deepcopy(rows[start : start + size])), more, len(rows))

        return self._do("brands", effect, name, page_token)

    def prerequisites(self) -> Answer[list[dict[str, Any]]]:
        return self._do("prerequisites", lambda: deepcopy(self.platform.shelf.prerequisites))

    def warehouses(self) -> Answer[list[dict[str, Any]]]:
        return self._do("warehouses", lambda: deepcopy(self.platform.shelf.warehouses))

    def _product(self, product_id: str) -> dict[str, Any]:
        if product_id not in self.platform.shelf.products:
            raise Gone("The product is no longer on TikTok Shop.", code="12052032")
        found: dict[str, Any] = self.platform.shelf.products[product_id]
        return found

    def _sku(self, sku: Mapping[str, Any]) -> dict[str, Any]:
        """A SKU as it is read: with an id, and with the price under its other name."""
        made = dict(sku)
        made.setdefault("id", f"17290000001{next(self.platform.shelf.numbers):05d}")
        price = made.get("price") or {}
        if "amount" in price:
            made["price"] = {"currency": price.get("currency"), "sale_price": price["amount"]}
        return made

    def _refused(self, ids: Sequence[str]) -> dict[str, SyncError]:
        refused = self.platform.shelf.refused_ids
        return {one: refused[one] for one in ids if one in refused}

    def _switch(self, ids: Sequence[str], status: str) -> dict[str, SyncError]:
        within(20, ids)
        refused = self._refused(ids)
        for one in ids:
            if one not in self.platform.shelf.products:
                refused[one] = Gone("The product is no longer on TikTok Shop.", code="12052032")
            elif one not in refused:
                self.platform.shelf.products[one]["status"] = status
        return refused


def _created(body: Mapping[str, Any], warnings: tuple[str, ...]) -> CreatedProduct:
    """The last SKU first: TikTok promises no order."""
    names = ("id", "seller_sku", "external_sku_id")
    skus = [CreatedSku(*(str(sku.get(n) or "") for n in names)) for sku in body["skus"]]
    return CreatedProduct(body["id"], tuple(reversed(skus)), warnings)


def _names(body: Mapping[str, Any], name: str) -> set[str]:
    return {str(sku.get(name)) for sku in body.get("skus", ())}


def _stock(body: Mapping[str, Any]) -> dict[str, Any]:
    skus = []
    for sku in body["skus"]:
        rows = [
            {"warehouse_id": row["warehouse_id"], "available_quantity": row["quantity"],
             "committed_quantity": 0}
            for row in sku.get("inventory", ())
        ]  # fmt: skip
        total = sum(row["available_quantity"] for row in rows)
        counts = {"total_available_quantity": total, "total_committed_quantity": 0}
        seller_sku = sku.get("seller_sku", "")
        skus.append(
            {"id": sku["id"], "seller_sku": seller_sku, **counts, "warehouse_inventory": rows}
        )
    return {"product_id": body["id"], "skus": skus}
