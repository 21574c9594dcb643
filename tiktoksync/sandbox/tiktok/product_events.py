"""Webhooks about products: types 5, 15, 16, 18, 37 and 50."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok.events import send_event
from tiktoksync.sandbox.tiktok.state import Product, Shop, TikTokState

_NAMED = {
    "title": "title",
    "description": "description",
    "main_images": "main_images",
    "product_attributes": "product_attributes",
    "size_chart": "size_chart_image",
}


def send_created(state: TikTokState, shop: Shop, product: Product) -> None:
    """Type 16; the id is a JSON integer."""
    data = {"product_id": int(product.id), "product_types": ["NORMAL"], **_at(product)}
    send_event(state, shop, 16, data)


def send_status(
    state: TikTokState, shop: Shop, product: Product, word: str, reason: str = ""
) -> None:
    """Type 5; the id is a JSON integer."""
    data = {"product_id": int(product.id), "status": word, "suspended_reason": reason}
    send_event(state, shop, 5, {**data, **_at(product)})


def send_audit(state: TikTokState, shop: Shop, product: Product) -> None:
    """Type 37; the id is a JSON integer."""
    audit = {"status": product.audit, "pre_approved_reasons": []}
    data = {
        "product_id": int(product.id),
        "audit": audit,
        "integrated_platform_statuses": [],
        **_at(product),
    }
    send_event(state, shop, 37, data)


def send_changes(
    state: TikTokState, shop: Shop, product: Product, before: dict[str, Any], source: str
) -> None:
    """Type 15 with the fields that differ from an earlier version, and type 18."""
    after = product.live
    changed = [word for name, word in _NAMED.items() if before[name] != after[name]]
    others = ("brand_id", "package_weight", "package_dimensions", "skus", "certifications")
    if any(before[name] != after[name] for name in others):
        changed.append("others")
    if changed:
        data = {"product_id": product.id, "changed_fields": changed, "change_source": source}
        send_event(state, shop, 15, {**data, **_at(product)})
    if before["category_id"] != after["category_id"]:
        data = {
            "product_id": product.id,
            "previous_category_id": before["category_id"],
            "current_category_id": after["category_id"],
        }
        send_event(state, shop, 18, {**data, **_at(product)})


def send_skus(
    state: TikTokState, shop: Shop, product: Product, sku_ids: list[str], status: str
) -> None:
    """Type 50: SKUs were CREATED, DELETED, ACTIVATED or DEACTIVATED."""
    if not sku_ids:
        return
    source = {"deactivation_source": "SELLER"} if status == "DEACTIVATED" else {}
    rows = [{"sku_id": one, "status": status, **source} for one in sku_ids]
    send_event(state, shop, 50, {"product_id": product.id, "skus": rows, **_at(product)})


def _at(product: Product) -> dict[str, int]:
    return {"update_time": product.updated}
