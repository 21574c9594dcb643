"""PyPI `tiktok-shop-api` changing things: tracking, parcels, cancellations, returns.

Each check ends in the sandbox's own books, not in the client's answer.
"""

import io
import struct
from typing import Any

from checks import US_SHOP, VN_CIPHER, VN_TOKEN, Check, control, equal, refused
from client_tiktok_shop_api import CLIENT, TikTokShop, TikTokShopError, place, provider_of, shop
from client_tiktok_shop_api_models import faults
from tiktok_shop_api.generated import models
from tiktok_shop_api.generated.types import File

LINES = [{"sku": "MUG-12", "quantity": 2}, {"sku": "TEE-BLK-S"}]
FIRST, SECOND = "1Z999AA10123456784", "1Z999AA10123450000"


def body(name: str, value: Any) -> Any:
    """A request body of the client's own kind."""
    return getattr(models, name).from_dict(value)


def order_of(order_id: str) -> Any:
    return control("GET", f"orders/{order_id}")["order"]


def numbers_of(order_id: str) -> set[str]:
    return {line["tracking_number"] for line in order_of(order_id)["line_items"]}


def mark(us: TikTokShop, order_id: str, line_ids: list[str]) -> str:
    """Ship these lines; the id of the parcel."""
    info = {"tracking_number": FIRST, "shipping_provider_id": provider_of(us, order_id)}
    given = {"order_line_list": [{"order_line_id": one} for one in line_ids],
             "shipping_info_list": [info]}  # fmt: skip
    done = us.fulfillment.mark_package_as_shipped(
        order_id=order_id, body=body("MarkPackageAsShippedRequest", given)
    )
    return done.to_dict()["data"]["package_id"]


def lines_of(order_id: str) -> list[str]:
    return [line["id"] for line in order_of(order_id)["line_items"]]


def check_tracking(us: TikTokShop) -> None:
    with Check(CLIENT, "Mark Package As Shipped, part of an order") as check:
        (order_id,) = place(1, lines=LINES)
        ids = lines_of(order_id)
        mark(us, order_id, ids[:1])
        first = order_of(order_id)["status"]
        mark(us, order_id, ids[1:])
        equal((first, order_of(order_id)["status"]), ("PARTIALLY_SHIPPING", "AWAITING_COLLECTION"))
        equal(len(order_of(order_id)["packages"]), 2)
        check.result = "PARTIALLY_SHIPPING, then AWAITING_COLLECTION, two parcels"
    for call in ("Update Shipping Info of an order", "Update Shipping Info of a package"):
        with Check(CLIENT, call) as check:
            (order_id,) = place(1, lines=LINES)
            package_id = mark(us, order_id, lines_of(order_id))
            info = {"tracking_number": SECOND, "shipping_provider_id": provider_of(us, order_id)}
            if call.endswith("order"):
                us.fulfillment.update_order_shipping_info(
                    order_id=order_id, body=body("UpdateOrderShippingInfoRequest", info)
                )
            else:
                given = body("UpdatePackageShippingInfoRequest", {"shipping_info_list": [info]})
                us.fulfillment.update_package_shipping_info(package_id=package_id, body=given)
            equal(numbers_of(order_id), {SECOND})
            check.result = "every line carries the corrected number"


def check_parcels(vn: TikTokShop) -> None:
    with Check(CLIENT, "Batch Ship Packages") as check:
        ids = place(2, shop="VN", lines=LINES)
        info = {"tracking_number": "VN12345678", "shipping_provider_id": provider_of(vn, ids[0])}
        rows = [{"id": order_of(one)["packages"][0]["id"], "self_shipment": info} for one in ids]
        given = body("BatchShipPackagesRequest", {"packages": rows})
        done = vn.fulfillment.batch_ship_packages(body=given).to_dict()["data"]
        equal((done["errors"], {order_of(one)["status"] for one in ids}),
              ([], {"AWAITING_COLLECTION"}))  # fmt: skip
        again = vn.fulfillment.batch_ship_packages(body=given).to_dict()["data"]["errors"]
        check.result = f"2 orders wait for collection; again: {len(again)} errors, one a package"
        equal(len(again), 2)
    with Check(CLIENT, "Get Order Split Attributes, Split Orders") as check:
        (order_id,) = place(1, shop="VN", lines=LINES)
        answer = vn.fulfillment.get_order_split_attributes(order_ids=[order_id]).to_dict()
        equal(answer["data"]["split_attributes"][0]["can_split"], True)
        by_sku: dict[str, list[str]] = {}
        for line in order_of(order_id)["line_items"]:
            by_sku.setdefault(line["sku_id"], []).append(line["id"])
        groups = [{"id": str(n), "order_line_item_ids": ids}
                  for n, ids in enumerate(by_sku.values(), 1)]  # fmt: skip
        given = body("ConfirmOrderSplitRequest", {"splittable_groups": groups})
        vn.fulfillment.confirm_order_split(order_id=order_id, body=given)
        equal(len(order_of(order_id)["packages"]), 2)
        check.result = "two parcels"


