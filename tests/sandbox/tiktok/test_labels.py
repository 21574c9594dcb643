"""TikTok's own shipping: labels in Seller Center and by API, documents, numbers that change."""

import json
import re
from typing import Any

import pytest

from tests.sandbox.clients import TikTok, World, send
from tests.sandbox.receiver import Receiver

LINES = [{"sku": "MUG-12", "quantity": 2}, {"sku": "TEE-BLK-S"}]
TIKTOK = {"shipping_type": "TIKTOK", "lines": LINES}
PACKAGES = "/fulfillment/202309/packages"


def ids_of(caller: TikTok, order_id: str) -> list[str]:
    return [one["id"] for one in caller.order(order_id)["line_items"]]


def detail(caller: TikTok, package_id: str) -> Any:
    return caller.data("GET", f"{PACKAGES}/{package_id}")


def refused(box: World, path: str, **body: Any) -> bool:
    return box.control.ask("POST", path, body).status == 409


def test_a_label_makes_the_parcel_in_the_us(box: World) -> None:
    order_id = box.control.place(**TIKTOK)
    assert box.us.order(order_id)["packages"] == []
    made = box.control.post(f"orders/{order_id}/label", provider="UPS", tracking_number="1ZLABEL01")
    order = box.us.order(order_id)
    assert (order["status"], order["packages"]) == (
        "AWAITING_COLLECTION",
        [{"id": made["package_id"]}],
    )
    assert (order["tracking_number"], order["shipping_provider"]) == ("1ZLABEL01", "UPS")
    for line in order["line_items"]:
        assert line["package_id"] == made["package_id"]
        assert (line["tracking_number"], line["shipping_provider_name"]) == ("1ZLABEL01", "UPS")
        assert line["package_status"] == "PROCESSING"
    assert detail(box.us, made["package_id"])["package_sub_status"] == "RTS"


def test_a_label_for_some_lines_ships_in_parts(box: World) -> None:
    order_id = box.control.place(**TIKTOK)
    lines = ids_of(box.us, order_id)
    box.control.post(f"orders/{order_id}/label", line_item_ids=lines[:1])
    order = box.us.order(order_id)
    assert order["status"] == "PARTIALLY_SHIPPING"
    numbers = [one.get("tracking_number", "") for one in order["line_items"]]
    assert (numbers[0].startswith("9400"), numbers[1:]) == (True, ["", ""])
    assert refused(box, f"orders/{order_id}/label", line_item_ids=lines[:1])
    box.control.post(f"orders/{order_id}/label")
    order = box.us.order(order_id)
    assert (order["status"], len(order["packages"])) == ("AWAITING_COLLECTION", 2)
    assert [one["kind"] for one in box.log()["writes"]] == ["labelled", "labelled"]


def test_made_up_labels_are_the_same_in_every_run(box: World) -> None:
    def once() -> str:
        box.sandbox.world.reset()
        order_id = box.control.place(**TIKTOK)
        box.control.post(f"orders/{order_id}/label")
        return str(box.us.order(order_id)["tracking_number"])

    assert once() == once()


def test_a_label_arranges_the_parcel_that_exists_in_vietnam(box: World) -> None:
    order_id = box.control.place(shop="VN", **TIKTOK)
    package = box.vn.order(order_id)["packages"][0]["id"]
    lines = ids_of(box.vn, order_id)
    assert refused(box, f"orders/{order_id}/label", line_item_ids=lines[:1])
    assert box.vn.order(order_id)["status"] == "AWAITING_SHIPMENT"
    made = box.control.post(f"orders/{order_id}/label")
    assert made["package_ids"] == [package]
    order = box.vn.order(order_id)
    assert (order["status"], order["packages"]) == ("AWAITING_COLLECTION", [{"id": package}])
    assert order["tracking_number"].startswith("TTSV")


def test_labels_belong_to_what_tiktok_carries(box: World) -> None:
    order_id, held = box.control.place(), box.control.place(hold=True, shipping_type="TIKTOK")
    assert refused(box, f"orders/{order_id}/label")
    assert refused(box, f"orders/{held}/label")
    assert box.log()["writes"] == []


