"""The catalogue half of the stand-in for Shopify: products, stock, locations, bulk operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from tests.fake_platform import within
from tiktoksync.errors import CallLimited, ConfigError, Gone
from tiktoksync.lib.answers import Answer
from tiktoksync.shopify.bulk_calls import BulkOperation
from tiktoksync.shopify.catalogue_calls import VariantsPage
from tiktoksync.shopify.inventory_calls import InventoryLevel
from tiktoksync.shopify.payloads import MetafieldDefinition
from tiktoksync.shopify.product_reading import ProductCounts, ProductsPage
from tiktoksync.shopify.product_writing import SavedProduct

NOW = "2026-11-20T08:00:00Z"
LOCATION = "gid://shopify/Location/1"


@dataclass
class Catalogue:
    """What the store sells. `products` holds nodes as `read_products` gives them, by id;
    `custom_ids` maps the app's own ids to them. `levels` is the stock, by inventory item.
    """

    products: dict[str, dict[str, Any]] = field(default_factory=dict)
    custom_ids: dict[str, str] = field(default_factory=dict)
    levels: dict[str, list[InventoryLevel]] = field(default_factory=dict)
    locations: list[dict[str, Any]] = field(
        default_factory=lambda: [{"id": LOCATION, "name": "Shop", "isActive": True}]
    )
    definition: MetafieldDefinition | None = field(
        default_factory=lambda: _definition("tiktok_product_id")
    )
    operations: dict[str, BulkOperation] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)
    most_operations: int = 5
    numbers: Any = field(default_factory=lambda: count(100))

    def add(self, number: int, *variants: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
        """A product that stands there, by whatever way; variants are given by what matters."""
        gid = f"gid://shopify/Product/{number}"
        rows = [
            whole_variant(f"{number}{place}", row)
            for place, row in enumerate(variants or ({},), start=1)
        ]
        self.products[gid] = {
            "id": gid,
            "legacyResourceId": str(number),
            "handle": f"product-{number}",
            "title": f"Product {number}",
            "descriptionHtml": "",
            "vendor": "",
            "category": None,
            "productType": "",
            "status": "ACTIVE",
            "tags": [],
            "updatedAt": NOW,
            "media": [],
            "options": [{"id": "o1", "name": "Title", "position": 1, "optionValues": []}],
            "variantsCount": {"count": len(rows)},
            "variants": rows,
            "more_variants_after": "",
            **fields,
        }
        return self.products[gid]

    def stock(self, item_gid: str, available: int, location_id: str = LOCATION) -> None:
        """What a location holds of an item from now on."""
        kept = [row for row in self.levels.get(item_gid, ()) if row["location_id"] != location_id]
        level = InventoryLevel(
            location_id=location_id, available=available, updated_at=datetime.now(UTC)
        )
        self.levels[item_gid] = [*kept, level]

    def finish(self, gid: str, url: str, objects: int, status: str = "COMPLETED") -> None:
        """A bulk operation comes to its end."""
        self.operations[gid] = BulkOperation(gid, status, url, objects)


def whole_variant(number: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A variant with everything a node has."""
    item = {
        "id": f"gid://shopify/InventoryItem/{number}",
        "tracked": True,
        "requiresShipping": True,
        "measurement": {"weight": {"unit": "GRAMS", "value": 300}},
    }
    return {
        "id": f"gid://shopify/ProductVariant/{number}",
        "sku": f"SKU-{number}",
        "barcode": "",
        "title": "Default Title",
        "position": 1,
        "price": "10.00",
        "compareAtPrice": None,
        "inventoryPolicy": "DENY",
        "inventoryQuantity": 0,
        "media": [],
        "selectedOptions": [{"name": "Title", "value": "Default Title"}],
        **row,
        "inventoryItem": item | dict(row.get("inventoryItem") or {}),
    }


