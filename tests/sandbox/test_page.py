"""The page for people: what it shows, and that its buttons work."""

import re
from urllib.parse import urlencode

from tests.sandbox.clients import Reply, World, send
from tests.sandbox.shopify.orders import create, money

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def page(box: World, path: str = "/") -> str:
    reply = send(box.url, "GET", path, headers={"Accept": "text/html"})
    assert reply.status == 200
    return reply.raw.decode()


def press(box: World, action: str, **form: str) -> Reply:
    return send(box.url, "POST", f"/sandbox/page/{action}", urlencode(form).encode(), FORM)


def test_an_order_is_placed_and_led_along_by_buttons(box: World) -> None:
    done = press(box, "place", shop="7495000000000000001", sku="MUG-12", quantity="2",
                 count="1", paid="1", hold="1")  # fmt: skip
    assert (done.status, done.headers["location"]) == (303, "/")
    order = box.control.get("orders")["orders"][0]
    assert (order["status"], order["skus"]) == ("ON_HOLD", ["MUG-12", "MUG-12"])
    text = page(box)
    assert order["id"] in text
    assert "2 × MUG-12" in text
    assert press(box, "clock/advance", seconds="3601").status == 303
    assert f"/sandbox/page/orders/{order['id']}/ship" in page(box)
    press(box, f"orders/{order['id']}/ship")
    assert "awaiting collection" in page(box, "/sandbox/page/lists")


def test_tracking_is_added_on_the_shopify_side(box: World) -> None:
    number = create(box.store)["legacyResourceId"]
    assert f"/sandbox/page/shopify/orders/{number}/fulfill" in page(box)
    press(box, f"shopify/orders/{number}/fulfill", company="UPS", tracking_number="N 1")
    assert "UPS N 1" in page(box)
    order = box.control.get(f"shopify/orders/{number}")
    assert order["fulfillment_status"] == "FULFILLED"


def test_what_does_not_work_is_said_on_the_page(box: World) -> None:
    order_id = box.control.place(hold=True)
    answer = press(box, f"orders/{order_id}/scan")
    assert answer.status == 303
    assert "not AWAITING_COLLECTION" in page(box, answer.headers["location"])


def test_texts_are_escaped_and_nothing_comes_from_elsewhere(box: World) -> None:
    box.control.place(lines=[{"sku": "<script>x</script>", "price": "1"}])
    text = page(box)
    assert "<script>x" not in text
    assert "&lt;script&gt;x" in text
    assert re.findall(r"(?:src|href)=\"(?!/)", text) == []
    assert "http://" not in text
    assert "https://" not in text


def test_the_log_has_a_page(box: World) -> None:
    create(box.store)
    text = page(box, "/sandbox/page/log")
    assert "orderCreate" in text
    assert "demo-us.myshopify.com" in text
    assert send(box.url, "GET", "/sandbox/page/nothing").status == 404


def forms(text: str, path: str) -> list[str]:
    """The labels of the buttons that post to a control call."""
    pattern = rf'action="/sandbox/page/{re.escape(path)}">(?:<input[^>]*>)*<button[^>]*>([^<]*)<'
    return re.findall(pattern, text)


def test_a_request_to_cancel_is_answered_on_the_page(box: World) -> None:
    order_id = box.control.place(lines=[{"sku": "MUG-12"}])
    press(box, f"orders/{order_id}/request-cancel")
    text = page(box)
    assert "buyer asks to cancel" in text
    assert forms(text, f"orders/{order_id}/cancel") == []
    assert forms(text, f"orders/{order_id}/withdraw-cancel") == ["Buyer withdraws"]
    press(box, f"orders/{order_id}/reject-cancel")
    assert box.us.order(order_id)["status"] == "AWAITING_SHIPMENT"
    press(box, f"orders/{order_id}/request-cancel")
    press(box, f"orders/{order_id}/approve-cancel")
    assert box.us.order(order_id)["status"] == "CANCELLED"


def test_a_return_is_led_to_its_end_on_the_page(box: World) -> None:
    order_id = box.control.place(lines=[{"sku": "MUG-12"}], status="DELIVERED")
    assert len(forms(page(box), f"orders/{order_id}/return")) == 3
    press(box, f"orders/{order_id}/return", type="RETURN_AND_REFUND")
    return_id = box.control.get(f"returns?order={order_id}")["returns"][0]["return_id"]
    for step, shown in (
        ("approve", "Agree"),
        ("ship", "Buyer sends it"),
        ("receive", "Parcel is back"),
        ("complete", "Money has arrived"),
    ):
        assert shown in forms(page(box), f"returns/{return_id}/advance")
        press(box, f"returns/{return_id}/advance", to=step)
    text = page(box)
    assert "return or refund complete" in text
    assert forms(text, f"returns/{return_id}/advance") == []
    assert box.us.order(order_id)["status"] == "COMPLETED"


def test_a_label_is_printed_and_taken_back_on_the_page(box: World) -> None:
    press(box, "place", shop="US", sku="MUG-12", paid="1", shipped_by="label")
    order_id = box.control.get("orders")["orders"][0]["id"]
    path = f"orders/{order_id}"
    assert forms(page(box), f"{path}/label") == ["Print TikTok&#x27;s label"]
    assert forms(page(box), f"{path}/ship") == []
    press(box, f"{path}/label")
    number = box.us.order(order_id)["tracking_number"]
    assert f"USPS {number}" in page(box)
    press(box, f"{path}/cancel-package")
    assert number not in page(box)
    assert box.us.order(order_id)["status"] == "AWAITING_SHIPMENT"


def test_the_form_places_other_kinds_of_orders(box: World) -> None:
    press(box, "place", shop="US", sku="MUG-12", paid="1", order_type="PRE_ORDER")
    press(box, "place", shop="US", sku="MUG-12", paid="1", shipped_by="tiktok")
    orders = [box.us.order(one["id"]) for one in box.control.get("orders")["orders"]]
    assert [one["order_type"] for one in orders] == ["PRE_ORDER", "NORMAL"]
    assert orders[1]["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK"
    text = page(box)
    assert "pre order" in text
    assert "fulfilled by TikTok" in text


def test_staff_refund_on_the_page(box: World) -> None:
    order = create(box.store, transactions=[{"amountSet": money("10.00")}])
    number = order["legacyResourceId"]
    press(box, f"shopify/orders/{number}/refund")
    assert "refund: 1 units, 10.0 paid back" in page(box)
    assert forms(page(box), f"shopify/orders/{number}/refund") == []