def test_what_tiktok_fulfils_goes_its_way_without_the_seller(box: World) -> None:
    kind = "FULFILLMENT_BY_TIKTOK"
    order_id = box.control.place(fulfillment_type=kind, lines=LINES)
    body = {
        "order_line_item_ids": ids_of(box.us, order_id),
        "shipping_provider_id": "7117858858072016686",
        "tracking_number": "9400111899223197428490",
    }
    path = f"/fulfillment/202309/orders/{order_id}/packages"
    assert box.us.call("POST", path, body).json["code"] == 21008106
    assert box.us.call("POST", PACKAGES, {"order_id": order_id}).json["code"] == 21008106
    for step in ("label", "scan", "deliver"):
        box.control.post(f"orders/{order_id}/{step}")
    order = box.us.order(order_id)
    assert order["status"] == "DELIVERED"
    assert order["line_items"][0]["package_status"] == "COMPLETED"
    vn = box.control.place(shop="VN", fulfillment_type=kind)
    package = box.vn.order(vn)["packages"][0]["id"]
    ship = {"handover_method": "DROP_OFF"}
    assert box.vn.call("POST", f"{PACKAGES}/{package}/ship", ship).json["code"] == 21008106


def test_tiktok_changes_the_number_of_a_parcel(box: World) -> None:
    order_id = box.control.place(**TIKTOK)
    assert refused(box, f"orders/{order_id}/retrack", tracking_number="NEW-1")
    package = box.control.post(f"orders/{order_id}/label")["package_id"]
    before = box.us.order(order_id)["update_time"]
    box.control.post(
        f"orders/{order_id}/retrack", tracking_number="NEW-1", provider="FedEx", package_id=package
    )
    order = box.us.order(order_id)
    assert {one["tracking_number"] for one in order["line_items"]} == {"NEW-1"}
    assert {one["shipping_provider_name"] for one in order["line_items"]} == {"FedEx"}
    assert order["update_time"] >= before
    assert detail(box.us, package)["tracking_number"] == "NEW-1"


@pytest.mark.parametrize(("region", "left"), [("US", 0), ("VN", 1)])
def test_a_label_is_taken_back(box: World, receiver: Receiver, region: str, left: int) -> None:
    caller = box.us if region == "US" else box.vn
    event = {"event_type": "PACKAGE_UPDATE", "address": receiver.url}
    caller.data("PUT", "/event/202309/webhooks", event)
    order_id = box.control.place(shop=region, **TIKTOK)
    package = box.control.post(f"orders/{order_id}/label")["package_id"]
    box.control.post(f"orders/{order_id}/cancel-package", package_id=package)
    order = caller.order(order_id)
    assert (order["status"], order["tracking_number"]) == ("AWAITING_SHIPMENT", "")
    assert not any("tracking_number" in one for one in order["line_items"])
    assert len(order["packages"]) == left
    assert {"id": package} not in order["packages"]
    assert detail(caller, package)["package_status"] == "CANCELLED"
    box.control.post("webhooks/flush")
    (body,) = (json.loads(one.body) for one in receiver.hooks)
    assert (body["type"], body["data"]["sc_type"]) == (4, "CANCEL_FULFILL_SPLIT")
    box.control.post(f"orders/{order_id}/label")
    assert caller.order(order_id)["status"] == "AWAITING_COLLECTION"
    box.control.post(f"orders/{order_id}/scan")
    assert refused(box, f"orders/{order_id}/cancel-package")


def test_one_of_two_labels_taken_back_leaves_the_other(box: World) -> None:
    order_id = box.control.place(**TIKTOK)
    lines = ids_of(box.us, order_id)
    first = box.control.post(f"orders/{order_id}/label", line_item_ids=lines[:1])["package_id"]
    second = box.control.post(f"orders/{order_id}/label")["package_id"]
    box.control.post(f"orders/{order_id}/cancel-package", package_id=second)
    order = box.us.order(order_id)
    assert (order["status"], order["packages"]) == ("PARTIALLY_SHIPPING", [{"id": first}])
    assert order["tracking_number"] == order["line_items"][0]["tracking_number"]


