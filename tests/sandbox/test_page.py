"""The page for people: what it shows, and that its buttons work."""

import re
from urllib.parse import urlencode

from tests.sandbox.clients import Reply, World, send
from tests.sandbox.shopify.orders import create

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