class FakeProductCalls:
    """The methods of ShopifyClient about products; `platform.catalogue` is their state."""

    platform: Any
    _do: Callable[..., Any]

    def count_products(self) -> Answer[ProductCounts]:
        def effect() -> ProductCounts:
            products = self.platform.catalogue.products
            return ProductCounts(len(products), sum(len(p["variants"]) for p in products.values()))

        return self._do("count_products", effect)

    def products_page(
        self, *, updated_since: datetime | None = None, after: str = ""
    ) -> Answer[ProductsPage]:
        def effect() -> ProductsPage:
            found = list(self.platform.catalogue.products.values())
            if updated_since is not None:
                found = [one for one in found if _changed(one) >= updated_since]
                found.sort(key=_changed)
            start, size = int(after or 0), self.platform.page_size
            more = str(start + size) if start + size < len(found) else ""
            return ProductsPage(tuple(deepcopy(found[start : start + size])), more)

        return self._do("products_page", effect, updated_since, after)

    def find_products(self, *, title: str = "") -> Answer[list[dict[str, Any]]]:
        def effect() -> list[dict[str, Any]]:
            wanted = title.strip().casefold()
            products = self.platform.catalogue.products.values()
            found = [one for one in products if wanted in one["title"].casefold()]
            return deepcopy(sorted(found, key=lambda one: one["title"])[:8])

        return self._do("find_products", effect, title)

    def read_products(self, gids: Sequence[str]) -> Answer[dict[str, dict[str, Any] | None]]:
        def effect() -> dict[str, dict[str, Any] | None]:
            within(25, gids)
            return {gid: deepcopy(self.platform.catalogue.products.get(gid)) for gid in gids}

        return self._do("read_products", effect, tuple(gids))

    def product_variants(self, product_gid: str, after: str = "") -> Answer[VariantsPage]:
        def effect() -> VariantsPage:
            product = self.platform.catalogue.products.get(product_gid)
            if product is None:
                raise Gone("The product is no longer in Shopify.")
            start, size = int(after or 0), self.platform.page_size
            more = str(start + size) if start + size < len(product["variants"]) else ""
            return VariantsPage(tuple(deepcopy(product["variants"][start : start + size])), more)

        return self._do("product_variants", effect, product_gid, after)

    def product_by_custom_id(
        self, value: str, *, namespace: str = "$app", key: str = "tiktok_product_id"
    ) -> Answer[dict[str, Any] | None]:
        def effect() -> dict[str, Any] | None:
            self._need_definition()
            catalogue = self.platform.catalogue
            return deepcopy(catalogue.products.get(catalogue.custom_ids.get(value, "")))

        return self._do("product_by_custom_id", effect, value)

    def find_titles(self, title: str) -> Answer[list[dict[str, Any]]]:
        def effect() -> list[dict[str, Any]]:
            wanted = title.strip().casefold()
            products = self.platform.catalogue.products.values()
            found = [one for one in products if wanted and wanted in one["title"].casefold()]
            return [{"id": one["id"], "title": one["title"]} for one in found]

        return self._do("find_titles", effect, title)

    def find_variants_by_barcode(self, barcodes: Sequence[str]) -> Answer[list[dict[str, Any]]]:
        def effect() -> list[dict[str, Any]]:
            within(25, barcodes)
            return [
                deepcopy(variant) | {"product": {"id": product["id"], "title": product["title"]}}
                for product in self.platform.catalogue.products.values()
                for variant in product["variants"]
                if variant["barcode"] and variant["barcode"].startswith(tuple(barcodes))
            ]

        return self._do("find_variants_by_barcode", effect, tuple(barcodes))

    def set_product(
        self,
        input: Mapping[str, Any],
        *,
        custom_id: str,
        namespace: str = "$app",
        key: str = "tiktok_product_id",
    ) -> Answer[SavedProduct]:
        def effect() -> SavedProduct:
            self._need_definition()
            catalogue = self.platform.catalogue
            gid = catalogue.custom_ids.get(custom_id)
            given = deepcopy(dict(input))
            before = catalogue.products.get(gid, {}) if gid else {}
            number = int(gid.rpartition("/")[2]) if gid else next(catalogue.numbers)
            rows = [_variant(row) for row in given.pop("variants", before.get("variants") or [])]
            files = given.pop("files", None)
            product = catalogue.add(number, *rows, **(_kept(before) | given))
            if files is not None:
                product["media"] = [_media(number, place, f) for place, f in enumerate(files)]
            catalogue.custom_ids[custom_id] = product["id"]
            for made, row in zip(product["variants"], input.get("variants", ()), strict=False):
                for level in row.get("inventoryQuantities", ()):
                    item = made["inventoryItem"]["id"]
                    catalogue.stock(item, level["quantity"], level["locationId"])
            return SavedProduct(deepcopy(product))

        return self._do("set_product", effect, deepcopy(dict(input)), custom_id)

    def locations(self) -> Answer[list[dict[str, Any]]]:
        return self._do("locations", lambda: deepcopy(self.platform.catalogue.locations))

    def inventory_levels(self, item_gids: Sequence[str]) -> Answer[dict[str, list[InventoryLevel]]]:
        def effect() -> dict[str, list[InventoryLevel]]:
            within(50, item_gids)
            levels = self.platform.catalogue.levels
            return {gid: deepcopy(levels[gid]) for gid in item_gids if gid in levels}

        return self._do("inventory_levels", effect, tuple(item_gids))

    def start_bulk_query(self, document: str) -> Answer[BulkOperation]:
        def effect() -> BulkOperation:
            catalogue = self.platform.catalogue
            running = [one for one in catalogue.operations.values() if not one.is_over]
            if len(running) >= catalogue.most_operations:
                raise CallLimited("Shopify is still busy.", code="OPERATION_IN_PROGRESS")
            gid = f"gid://shopify/BulkOperation/{next(catalogue.numbers)}"
            catalogue.operations[gid] = BulkOperation(gid, "CREATED")
            catalogue.documents.append(document)
            return catalogue.operations[gid]

        return self._do("start_bulk_query", effect, document)

    def bulk_operation(self, gid: str) -> Answer[BulkOperation]:
        def effect() -> BulkOperation:
            if gid not in self.platform.catalogue.operations:
                raise Gone("Shopify no longer knows the reading.")
            found: BulkOperation = self.platform.catalogue.operations[gid]
            return found

        return self._do("bulk_operation", effect, gid)

    def cancel_bulk_operation(self, gid: str) -> Answer[BulkOperation]:
        def effect() -> BulkOperation:
            self.platform.catalogue.operations[gid] = BulkOperation(gid, "CANCELED")
            return BulkOperation(gid, "CANCELING")

        return self._do("cancel_bulk_operation", effect, gid)

    def define_product_id(self) -> Answer[MetafieldDefinition]:
        def effect() -> MetafieldDefinition:
            self.platform.catalogue.definition = made = _definition("tiktok_product_id")
            return made

        return self._do("define_product_id", effect)

    def _need_definition(self) -> None:
        if self.platform.catalogue.definition is None:
            raise ConfigError("Something is not set up in Shopify.", code="NOT_FOUND")


def _definition(key: str) -> MetafieldDefinition:
    return MetafieldDefinition("gid://shopify/MetafieldDefinition/2", "app--1", key, "id")


def _changed(product: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(product["updatedAt"])


def _kept(before: Mapping[str, Any]) -> dict[str, Any]:
    """What an update without these fields leaves as it is."""
    made_anew = {"id", "variants", "variantsCount", "legacyResourceId", "updatedAt"}
    return {name: value for name, value in before.items() if name not in made_anew}


def _variant(row: Mapping[str, Any]) -> dict[str, Any]:
    """A variant of the input, as it is read."""
    options = row.get("optionValues")
    if options is None:
        return dict(row)
    chosen = [{"name": one["optionName"], "value": one["name"]} for one in options]
    names = ("sku", "barcode", "price", "compareAtPrice", "inventoryItem")
    plain = {name: row[name] for name in names if name in row}
    title = " / ".join(one["value"] for one in chosen)
    return {**plain, "selectedOptions": chosen, "title": title}


def _media(number: int, place: int, file: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/MediaImage/{number}{place}",
        "alt": file.get("alt"),
        "mediaContentType": "IMAGE",
        "status": "UPLOADED",
        "image": None,
    }