@pytest.mark.parametrize(
    ("version", "form"),
    [
        ("202309", {}),
        ("202309", {"order_line_item_ids": "all"}),
        ("202512", {"ship_type": "1"}),
        ("202512", {"ship_type": "2", "order_line_item": "all"}),
    ],
)
def test_a_package_is_created_by_api(box: World, version: str, form: dict[str, Any]) -> None:
    order_id = box.control.place(**TIKTOK)
    lines = ids_of(box.us, order_id)
    body: dict[str, Any] = {"order_id": order_id, **form}
    if "order_line_item_ids" in body:
        body["order_line_item_ids"] = lines
    if "order_line_item" in body:
        body["order_line_item"] = [{"order_line_id": one} for one in lines]
    query = f"/fulfillment/202309/orders/{order_id}/shipping_services/query"
    services = box.us.data("POST", query, {})["shipping_services"]
    assert [one["is_default"] for one in services] == [True, False]
    body["shipping_service_id"] = services[1]["id"]
    made = box.us.data("POST", f"/fulfillment/{version}/packages", body)
    assert made["shipping_service_info"]["price"] == "9.15"
    assert "is_default" not in made["shipping_service_info"]
    order = box.us.order(order_id)
    assert (order["status"], order["packages"]) == (
        "AWAITING_COLLECTION",
        [{"id": made["package_id"]}],
    )
    assert order["shipping_provider"] == services[1]["shipping_provider_name"]
    again = box.us.call("POST", f"/fulfillment/{version}/packages", body).json["code"]
    assert again == 21011002
    assert len(box.us.order(order_id)["packages"]) == 1


def test_packages_are_not_created_where_that_is_not_done(box: World) -> None:
    own, held = box.control.place(), box.control.place(hold=True, shipping_type="TIKTOK")
    vn = box.control.place(shop="VN", shipping_type="TIKTOK")
    assert box.us.call("POST", PACKAGES, {"order_id": own}).json["code"] == 21008106
    assert box.us.call("POST", PACKAGES, {"order_id": held}).json["code"] == 21011044
    assert box.us.call("POST", PACKAGES, {"order_id": vn}).json["code"] == 21008111
    assert box.vn.call("POST", PACKAGES, {"order_id": vn}).json["code"] == 21008106
    good = box.control.place(shipping_type="TIKTOK")
    wrong = {"order_id": good, "shipping_service_id": "1"}
    assert box.us.call("POST", PACKAGES, wrong).json["code"] == 98001004
    newest = PACKAGES.replace("202309", "202512")
    assert box.us.call("POST", newest, {"order_id": good}).json["code"] == 98001004
    assert box.us.order(good)["packages"] == []
    query = f"/fulfillment/202309/orders/{vn}/shipping_services/query"
    assert box.vn.call("POST", query, {}).json["code"] == 21008106


def test_creating_packages_needs_its_own_scope(box: World) -> None:
    order_id = box.control.place(shipping_type="TIKTOK")
    grant = box.sandbox.world.tiktok.tokens["TTP_sandbox-us-access"].grant
    grant.scopes = [one for one in grant.scopes if one != "seller.fulfillment.package.write"]
    reply = box.us.call("POST", PACKAGES, {"order_id": order_id})
    assert (reply.status, reply.json["code"]) == (403, 105005)


def document(caller: TikTok, package: str, **query: Any) -> Any:
    query.setdefault("document_type", "SHIPPING_LABEL")
    return caller.call("GET", f"{PACKAGES}/{package}/shipping_documents", **query).json


def test_a_document_is_a_small_file_for_a_day(box: World) -> None:
    order_id = box.control.place(**TIKTOK)
    package = box.control.post(f"orders/{order_id}/label", tracking_number="LBL(1)")["package_id"]
    answer = document(box.us, package)["data"]
    assert answer["tracking_number"] == "LBL(1)"
    assert answer["doc_url"].startswith(box.url + "/sandbox/documents/")
    target = answer["doc_url"].removeprefix(box.url)
    reply = send(box.url, "GET", target)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/pdf")
    assert reply.raw.startswith(b"%PDF-1.4")
    assert reply.raw.rstrip().endswith(b"%%EOF")
    assert rb"(LBL\(1\))" in reply.raw
    start = int(re.findall(rb"startxref\n(\d+)", reply.raw)[0])
    assert reply.raw[start : start + 4] == b"xref"
    for place, head in zip(re.findall(rb"(\d{10}) 00000 n", reply.raw), range(1, 6), strict=True):
        assert reply.raw[int(place) :].startswith(b"%d 0 obj" % head)
    assert (
        b"^XA" in send(box.url, "GET", _path(document(box.us, package, document_format="ZPL"))).raw
    )
    box.control.post("clock/advance", seconds=86_401)
    assert send(box.url, "GET", target).status == 403
    assert send(box.url, "GET", "/sandbox/documents/1.pdf").status == 404


