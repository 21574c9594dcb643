"""The table of the product endpoints: path, accepted versions, needed scope."""

from __future__ import annotations

from tiktoksync.sandbox.tiktok import (
    brands,
    category_calls,
    images,
    product_moves,
    product_writes,
    products,
    stock_calls,
)
from tiktoksync.sandbox.tiktok.routes import Router

_READ = "seller.product.basic"
_WRITE = "seller.product.write"
_DELETE = "seller.product.delete"


def add_product_routes(router: Router) -> None:
    """Enter every path that begins with ``/product``."""
    _add_products(router)
    _add_stock(router)
    _add_knowledge(router)


def _add_products(router: Router) -> None:
    router.add("product.search", "POST", "product", "202309 202312 202502", "products/search",
               products.search_products, _READ)  # fmt: skip
    router.add("product.detail", "GET", "product", "202309", "products/{product_id}",
               products.get_product, _READ)  # fmt: skip
    router.add("product.create", "POST", "product", "202309", "products",
               product_writes.create_product, _WRITE)  # fmt: skip
    router.add("product.edit", "PUT", "product", "202309 202509", "products/{product_id}",
               product_writes.edit_product, _WRITE)  # fmt: skip
    router.add("product.partial_edit", "POST", "product", "202309 202509",
               "products/{product_id}/partial_edit",
               product_writes.partial_edit, _WRITE)  # fmt: skip
    router.add("product.listing_check", "POST", "product", "202309", "products/listing_check",
               product_writes.check_listing, _WRITE)  # fmt: skip
    router.add("product.activate", "POST", "product", "202309", "products/activate",
               product_moves.activate_products, _WRITE)  # fmt: skip
    router.add("product.deactivate", "POST", "product", "202309", "products/deactivate",
               product_moves.deactivate_products, _WRITE)  # fmt: skip
    router.add("product.recover", "POST", "product", "202309", "products/recover",
               product_moves.recover_products, _WRITE)  # fmt: skip
    router.add("product.delete", "DELETE", "product", "202309", "products",
               product_moves.delete_products, _DELETE)  # fmt: skip
    router.add("product.image_upload", "POST", "product", "202309", "images/upload",
               images.upload_image, _WRITE, cipher=False)  # fmt: skip


def _add_stock(router: Router) -> None:
    router.add("product.price_update", "POST", "product", "202309",
               "products/{product_id}/prices/update", stock_calls.update_prices,
               _WRITE)  # fmt: skip
    router.add("product.inventory_update", "POST", "product", "202309",
               "products/{product_id}/inventory/update", stock_calls.update_inventory,
               _WRITE)  # fmt: skip
    router.add("product.inventory_search", "POST", "product", "202309", "inventory/search",
               stock_calls.search_inventory, _READ)  # fmt: skip


def _add_knowledge(router: Router) -> None:
    router.add("product.categories", "GET", "product", "202309", "categories",
               category_calls.list_categories, _READ)  # fmt: skip
    router.add("product.recommend", "POST", "product", "202309", "categories/recommend",
               category_calls.recommend_category, _READ)  # fmt: skip
    router.add("product.attributes", "GET", "product", "202309",
               "categories/{category_id}/attributes", category_calls.list_attributes,
               _READ)  # fmt: skip
    router.add("product.rules", "GET", "product", "202309", "categories/{category_id}/rules",
               category_calls.get_rules, _READ)  # fmt: skip
    router.add("product.brands", "GET", "product", "202309", "brands",
               brands.list_brands, _READ)  # fmt: skip
    router.add("product.brand_create", "POST", "product", "202309", "brands",
               brands.create_brand, _WRITE, cipher=False)  # fmt: skip
    router.add("product.prerequisites", "GET", "product", "202309 202312", "prerequisites",
               category_calls.list_prerequisites, _READ)  # fmt: skip
