"""What the seller does in Seller Center without any API: shipping, labels, taking them back."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import events
from tiktoksync.sandbox.tiktok.fulfillment import (
    SHIPPED_LINE,
    Shipment,
    platform_shipment,
    ship_lines,
    write_shipment,
)
from tiktoksync.sandbox.tiktok.lifecycle import SHIPPABLE, WrongMove, set_status, tell, touch
from tiktoksync.sandbox.tiktok.logistics import providers_of
from tiktoksync.sandbox.tiktok.parcels import (
    MARK_REGIONS,
    Line,
    Package,
    add_package,
    leave,
    package_for,
    parts_of,
)
from tiktoksync.sandbox.tiktok.splitting import waiting_lines
from tiktoksync.sandbox.tiktok.state import Order, Shop, TikTokState

ARRANGED = ("PROCESSING", "FULFILLING", "COMPLETED")


def ship_from_seller_center(state: TikTokState, order: Order, wish: dict[str, Any]) -> None:
    """Ship what is left, or the named lines, with a given or a made-up tracking number."""
    shop = state.shops[order.shop_id]
    lines = _wanted(order, wish)
    shipment = _shipment(state, shop, wish)
    first = lines[0].get("package_id", "")
    package = state.packages.get(first) if not wish.get("line_item_ids") else None
    if package is None or package["status"] != "TO_FULFILL":
        package = package_for(state, order, lines)
    ship_lines(state, order, package, lines, shipment)


def print_labels(state: TikTokState, order: Order, wish: dict[str, Any]) -> list[Package]:
    """Buy or print TikTok's label: each waiting parcel is arranged and has its number.

    Where parcels exist from the order on, whole parcels are arranged; elsewhere the label makes
    the parcel.
    """
    body, shop = order.body, state.shops[order.shop_id]
    if (body["shipping_type"], body["fulfillment_type"]) == ("SELLER", "FULFILLMENT_BY_SELLER"):
        raise WrongMove("the seller ships this order without a label of TikTok")
    groups = _parcels(state, order, _wanted(order, wish), shop)
    if len(groups) > 1 and wish.get("tracking_number"):
        raise WrongMove("name the lines of one parcel for this number")
    made = []
    for lines in groups:
        package = _label_parcel(state, order, lines)
        shipment = _shipment(state, shop, wish)
        for one, own in parts_of(state, package):
            ship_lines(state, one, package, own, shipment, "labelled")
        made.append(package)
    return made


def _label_parcel(state: TikTokState, order: Order, lines: list[Line]) -> Package:
    package = state.packages.get(lines[0].get("package_id", ""))
    shared = package is not None and len(package["order_ids"]) > 1
    return package if package is not None and shared else package_for(state, order, lines)


def _parcels(state: TikTokState, order: Order, lines: list[Line], shop: Shop) -> list[list[Line]]:
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.get("package_id", ""), []).append(line)
    if shop.region not in MARK_REGIONS:
        for key, group in groups.items():
            whole = [one for one in waiting_lines(order) if one.get("package_id") == key]
            if len(whole) != len(group):
                raise WrongMove("split the order first: a parcel is arranged as a whole")
    return list(groups.values())


def _wanted(order: Order, wish: dict[str, Any]) -> list[Line]:
    if order.status not in SHIPPABLE:
        raise WrongMove(f"order is {order.status}")
    wanted = wish.get("line_item_ids")
    lines = [
        line
        for line in order.live_lines()
        if line["display_status"] not in SHIPPED_LINE and (not wanted or line["id"] in wanted)
    ]
    if not lines or (wanted and len(lines) != len(set(wanted))):
        raise WrongMove("not all of these are waiting lines of the order")
    return lines


def _shipment(state: TikTokState, shop: Shop, wish: dict[str, Any]) -> Shipment:
    number, provider, name = platform_shipment(state, shop)
    if wish.get("provider"):
        provider, name = _provider(shop, str(wish["provider"]))
    return str(wish.get("tracking_number") or number), provider, name


def _provider(shop: Shop, named: str) -> tuple[str, str]:
    known = providers_of(shop)
    for provider, name in known.items():
        if named in (provider, name):
            return provider, name
    raise WrongMove(f"unknown provider {named}")


def retrack(state: TikTokState, order: Order, wish: dict[str, Any]) -> Package:
    """TikTok gives a parcel another number: a new label, another carrier."""
    package = _arranged(state, order, str(wish.get("package_id") or ""))
    number = str(wish.get("tracking_number") or "")
    if not number:
        raise WrongMove("tracking_number is missing")
    provider, name = package["shipping_provider_id"], package["shipping_provider_name"]
    if wish.get("provider"):
        provider, name = _provider(state.shops[order.shop_id], str(wish["provider"]))
    for one, lines in parts_of(state, package):
        write_shipment(state, one, package, lines, (number, provider, name))
        touch(state, one)
        tell(state, one, f"the parcel's number is now {number}", "SYSTEM")
    return package


def cancel_package(state: TikTokState, order: Order, package_id: str) -> None:
    """The label is taken back before the carrier's scan: the lines wait for shipment again."""
    package = _arranged(state, order, package_id)
    if package["status"] != "PROCESSING":
        raise WrongMove(f"the parcel is {package['status']}, not PROCESSING")
    package.update(status="CANCELLED", update_time=state.now())
    parcels: list[Package] = []
    for one, lines in parts_of(state, package):
        leave(one, package)
        for line in lines:
            line["display_status"] = "AWAITING_SHIPMENT"
            for name in _SHIPPED_FIELDS:
                line.pop(name, None)
        if state.shops[one.shop_id].region not in MARK_REGIONS:
            parcels.append(add_package(state, one, lines, "TO_FULFILL"))
        one.body.pop("split_or_combine_tag", None)
        _forget_number(state, one)
        shipped = [x for x in one.live_lines() if x["display_status"] in SHIPPED_LINE]
        status = "PARTIALLY_SHIPPING" if shipped else "AWAITING_SHIPMENT"
        set_status(state, one, status, "the label was taken back", "SELLER")
    events.send_package_change(state, "CANCEL_FULFILL_SPLIT", parcels or [package])


_SHIPPED_FIELDS = (
    "package_id", "package_status", "tracking_number", "shipping_provider_id",
    "shipping_provider_name", "rts_time",
)  # fmt: skip


def _forget_number(state: TikTokState, order: Order) -> None:
    """The order shows the number of a parcel that is left, or none."""
    left = [state.packages[row["id"]] for row in order.body["packages"]]
    left = [one for one in left if one["status"] in ARRANGED]
    last = left[-1] if left else {}
    order.body.update(
        tracking_number=last.get("tracking_number", ""),
        shipping_provider_id=last.get("shipping_provider_id", ""),
        shipping_provider=last.get("shipping_provider_name", ""),
    )
    if not left:
        order.body.pop("rts_time", None)
        order.shipped_on_line = None


def _arranged(state: TikTokState, order: Order, package_id: str) -> Package:
    """One arranged parcel of the order; the name may be left out when there is only one."""
    known = [state.packages[row["id"]] for row in order.body["packages"]]
    known = [one for one in known if one["status"] in ARRANGED and package_id in ("", one["id"])]
    if len(known) != 1:
        raise WrongMove("name one arranged parcel of the order by package_id")
    return known[0]