def _path(answer: Any) -> str:
    return "/" + str(answer["data"]["doc_url"]).split("/", 3)[3]


def test_documents_exist_once_tiktoks_own_parcel_is_arranged(box: World) -> None:
    own, vn = box.control.place(), box.control.place(shop="VN", shipping_type="TIKTOK")
    box.control.post(f"orders/{own}/ship")
    package = box.us.order(own)["packages"][0]["id"]
    assert document(box.us, package)["code"] == 21008106
    waiting = box.vn.order(vn)["packages"][0]["id"]
    assert document(box.vn, waiting)["code"] == 21011001
    box.control.post(f"orders/{vn}/label")
    assert document(box.vn, waiting, document_type="")["code"] == 36009004
    assert document(box.vn, waiting, document_size="A3")["code"] == 36009004
    assert document(box.us, waiting)["code"] == 21008111
    assert document(box.vn, waiting, document_type="PACKING_SLIP", document_size="A5")["code"] == 0


def test_a_parcel_is_handed_over_in_an_offered_slot(box: World) -> None:
    order_id = box.control.place(shop="VN", shipping_type="TIKTOK")
    package = box.vn.order(order_id)["packages"][0]["id"]
    path = f"{PACKAGES}/{package}/handover_time_slots"
    answer = box.vn.data("GET", path)
    assert (answer["can_pickup"], answer["can_drop_off"]) == (True, True)
    assert [one["avaliable"] for one in answer["pickup_slots"]] == [True, True, False]
    slot, taken = (
        {name: answer["pickup_slots"][n][name] for name in ("start_time", "end_time")}
        for n in (1, 2)
    )
    ship = f"{PACKAGES}/{package}/ship"
    wrong = {"handover_method": "PICKUP", "pickup_slot": taken}
    assert box.vn.call("POST", ship, wrong).json["code"] == 98001004
    assert box.vn.order(order_id)["status"] == "AWAITING_SHIPMENT"
    box.vn.data("POST", ship, {"handover_method": "PICKUP", "pickup_slot": slot})
    shown = detail(box.vn, package)
    assert (shown["handover_method"], shown["pickup_slot"]) == ("PICKUP", slot)
    assert box.vn.call("GET", path).json["code"] == 21011001
    us = box.control.place(shipping_type="TIKTOK")
    other = box.control.post(f"orders/{us}/label")["package_id"]
    elsewhere = path.replace(package, other)
    assert box.us.call("GET", elsewhere).json["code"] == 21008106


def test_own_fleets_deliver_their_parcels(box: World) -> None:
    orders = [box.control.place(shop="VN") for _ in range(3)]
    packages = [box.vn.order(one)["packages"][0]["id"] for one in orders]
    for order_id in orders[:2]:
        box.control.post(f"orders/{order_id}/ship")
    rows = [
        {"id": packages[0], "delivery_type": "DELIVERY_SUCCESS"},
        {"id": packages[1], "delivery_type": "DELIVERY_FAILED", "fail_delivery_reason": "away"},
        {"id": packages[2], "delivery_type": "DELIVERY_SUCCESS"},
    ]
    errors = box.vn.data("POST", f"{PACKAGES}/deliver", {"packages": rows})["errors"]
    assert [(one["code"], one["detail"]["package_id"]) for one in errors] == [
        (11007021, packages[2])
    ]
    assert [box.vn.order(one)["status"] for one in orders] == [
        "DELIVERED",
        "AWAITING_COLLECTION",
        "AWAITING_SHIPMENT",
    ]


def test_search_and_detail_name_a_parcel_differently(box: World) -> None:
    order_id = box.control.place(shop="VN")
    row = box.vn.data("POST", f"{PACKAGES}/search", page_size=10)["packages"][0]
    shown = detail(box.vn, row["id"])
    assert (row["status"], shown["package_status"]) == ("TO_FULFILL", "TO_FULFILL")
    assert "package_id" not in row
    assert "id" not in shown
    assert row["orders"] == shown["orders"] == [{"id": order_id}]
    search = f"{PACKAGES}/search"
    assert (
        box.vn.data("POST", search, page_size=50, sort_field="order_pay_time")["total_count"] == 1
    )
    assert box.vn.call("POST", search, page_size=51).json["code"] == 36009004
    assert box.vn.call("POST", search, {"package_status": "LOST"}).json["code"] == 36009004
