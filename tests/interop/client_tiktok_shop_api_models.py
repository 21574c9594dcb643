"""The sandbox's answers held against `tiktok-shop-api`'s models.

The models were made from TikTok Shop's own documentation: an answer must hold no field that they
do not know, no value of another type, and no word outside an enumeration.
"""

from collections.abc import Callable
from typing import Any

import attrs
from checks import VN_CIPHER, VN_TOKEN, Check, control, equal
from client_tiktok_shop_api import CLIENT, TikTokShop, place, shop

LINES = [{"sku": "MUG-12", "quantity": 2}]
STATUSES = (
    *("UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION"),
    *("IN_TRANSIT", "DELIVERED", "COMPLETED", "CANCELLED"),
)
PLAIN = {"int": int, "str": str, "bool": bool, "float": float}


def faults(value: object, path: str = "") -> set[str]:
    """Where an answer says more than its model knows, or says it in another type."""
    if isinstance(value, list):
        return {fault for one in value for fault in faults(one, f"{path}[]")}
    if not attrs.has(type(value)):
        return set()
    found = {f"{path}.{name} is unknown" for name in value.additional_properties}
    for field in attrs.fields(type(value)):
        if field.name == "additional_properties":
            continue
        part, place_of = getattr(value, field.name), f"{path}.{field.name}"
        kind = PLAIN.get(str(field.type).partition(" | ")[0])
        if kind and type(part).__name__ != "Unset" and type(part) is not kind:
            found.add(f"{place_of} is {type(part).__name__}, not {kind.__name__}")
        found |= faults(part, place_of)
    return found


def count(value: object) -> int:
    """How many values there are at the ends of the paths."""
    if isinstance(value, dict):
        value = list(value.values())
    return sum(map(count, value)) if isinstance(value, list) else 1


def reading(us: TikTokShop, vn: TikTokShop) -> dict[str, Callable[[], Any]]:
    """Orders of every status and what hangs on them."""
    for status in STATUSES:
        place(1, shop="US", status=status, lines=LINES)
        place(1, shop="VN", status=status, lines=LINES)
    listed = [us.orders.get_order_list(page_size=50), vn.orders.get_order_list(page_size=50)]
    ids = [[order.id for order in answer.data.orders] for answer in listed]
    warehouse = us.logistics.get_warehouse_list().data.warehouses[0].id
    option = us.logistics.get_warehouse_delivery_options(warehouse_id=warehouse)
    product = us.products.search_products(page_size=5).data.products[0].id
    return {
        "Get Authorized Shops": us.authorization.get_authorized_shops,
        "Get Active Shops": us.seller.get_active_shops,
        "Get Order List (US)": lambda: us.orders.get_order_list(page_size=50),
        "Get Order List (VN)": lambda: vn.orders.get_order_list(page_size=50),
        "Get Order Detail (US)": lambda: us.orders.get_order_detail(ids=ids[0]),
        "Get Order Detail (VN)": lambda: vn.orders.get_order_detail(ids=ids[1]),
        "Get Price Detail": lambda: us.orders.get_order_price_details(order_id=ids[0][0]),
        "Get Warehouse List": us.logistics.get_warehouse_list,
        "Get Delivery Options": lambda: us.logistics.get_warehouse_delivery_options(
            warehouse_id=warehouse
        ),
        "Get Shipping Providers": lambda: us.logistics.get_shipping_providers(
            delivery_option_id=option.data.delivery_options[0].id
        ),
        "Search Products": lambda: us.products.search_products(page_size=20),
        "Get Product": lambda: us.products.get_product(product_id=product),
    }


def shipping(us: TikTokShop, vn: TikTokShop) -> dict[str, Callable[[], Any]]:
    """Parcels and TikTok's own labels."""
    (bought,) = place(1, shipping_type="TIKTOK", lines=LINES)
    label = control("POST", f"orders/{bought}/label", provider="UPS", tracking_number="1ZLABEL01")
    control("POST", f"orders/{bought}/scan")
    (mine,) = place(1, shipping_type="TIKTOK", lines=LINES)
    (theirs,) = place(1, shop="VN", shipping_type="TIKTOK", lines=LINES)
    parcel = vn.orders.get_order_detail(ids=[theirs]).data.orders[0].packages[0].id
    calls, own = us.fulfillment, label["package_id"]
    return {
        "Search Package": lambda: calls.search_package(page_size=20),
        "Get Package Detail": lambda: calls.get_package_detail(package_id=own),
        "Get Package Shipping Document": lambda: calls.get_package_shipping_document(
            package_id=own, document_type="SHIPPING_LABEL"
        ),
        "Get Package Handover Time Slots": lambda: vn.fulfillment.get_package_handover_time_slots(
            package_id=parcel
        ),
        "Get Order Split Attributes": lambda: vn.fulfillment.get_order_split_attributes(
            order_ids=[theirs]
        ),
        "Get Eligible Shipping Services": lambda: calls.get_eligible_shipping_services(
            order_id=mine
        ),
        "Search Combinable Packages": lambda: vn.fulfillment.search_combinable_packages(
            page_size=10
        ),
        "Get Order Tracking": lambda: calls.get_order_tracking(order_id=bought),
    }


def aftersales(us: TikTokShop) -> dict[str, Callable[[], Any]]:
    """Cancellations and returns."""
    done, asked = place(2, status="DELIVERED", lines=LINES)
    first = control("POST", f"orders/{done}/return", type="RETURN_AND_REFUND")["return_id"]
    for step in ("approve", "ship", "receive", "refund", "complete"):
        control("POST", f"returns/{first}/advance", to=step)
    second = control("POST", f"orders/{asked}/return", type="REFUND")["return_id"]
    (unwanted,) = place(1, lines=LINES)
    control("POST", f"orders/{unwanted}/request-cancel", reason="")
    calls = us.return_and_refund
    return {
        "Get Aftersale Eligibility": lambda: calls.get_aftersale_eligibility(order_id=asked),
        "Search Cancellations": lambda: calls.search_cancellations(page_size=10),
        "Search Returns": lambda: calls.search_returns(page_size=10),
        "Get Return Records": lambda: calls.get_return_records(return_id=first),
        "Get Reject Reasons": lambda: calls.get_reject_reasons(return_or_cancel_id=second),
    }


def main() -> None:
    control("POST", "reset")
    us, vn = shop(), shop(token=VN_TOKEN, cipher=VN_CIPHER)
    calls = {**reading(us, vn), **shipping(us, vn), **aftersales(us)}
    for name, call in calls.items():
        with Check(CLIENT, f"{name}, by its model") as check:
            answer = call()
            equal(sorted(faults(answer)), [])
            values = count(answer.to_dict())
            equal(values > 3, True)
            check.result = f"{values} values, all known and of their type"


if __name__ == "__main__":
    main()
