"""The story is told once, in order, in words."""

from typing import Any

from tiktoksync.demo.story import Story, sentence
from tiktoksync.demo.tell import Teller

ORDER: dict[str, Any] = {
    "tiktok_order_id": "576000000000123456",
    "tiktok_status": "AWAITING_SHIPMENT",
    "sync_status": "synced",
    "shopify_order_id": "gid://shopify/Order/1",
    "shopify_order_name": "#1001",
    "skip_reason": "",
    "fulfillments": [{"tracking_number": "9400"}],
    "history": [
        {"at": "2026-11-23T13:05:01Z", "axis": "tiktok", "from": "", "to": "ON_HOLD", "reason": ""},
        {"at": "2026-11-23T13:05:01Z", "axis": "sync", "from": "", "to": "held", "reason": ""},
        {
            "at": "2026-11-23T13:05:09Z",
            "axis": "tiktok",
            "from": "ON_HOLD",
            "to": "AWAITING_SHIPMENT",
            "reason": "",
        },
        {
            "at": "2026-11-23T13:05:10Z",
            "axis": "sync",
            "from": "held",
            "to": "pending",
            "reason": "",
        },
        {
            "at": "2026-11-23T13:05:11Z",
            "axis": "sync",
            "from": "sending",
            "to": "synced",
            "reason": "",
        },
    ],
}


class FakeApp:
    """An app with one order."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.known = order

    def orders(self, **_: Any) -> list[dict[str, Any]]:
        return [self.known]

    def order(self, order_id: str) -> dict[str, Any] | None:
        return self.known if order_id == self.known["tiktok_order_id"] else None


class Heard(Teller):
    """Keeps what is said."""

    def __init__(self) -> None:
        super().__init__(as_json=False)
        self.lines: list[str] = []

    def write(self, line: str) -> None:
        self.lines.append(line)


def test_each_change_is_told_once_and_in_order() -> None:
    heard = Heard()
    story = Story(FakeApp(ORDER), heard)  # type: ignore[arg-type]
    story.catch_up()
    told = [
        "13:05:01  …123456  seen on TikTok: On hold",
        "13:05:01  …123456  in the app, not in Shopify",
        "13:05:09  …123456  TikTok: On hold → Awaiting shipment",
        "13:05:11  …123456  is in Shopify as #1001",
    ]
    assert heard.lines == told
    story.catch_up()
    assert heard.lines == told


def test_a_blocked_order_is_told_with_its_reason() -> None:
    line = {"axis": "sync", "from": "pending", "to": "failed", "reason": "SKU X is not linked."}
    assert sentence(ORDER, line) == "is blocked: SKU X is not linked."


def test_a_status_nobody_knows_is_told_as_it_is() -> None:
    line = {"axis": "tiktok", "from": "ON_HOLD", "to": "TELEPORTED", "reason": ""}
    assert sentence(ORDER, line) == "TikTok: On hold → TELEPORTED"
