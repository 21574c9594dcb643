"""Brands: what a seller may put on a product, and brands of the seller's own."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok.errors import ApiError, bad_param
from tiktoksync.sandbox.tiktok.ids import number_of
from tiktoksync.sandbox.tiktok.paging import fingerprint, read_token, write_token
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.state import PLATFORM, Shop

FREE = (
    "Harbor & Pine", "Nhà Trà Hồ Tây", "Uji Works", "Deskwise", "Glowkit", "Clear Day",
    "Loop Lane", "Tilewood", "Fernhill", "Copper Kettle Co", "Nordlys", "Little Otter",
    "Salt & Fig", "Bright Peak", "Paper Moon", "Willow Yard", "Kumo", "Mekong Made",
    "Sun Harvest", "Pawsome Street", "Riverbend", "Slow Morning", "Atelier Nuage", "Tidepool",
)  # fmt: skip
# Famous ones (T1): only sellers with a letter of authorization may use them.
GUARDED = ("Northgale", "Velocita", "Maison Ferrand", "Halcyon Audio", "Okami Sport")
SHORTEST, LONGEST = 2, 30
MOST_A_DAY = 50
DAY = 86400


def brand_name(shop: Shop, brand_id: str) -> str:
    """The name of a brand the shop knows, or nothing."""
    return _names(shop).get(brand_id, "")


def _names(shop: Shop) -> dict[str, str]:
    known = {number_of(name): name for name in (*FREE, *GUARDED)}
    return {**known, **shop.own_brands}


def check_brand(shop: Shop, brand_id: str) -> None:
    """No brand is fine; raises ApiError for an unknown or a guarded one."""
    if brand_id in ("", "0"):
        return
    if not brand_id.isdigit():
        raise ApiError(12019013, "brand id is invalid")
    name = brand_name(shop, brand_id)
    if not name:
        raise ApiError(12052026, "Brand does not exist")
    if name in GUARDED:
        raise ApiError(12052201, "The brand is not authorized. Apply for it in Seller Center.")


def list_brands(ctx: Context) -> dict[str, Any]:
    """Get Brands, by page."""
    request = ctx.request
    size = request.param("page_size")
    if not size.isdigit() or not 1 <= int(size) <= 100:
        raise ApiError(12019109, "page size is invalid")
    part, wish = request.param("brand_name").lower(), request.param("is_authorized").lower()
    rows = [_show(*one) for one in sorted(_names(ctx.the_shop).items(), key=lambda one: one[1])]
    rows = [row for row in rows if part in row["name"].lower()]
    if wish in ("true", "false"):
        wanted = "AUTHORIZED" if wish == "true" else "UNAUTHORIEZD"
        rows = [row for row in rows if row["authorized_status"] == wanted]
    mark = fingerprint([part, wish, size])
    token = request.param("page_token")
    start = int(read_token(token, mark, ctx.state.config["strict"])) if token else 0
    end = start + int(size)
    return {
        "brands": rows[start:end],
        "next_page_token": write_token(end, mark) if end < len(rows) else "",
        "total_count": len(rows),
    }


def _show(brand_id: str, name: str) -> dict[str, Any]:
    guarded = name in GUARDED
    return {
        "id": brand_id,
        "name": name,
        "authorized_status": "UNAUTHORIEZD" if guarded else "AUTHORIZED",
        "is_t1_brand": guarded,
        "brand_status": "AVAILABLE",
    }


def create_brand(ctx: Context) -> dict[str, Any]:
    """Create Custom Brand, for all shops of the seller; a known name gives the known id."""
    name = str(ctx.body.get("name") or "").strip()
    if not SHORTEST <= len(name) <= LONGEST:
        raise bad_param(f"param body.name must have {SHORTEST} to {LONGEST} characters")
    shops = [ctx.state.shops[one] for one in ctx.token.grant.shop_ids]
    for shop in shops:
        known = next((key for key, one in _names(shop).items() if one == name), "")
        if known:
            return {"id": known}
    now = ctx.state.clock.line()
    today = [at for at in shops[0].brand_times if at > now - DAY]
    if len(today) >= MOST_A_DAY:
        raise ApiError(12052109, "number of requests from merchants over limit")
    shops[0].brand_times = [*today, now]
    for shop in shops:
        shop.own_brands[number_of(name)] = name
    ctx.state.log.record_write(PLATFORM, shops[0].id, "brand_created", name=name)
    return {"id": number_of(name)}