def cancel_id_of(us: TikTokShop, order_id: str) -> str:
    given = body("SearchCancellationsRequest", {"order_ids": [order_id]})
    rows = us.return_and_refund.search_cancellations(page_size=10, body=given).to_dict()["data"]
    (row,) = rows["cancellations"]
    return row["cancel_id"]


def check_cancellations(us: TikTokShop) -> None:
    calls = us.return_and_refund
    with Check(CLIENT, "Cancel Order") as check:
        (order_id,) = place(1, lines=LINES)
        given = {"order_id": order_id, "cancel_reason": "seller_cancel_reason_out_of_stock"}
        calls.cancel_order(body=body("CancelOrderRequest", given))
        equal(order_of(order_id)["status"], "CANCELLED")
        error = refused(
            lambda: calls.cancel_order(body=body("CancelOrderRequest", given)), TikTokShopError
        )
        check.result = f"CANCELLED; again: refused with {error.code}"
    with Check(CLIENT, "Approve Cancellation") as check:
        (order_id,) = place(1, lines=LINES)
        control("POST", f"orders/{order_id}/request-cancel", reason="")
        calls.approve_cancellation(cancel_id=cancel_id_of(us, order_id))
        equal(order_of(order_id)["status"], "CANCELLED")
        check.result = "the order is CANCELLED"
    with Check(CLIENT, "Get Reject Reasons, Reject Cancellation") as check:
        (order_id,) = place(1, lines=LINES)
        control("POST", f"orders/{order_id}/request-cancel", reason="")
        cancel_id = cancel_id_of(us, order_id)
        reasons = calls.get_reject_reasons(return_or_cancel_id=cancel_id).to_dict()["data"]
        given = {"reject_reason": reasons["reasons"][0]["name"]}
        calls.reject_cancellation(
            cancel_id=cancel_id, body=body("RejectCancellationRequest", given)
        )
        equal(order_of(order_id)["status"], "AWAITING_SHIPMENT")
        check.result = "the order still awaits shipment"


def check_returns(us: TikTokShop) -> None:
    calls = us.return_and_refund

    def opened() -> str:
        (order_id,) = place(1, status="DELIVERED", lines=LINES)
        return control("POST", f"orders/{order_id}/return", type="REFUND")["return_id"]

    def status_of(return_id: str) -> str:
        given = body("SearchReturnsRequest", {"return_ids": [return_id]})
        rows = calls.search_returns(page_size=10, body=given).to_dict()["data"]["return_orders"]
        return rows[0]["return_status"]

    with Check(CLIENT, "Approve Return") as check:
        return_id = opened()
        decision = body("ApproveReturnRequest", {"decision": "APPROVE_REFUND"})
        calls.approve_return(return_id=return_id, body=decision)
        check.result = status_of(return_id)
        equal(check.result.startswith("RETURN_OR_REFUND_REQUEST_"), True)
        refused(lambda: calls.approve_return(return_id=return_id, body=decision), TikTokShopError)
    with Check(CLIENT, "Get Reject Reasons, Reject Return") as check:
        return_id = opened()
        reasons = calls.get_reject_reasons(return_or_cancel_id=return_id).to_dict()["data"]
        given = {"decision": "REJECT_REFUND", "reject_reason": reasons["reasons"][0]["name"]}
        calls.reject_return(return_id=return_id, body=body("RejectReturnRequest", given))
        check.result = status_of(return_id)
        equal(check.result, "REFUND_OR_RETURN_REQUEST_REJECT")


def check_pictures(us: TikTokShop) -> None:
    def upload(raw: bytes) -> Any:
        file = File(payload=io.BytesIO(raw), file_name="tea.png", mime_type="image/png")
        given = models.UploadProductImageRequest(
            data=file, use_case=models.UploadProductImageRequestUseCase.MAIN_IMAGE
        )
        return us.products.upload_product_image(body=given)

    with Check(CLIENT, "Upload Product Image, a multipart form") as check:
        size = struct.pack(">I4sII", 13, b"IHDR", 900, 800)
        answer = upload(b"\x89PNG\r\n\x1a\n" + size + bytes(range(256)) * 40)
        equal(sorted(faults(answer)), [])
        data = answer.to_dict()["data"]
        equal((data["width"], data["height"]), (900, 800))
        error = refused(lambda: upload(b"no picture"), TikTokShopError)
        check.result = f"its signature without the bytes accepted; no picture: {error.code}"


def check_seller_leaves(us: TikTokShop) -> None:
    with Check(CLIENT, "a seller who takes the consent back") as check:
        control("POST", "deauthorize", platform="tiktok", shop=US_SHOP)
        error = refused(lambda: us.orders.get_order_list(page_size=10), TikTokShopError)
        check.result = f"refused with {error.code}"


def main() -> None:
    control("POST", "reset")
    us, vn = shop(), shop(token=VN_TOKEN, cipher=VN_CIPHER)
    check_tracking(us)
    check_parcels(vn)
    check_cancellations(us)
    check_returns(us)
    check_pictures(us)
    check_seller_leaves(us)


if __name__ == "__main__":
    main()
